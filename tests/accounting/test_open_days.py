"""Which days are over and have no row, of keys with and without gaps, declared, gone and back."""

from datetime import UTC, date, datetime

from agent.accounting.expectation import Days, Loading
from agent.accounting.open_days import Kept, KeptDays, open_days
from agent.core.model import Key

KEY = Key(target="patching", subject="srv-1", beneficiary="scota")
LOADED = datetime(2026, 11, 1, 9, tzinfo=UTC)
TODAY = date(2026, 11, 6)
DECLARED = Days()


def days(*numbers: int) -> tuple[date, ...]:
    return tuple(date(2026, 11, number) for number in numbers)


def found(loads: list[Loading], *kept: date, today: date = TODAY) -> tuple[date, ...]:
    """Return the open days of KEY where `kept` have a row."""
    summary = {KEY: KeptDays(first=min(kept), last=max(kept), count=len(kept))} if kept else {}
    one = open_days(loads, Kept(summary=summary, days_of=lambda key: frozenset(kept)), today).get(KEY)
    return () if one is None else one.days


def load(at: datetime = LOADED, days: Days | None = DECLARED) -> Loading:
    return Loading(at=at, declared={} if days is None else {KEY: days})


def test_every_day_from_the_first_load_to_yesterday_is_open_at_first() -> None:
    assert found([load()]) == days(1, 2, 3, 4, 5)


def test_what_has_a_row_is_not_open() -> None:
    assert found([load()], *days(1, 2, 3)) == days(4, 5)
    assert found([load()], *days(1, 2, 3, 4, 5)) == ()


def test_a_gap_between_rows_is_open_however_old() -> None:
    assert found([load()], *days(1, 2, 4, 5)) == days(3)
    year_later = found([load()], *days(1, 2, 4, 5), today=date(2027, 11, 6))
    assert (year_later[:2], year_later[-1], len(year_later)) == (days(3, 6), date(2027, 11, 5), 366)


def test_days_after_the_removal_of_a_subject_are_not_open() -> None:
    gone = load(datetime(2026, 11, 4, 9, tzinfo=UTC), None)
    assert set(found([load(), gone])) <= set(days(1, 2, 3, 4))
    assert set(found([load(), gone])) >= set(days(1, 2, 3))


def test_a_subject_is_not_owed_after_its_end() -> None:
    assert found([load(days=Days(ends=date(2026, 11, 2)))]) == days(1, 2)


def test_of_the_days_before_the_first_load_only_the_last_eight_get_a_row() -> None:
    declared = Days(starts=date(2026, 1, 1))
    assert found([load(days=declared)], today=date(2026, 11, 2))[0] == date(2026, 10, 25)
    assert found([load(days=declared)], today=date(2026, 12, 2))[0] == date(2026, 11, 1)
