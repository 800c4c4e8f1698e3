"""Which days are over and have no row, of keys with and without gaps, declared, gone and back."""

from datetime import UTC, date, datetime
from typing import NoReturn

from agent.accounting.expectation import Days, Loading
from agent.accounting.open_days import OpenDays, StoredDays, StoredDaySpan, open_days
from agent.core.model import Key

KEY = Key(target="patching", subject="srv-1", beneficiary="scota")
LOADED = datetime(2026, 11, 1, 9, tzinfo=UTC)
TODAY = date(2026, 11, 6)
DECLARED = Days()


def days(*numbers: int) -> tuple[date, ...]:
    return tuple(date(2026, 11, number) for number in numbers)


def found(loads: list[Loading], *kept: date, today: date = TODAY) -> tuple[date, ...]:
    """Return the open days of KEY where `kept` have a row."""
    summary = {KEY: StoredDaySpan(first=min(kept), last=max(kept), count=len(kept))} if kept else {}
    one = open_days(loads, StoredDays(summary=summary, days_of=lambda key: frozenset(kept)), today).get(KEY)
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


GONE = datetime(2026, 11, 4, 9, tzinfo=UTC)


def whole(loads: list[Loading], today: date = TODAY) -> OpenDays | None:
    """Return what is open of KEY where nothing has a row."""
    return open_days(loads, StoredDays(summary={}, days_of=lambda key: frozenset()), today).get(KEY)


def test_open_days_say_from_when_on_a_key_is_expected_and_when_it_was_dropped() -> None:
    assert whole([load()]) == OpenDays(expected_from=LOADED, days=days(1, 2, 3, 4, 5))
    dropped = whole([load(), load(GONE, None)])
    assert dropped == OpenDays(expected_from=LOADED, days=days(1, 2, 3, 4), dropped=GONE)
    assert whole([load(GONE, None)]) is None
    assert whole([load()], today=date(2026, 11, 1)) is None


def test_a_day_of_a_subject_that_came_back_begins_with_that_load() -> None:
    again = datetime(2026, 11, 4, 11, tzinfo=UTC)
    loads = [load(days=Days(ends=date(2026, 11, 2))), load(datetime(2026, 11, 3, 9, tzinfo=UTC), None), load(again)]
    found = whole(loads)
    assert found == OpenDays(expected_from=LOADED, days=days(1, 2, 4, 5), again=again)
    assert [found.expected_on(day) for day in days(2, 4)] == [LOADED, again]


def test_what_lies_beyond_days_without_a_gap_is_open_and_no_row_is_asked_for() -> None:
    """Also where the key has rows on one side alone of what is asked, or on neither."""
    span = StoredDaySpan(first=date(2026, 11, 2), last=date(2026, 11, 4), count=3)

    def asked(key: Key) -> NoReturn:
        raise AssertionError(key)

    kept = StoredDays(summary={KEY: span}, days_of=asked)
    assert list(kept.lacks(KEY, date(2026, 11, 1), date(2026, 11, 5))) == [date(2026, 11, 1), date(2026, 11, 5)]
    assert list(kept.lacks(KEY, date(2026, 11, 2), date(2026, 11, 4))) == []
    assert list(kept.lacks(KEY, date(2026, 11, 3), date(2026, 11, 3))) == []
    assert list(kept.lacks(KEY, date(2026, 11, 6), date(2026, 11, 6))) == [date(2026, 11, 6)]
    assert list(kept.lacks(KEY, date(2026, 10, 30), date(2026, 10, 31))) == [date(2026, 10, 30), date(2026, 10, 31)]
    assert list(kept.lacks(KEY, date(2026, 11, 5), date(2026, 11, 1))) == []


def test_the_rows_of_a_key_are_asked_for_only_where_it_has_a_gap() -> None:
    asked: list[Key] = []

    def days_of(key: Key) -> frozenset[date]:
        asked.append(key)
        return frozenset(days(1, 2, 4))

    full = StoredDays(
        summary={KEY: StoredDaySpan(first=date(2026, 11, 1), last=date(2026, 11, 5), count=5)}, days_of=days_of
    )
    first, last = date(2026, 11, 1), date(2026, 11, 5)
    assert list(full.lacks(KEY, first, last)) == [] == asked
    assert list(full.lacks(KEY, last, first)) == [] == asked
    assert list(full.lacks(KEY, first, first)) == [] == asked
    gap = StoredDays(
        summary={KEY: StoredDaySpan(first=date(2026, 11, 1), last=date(2026, 11, 4), count=3)}, days_of=days_of
    )
    assert list(gap.lacks(KEY, first, last)) == list(days(3, 5))
    assert asked == [KEY]
    none = StoredDays(summary={}, days_of=days_of)
    assert list(none.lacks(KEY, first, first)) == [first]
    assert asked == [KEY]


def test_only_the_keys_that_are_asked_for_are_looked_at() -> None:
    other = KEY._replace(subject="srv-2")
    loads = [Loading(at=LOADED, declared={KEY: Days(), other: Days()})]
    assert set(open_days(loads, StoredDays(summary={}, days_of=lambda key: frozenset()), TODAY, [other])) == {other}


def test_a_key_that_is_declared_otherwise_is_asked_about_by_itself() -> None:
    other = KEY._replace(subject="srv-2")
    loads = [Loading(at=LOADED, declared={KEY: Days(ends=date(2026, 11, 2)), other: Days()})]
    found = open_days(loads, StoredDays(summary={}, days_of=lambda key: frozenset()), TODAY)
    assert {key.subject: one.days for key, one in found.items()} == {
        "srv-1": days(1, 2),
        "srv-2": days(1, 2, 3, 4, 5),
    }
