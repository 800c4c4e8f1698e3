"""How the points of a copy stand to those of the repository that it is copied from. Pure.

`restic copy` keeps a point's time, tree, machine and paths, and names the point that it came from as its `original`;
`tag` keeps that name, and `rewrite` puts the point's own in its place (restic 0.18). Two points are the same one where
both lead to one original, and a rewritten one is known by its moment. Then their trees are equal too, unless one of
them was written anew.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.core.facts.recovery_points import matches, points_in
from agent.core.inventory import Backup, Copy
from agent.core.judging.anomalies import COLLAPSED_BELOW
from agent.core.model import Observation
from agent.core.points import Point

_EVER = ("backup.point", "backup.point.gone", "backup.point.unread")
# Points that are gone are told for eight days: of older ones nothing says whether they came and went, or never came.
KNOWN_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyMatch:
    """How a copy stands to its source: what arrived, what has not yet, what never did, what is not the same.

    `behind` is how much older the newest point that arrived is than the source's newest one. `waiting` are the source's
    points after that one, `missing` those before it that were never seen in the copy, `rewritten` the copy's points
    that hold another tree than in the source. Each newest first.
    """

    arrived: int
    behind: timedelta
    waiting: tuple[Point, ...] = ()
    missing: tuple[Point, ...] = ()
    rewritten: tuple[Point, ...] = ()


def source_copy(backup: Backup) -> Copy:
    """Return the copy from which the others are made: one that is not off site, else the first."""
    return next((copy for copy in backup.copies if not copy.offsite), backup.copies[0])


def matched(source: Observation, copy: Observation, backup: Backup, now: datetime) -> CopyMatch | None:
    """Return how a copy stands to its source; None where they have no point in common, hence are no copies."""
    there = _by_origin(point for point in points_in(source) if matches(point, backup.snapshot_host, backup.parts))
    here = _by_origin(point for point in points_in(copy) if matches(point, backup.snapshot_host, backup.parts))
    if not there.keys() & here.keys():
        return None
    here = _known_by_moment(here, there)
    common = there.keys() & here.keys()
    arrived = [there[origin][0] for origin in common]
    first, last = min(point.time for point in arrived), max(point.time for point in arrived)
    absent = _newest_first(points[0] for origin, points in there.items() if origin not in here)
    once = frozenset(_by_origin((*points_in(copy, "backup.point.gone"), *points_in(copy, "backup.point.unread"))))
    complete = not copy.gaps and not copy.named("repository.damaged_snapshot")
    return CopyMatch(
        arrived=len(common),
        behind=max(point.time for points in there.values() for point in points) - last,
        waiting=tuple(point for point in absent if point.time > last),
        missing=tuple(
            point
            for point in absent
            if complete and first < point.time < last and now - point.time <= KNOWN_FOR and origin_of(point) not in once
        ),
        rewritten=_newest_first(here[origin][0] for origin in common if _differ(there[origin], here[origin])),
    )


def stood_for(lost: Iterable[Point], listed: Iterable[Point], previous: Observation) -> frozenset[str]:
    """Return the ids of points that are not lost: they are listed, or one stands for them that was tagged or rewritten.

    It names the point as its original, or its original's original. Where one was rewritten more than once since a look,
    the step between is in no list: then a new point stands for one lost point of its moment, machine and paths, where
    what it came from was never seen. `backup --time` and `tag` can forge that: it must hold the same tree, or not less
    than half of the files and bytes.
    """
    listed = tuple(listed)
    ids = {point.id for point in listed}
    heirs = _by_origin(point for point in listed if point.original)
    seen = {id for name in _EVER for point in points_in(previous, name) for id in (point.id, point.original)}
    free = {_moment(point): point for point in listed if point.original and not {point.id, point.original} & seen}
    excused = set()
    for point in lost:
        named = [heir for origin in (point.id, point.original) if origin for heir in heirs.get(origin, ())]
        other = free.get(_moment(point))
        if point.id in ids or point.original in ids or any(holds_half(heir, point) is not False for heir in named):
            excused.add(point.id)
        elif other is not None and holds_half(other, point):
            excused.add(point.id)
            del free[_moment(point)]
    return frozenset(excused)


def holds_half(point: Point, lost: Point) -> bool | None:
    """Return True where a point holds at least half of what another one does; None where that is not known."""
    if point.tree is not None and point.tree == lost.tree:
        return True
    figures = ((point.files, lost.files), (point.bytes, lost.bytes))
    known = [(held, before) for held, before in figures if held is not None and before is not None]
    return all(held >= COLLAPSED_BELOW * before for held, before in known) if known else None


def origin_of(point: Point) -> str:
    """Return the id of the point that this one came from; its own where it came from none."""
    return point.original or point.id


def _by_origin(points: Iterable[Point]) -> Mapping[str, list[Point]]:
    found: dict[str, list[Point]] = {}
    for point in points:
        found.setdefault(origin_of(point), []).append(point)
    return found


def _known_by_moment(here: Mapping[str, list[Point]], there: Mapping[str, list[Point]]) -> Mapping[str, list[Point]]:
    """Return the copy's points under the origins of the source, those included that lost theirs by being rewritten."""
    moments = {_moment(point): origin for origin, points in there.items() for point in points}
    found: dict[str, list[Point]] = {}
    for origin, points in here.items():
        lost = origin not in there and points[0].original is not None
        found.setdefault(moments.get(_moment(points[0]), origin) if lost else origin, []).extend(points)
    return found


def _moment(point: Point) -> tuple[datetime, str, tuple[str, ...]]:
    return point.time, point.host, point.paths


def _differ(some: Iterable[Point], others: Iterable[Point]) -> bool:
    """Return whether no tree of the ones is one of the others'; a tree that is unknown may be any."""
    trees, other_trees = {point.tree for point in some}, {point.tree for point in others}
    return None not in trees | other_trees and trees.isdisjoint(other_trees)


def _newest_first(points: Iterable[Point]) -> tuple[Point, ...]:
    return tuple(sorted(points, key=lambda point: point.time, reverse=True))
