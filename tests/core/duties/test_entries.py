"""What an entry said before it was amended, and when nothing is due of it any more."""

from dataclasses import replace
from datetime import UTC, date, datetime

from agent.core.duties.entries import Closing, KeyHistory, closed_on, duties_of
from tests.checks.entered import amended, entry

SCAN = entry("scan", "scan-1", performed="2026-10-01", author="RSSI")


def test_of_several_changes_the_first_word_and_the_last_change_are_told() -> None:
    once = amended(SCAN, "2026-11-02T09:00+01:00", performed="2026-10-02", author="tech")
    assert once.changed("performed") == KeyHistory(first="2026-10-01", on=date(2026, 11, 2), by="tech")
    twice = amended(once, "2026-11-05T09:00+01:00", performed="2026-10-03", author="DPO")
    assert twice.changed("performed") == KeyHistory(first="2026-10-01", on=date(2026, 11, 5), by="DPO")
    by_whom = amended(SCAN, "2026-11-02T09:00+01:00", "author", performed="2026-10-02")
    assert by_whom.changed("performed") == KeyHistory(first="2026-10-01", on=date(2026, 11, 2))
    assert by_whom.changed("author") == KeyHistory(first="RSSI", on=date(2026, 11, 2))
    assert SCAN.changed("performed") is None


def test_an_entry_that_looks_close_is_closed_on_the_day_of_those() -> None:
    (duty,) = duties_of("departure")
    gone = entry("departure", "departure-1", left="2026-10-01", author="RSSI")
    assert closed_on(duty, gone) is None
    closing = Closing(at=datetime(2026, 10, 3, 22, 30, tzinfo=UTC))
    assert closed_on(duty, replace(gone, closing=closing)) == date(2026, 10, 4)
