"""When a source's records were received: what is kept, what is missing, and what no one could look at."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.logs.remembered import DatedRun, ReadFile
from collectors.logs.series import Bounds
from collectors.logs.timeline import SourceFile, closed_folder, kept_of, ordered

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def run(first: datetime, last: datetime, lines: int = 10) -> DatedRun:
    return DatedRun(
        first=first.timestamp(), last=last.timestamp(), lines=lines, begins=0, ends=100, digest="a", records=lines
    )


def sighted(ago: float, *runs: DatedRun, fault: str | None = None, read: bool = True) -> SourceFile:
    """Return a daily file that was last written so many days ago."""
    latest = NOW - ago * DAY
    content = ReadFile(
        node="1:1", size=100, modified=latest.timestamp(), changed=0.0, end=100, runs=runs, fault=fault, said="so"
    )
    bounds = Bounds(earliest=latest - DAY, latest=latest)
    return SourceFile(name="a", size=100, bounds=bounds, read=content if read else None)


def whole(ago: float) -> SourceFile:
    """Return one whose stamps go from the day before to then."""
    end = NOW - ago * DAY
    return sighted(ago, run(end - DAY + timedelta(minutes=1), end))


def test_two_days_without_a_file_are_a_hole_and_a_minute_over_one_is_one() -> None:
    assert kept_of([whole(0), whole(3)], NOW).holes == ((NOW - 3 * DAY, NOW - DAY + timedelta(minutes=1)),)
    assert kept_of([whole(0), whole(2)], NOW).holes == ((NOW - 2 * DAY, NOW - DAY + timedelta(minutes=1)),)
    assert kept_of([whole(0), whole(2 - 1 / 24)], NOW).holes == ()


def test_a_new_hole_is_told_beside_many_longer_ones() -> None:
    long_ago = [whole(ago) for ago in range(301, 390, 4)]
    found = kept_of([*long_ago, *map(whole, range(3, 301)), whole(0)], NOW)
    assert (NOW - 3 * DAY, NOW - DAY + timedelta(minutes=1)) in found.holes


@pytest.mark.parametrize("fault", ["denied", "damaged", "line", "bomb", "tool-missing"])
def test_a_file_that_could_not_be_read_may_fill_the_hole_that_it_leaves(fault: str) -> None:
    around = [whole(0), whole(1), whole(4), whole(5)]
    assert len(kept_of(around, NOW).holes) == 1
    found = kept_of([*around, sighted(2.5, fault=fault)], NOW)
    assert found.holes == ()
    assert found.unread == (NOW - 3.5 * DAY, NOW - 2.5 * DAY)
    assert len(kept_of([*around, whole(8), sighted(2.5, fault=fault)], NOW).holes) == 1


@pytest.mark.parametrize("fault", ["more", "later", "slow"])
def test_the_unread_end_of_a_file_fills_no_more_than_its_own_stretch(fault: str) -> None:
    begun = sighted(6, run(NOW - 7 * DAY, NOW - 6.5 * DAY), fault=fault)
    assert kept_of([whole(0), begun, whole(7)], NOW).holes == ((NOW - 6 * DAY, NOW - DAY + timedelta(minutes=1)),)
    assert kept_of([whole(0), sighted(1.5, run(NOW - 3 * DAY, NOW - 2.5 * DAY), fault=fault)], NOW).holes == ()


def test_a_file_that_was_not_read_yet_may_fill_a_hole_too_and_is_counted() -> None:
    found = kept_of([whole(0), whole(4), sighted(2, read=False)], NOW)
    assert (found.holes, found.waiting) == ((), 1)


def test_a_folder_that_could_not_be_looked_into_may_hold_any_day() -> None:
    found = kept_of([whole(0), whole(4), closed_folder("/fw-1/old", NOW)], NOW)
    assert (found.holes, found.waiting) == ((), 0)
    assert found.unread == (datetime.min.replace(tzinfo=UTC), NOW)


def test_a_file_that_was_gone_before_it_was_read_fills_nothing() -> None:
    found = kept_of([whole(0), whole(4), sighted(2, fault="gone")], NOW)
    assert len(found.holes) == 1
    assert found.unread is None


@pytest.mark.parametrize("fault", ["more", "later", "slow"])
def test_of_a_file_that_was_read_in_part_only_its_end_is_unknown(fault: str) -> None:
    begun = sighted(0, run(NOW - DAY, NOW - DAY / 2), fault=fault)
    found = kept_of([begun], NOW)
    assert found.unread == (NOW - DAY / 2, NOW)
    assert (found.oldest, found.newest) == (NOW - DAY, NOW - DAY / 2)


def test_dates_that_jump_are_left_out_by_the_fewest_lines() -> None:
    true = [run(NOW - ago * DAY, NOW - (ago - 1) * DAY, 100) for ago in (5, 4, 3)]
    past, ahead = run(NOW - 900 * DAY, NOW - 900 * DAY, 1), run(NOW + 300 * DAY, NOW + 300 * DAY, 1)
    assert list(ordered([true[0], past, true[1], ahead, true[2]])) == true


def test_a_file_whose_date_of_writing_was_renewed_may_fill_the_hole_that_its_stamps_tell() -> None:
    renewed = sighted(0.1, run(NOW - 3.5 * DAY, NOW - 2.5 * DAY))
    around = [whole(0), whole(1), whole(4)]
    found = kept_of([*around, renewed], NOW)
    assert (found.holes, found.unread is None) == ((), False)
    assert len(kept_of([*around, whole(9), renewed], NOW).holes) == 1
    by_name = replace(renewed, bounds=replace(renewed.bounds, named=True))
    assert len(kept_of([*around, by_name], NOW).holes) == 1


def test_a_file_that_grew_long_before_it_was_touched_is_no_record_of_the_day_of_its_touch() -> None:
    touched = sighted(0.1, run(NOW - 9.5 * DAY, NOW - 9 * DAY))
    assert touched.read is not None
    touched = replace(touched, read=replace(touched.read, grew=(NOW - 9 * DAY).timestamp()))
    assert kept_of([whole(3), touched], NOW).newest == NOW - 3 * DAY


def test_a_file_that_grew_and_was_emptied_is_no_record_of_its_day() -> None:
    emptied = sighted(0.1)
    assert emptied.read is not None
    emptied = replace(emptied, read=replace(emptied.read, grew=(NOW - 2 * DAY).timestamp()))
    assert kept_of([whole(2), emptied], NOW).newest == NOW - 2 * DAY


@given(st.lists(st.tuples(st.integers(-400, 40), st.integers(1, 1000)), max_size=40))
def test_what_is_kept_in_order_rises_and_is_never_nothing(days: list[tuple[int, int]]) -> None:
    runs = [run(NOW + day * DAY, NOW + day * DAY, lines) for day, lines in days]
    kept = ordered(runs)
    assert bool(kept) == bool(runs)
    assert all((one.last or 0) <= (other.first or 0) + 26 * 3600 for one, other in pairwise(kept))


@given(st.lists(st.tuples(st.floats(0, 500), st.floats(-900, 900), st.booleans()), max_size=20))
def test_nothing_is_older_than_its_file_allows_or_newer_than_it(files: list[tuple[float, float, bool]]) -> None:
    seen = [
        sighted(ago, run(NOW + at * DAY, NOW + at * DAY), fault="denied" if bad else None) for ago, at, bad in files
    ]
    found = kept_of(seen, NOW)
    if found.oldest is not None and found.newest is not None:
        assert min(file.bounds.latest for file in seen) - DAY <= found.oldest <= found.newest
        assert found.newest <= max(file.bounds.latest for file in seen)
