"""Whether a source's newest point looks like its history: attacks and an empty disk are told, busy days are not."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.judging.anomalies import Suspicion, looks_wrong, removed_share, still_since, suspicion
from agent.core.judging.counting import Series
from agent.core.judging.wanted_change import DeclaredChange
from agent.core.model import Detail
from agent.core.points import Point
from agent.core.reason import Reason

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MB = 1_000_000
# The baseline that was measured: 32 days of 91 MB that compress to half.
USUAL = Point(
    id="00" * 32,
    time=NOW,
    host="srv-1",
    paths=("/srv",),
    files=20_998,
    bytes=2350 * MB,
    added_bytes=91 * MB,
    packed_bytes=44 * MB,
    files_new=0,
    files_changed=121,
)
TODAY = replace(USUAL, id="ff" * 32, time=NOW - 2 * HOUR)


def history(days: int = 32, usual: Point = USUAL, first: int = 1) -> list[Point]:
    """Return one usual point a day, newest first, a little different each."""
    return [
        replace(
            usual,
            id=f"{day:02x}" * 32,
            time=NOW - 2 * HOUR - day * DAY,
            added_bytes=None if usual.added_bytes is None else usual.added_bytes * (98 + day % 5) // 100,
            packed_bytes=None if usual.packed_bytes is None else usual.packed_bytes * (98 + day % 4) // 100,
        )
        for day in range(first, first + days)
    ]


def told(*points: Point, earlier: Iterable[Point] | None = None, empty: tuple[Point, ...] = ()) -> Suspicion | None:
    """Return what is said of a path with these newest points before a usual history."""
    counted = (*points, *(history() if earlier is None else earlier))
    return suspicion(Series(path="/srv", counted=counted, empty=empty), NOW)


def reason(found: Suspicion | None) -> Reason | None:
    """Return its reason, where there is one."""
    return None if found is None else found.reason


def test_a_usual_day_is_none_of_our_business() -> None:
    assert told(TODAY) is None


def test_a_day_on_which_every_ctime_changed_is_no_alarm() -> None:
    assert told(replace(TODAY, files_changed=20_990, packed_bytes=40 * MB)) is None


def test_encryption_in_place_of_a_tenth_is_told() -> None:
    attacked = replace(TODAY, files_changed=2100, added_bytes=1180 * MB, packed_bytes=1179 * MB)
    found = told(attacked)
    assert found is not None
    assert found.reason is Reason.CONTENT_CHANGED
    assert (found.about["packed_percent"], found.about["files_changed"]) == (100, 2100)


def test_encryption_of_everything_under_new_names_is_told() -> None:
    attacked = replace(TODAY, files_new=20_998, files_changed=0, added_bytes=2350 * MB, packed_bytes=2348 * MB)
    found = told(attacked)
    assert found is not None
    assert (found.reason, found.about["removed_percent"]) == (Reason.CONTENT_CHANGED, 100)


def test_an_empty_source_is_told_although_the_point_before_it_is_recent() -> None:
    empty = replace(TODAY, files=0, bytes=0, files_new=0, files_changed=0, added_bytes=384, packed_bytes=364)
    assert reason(told(empty=(empty,))) is Reason.EMPTY


def test_an_empty_point_with_a_full_one_after_it_is_over() -> None:
    empty = replace(TODAY, id="ee" * 32, time=TODAY.time - HOUR, files=0, bytes=0)
    assert told(TODAY, empty=(empty,)) is None


def test_growth_is_told_where_it_no_longer_compresses_and_only_there() -> None:
    grown = replace(TODAY, files_new=500, files=21_498, added_bytes=900 * MB, packed_bytes=430 * MB)
    assert told(grown) is None
    assert reason(told(replace(grown, packed_bytes=899 * MB))) is Reason.CONTENT_CHANGED
    assert told(replace(grown, added_bytes=400 * MB, packed_bytes=399 * MB)) is None


def test_a_source_that_never_compressed_grows_in_peace() -> None:
    photos = replace(USUAL, packed_bytes=90 * MB)
    grown = replace(TODAY, files_new=500, files=21_498, added_bytes=900 * MB, packed_bytes=899 * MB)
    assert told(grown, earlier=history(usual=photos)) is None


@pytest.mark.parametrize("files", [0.69, 0.6, 0.51])
def test_a_third_of_the_files_gone_from_one_point_to_the_next_is_told(files: float) -> None:
    assert reason(told(replace(TODAY, files=int(20_998 * files)))) is Reason.SHRUNK


@pytest.mark.parametrize(
    "smaller", [{"files": 10_000, "files_new": None}, {"bytes": 1000 * MB}, {"files": 10, "bytes": 10}]
)
def test_less_than_half_of_the_files_or_of_the_bytes_is_told(smaller: dict[str, int | None]) -> None:
    assert reason(told(replace(TODAY, **smaller))) is Reason.SHRUNK  # type: ignore[arg-type]


def test_folders_that_were_moved_and_a_run_without_a_parent_are_no_alarm() -> None:
    moved = replace(TODAY, files_new=20_998, files_changed=0, added_bytes=3 * MB, packed_bytes=MB)
    assert told(moved) is None
    assert told(replace(moved, added_bytes=0, packed_bytes=0)) is None


QUIET = replace(USUAL, added_bytes=20_000, packed_bytes=9_000, files_changed=3)


def test_a_source_that_seldom_adds_anything_is_told_by_what_was_rewritten() -> None:
    attacked = replace(TODAY, files_changed=2100, added_bytes=235 * MB, packed_bytes=235 * MB)
    assert reason(told(attacked, earlier=history(usual=QUIET))) is Reason.CONTENT_CHANGED
    photos = replace(attacked, files_changed=2, files_new=300, files=21_298)
    assert told(photos, earlier=history(usual=QUIET)) is None
    touched = replace(attacked, files_changed=20_000, added_bytes=5 * MB, packed_bytes=2 * MB)
    assert told(touched, earlier=history(usual=QUIET)) is None


def test_folders_moved_in_a_source_that_seldom_adds_anything_are_no_alarm() -> None:
    moved = replace(TODAY, files_new=20_998, files_changed=0, added_bytes=3 * MB, packed_bytes=MB)
    assert told(moved, earlier=history(usual=QUIET)) is None


def test_encryption_stays_told_for_a_day_however_usual_the_next_hours_look() -> None:
    attacked = replace(TODAY, time=NOW - 20 * HOUR, files_changed=2100, added_bytes=1180 * MB, packed_bytes=1179 * MB)
    after = replace(TODAY, id="fe" * 32, time=NOW - HOUR)
    assert reason(told(after, attacked)) is Reason.CONTENT_CHANGED
    long_ago = replace(attacked, time=NOW - 30 * HOUR)
    assert told(after, long_ago, earlier=history(first=2)) is None


STILL = replace(USUAL, files_new=0, files_changed=0, added_bytes=0, packed_bytes=0)


def frozen(days: int, lively: int = 20) -> list[Point]:
    """Return a source that was frozen for some days, after others on which it changed."""
    return [*history(days, STILL, 0), *history(lively, first=days)]


@pytest.mark.parametrize(
    ("points", "days"),
    [
        (frozen(8), 8),
        (frozen(6), None),
        (frozen(8, lively=6), None),
        (history(40, STILL, 0), None),
        ([*history(9, STILL, 0), *history(5, first=9), *history(5, STILL, 14), *history(15, first=19)], None),
        ([*history(15, STILL, 0), *history(5, first=15), *history(5, STILL, 20), *history(15, first=25)], 15),
    ],
    ids=["frozen", "a quiet week", "little known", "never changes", "as long as before", "far longer than before"],
)
def test_a_standstill_is_found_where_it_is_not_usual_and_is_no_suspicion(points: list[Point], days: int | None) -> None:
    since = still_since(Series(path="/srv", counted=tuple(points)))
    assert since == (None if days is None else points[0].time - days * DAY)
    assert told(earlier=points) is None


@given(
    st.integers(0, 6),
    st.one_of(st.just(0), st.integers(10_499, 50_000)),
    st.integers(0, 10**12),
    st.integers(0, 10**12),
)
def test_on_fewer_than_seven_earlier_points_only_a_collapse_is_told(
    days: int, files: int, added: int, packed: int
) -> None:
    newest = replace(TODAY, files=files, added_bytes=added, packed_bytes=packed, files_new=files, files_changed=files)
    counted = (newest, *history(days)) if files else tuple(history(days))
    assert told(earlier=counted, empty=() if files else (newest,)) is None


figures = st.one_of(st.none(), st.integers(0, 2**63 - 1))
points = st.builds(
    Point,
    id=st.text("0123456789abcdef", min_size=64, max_size=64),
    time=st.integers(-10_000, 10).map(lambda hours: NOW + hours * HOUR),
    host=st.just("srv-1"),
    paths=st.sampled_from([("/srv",), ("/srv", "/etc")]),
    files=figures,
    bytes=figures,
    added_bytes=figures,
    packed_bytes=figures,
    files_new=figures,
    files_changed=figures,
)


@given(st.lists(points, max_size=30), st.integers(0, 5))
def test_no_figures_break_it_and_an_unknown_one_says_nothing(made: list[Point], empty: int) -> None:
    ordered = sorted(made, key=lambda point: point.time, reverse=True)
    found = suspicion(Series(path="/srv", counted=tuple(ordered[empty:]), empty=tuple(ordered[:empty])), NOW)
    assert found is None or found.point in made
    bare = [replace(one, files=None, bytes=None, added_bytes=None, files_changed=None) for one in ordered]
    assert suspicion(Series(path="/srv", counted=tuple(bare)), NOW) is None


@given(points, points)
def test_a_share_is_a_share(point: Point, before: Point) -> None:
    share = removed_share(point, before)
    assert share is None or 0 <= share <= 1


@given(st.integers(1, 10_000), st.integers(0, 10_000), st.integers(0, 10_000))
def test_the_removed_share_is_what_went_and_not_what_came(before: int, new: int, removed: int) -> None:
    removed = min(removed, before)
    now = replace(TODAY, files=before - removed + new, files_new=new)
    assert removed_share(now, replace(USUAL, files=before)) == pytest.approx(removed / before)


# Each threshold exactly, beside a history in which every figure is the same.

PLAIN = replace(USUAL, files=1000, bytes=10_000_000, added_bytes=100, packed_bytes=50, files_new=0, files_changed=1)
NEWEST = replace(PLAIN, id="ff" * 32, time=NOW)


def flat(usual: Point = PLAIN, days: int = 7, **changed: int | None) -> list[Point]:
    """Return a point a day, newest first, all alike."""
    return [
        replace(usual, id=f"{day:02x}" * 32, time=NOW - day * DAY, **changed)  # type: ignore[arg-type]
        for day in range(1, days + 1)
    ]


def said(earlier: list[Point], **changed: int | None) -> tuple[Reason, Detail] | None:
    """Return the reason and the figures that are told of a newest point with some figures of its own."""
    newest = replace(NEWEST, **changed)  # type: ignore[arg-type]
    found = suspicion(Series(path="/srv", counted=(newest, *earlier)), NOW)
    assert found is None or found.point == newest
    return None if found is None else (found.reason, found.about)


SHRUNK, CHANGED = Reason.SHRUNK, Reason.CONTENT_CHANGED


def test_a_level_is_told_from_seven_points_on() -> None:
    assert said(flat(days=6), files=1, files_new=None) == (SHRUNK, {"files": 1, "files_before": 1000})
    assert said(flat(days=7), files=1, files_new=None) == (SHRUNK, {"files": 1, "usual_files": 1000.0})
    some = [*flat(days=6), *flat(days=1, files=None)]
    assert said(some, files=1, files_new=None) == (SHRUNK, {"files": 1, "files_before": 1000})
    assert said(some, files=600, files_new=None) is None
    assert said(flat(days=7), files=600, files_new=0) is not None


def young(*files: int | None) -> list[Point]:
    """Return as many points as figures, the newest first."""
    made = flat(days=len(files))
    return [replace(point, files=figure, files_new=None) for point, figure in zip(made, files, strict=True)]


@pytest.mark.parametrize(
    ("before", "files", "fell_from"),
    [
        ((41,), 1, 41),
        ((41,), 20, 41),
        ((41,), 21, None),
        ((41, 40, 41, 39, 41, 41), 19, 41),
        ((41, 40, 41, 39, 41, 41), 20, None),
        # A trial of one file before the folder: half of it says nothing, a tenth of the largest does.
        ((41, 1), 1, 41),
        ((41, 1), 4, 41),
        ((41, 1), 5, None),
        # A large first point, then a part of it left out.
        ((60, 100), 31, None),
        ((30, 100), 16, None),
        ((None, 41, None), 1, 41),
        ((None, None), 1, None),
        ((0, 41), 1, 41),
        ((0,), 0, None),
        ((), 1, None),
    ],
)
def test_a_young_source_that_collapses_is_told_and_one_that_varies_is_not(
    before: tuple[int | None, ...], files: int, fell_from: int | None
) -> None:
    expected = None if fell_from is None else (SHRUNK, {"files": files, "files_before": fell_from})
    assert said(young(*before), files=files, files_new=None) == expected


def test_a_young_source_that_loses_its_bytes_is_told() -> None:
    assert said(flat(days=2), bytes=4_999_999) == (SHRUNK, {"bytes": 4_999_999, "bytes_before": 10_000_000})
    assert said(flat(days=2), bytes=5_000_000) is None
    assert said(flat(days=2), bytes=None) is None


def test_a_young_source_that_was_reduced_on_purpose_is_levelled() -> None:
    earlier = flat(days=3)
    newest = replace(NEWEST, files=1)
    one = Series(path="/srv", counted=(newest, *earlier))
    told_of = DeclaredChange(on=(NOW - DAY).date(), author="RSSI")
    assert reason(suspicion(one, NOW)) is Reason.SHRUNK
    assert suspicion(one, NOW, told_of) is None


def test_less_than_half_of_the_usual_files_or_bytes_is_too_little() -> None:
    assert said(flat(), files=500, files_new=None) is None
    assert said(flat(), files=499, files_new=None) == (SHRUNK, {"files": 499, "usual_files": 1000.0})
    assert said(flat(), bytes=5_000_000) is None
    assert said(flat(), bytes=4_999_999) == (SHRUNK, {"bytes": 4_999_999, "usual_bytes": 10_000_000.0})
    assert said(flat(), files=None, bytes=None) is None


def test_more_than_three_tenths_of_the_files_gone_is_too_much() -> None:
    assert said(flat(), files=700) is None
    assert said(flat(), files=699) == (SHRUNK, {"removed_percent": 30, "files": 699, "files_before": 1000})
    assert said(flat(), files=700, files_new=1) == (
        SHRUNK,
        {"removed_percent": 30, "files": 700, "files_before": 1000},
    )


def test_where_every_file_is_gone_none_is_told() -> None:
    seldom = [*flat(days=1), *flat(days=6, files=0)]
    assert said(seldom, files=0) == (SHRUNK, {"removed_percent": 100, "files": 0, "files_before": 1000})


def test_files_that_were_replaced_are_told_by_what_they_added() -> None:
    renamed = {"files": 701, "files_new": 2, "bytes": 6010}
    small = flat(bytes=6010)
    assert said(small, **renamed, added_bytes=500) is None
    replaced = (CHANGED, {"removed_percent": 30, "added_bytes": 601, "usual_bytes": 100.0})
    assert said(small, **renamed, added_bytes=601) == replaced
    assert said(small, **renamed, added_bytes=600) is None
    assert said(flat(bytes=100), **{**renamed, "bytes": 100}, added_bytes=500) is None
    assert said(flat(bytes=100), **{**renamed, "bytes": 100}, added_bytes=501) == (
        CHANGED,
        {"removed_percent": 30, "added_bytes": 501, "usual_bytes": 100.0},
    )
    assert said(flat(bytes=None), **{**renamed, "bytes": None}, added_bytes=501) == (
        CHANGED,
        {"removed_percent": 30, "added_bytes": 501, "usual_bytes": 100.0},
    )
    assert said(flat(bytes=6010, added_bytes=None), **renamed, added_bytes=601) is None
    assert said(small, **renamed, added_bytes=None) is None


BUSY = replace(PLAIN, added_bytes=2_000_000, packed_bytes=1_000_000)


def test_growth_that_compresses_a_tenth_worse_than_usual_is_told() -> None:
    usual = flat(BUSY)
    assert said(usual, added_bytes=10_000_000, packed_bytes=10_000_000) is None
    assert said(usual, added_bytes=11_000_000, packed_bytes=6_600_000) is None
    assert said(usual, added_bytes=11_000_000, packed_bytes=6_710_000) == (
        CHANGED,
        {"added_bytes": 11_000_000, "usual_bytes": 2_000_000.0, "packed_percent": 61, "files_changed": 1},
    )
    assert said(usual, added_bytes=11_000_000, packed_bytes=6_710_000, files_changed=None) == (
        CHANGED,
        {"added_bytes": 11_000_000, "usual_bytes": 2_000_000.0, "packed_percent": 61},
    )
    assert said(usual, added_bytes=11_000_000, packed_bytes=None) is None


def test_what_compresses_now_so_and_now_so_is_held_to_six_deviations() -> None:
    packed = (900_000, 1_100_000, 900_000, 1_100_000, 900_000, 1_100_000, 1_000_000)
    usual = [replace(one, packed_bytes=each) for one, each in zip(flat(BUSY), packed, strict=True)]
    assert said(usual, added_bytes=20_000_000, packed_bytes=18_880_000) is None
    assert said(usual, added_bytes=20_000_000, packed_bytes=18_900_000) is not None


def test_a_mebibyte_tells_no_share_and_a_byte_more_does() -> None:
    grown = {"added_bytes": 11_000_000, "packed_bytes": 11_000_000, "files_changed": 10}
    at = flat(BUSY, added_bytes=1024 * 1024, packed_bytes=500_000)
    over = flat(BUSY, added_bytes=1024 * 1024 + 1, packed_bytes=500_000)
    assert said(at, **grown) is None
    assert said(over, **grown) == (
        CHANGED,
        {"added_bytes": 11_000_000, "usual_bytes": 1048577.0, "packed_percent": 100, "files_changed": 10},
    )
    six = [*flat(BUSY, days=6), *flat(days=1)]
    assert said(six, **grown) is None


REWRITTEN = {"added_bytes": 2_000_000, "packed_bytes": 1_900_000}


def test_in_a_quiet_source_a_twentieth_rewritten_is_told() -> None:
    assert said(flat(), **REWRITTEN, files_changed=49) is None
    assert said(flat(), **REWRITTEN, files_changed=50) == (
        CHANGED,
        {"added_bytes": 2_000_000, "usual_bytes": 100.0, "packed_percent": 95, "files_changed": 50},
    )
    assert said(flat(), added_bytes=2_000_000, packed_bytes=1_899_999, files_changed=50) is None
    assert said(flat(), **REWRITTEN, files_changed=None) is None
    assert said(flat(files_changed=None), **REWRITTEN, files_changed=50) is None
    assert said(flat(added_bytes=None), **REWRITTEN, files_changed=50) is None


def test_in_a_quiet_source_at_least_five_files_are_rewritten() -> None:
    small = flat(files=20, files_changed=0)
    assert said(small, files=20, **REWRITTEN, files_changed=4) is None
    assert said(small, files=20, **REWRITTEN, files_changed=5) is not None


def test_in_a_quiet_source_five_times_the_usual_is_rewritten_and_added() -> None:
    assert said(flat(files_changed=10), **REWRITTEN, files_changed=50) is None
    assert said(flat(files_changed=10), **REWRITTEN, files_changed=51) is not None
    assert said(flat(added_bytes=400_000), **REWRITTEN, files_changed=50) is None
    assert said(flat(added_bytes=399_999), **REWRITTEN, files_changed=50) is not None


def test_a_source_without_files_before_is_not_judged_by_what_was_rewritten() -> None:
    nothing = [*flat(days=1, files=0), *flat(days=7)[1:]]
    assert said(nothing, **REWRITTEN, files_changed=50) is None


@pytest.mark.parametrize("ago", [DAY, DAY + timedelta(seconds=1)])
def test_encryption_is_told_for_a_day_to_the_second(ago: timedelta) -> None:
    bad = replace(NEWEST, id="ee" * 32, time=NOW - ago, added_bytes=2_000_000, packed_bytes=1_900_000, files_changed=50)
    earlier = [replace(one, time=one.time - 2 * DAY) for one in flat()]
    found = suspicion(Series(path="/srv", counted=(NEWEST, bad, *earlier)), NOW)
    assert reason(found) == (Reason.CONTENT_CHANGED if ago <= DAY else None)


def test_a_shrunk_point_is_told_only_while_it_is_the_newest() -> None:
    bad = replace(NEWEST, id="ee" * 32, time=NOW - HOUR, files=1)
    assert suspicion(Series(path="/srv", counted=(NEWEST, bad, *flat())), NOW) is None


def test_a_level_after_a_wanted_change_is_told_by_one_point() -> None:
    small = replace(NEWEST, bytes=4_999_999)
    found = looks_wrong(small, flat(days=1), at_least=1)
    assert found is not None and found.about == {"bytes": 4_999_999, "usual_bytes": 10_000_000.0}
    assert looks_wrong(replace(NEWEST, files=699), flat(days=1), at_least=1) is not None
    assert looks_wrong(replace(NEWEST, files=699), flat(days=1)) is None


def test_a_removed_share_is_never_more_than_all() -> None:
    assert removed_share(replace(NEWEST, files=0, files_new=1000), PLAIN) == 1.0


def test_where_seven_points_tell_a_share_what_was_rewritten_is_not_judged() -> None:
    packed = flat(BUSY, packed_bytes=1_800_000)
    assert said(packed, added_bytes=11_000_000, packed_bytes=10_670_000, files_changed=50) is None


def standstills(now: int, before: int, oldest: int = 0) -> list[Point]:
    """Return a source that stands still for `now` days, and stood so for `before` days, and at its beginning."""
    runs = ((now, PLAIN_STILL), (8, PLAIN), (before, PLAIN_STILL), (20, PLAIN), (oldest, PLAIN_STILL))
    kinds = [kind for days, kind in runs for _ in range(days)]
    return [replace(kind, id=f"{day:064x}", time=NOW - day * DAY) for day, kind in enumerate(kinds)]


PLAIN_STILL = replace(PLAIN, added_bytes=0, packed_bytes=0, files_changed=0)


@pytest.mark.parametrize(
    ("now", "before", "oldest", "told_of"),
    [(10, 5, 0, False), (11, 5, 0, True), (10, 0, 6, False), (11, 0, 6, True), (12, 0, 7, False)],
)
def test_a_standstill_is_told_from_more_than_twice_the_longest_before_on(
    now: int, before: int, oldest: int, told_of: bool
) -> None:
    points = standstills(now, before, oldest)
    since = still_since(Series(path="/srv", counted=tuple(points)))
    assert since == (points[now].time if told_of else None)


def test_the_newest_point_is_judged_however_old_it_is() -> None:
    old = [replace(point, time=point.time - 3 * DAY) for point in (replace(NEWEST, files=1), *flat())]
    assert reason(suspicion(Series(path="/srv", counted=tuple(old)), NOW)) is Reason.SHRUNK


def test_points_of_other_paths_are_no_history() -> None:
    elsewhere = flat(paths=("/srv", "/etc"))  # type: ignore[arg-type]
    assert said(elsewhere, files=1) is None


def test_an_empty_point_is_told_from_seven_full_ones_before_it_on() -> None:
    empty = replace(NEWEST, files=0, bytes=0)
    before = replace(PLAIN, id="ee" * 32, time=NOW - HOUR, files=0, bytes=0)
    for days, told_of in ((6, None), (7, Reason.EMPTY)):
        one = Series(path="/srv", counted=tuple(flat(days=days)), empty=(empty, before))
        assert reason(suspicion(one, NOW)) is told_of


# A change of the 20th: what the points show until the end of the 21st is that change.
CHANGE = DeclaredChange(on=date(2026, 11, 20), author="RSSI")


def at(moment: datetime, **changed: int | None) -> Point:
    """Return a plain point of a moment."""
    return replace(PLAIN, id=f"{int(moment.timestamp()):064x}", time=moment, **changed)  # type: ignore[arg-type]


def test_a_wanted_change_explains_points_until_the_next_day_s_end() -> None:
    for late, told_of in ((timedelta(0), None), (timedelta(seconds=1), Reason.SHRUNK)):
        level = at(CHANGE.levelled_from)
        one = Series(path="/srv", counted=(at(CHANGE.covers_until + late, files=1), level, *flat(days=9)[5:]))
        assert reason(suspicion(one, NOW, CHANGE)) is told_of


def test_after_a_wanted_change_one_point_since_its_day_s_end_is_the_level() -> None:
    small = at(CHANGE.covers_until + HOUR, files=1, files_new=None)
    for level, about in (
        (at(CHANGE.levelled_from), {"files": 1, "usual_files": 1000.0}),
        (at(CHANGE.levelled_from - timedelta(seconds=1)), None),
    ):
        found = suspicion(Series(path="/srv", counted=(small, level)), NOW, CHANGE)
        assert (None if found is None else found.about) == about


def series(*runs: tuple[int, Point], hours: int = 24) -> Series:
    """Return a point a day, newest first: so many of each kind."""
    kinds = [kind for count, kind in runs for _ in range(count)]
    points = [replace(kind, id=f"{n:064x}", time=NOW - n * hours * HOUR) for n, kind in enumerate(kinds)]
    return Series(path="/srv", counted=tuple(points))


@pytest.mark.parametrize(
    ("still", "lively", "since"), [(7, 7, 7), (6, 7, None), (7, 6, None)], ids=["seven", "six still", "six lively"]
)
def test_a_standstill_takes_seven_points_that_stand_still_and_seven_before(
    still: int, lively: int, since: int | None
) -> None:
    found = still_since(series((still, PLAIN_STILL), (lively, PLAIN)))
    assert found == (None if since is None else NOW - since * DAY)


def test_six_points_that_stand_still_for_a_week_are_no_standstill() -> None:
    assert still_since(series((6, PLAIN_STILL), (7, PLAIN), hours=36)) is None
    assert still_since(series((7, PLAIN_STILL), (7, PLAIN), hours=36)) is not None


def test_a_standstill_takes_seven_days_to_the_second() -> None:
    exactly = series((7, PLAIN_STILL), (7, PLAIN))
    assert still_since(exactly) == NOW - 7 * DAY
    moved = replace(exactly.counted[7], time=NOW - 7 * DAY + timedelta(seconds=1))
    assert still_since(replace(exactly, counted=(*exactly.counted[:7], moved, *exactly.counted[8:]))) is None


@pytest.mark.parametrize(("before", "told_of"), [(4, True), (5, False)], ids=["less than half", "half"])
def test_a_source_that_mostly_stands_still_is_not_told_to_stand(before: int, told_of: bool) -> None:
    """Of ten earlier pairs, so many stand still, none two in a row."""
    pairs = [PLAIN_STILL if n % 2 == 0 and n < 2 * before else PLAIN for n in range(10)]
    found = still_since(series((7, PLAIN_STILL), (1, PLAIN), *((1, kind) for kind in pairs)))
    assert (found is not None) is told_of


@pytest.mark.parametrize("busy", [{"files_changed": 1}, {"added_bytes": 1}, {"files_new": 1}])
def test_whatever_changes_a_point_does_not_stand_still(busy: dict[str, int]) -> None:
    moving = replace(PLAIN_STILL, **busy)  # type: ignore[arg-type]
    assert still_since(series((7, PLAIN_STILL), (7, moving))) == NOW - 7 * DAY
    assert still_since(series((7, PLAIN_STILL), (7, PLAIN_STILL))) is None


def test_a_standstill_after_a_wanted_change_is_told_by_later_points() -> None:
    one = series((9, PLAIN_STILL), (8, PLAIN), (20, PLAIN))
    change = DeclaredChange(on=(NOW - 17 * DAY).date(), author="RSSI")
    assert still_since(one) == still_since(one, change) == NOW - 9 * DAY
    level = [replace(point, time=change.levelled_from) if n == 15 else point for n, point in enumerate(one.counted)]
    assert still_since(replace(one, counted=tuple(level[:16])), change) == NOW - 9 * DAY
