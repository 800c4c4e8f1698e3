"""Differences lead back to what was seen, and are small where little changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.ledger.difference import Difference, apply, compare, moved_dates

DATE = st.sampled_from(["2026-11-24T04:00:00Z", "2026-11-24T04:15:00Z", "2026-11-23T00:00:00Z"])
LINE = st.builds(lambda date, name: f'{{"as_of":"{date}","name":"{name}"}}', DATE, st.sampled_from("abcdefg"))
LINES = st.lists(LINE, max_size=12)


def points(first: int, last: int, date: str | None = None) -> list[str]:
    return [f'{{"as_of":"{date or number}","name":"point {number}"}}' for number in range(first, last)]


@given(LINES, LINES)
def test_a_difference_leads_from_one_list_to_the_other(previous: list[str], current: list[str]) -> None:
    assert apply(previous, compare(previous, current)) == current


@given(LINES)
def test_nothing_changed_is_no_difference(lines: list[str]) -> None:
    assert compare(lines, lines) == Difference()


def test_a_nights_work_is_what_came_and_what_went() -> None:
    change = compare(points(0, 1000), points(1, 1001))

    assert change == Difference(removed=(0,), added=((999, points(1000, 1001)[0]),))


def test_a_thing_that_moved_to_the_front_does_not_rewrite_the_rest() -> None:
    lines = points(0, 500)

    change = compare(lines, [lines[-1], *lines[:-1]])

    assert len(change.added) == 1
    assert len(change.removed) == 1


def test_a_date_that_moved_for_all_is_said_once() -> None:
    before, after = points(0, 1000, "yesterday"), points(0, 1000, "today")

    assert compare(before, after) == Difference(redated=("yesterday", "today"))


def test_a_date_that_moved_for_all_but_one_is_said_once_too() -> None:
    before = [*points(0, 50, "yesterday"), *points(50, 60)]
    after = [*points(0, 49, "today"), *points(49, 50, "yesterday"), *points(50, 60)]

    change = compare(before, after)

    assert change.redated == ("yesterday", "today")
    assert len(change.added) == 1


def test_moves_of_dates_do_not_follow_one_another() -> None:
    lines = points(0, 1, "a") + points(1, 2, "b")

    assert moved_dates(lines, {"a": "b", "b": "c"}) == points(0, 1, "b") + points(1, 2, "c")


def test_a_difference_from_other_lines_is_refused() -> None:
    with pytest.raises(IndexError):
        apply(points(0, 2), Difference(removed=(5,)))
    with pytest.raises(IndexError):
        apply(points(0, 2), Difference(added=((7, "late"),)))
