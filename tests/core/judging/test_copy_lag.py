"""How a copy stands to the repository that it is copied from: what arrived, what waits, what never came."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.judging.copy_lag import CopyMatch, matched, origin_of, source_copy, stood_for
from agent.core.model import Gap
from agent.core.points import Point
from agent.core.reason import Reason
from tests.checks.backups import BACKUP, DAY, HOUR, NOW, OFFSITE, ONSITE, SECOND, look, point

PAIR = replace(BACKUP, copies=(OFFSITE, ONSITE))


def source_point(age: timedelta, number: int) -> Point:
    """Return a point of the source repository."""
    return replace(point(age, number), tree=f"{number + 0x80:02x}" * 32)


def copied(original: Point) -> Point:
    """Return what `restic copy` makes of a point: a new id, everything else as it was."""
    return replace(original, id=f"{int(original.id[:2], 16) + 0x40:02x}" * 32, original=origin_of(original))


NIGHTS = [source_point(night * DAY + 8 * HOUR, night) for night in range(9)]


def found(source: list[Point], copy: list[Point], **more: object) -> CopyMatch | None:
    """Return how those points stand to each other."""
    return matched(look(*source), look(*copy, **more), PAIR, NOW)  # type: ignore[arg-type]


def test_the_source_is_the_copy_that_is_not_off_site_else_the_first() -> None:
    assert source_copy(PAIR) == ONSITE
    assert source_copy(replace(PAIR, copies=(OFFSITE, replace(OFFSITE, id="third")))) == OFFSITE


def test_a_copy_that_has_everything_is_behind_by_nothing() -> None:
    assert found(NIGHTS, [copied(one) for one in NIGHTS]) == CopyMatch(arrived=9, behind=timedelta(0))


def test_a_copy_made_later_in_the_day_waits_for_the_newest_point_and_misses_none() -> None:
    assert found(NIGHTS, [copied(one) for one in NIGHTS[1:]]) == CopyMatch(arrived=8, behind=DAY, waiting=(NIGHTS[0],))


def test_a_point_that_was_passed_over_never_arrived() -> None:
    arrived = [copied(one) for one in NIGHTS if one is not NIGHTS[3]]
    assert found(NIGHTS, arrived) == CopyMatch(arrived=8, behind=timedelta(0), missing=(NIGHTS[3],))


@pytest.mark.parametrize("fact", ["backup.point.gone", "backup.point.unread"])
def test_a_point_that_came_and_went_did_arrive(fact: str) -> None:
    arrived = [copied(one) for one in NIGHTS if one is not NIGHTS[3]]
    said = found(NIGHTS, arrived, more=[(fact, copied(NIGHTS[3]), NOW)])
    assert said is not None
    assert said.missing == ()


def test_where_not_every_point_could_be_read_none_is_said_to_be_missing() -> None:
    arrived = [copied(one) for one in NIGHTS if one is not NIGHTS[3]]
    gap = Gap(subject="files/offsite", reason=Reason.DENIED, detail="snapshot ab")
    for more in ({"gaps": (gap,)}, {"more": [("repository.damaged_snapshot", "ab" * 6, NOW)]}):
        said = found(NIGHTS, arrived, **more)
        assert said is not None
        assert said.missing == ()


def test_what_was_kept_before_the_first_copy_and_what_is_long_past_is_missing_nowhere() -> None:
    older = [*NIGHTS, *(source_point(age * DAY, age) for age in range(20, 30))]
    said = found(older, [*(copied(one) for one in NIGHTS), copied(older[-1])])
    assert said == CopyMatch(arrived=10, behind=timedelta(0))
    assert found(NIGHTS, [copied(one) for one in NIGHTS[:4]]) == CopyMatch(arrived=4, behind=timedelta(0))


def test_repositories_that_are_made_apart_are_no_copies_of_each_other() -> None:
    apart = [replace(one, id=f"{number + 0x60:02x}" * 32) for number, one in enumerate(NIGHTS)]
    assert found(NIGHTS, apart) is None
    assert found([], []) is None


def test_a_point_that_was_tagged_at_its_source_is_still_the_same() -> None:
    tagged = [replace(one, id=f"{number + 0x70:02x}" * 32, original=one.id) for number, one in enumerate(NIGHTS)]
    assert found(tagged, [copied(one) for one in NIGHTS]) == CopyMatch(arrived=9, behind=timedelta(0))


def test_another_tree_under_the_same_origin_was_written_anew() -> None:
    copies = [copied(one) for one in NIGHTS]
    copies[2] = replace(copies[2], tree="ee" * 32)
    said = found(NIGHTS, copies)
    assert said is not None
    assert said.rewritten == (copies[2],)
    untold = found(NIGHTS, [*copies[:2], replace(copies[2], tree=None), *copies[3:]])
    assert untold is not None
    assert untold.rewritten == ()


def test_a_copied_point_that_was_rewritten_is_known_by_its_moment() -> None:
    copies = [copied(one) for one in NIGHTS]
    copies[2] = replace(copies[2], id="7e" * 32, original=copies[2].id, tree="ee" * 32)
    said = found(NIGHTS, copies)
    assert said is not None
    assert (said.arrived, said.rewritten, said.missing) == (9, (copies[2],), ())
    made_apart = replace(copies[2], original=None)
    said = found(NIGHTS, [*copies[:2], made_apart, *copies[3:]])
    assert said is not None
    assert (said.arrived, said.rewritten, said.missing) == (8, (), (NIGHTS[2],))


def test_a_point_rewritten_at_its_source_and_copied_again_is_no_difference() -> None:
    rewritten = replace(NIGHTS[0], id="7f" * 32, original=NIGHTS[0].id, tree="ee" * 32)
    said = found([rewritten, *NIGHTS[1:]], [copied(rewritten), *(copied(one) for one in NIGHTS)])
    assert said is not None
    assert said.rewritten == ()


def test_what_others_keep_in_the_same_repositories_does_not_count() -> None:
    foreign = replace(source_point(HOUR, 0x30), host="elsewhere")
    assert found([foreign, *NIGHTS], [copied(one) for one in NIGHTS]) == CopyMatch(arrived=9, behind=timedelta(0))


@given(st.lists(st.integers(0, 400), max_size=20, unique=True), st.data())
def test_nothing_that_arrived_waits_or_is_missing(ages: list[int], data: st.DataObject) -> None:
    source = [source_point(age * HOUR, number) for number, age in enumerate(ages)]
    arrived = data.draw(st.lists(st.sampled_from(source), unique_by=origin_of)) if source else []
    said = found(source, [copied(one) for one in arrived])
    if said is None:
        assert not arrived
        return
    assert said.arrived == len(arrived)
    assert said.rewritten == ()
    assert {origin_of(one) for one in (*said.waiting, *said.missing)}.isdisjoint(map(origin_of, arrived))
    assert (said.behind > timedelta(0)) == bool(said.waiting)


LOST = replace(point(DAY, 1), tree="aa" * 32, bytes=1000)


def heir(**changed: object) -> Point:
    """Return a point that was made of the lost one by a rewriting."""
    return replace(replace(LOST, id="bb" * 32, original=LOST.id), **changed)  # type: ignore[arg-type]


def excused(*listed: Point, lost: Point = LOST, before: tuple[Point, ...] = (LOST,), gone: object = None) -> bool:
    """Return whether a lost point is no loss beside the points listed now."""
    more = [] if gone is None else [("backup.point.gone", gone, NOW)]
    return stood_for([lost], listed, look(*before, more=more)) == frozenset({lost.id})


def test_a_point_that_is_listed_is_not_lost() -> None:
    assert excused(LOST)
    assert not excused()
    assert not excused(replace(point(HOUR, 2), tree="cc" * 32))


def test_a_tagged_point_stands_for_the_one_that_it_was() -> None:
    assert excused(heir())
    tagged = replace(LOST, original="dd" * 32)
    assert excused(replace(LOST, id="dd" * 32), lost=tagged)
    assert excused(heir(original="dd" * 32), lost=tagged)


@pytest.mark.parametrize(
    ("files", "bytes_held", "stands"),
    [(50, 500, True), (49, 500, False), (50, 499, False), (None, 500, True), (None, 499, False), (None, None, True)],
)
def test_a_rewritten_point_stands_for_one_where_it_holds_half(
    files: int | None, bytes_held: int | None, stands: bool
) -> None:
    rewritten = heir(tree="ee" * 32, files=files, bytes=bytes_held)
    assert excused(rewritten) is stands
    unknown = replace(rewritten, tree=None)
    assert excused(unknown, lost=replace(LOST, tree=None)) is stands


def test_what_was_rewritten_twice_is_known_by_its_moment_and_must_hold_half() -> None:
    twice = heir(original="dd" * 32)
    assert excused(twice)
    assert excused(replace(twice, tree="ee" * 32))
    assert not excused(replace(twice, tree="ee" * 32, files=1))
    assert not excused(replace(twice, tree="ee" * 32, files=None, bytes=None))
    for elsewhere in (
        replace(twice, time=twice.time - HOUR),
        replace(twice, host="other"),
        replace(twice, paths=("/elsewhere",)),
        replace(twice, original=None),
    ):
        assert not excused(elsewhere)


def test_a_point_that_was_there_before_stands_for_no_other() -> None:
    twice = heir(original="dd" * 32)
    assert not excused(twice, before=(LOST, twice))
    assert not excused(twice, before=(LOST, replace(twice, id="dd" * 32, original=None)))
    assert not excused(twice, gone=replace(twice, id="dd" * 32, original=None))


def test_one_point_stands_for_one_lost_point_of_its_moment_and_for_no_second() -> None:
    other = replace(LOST, id="cc" * 32)
    twice = heir(original="dd" * 32)
    lost = [LOST, other]
    assert stood_for(lost, [twice], look(*lost)) == frozenset({LOST.id})
    assert stood_for(lost, [], look(*lost)) == frozenset()
    assert stood_for(lost, lost, look(*lost)) == frozenset({LOST.id, other.id})


def test_what_waits_and_what_is_missing_is_told_newest_first() -> None:
    one = found(NIGHTS[:6], [copied(NIGHTS[3]), copied(NIGHTS[5])])
    assert one is not None
    assert (one.waiting, one.missing) == ((NIGHTS[0], NIGHTS[1], NIGHTS[2]), (NIGHTS[4],))
    two = found(NIGHTS[:6], [copied(NIGHTS[0]), copied(NIGHTS[5])])
    assert two is not None and two.missing == (NIGHTS[1], NIGHTS[2], NIGHTS[3], NIGHTS[4])


def test_a_point_of_the_moment_of_the_newest_or_the_first_that_arrived_is_neither() -> None:
    """Two backups of one second, of which one was copied: nothing says which came first."""
    for night in (NIGHTS[0], NIGHTS[3]):
        twin = replace(night, id="dd" * 32, tree="cc" * 32)
        one = found([*NIGHTS[:4], twin], [copied(each) for each in NIGHTS[:4]])
        assert one is not None and (one.waiting, one.missing) == ((), ())


@pytest.mark.parametrize("age", [7 * DAY, 7 * DAY + SECOND])
def test_a_point_that_never_arrived_is_told_for_seven_days(age: timedelta) -> None:
    passed = source_point(age, 20)
    points = [NIGHTS[0], passed, source_point(9 * DAY, 21)]
    one = found(points, [copied(points[0]), copied(points[2])])
    assert one is not None and one.missing == ((passed,) if age <= 7 * DAY else ())
