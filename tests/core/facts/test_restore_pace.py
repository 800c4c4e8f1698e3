"""The bound on how long a whole source takes: what it rests on, how it grows, and what an exercise tells of it."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.facts.restore_pace import (
    ABOVE_TRUTH,
    DRAWS_STAND,
    Draw,
    MeasuredRestore,
    Totals,
    draws_in,
    estimate,
    totals_in,
)
from agent.core.model import Observation
from tests.checks.backups import DAY, NOW

# The figures of the measured source: 2.35 GB, 21,000 files.
TOTALS = Totals(at=NOW, points=1, small_files=20_000, big_bytes=2_000_000_000)
DRAW = Draw(at=NOW, start=0.7, a_file=0.0006, a_byte=3e-9)


def observed(draws: Sequence[Draw], totals: Sequence[Totals] = (TOTALS,)) -> Observation:
    """Return a look that carries these draws and totals."""
    facts = (*(one.fact("files/offsite") for one in draws), *(one.fact("files/offsite") for one in totals))
    return Observation(
        collector="restore_pace", host="srv-1", subject="files/offsite", begun=NOW, ended=NOW, facts=facts
    )


FIGURES = st.floats(min_value=0, max_value=1e6)


@given(FIGURES, FIGURES, FIGURES, FIGURES, st.integers(1, 9), st.integers(0, 10**9), st.integers(0, 10**16))
def test_what_is_kept_is_what_was_measured(
    start: float, a_file: float, a_byte: float, line: float, points: int, small_files: int, big_bytes: int
) -> None:
    draw = Draw(at=NOW, start=start, a_file=a_file, a_byte=a_byte, line=line)
    totals = Totals(at=NOW, points=points, small_files=small_files, big_bytes=big_bytes, small_bytes=big_bytes // 3)
    seen = observed([draw], [totals])
    assert (draws_in(seen), totals_in(seen)) == ((draw,), (totals,))


def test_the_time_is_a_start_and_what_small_files_and_big_bytes_take() -> None:
    assert DRAW.seconds(TOTALS) == pytest.approx(0.7 + 20_000 * 0.0006 + 2e9 * 3e-9)
    assert DRAW.seconds(replace(TOTALS, points=3)) == pytest.approx(DRAW.seconds(TOTALS) + 1.4)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_three_draws_bound_nothing_nor_does_a_source_of_unknown_size(count: int) -> None:
    assert estimate(observed([DRAW] * count), NOW, None) is None
    assert estimate(observed([DRAW] * 5, []), NOW, None) is None


def test_three_draws_bound_it_as_student_s_t_does() -> None:
    # Times of 10, 11 and 12 seconds: mean 11, deviation 1, t of 2 degrees of freedom 2.920.
    draws = [Draw(at=NOW, start=seconds, a_file=0.0, a_byte=0.0) for seconds in (10.0, 11.0, 12.0)]
    found = estimate(observed(draws), NOW, None)
    assert found is not None
    width = 2.920 * math.sqrt(4 / 3)
    assert found.mean == pytest.approx(11)
    assert found.upper == pytest.approx(11 + width)
    assert found.lower == pytest.approx((11 - width) / ABOVE_TRUTH)
    assert (found.draws, found.calibrated) == (3, False)


def test_the_bound_grows_with_the_age_of_the_newest_draw_and_what_is_too_old_counts_no_more() -> None:
    draws = [replace(DRAW, at=NOW - weeks * 7 * DAY, start=weeks + 1.0) for weeks in range(5)]
    bounds = [estimate(observed(draws), NOW + days * DAY, None) for days in (0, 8, 9, 30)]
    upper = [found.upper for found in bounds if found is not None]
    assert upper[0] == upper[1] < upper[2] < upper[3]
    assert [found.draws for found in bounds if found is not None] == [5, 5, 5, 5]
    late = estimate(observed(draws), NOW + DRAWS_STAND - 14 * DAY, None)
    assert late is not None
    assert late.draws == 3
    assert estimate(observed(draws), NOW + DRAWS_STAND - 13 * DAY, None) is None


def test_an_exercise_sets_the_middle_by_the_size_of_its_own_time_and_narrows_nothing() -> None:
    then = replace(TOTALS, at=NOW - 400 * DAY, small_files=10_000, big_bytes=1_000_000_000)
    draws = [replace(DRAW, start=0.7 + number / 10) for number in range(3)]
    seen = observed(draws, [TOTALS, then])
    plain = estimate(seen, NOW, None)
    measured = MeasuredRestore(point=then.at - DAY, seconds=draws[1].seconds(then) * 0.7)
    set_by = estimate(seen, NOW, measured)
    assert plain is not None and set_by is not None
    assert set_by.calibrated
    assert set_by.mean == pytest.approx(plain.mean * 0.7)
    assert set_by.upper - set_by.mean == pytest.approx(plain.upper - plain.mean)
    slower = estimate(seen, NOW, replace(measured, seconds=measured.seconds * 3))
    assert slower is not None
    assert slower.upper - slower.mean == pytest.approx((plain.upper - plain.mean) * 2.1)
    # Of an exercise of another time nothing is known of the size.
    assert estimate(seen, NOW, replace(measured, point=NOW - 200 * DAY)) == plain


# 20,000 small files of 600 kB: what folders of little files cost for each of them tells too little of those.
HEAVY = replace(TOTALS, small_bytes=12_000_000_000)
ON_A_LINE = [replace(DRAW, start=0.7 + number / 100, line=1e-8) for number in range(3)]


def test_the_bound_is_never_less_than_what_all_bytes_take_on_the_line() -> None:
    plain = estimate(observed([replace(draw, line=0.0) for draw in ON_A_LINE], [HEAVY]), NOW, None)
    held = estimate(observed(ON_A_LINE, [HEAVY]), NOW, None)
    assert plain is not None and held is not None
    assert plain.upper < 20
    assert held.upper == held.mean == pytest.approx(140)
    # What is missed must be beyond doubt: the line only holds the bound up.
    assert held.lower == plain.lower
    late = estimate(observed(ON_A_LINE, [HEAVY]), NOW + 53 * DAY, None)
    assert late is not None
    assert late.upper == pytest.approx(140 * 1.5)
    light = estimate(observed(ON_A_LINE, [replace(HEAVY, small_bytes=0, big_bytes=0)]), NOW, None)
    assert light == estimate(observed([DRAW, *ON_A_LINE[1:]], [replace(TOTALS, big_bytes=0)]), NOW, None)


def test_an_exercise_that_was_faster_than_the_line_tells_what_the_line_can_do() -> None:
    quick = MeasuredRestore(point=NOW, seconds=70.0)
    found = estimate(observed(ON_A_LINE, [HEAVY]), NOW, quick)
    assert found is not None
    assert found.mean == pytest.approx(70)
    slow = estimate(observed(ON_A_LINE, [HEAVY]), NOW, replace(quick, seconds=1000.0))
    assert slow is not None
    assert slow.mean == pytest.approx(1000)


@pytest.mark.parametrize("seed", range(5))
def test_the_bound_holds_for_nineteen_of_twenty_of_what_the_draws_come_from(seed: int) -> None:
    random = Random(seed)

    def drawn() -> Draw:
        return Draw(at=NOW, start=max(0.1, random.gauss(10, 2)), a_file=0.0, a_byte=0.0)

    held = 0
    for _ in range(1000):
        found = estimate(observed([drawn() for _ in range(3)]), NOW, None)
        assert found is not None
        held += drawn().start <= found.upper
    assert held >= 925


@given(st.lists(st.floats(0.01, 1e5), min_size=3, max_size=20), st.integers(0, 60), st.floats(0, 1e-3))
def test_the_bounds_stand_in_their_order(starts: list[float], days: int, line: float) -> None:
    draws = [Draw(at=NOW, start=start, a_file=0.0, a_byte=0.0, line=line) for start in starts]
    found = estimate(observed(draws), NOW + timedelta(days=days), None)
    assert found is not None
    assert 0 <= found.lower <= found.mean <= found.upper
