"""A point is no younger than its first sighting, whatever its own date says."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from agent.core.facts.canary import NEWEST, PLANTED, restored
from agent.core.facts.recovery_points import AHEAD
from agent.core.judging.counting import counted_points, dated_points, newest_that_counts
from agent.core.judging.sighting import MADE_BY, SIGHTED, WRITTEN, PointMaker, bounded, made_by, sightings, written_late
from agent.core.looks import NOT_BEFORE
from agent.core.model import Observation
from agent.core.points import Point
from agent.core.reason import Reason
from tests.checks.backups import BACKUP, DAY, HOUR, NOW, SECOND, look, point

AHEAD_OF_TIME = point(-2 * DAY, 7)


def after(previous: Observation | None, *points: Point, ended: datetime) -> Observation:
    """Return a look at some points by an agent that had the look before."""
    kept = sightings(points, previous, "files/offsite")
    return look(*points, more=[(one.name, one.value, one.as_of) for one in kept], ended=ended)


def looks(days: Iterable[timedelta], *points: Point) -> Observation:
    """Return the last of several looks at the same points, each so long after NOW."""
    seen: Observation | None = None
    for later in days:
        seen = after(seen, *points, ended=NOW + later)
    assert seen is not None
    return seen


def test_a_point_seen_ahead_of_time_is_as_old_as_its_first_sighting() -> None:
    seen = looks([0 * DAY, 49 * HOUR, 50 * HOUR], AHEAD_OF_TIME)
    assert newest_that_counts(BACKUP, seen) == NOW


def test_a_point_stays_ahead_until_its_own_date_has_come() -> None:
    seen = looks([0 * DAY, DAY], AHEAD_OF_TIME)
    (found,) = counted_points(BACKUP, seen)
    assert (found.counted, found.ahead) == ((), (AHEAD_OF_TIME,))


def test_a_look_under_a_clock_set_back_makes_no_point_old() -> None:
    made = point(1 * HOUR, 3)
    seen = look(made, ended=NOW - 30 * DAY, more=[(NOT_BEFORE, True, NOW)])
    again = after(seen, made, ended=NOW - 30 * DAY + HOUR)
    righted = after(replace(again, facts=(*again.facts, *seen.named(NOT_BEFORE))), made, ended=NOW + HOUR)
    assert newest_that_counts(BACKUP, righted) == made.time


def test_a_look_under_a_clock_set_back_bounds_a_point_by_the_newest_row() -> None:
    seen = look(AHEAD_OF_TIME, ended=NOW - 30 * DAY, more=[(NOT_BEFORE, True, NOW)])
    assert newest_that_counts(BACKUP, after(seen, AHEAD_OF_TIME, ended=NOW + 49 * HOUR)) == NOW


def test_two_clocks_that_differ_by_five_minutes_bound_nothing() -> None:
    slightly = point(-AHEAD, 3)
    assert newest_that_counts(BACKUP, looks([0 * DAY, HOUR], slightly)) == slightly.time


def test_a_point_that_went_away_and_came_back_is_no_younger() -> None:
    first = look(AHEAD_OF_TIME)
    gone = [("backup.point.gone", AHEAD_OF_TIME, NOW + HOUR)]
    kept = [(one.name, one.value, one.as_of) for one in sightings((), first, "files/offsite")]
    between = look(more=[*gone, *kept], ended=NOW + HOUR)
    assert newest_that_counts(BACKUP, after(between, AHEAD_OF_TIME, ended=NOW + 3 * DAY)) == NOW


@pytest.mark.parametrize("moved", [2 * DAY, 0 * DAY], ids=["dated anew", "tagged"])
def test_a_rewritten_point_is_no_younger_than_the_one_it_came_from(moved: timedelta) -> None:
    old = point(2 * DAY, 1)
    anew = replace(point(2 * DAY - moved, 2), original=old.id)
    first = after(look(old), anew, ended=NOW + HOUR)
    assert newest_that_counts(BACKUP, first) == old.time
    assert newest_that_counts(BACKUP, after(first, anew, ended=NOW + 2 * HOUR)) == old.time


def test_a_dated_point_stays_old_when_it_is_tagged_afterwards() -> None:
    old = point(4 * DAY, 1)
    anew = replace(point(HOUR, 2), original=old.id)
    first = after(look(old), anew, ended=NOW)
    tagged = replace(anew, id="03" * 32, tags=("x",))
    assert newest_that_counts(BACKUP, after(first, tagged, ended=NOW + HOUR)) == old.time


def test_a_point_dated_anew_elsewhere_and_copied_here_is_no_younger() -> None:
    copied = replace(point(4 * DAY, 1), original="aa" * 32)
    anew = replace(point(HOUR, 2), original="aa" * 32)
    assert newest_that_counts(BACKUP, after(look(copied), copied, anew, ended=NOW)) == copied.time


@pytest.mark.parametrize("turned", [False, True], ids=["oldest first", "newest first"])
def test_the_very_first_look_dates_a_point_by_the_one_beside_it(turned: bool) -> None:
    old = point(4 * DAY, 1)
    line = [old, replace(point(2 * HOUR, 2), original=old.id), replace(point(HOUR, 3), original="02" * 32)]
    assert newest_that_counts(BACKUP, after(None, *(line[::-1] if turned else line), ended=NOW)) == old.time


def test_a_point_is_not_made_older_by_what_came_from_it() -> None:
    new = point(HOUR, 1)
    back_dated = replace(point(30 * DAY, 2), original=new.id)
    assert newest_that_counts(BACKUP, after(look(new), new, back_dated, ended=NOW)) == new.time


def test_the_date_of_its_file_bounds_a_point_that_no_look_saw_in_time() -> None:
    ahead = point(HOUR, 5)
    store = look(collector="store_listing", more=[(WRITTEN, ahead.id, NOW - 3 * DAY)])
    assert newest_that_counts(BACKUP, look(ahead), lambda *name: store) == NOW - 3 * DAY
    later = look(collector="store_listing", more=[(WRITTEN, ahead.id, NOW)])
    assert newest_that_counts(BACKUP, look(ahead), lambda *name: later) == ahead.time


def test_a_canary_is_no_younger_than_the_point_that_holds_it() -> None:
    listing = looks([0 * DAY, 49 * HOUR], AHEAD_OF_TIME)
    id, planted = AHEAD_OF_TIME.id, AHEAD_OF_TIME.time - HOUR
    canaries = look(collector="canary", more=[(NEWEST, id, planted), (PLANTED, id, planted)], ended=NOW + 49 * HOUR)
    assert restored(canaries, AHEAD).planted == planted
    found = restored(canaries, AHEAD, dated_points(listing, BACKUP.program))
    assert (found.planted, found.dates, found.unproven) == (NOW, (NOW,), None)
    assert (
        restored(replace(canaries, ended=NOW), AHEAD, dated_points(listing, BACKUP.program)).unproven
        is Reason.IN_FUTURE
    )


def test_a_point_written_when_it_was_too_old_already_is_late() -> None:
    nightly, anew = point(5 * DAY, 1), point(4 * DAY, 2)
    files = {nightly.id: nightly.time + 3 * HOUR, anew.id: NOW}
    assert written_late((nightly, anew), files, 26 * HOUR) == {anew.time}


def remembered(previous: Observation, *points: Point) -> dict[str, datetime]:
    """Return since when points are known to have been there, by the first byte of their ids."""
    return {str(one.value)[:2]: one.as_of for one in sightings(points, previous, "files/offsite")}


@pytest.mark.parametrize("name", ["backup.point.gone", "backup.point.unread"])
def test_a_point_that_is_gone_or_unread_keeps_its_first_sighting(name: str) -> None:
    more = [(SIGHTED, AHEAD_OF_TIME.id, NOW - DAY), (name, AHEAD_OF_TIME, NOW)]
    assert remembered(look(more=more)) == {"07": NOW - DAY}


def test_a_point_that_was_never_ahead_has_no_sighting() -> None:
    assert remembered(look(point(HOUR, 2)), point(HOUR, 2), point(DAY, 3)) == {}


@pytest.mark.parametrize(("ahead", "bounded_by"), [(AHEAD, False), (AHEAD + SECOND, True)])
def test_a_point_is_ahead_of_a_look_from_five_minutes_on(ahead: timedelta, bounded_by: bool) -> None:
    early = point(-ahead, 7)
    assert remembered(look(early), early) == ({"07": NOW} if bounded_by else {})


def test_a_machine_that_made_a_point_is_told_with_all_of_its_name() -> None:
    seen = look(more=[(MADE_BY, PointMaker(point="aa", host="srv 1"), NOW)])
    assert made_by(seen) == {"aa": "srv 1"}


@pytest.mark.parametrize("expected", [4 * DAY, None], ids=["its run is known", "it is not"])
def test_a_point_dated_anew_is_no_younger_than_the_run_that_made_it(expected: timedelta | None) -> None:
    anew = replace(point(HOUR, 2), original="aa" * 32)
    finished = {} if expected is None else {anew.id: NOW - expected}
    kept = [(one.name, one.value, one.as_of) for one in sightings([anew], None, "files/offsite", finished)]
    first = look(anew, more=kept)
    assert newest_that_counts(BACKUP, first) == NOW - (expected or HOUR)
    later = sightings([anew], first, "files/offsite", {anew.id: NOW - 2 * DAY} if expected else {})
    assert [one.as_of for one in later] == ([NOW - 4 * DAY] if expected else [])


def test_a_file_written_when_its_point_was_just_at_the_limit_is_not_late() -> None:
    made = point(30 * HOUR, 1)
    for late, dates in ((timedelta(0), frozenset()), (timedelta(seconds=1), frozenset([made.time]))):
        assert written_late([made], {made.id: made.time + 26 * HOUR + late}, 26 * HOUR) == dates


def test_a_file_that_is_earlier_by_what_two_clocks_may_differ_says_nothing() -> None:
    made = point(30 * HOUR, 1)
    for earlier, date in ((AHEAD, made.time), (AHEAD + SECOND, made.time - AHEAD - SECOND)):
        assert bounded(made, {}, {made.id: made.time - earlier}) == date
