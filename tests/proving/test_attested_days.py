"""A day is attested in time by the end of the day after it, and later attestations do not count as in time."""

from datetime import UTC, date, datetime, timedelta

import pytest

from agent.proving.attested_days import AttestedDays, attested_days

DAYS = [(date(2026, 11, 1), 4), (date(2026, 11, 2), 5), (date(2026, 11, 3), 6)]


def midnight(day: int, **later: float) -> datetime:
    return datetime(2026, 11, day, tzinfo=UTC) + timedelta(**later)


def test_each_day_s_own_checkpoint_attests_it() -> None:
    attested = [(5, midnight(2, hours=1)), (6, midnight(3, hours=1)), (7, midnight(4, hours=1))]
    assert attested_days(DAYS, attested) == AttestedDays(in_time=tuple(day for day, _ in DAYS))


def test_the_next_checkpoint_attests_the_day_before_late() -> None:
    """The witness was away on the whole third, and cosigned on the fourth what covers the second as well."""
    found = attested_days(DAYS, [(5, midnight(2, hours=1)), (7, midnight(4, hours=1))])
    assert (found.in_time, found.late) == ((date(2026, 11, 1), date(2026, 11, 3)), (date(2026, 11, 2),))


def test_what_no_checkpoint_covers_is_missing() -> None:
    found = attested_days(DAYS, [(5, midnight(2))])
    assert (found.missing, found.count) == ((date(2026, 11, 2), date(2026, 11, 3)), 3)
    assert attested_days(DAYS, []).missing == tuple(day for day, _ in DAYS)


@pytest.mark.parametrize(("seconds", "in_time"), [(0, 1), (1, 0)])
def test_the_term_is_the_end_of_the_next_day(seconds: int, in_time: int) -> None:
    assert len(attested_days(DAYS[:1], [(5, midnight(3, seconds=seconds))]).in_time) == in_time
