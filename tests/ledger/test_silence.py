"""Days on which nothing was recorded: a register's entry is somebody's, and no sign that the agent ran."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from agent.ledger.silence import silent_days
from tests.ledger.samples import DAY, MORNING, HandClock, judged, open_ledger

TODAY = date(2026, 11, 24)


def test_days_without_a_row_are_silent_from_the_first_row_on(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        for at in (MORNING, MORNING + 4 * DAY):
            clock.time = at
            ledger.keep_verdicts([judged(at)])
        found = ledger.ask(lambda kept: silent_days(kept, date(2026, 11, 1), date(2026, 11, 30)))
    assert found == (*(date(2026, 11, day) for day in (25, 26, 27)), date(2026, 11, 29), date(2026, 11, 30))


def test_a_day_is_a_civil_day_of_paris(tmp_path: Path) -> None:
    clock = HandClock()
    with open_ledger(tmp_path, clock) as ledger:
        for at in (datetime(2026, 11, 24, 22, 59, 59, tzinfo=UTC), datetime(2026, 11, 25, 23, tzinfo=UTC)):
            clock.time = at
            ledger.keep_verdicts([judged(at)])
        found = ledger.ask(lambda kept: silent_days(kept, TODAY, TODAY + timedelta(days=2)))
    assert found == (date(2026, 11, 25),)


def test_an_empty_ledger_has_no_silent_day(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        assert ledger.ask(lambda kept: silent_days(kept, TODAY, TODAY)) == ()
