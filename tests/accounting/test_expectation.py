"""Which days are expected, as every load of the configuration tells it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.accounting.expectation import (
    Days,
    Expectation,
    Loading,
    declared_since,
    dropped_at,
    expectation,
    expected_from,
    first_loaded,
    keys_of,
    present_since,
)
from agent.core.model import Key
from agent.core.period import PARIS, day_start

KEY = Key(target="patching", subject="srv-1", beneficiary="scota")
OTHER = Key(target="patching", subject="srv-2", beneficiary="scota")
DECLARED, GONE, NOT = Expectation.DECLARED, Expectation.NO_LONGER_DECLARED, Expectation.NOT_EXPECTED


def november(day: int) -> date:
    """Return a day of November 2026."""
    return date(2026, 11, day)


def load(day: int, declared: Days | None, hour: int = 10) -> Loading:
    """Return a load of the configuration on a day, with or without the key."""
    at = datetime(2026, 11, day, hour, tzinfo=PARIS)
    return Loading(at=at, declared={OTHER: Days()} | ({KEY: declared} if declared is not None else {}))


def expected_days(*loads: Loading) -> dict[int, Expectation]:
    """Return what each day of November owes, those that owe nothing left out."""
    found = {day: expectation(KEY, november(day), loads) for day in range(1, 31)}
    return {day: owed for day, owed in found.items() if owed is not NOT}


def all_of(first: int, last: int, owed: Expectation = DECLARED) -> dict[int, Expectation]:
    """Return that a run of days all owe the same."""
    return dict.fromkeys(range(first, last + 1), owed)


def test_a_subject_is_expected_from_its_start_to_its_end_both_included() -> None:
    assert expected_days(load(1, Days(starts=november(5), ends=november(20)))) == all_of(5, 20)


def test_without_a_start_it_is_expected_from_its_first_load() -> None:
    assert expected_days(load(8, Days())) == all_of(8, 30)
    assert expected_from(KEY, [load(8, Days())]) == load(8, Days()).at


def test_a_start_before_the_first_load_counts() -> None:
    loads = [load(8, Days(starts=november(3)))]
    assert expected_days(*loads) == all_of(3, 30)
    assert expected_from(KEY, loads) == day_start(november(3))


def test_what_was_never_declared_is_not_expected() -> None:
    loads = [load(1, None)]
    assert expected_days(*loads) == {}
    assert expected_from(KEY, loads) is None
    assert first_loaded(KEY, loads) is None


def test_a_subject_that_disappears_stays_expected() -> None:
    assert expected_days(load(1, Days(starts=november(1))), load(10, None)) == all_of(1, 10) | all_of(11, 30, GONE)


def test_a_subject_that_had_its_end_written_before_is_gone_for_good() -> None:
    loads = (load(1, Days(starts=november(1), ends=november(12))), load(20, None))
    assert expected_days(*loads) == all_of(1, 12)


def test_one_that_disappears_before_its_written_end_is_owed_until_then() -> None:
    loads = (load(1, Days(starts=november(1), ends=november(12))), load(10, None))
    assert expected_days(*loads) == all_of(1, 10) | all_of(11, 12, GONE)


def test_a_start_moved_later_acts_from_the_day_after_it_was_written() -> None:
    loads = (load(1, Days(starts=november(1))), load(10, Days(starts=november(20))))
    assert expected_days(*loads) == all_of(1, 10) | all_of(20, 30)


def test_a_start_moved_later_on_the_first_day_keeps_that_day() -> None:
    loads = (load(10, Days(starts=november(10)), 9), load(10, Days(starts=november(20)), 18))
    assert expected_days(*loads) == all_of(10, 10) | all_of(20, 30)


def test_a_load_dated_by_a_clock_set_back_takes_no_day_away() -> None:
    loads = (load(1, Days()), load(20, Days(), 9), load(5, None), load(6, Days(ends=november(2))))
    assert expected_days(*loads) == all_of(1, 20)


def test_a_subject_added_after_a_clock_ran_ahead_is_expected_at_once() -> None:
    loads = (load(1, None), load(28, None), load(3, Days()))
    assert expected_days(*loads) == all_of(3, 30)


def test_a_start_moved_earlier_adds_days() -> None:
    loads = (load(10, Days(starts=november(10))), load(12, Days(starts=november(5))))
    assert expected_days(*loads) == all_of(5, 30)


def test_an_end_written_after_the_fact_takes_no_day_away() -> None:
    loads = (load(1, Days(starts=november(1))), load(10, Days(starts=november(1), ends=november(4))))
    assert expected_days(*loads) == all_of(1, 10)


def test_a_subject_that_comes_back_is_expected_all_along() -> None:
    loads = (load(1, Days(starts=november(1))), load(10, None), load(15, Days(starts=november(1))))
    assert expected_days(*loads) == all_of(1, 10) | all_of(11, 14, GONE) | all_of(15, 30)


def test_a_subject_that_had_ended_owes_nothing_until_it_comes_back() -> None:
    ended = load(5, Days(ends=november(6)))
    loads = (load(2, Days()), ended, load(9, None), load(20, Days()))
    assert expected_days(*loads) == all_of(2, 6) | all_of(20, 30)
    assert expected_from(KEY, loads) == loads[0].at
    assert present_since(KEY, loads) == declared_since(KEY, loads) == loads[3].at
    explicit = (*loads[:3], load(20, Days(starts=november(12))))
    assert expected_days(*explicit) == all_of(2, 6) | all_of(12, 30)
    assert present_since(KEY, explicit) == day_start(november(12))


def test_the_start_of_an_earlier_life_is_none_of_this_one() -> None:
    loads = (load(2, Days(starts=date(2026, 1, 1), ends=november(6))), load(9, None), load(20, Days()))
    assert present_since(KEY, loads) == loads[2].at
    assert present_since(OTHER, loads) == declared_since(OTHER, loads) == loads[0].at
    never = KEY._replace(subject="srv-3")
    assert present_since(never, loads) is declared_since(never, loads) is None


def test_a_subject_that_comes_back_on_the_day_of_its_end_goes_on() -> None:
    loads = (load(2, Days(ends=november(9))), load(9, None), load(9, Days(), 12))
    assert present_since(KEY, loads) == loads[0].at
    there = ZoneInfo("America/Cayenne")
    night = (load(2, Days(ends=november(9))), load(9, None), load(10, Days(), 3))
    assert declared_since(KEY, night, there) == night[0].at
    assert declared_since(KEY, night) == night[2].at
    starts = [load(8, Days(starts=november(5)))]
    assert present_since(KEY, starts, there) == day_start(november(5), there)


def test_a_life_begins_with_the_earliest_of_its_loads_whatever_the_clock() -> None:
    loads = (load(10, Days()), load(5, Days(ends=november(6))))
    assert expected_days(*loads) == all_of(5, 10)
    assert declared_since(KEY, (*loads, load(12, Days()))) == loads[1].at


def test_a_subject_whose_end_was_taken_out_of_the_file_goes_on() -> None:
    loads = (load(2, Days(ends=november(6))), load(20, Days()))
    assert expected_days(*loads) == all_of(2, 30)
    assert present_since(KEY, loads) == loads[0].at


def test_one_that_comes_back_before_its_written_end_goes_on() -> None:
    loads = (load(2, Days(ends=november(12))), load(5, None), load(9, Days()))
    assert set(expected_days(*loads)) == set(range(2, 31))
    assert present_since(KEY, loads) == loads[0].at


def test_coming_back_with_a_later_start_leaves_the_days_between_owed() -> None:
    loads = (load(1, Days(starts=november(1))), load(10, None), load(15, Days(starts=november(20))))
    assert expected_days(*loads) == all_of(1, 10) | all_of(11, 15, GONE) | all_of(20, 30)


def test_a_subject_gone_for_a_part_of_a_day_is_expected_on_it() -> None:
    loads = (load(1, Days(starts=november(1))), load(10, None, 9), load(10, Days(starts=november(1)), 18))
    assert expected_days(*loads) == all_of(1, 30)


def test_a_renamed_subject_is_owed_under_both_names() -> None:
    loads = [load(1, Days()), load(10, None)]
    assert keys_of(loads) == (KEY, OTHER)
    assert expectation(OTHER, november(20), loads) is DECLARED
    assert expectation(KEY, november(20), loads) is GONE


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_a_load_just_before_midnight_is_of_the_day_that_ends(day: date) -> None:
    at = day_start(day) - timedelta(seconds=1)
    loads = [Loading(at=at, declared={KEY: Days()})]
    assert expectation(KEY, day - timedelta(days=1), loads) is DECLARED
    assert expectation(KEY, day - timedelta(days=2), loads) is NOT


DAYS = st.builds(
    Days,
    starts=st.one_of(st.none(), st.integers(1, 30).map(november)),
    ends=st.one_of(st.none(), st.integers(1, 30).map(november)),
)
LOADS = st.lists(st.tuples(st.integers(1, 29), st.one_of(st.none(), DAYS)), min_size=1, max_size=5).map(
    lambda loads: [load(day, declared) for day, declared in sorted(loads, key=lambda one: one[0])]
)


@given(loads=LOADS, more=st.one_of(st.none(), DAYS), written=st.integers(1, 30), hour=st.integers(0, 23))
def test_no_later_load_takes_away_a_day_up_to_its_own(
    loads: list[Loading], more: Days | None, written: int, hour: int
) -> None:
    owed = expected_days(*loads)
    again = expected_days(*loads, load(written, more, hour))
    last = max(written, max(one.at for one in loads).day)
    for day, was in owed.items():
        if day <= last:
            assert again[day] is was or (was, again[day]) == (GONE, DECLARED)


@given(loads=LOADS)
def test_every_expected_moment_comes_after_the_first_expected_one(loads: list[Loading]) -> None:
    first = expected_from(KEY, loads)
    for day in expected_days(*loads):
        assert first is not None
        assert first < day_start(november(day) + timedelta(days=1))


def test_a_key_was_dropped_by_the_first_load_after_its_last_one() -> None:
    declared, gone = load(1, Days()), load(3, None)
    assert dropped_at(KEY, [declared]) is None
    assert dropped_at(KEY, [gone]) is None
    assert dropped_at(KEY, [declared, gone]) == gone.at
    assert dropped_at(KEY, [declared, gone, load(5, None)]) == gone.at
    assert dropped_at(KEY, [declared, gone, load(5, Days())]) is None
    assert dropped_at(KEY, [declared, gone, load(5, Days()), load(7, None), load(9, None)]) == load(7, None).at
    back = load(2, None)
    assert dropped_at(KEY, [load(4, Days()), back]) == load(4, Days()).at


def test_the_first_load_of_a_key_is_its_earliest() -> None:
    loads = [load(1, None), load(5, Days()), load(3, Days())]
    assert first_loaded(KEY, loads) == load(3, Days()).at
    assert keys_of(loads) == (KEY, OTHER)


def test_the_days_of_a_place_begin_and_end_there() -> None:
    there = ZoneInfo("America/Cayenne")
    night = [load(8, Days(), hour=3)]
    assert expectation(KEY, november(7), night, there) is DECLARED
    assert expectation(KEY, november(7), night) is NOT
    starts = [load(8, Days(starts=november(9)))]
    assert expected_from(KEY, starts, there) == day_start(november(9), there)


def test_a_load_of_midnight_takes_nothing_from_the_day_that_begins() -> None:
    assert expected_days(load(8, Days()), load(10, None, hour=0))[10] is DECLARED
    assert expected_days(load(8, Days()), load(10, Days(ends=november(9)), hour=0))[10] is DECLARED


def test_what_a_load_takes_away_begins_with_the_next_day_of_the_zone() -> None:
    night = Loading(at=datetime(2026, 11, 10, 3, tzinfo=PARIS), declared={OTHER: Days()})
    loads = (load(8, Days()), night)
    assert expectation(KEY, november(10), loads) is DECLARED
    assert expectation(KEY, november(10), loads, ZoneInfo("America/Cayenne")) is GONE
