"""Which recovery points of a copy count, and which date its newest one has."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.core.facts.recovery_points import ON_THE_WAY, PATH_EMPTY, PATH_FILLED, TREE_ABSENT, PointPath, points_in
from agent.core.facts.verification import Damage
from agent.core.judging.counting import counted_points, dated_points, newest_that_counts, with_gone, with_on_the_way
from agent.core.judging.sighting import WRITTEN
from agent.core.model import Observation
from agent.core.points import Point
from agent.core.reached import REACHES, SPARES, TracedPoint, known_damage
from tests.checks.backups import BACKUP, DAY, HOUR, NOW, OFFSITE, look, point

GOOD = point(30 * HOUR, 1)


@pytest.mark.parametrize(
    "other",
    [
        point(HOUR, 2, host="elsewhere"),
        point(HOUR, 2, path="/srv/other"),
        point(HOUR, 2, path="/srv/scota/inner"),
        point(HOUR, 2, files=0),
        point(-2 * DAY, 2),
    ],
    ids=["another machine's", "of another path", "of a narrower path", "empty", "of the future"],
)
def test_the_newest_point_is_the_newest_that_counts(other: Point) -> None:
    assert newest_that_counts(BACKUP, look(GOOD, other)) == GOOD.time
    assert newest_that_counts(BACKUP, look(other)) is None


def test_of_several_paths_the_one_with_the_oldest_point_decides() -> None:
    backup = replace(BACKUP, paths=("/srv/scota", "/etc"))
    assert newest_that_counts(backup, look(point(HOUR), point(5 * HOUR, 1, path="/etc"))) == NOW - 5 * HOUR
    assert newest_that_counts(backup, look(point(HOUR))) is None


def test_a_point_slightly_ahead_of_the_clock_counts() -> None:
    (found,) = counted_points(BACKUP, look(point(-timedelta(minutes=5))))
    assert found.newest is not None


def test_points_below_the_path_and_of_other_machines_are_told_apart() -> None:
    below, elsewhere = point(HOUR, 2, path="/srv/scota/a"), point(HOUR, 3, host="vm")
    others = (
        point(HOUR, 4, host="vm", path="/srv/scota/a"),
        point(HOUR, 5, path="/etc"),
        point(HOUR, 6, host="vm", path="/etc"),
    )
    (found,) = counted_points(BACKUP, look(GOOD, below, elsewhere, *others))
    assert (found.counted, found.narrower, found.elsewhere) == ((GOOD,), (below,), (elsewhere,))


def test_a_point_that_damage_may_reach_is_doubtful_until_it_is_traced() -> None:
    pack = Damage(file="data/ab/" + "ab" * 32, reason="damaged")
    verified = look(collector="restic_check", more=[("verify.damage", pack, NOW)])

    def last_look(collector: str, subject: str) -> Observation | None:
        return verified if collector == "restic_check" else None

    (found,) = counted_points(BACKUP, look(GOOD), last_look)
    assert (found.doubtful, found.damaged, found.counted) == ((GOOD,), (), ())
    key = known_damage("files/offsite", BACKUP.program, last_look).key
    for name, expected in ((SPARES, ((), (), (GOOD,))), (REACHES, ((), (GOOD,), ()))):
        traced = look(GOOD, more=[(name, TracedPoint(key=key, point=GOOD.id), NOW)])
        (found,) = counted_points(BACKUP, traced, last_look)
        assert (found.doubtful, found.damaged, found.counted) == expected


def test_a_point_that_its_list_shows_damaged_does_not_count() -> None:
    seen = look(GOOD, more=[("repository.damaged_snapshot", GOOD.id, NOW)])
    (found,) = counted_points(BACKUP, seen)
    assert (found.damaged, found.counted) == ((GOOD,), ())
    (found,) = counted_points(BACKUP, seen, whatever_damage=True)
    assert (found.damaged, found.counted) == ((), (GOOD,))


def test_damage_that_was_found_under_another_copy_of_the_repository_counts_here() -> None:
    beside = replace(BACKUP, copies=(replace(OFFSITE, siblings=("files/near",)),))
    verified = look(collector="restic_check", more=[("verify.damage", Damage(file="index", reason="damaged"), NOW)])

    def last_look(collector: str, subject: str) -> Observation | None:
        return verified if (collector, subject) == ("restic_check", "files/near") else None

    assert [one.newest for one in counted_points(beside, look(GOOD), last_look)] == [None]
    assert [one.newest for one in counted_points(BACKUP, look(GOOD), last_look)] == [GOOD]


def test_points_that_went_lately_are_listed_as_if_they_were_there() -> None:
    lost = point(2 * HOUR, 2)
    listed = with_gone(look(GOOD, more=[("backup.point.gone", lost, NOW)]))
    assert points_in(listed) == (GOOD, lost)
    listed = with_on_the_way(look(GOOD, more=[(ON_THE_WAY, lost, lost.time)]))
    assert points_in(listed) == (GOOD, lost)
    assert with_on_the_way(look(GOOD)) == look(GOOD)


def test_damage_that_is_told_elsewhere_leaves_no_point_out() -> None:
    verified = look(collector="restic_check", more=[("verify.damage", Damage(file="index", reason="damaged"), NOW)])
    (found,) = counted_points(BACKUP, look(GOOD), lambda collector, subject: verified)
    assert found.newest is None
    (found,) = counted_points(BACKUP, look(GOOD), lambda collector, subject: verified, whatever_damage=True)
    assert found.newest == GOOD


def test_points_are_dated_newest_first_and_no_younger_than_their_file() -> None:
    old, new = point(5 * HOUR, 1), point(HOUR, 2)
    store = look(collector="store_listing", more=[(WRITTEN, new.id, NOW - 3 * HOUR)])
    found = dated_points(look(old, new), BACKUP.program, lambda collector, subject: store)
    assert [one.time for one in found] == [NOW - 3 * HOUR, NOW - 5 * HOUR]
    assert dated_points(look(old, new), BACKUP.program) == (new, old)
    one = point(HOUR, 3)
    store = look(collector="store_listing", more=[(WRITTEN, one.id, NOW - 3 * HOUR)])
    assert newest_that_counts(BACKUP, look(one), lambda collector, subject: store) == NOW - 3 * HOUR
    (one,) = dated_points(
        look(new, more=[("backup.point.gone", old, NOW)]), BACKUP.program, names=("backup.point.gone",)
    )
    assert one == old


def test_a_point_without_a_count_holds_files_where_a_look_saw_some() -> None:
    uncounted = point(HOUR, 2, files=None)
    (found,) = counted_points(BACKUP, look(uncounted))
    assert (found.unknown, found.counted) == ((uncounted,), ())
    (found,) = counted_points(BACKUP, look(uncounted, more=[("backup.point.holds_files", uncounted.id, NOW)]))
    assert (found.unknown, found.counted) == ((), (uncounted,))


def test_a_path_is_filled_or_empty_by_what_was_seen_of_it_alone() -> None:
    empty, uncounted = point(HOUR, 2, files=None), point(2 * HOUR, 3, files=None)
    seen = look(
        empty,
        uncounted,
        more=[
            (PATH_EMPTY, PointPath(point=empty.id, path="/srv/scota"), NOW),
            (PATH_FILLED, PointPath(point="elsewhere", path="/srv/scota"), NOW),
        ],
    )
    (found,) = counted_points(BACKUP, seen)
    assert (found.empty, found.unknown, found.counted) == ((empty,), (uncounted,), ())


def test_a_point_whose_tree_is_gone_is_damaged_whatever_it_counts() -> None:
    (found,) = counted_points(BACKUP, look(GOOD, more=[(TREE_ABSENT, GOOD.id, NOW)]))
    assert (found.damaged, found.counted) == ((GOOD,), ())


def test_no_interval_lies_between_the_base_backups_that_wal_goes_on_from() -> None:
    week, base = point(8 * DAY, 1), point(DAY, 2)
    (restic,) = counted_points(BACKUP, look(week, base))
    assert restic.told_apart == (base.time, week.time)
    replayed = replace(point(HOUR, 3), id=f"{base.id}+wal")
    (cluster,) = counted_points(BACKUP, look(week, base, replayed))
    assert cluster.told_apart == (replayed.time,)
