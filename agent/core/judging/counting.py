"""Select the recovery points of a copy that count; used by verdicts, days, metrics, page and report. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from agent.core.facts.recovery_points import (
    AHEAD,
    HOLDS_LESS,
    ON_THE_WAY,
    PATH_EMPTY,
    PATH_FILLED,
    TREE_ABSENT,
    TREE_UNTOLD,
    WRITTEN_OVER,
    PointPath,
    counts_alone,
    covers,
    lies_below,
    of_path,
    points_in,
)
from agent.core.inventory import ProgramLooks
from agent.core.judging.sighting import bounded, sighted, written
from agent.core.looks import LastLook, no_look
from agent.core.model import Observation
from agent.core.points import Point, is_instant
from agent.core.reached import KnownDamage, Reach, reach_of


class BackupOrCopy(Protocol):
    """What is backed up: a Backup, or one of its copies."""

    @property
    def program(self) -> ProgramLooks:
        """Return what its points are made with."""
        ...

    @property
    def snapshot_host(self) -> str:
        """Return the host name that its points carry."""
        ...

    @property
    def parts(self) -> tuple[str, ...]:
        """Return what needs a recent point each: its paths, or its sets of files."""
        ...

    def siblings_of(self, subject: str) -> tuple[str, ...]:
        """Return the copies in the same repository as one of its own, by their subjects."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Recovery points of one path of a backup in one copy, each set newest first.

    `counted` are those that prove something. The others are left out as `empty`, as `ahead` of the clock, as `unknown`
    where nothing shows if they hold a file of this path, as `damaged` (hit by known damage, or with no tree in
    the repository), or as `doubtful` where the copy is damaged and
    nothing shows if they need what is. Each has the latest date that it may claim (see sighting), but for those
    ahead, which have their own. `damage` is a damaged file of the copy; empty: none is known. Beside these
    are the points that are not the source's: `narrower` ones, of what lies below the path, and those of the same path
    under another machine's name.
    """

    path: str
    counted: tuple[Point, ...] = ()
    empty: tuple[Point, ...] = ()
    ahead: tuple[Point, ...] = ()
    unknown: tuple[Point, ...] = ()
    damaged: tuple[Point, ...] = ()
    doubtful: tuple[Point, ...] = ()
    damage: str = ""
    narrower: tuple[Point, ...] = ()
    elsewhere: tuple[Point, ...] = ()

    @property
    def newest(self) -> Point | None:
        """Return the newest point that counts."""
        return self.counted[0] if self.counted else None

    @property
    def dates(self) -> tuple[datetime, ...]:
        """Return the dates of the points that count and hold data, newest first."""
        return tuple(point.time for point in self.counted if not point.is_empty)

    @property
    def told_apart(self) -> tuple[datetime, ...]:
        """Return the dates between which nothing else could be recovered; WAL leads to every instant before its newest.

        How far it led at a time that is past, no list of today tells.
        """
        replayed = tuple(point.time for point in self.counted if is_instant(point))
        return replayed or self.dates


def counted_points(
    source: BackupOrCopy,
    listing: Observation,
    last_look: LastLook = no_look,
    *,
    whatever_damage: bool = False,
    parts: tuple[str, ...] | None = None,
) -> tuple[Series, ...]:
    """Return the points of each path of a source that a list of one copy's points shows, in the order of the paths.

    `parts` are those that are asked about; None: all of the source's.

    `last_look` gives the copy's other looks, which can show that a listed point does not count. `whatever_damage`: the
    damage that they know of is told elsewhere, and leaves no point out.
    """
    ahead = _ahead(listing)
    points = dated_points(listing, source.program, last_look)
    own = [point for point in points if point.host == source.snapshot_host]
    past = [point for point in points if point.id not in ahead]
    files = _Files(
        filled=_values(listing, "backup.point.holds_files"),
        path_filled=_paths(listing, PATH_FILLED),
        path_empty=_paths(listing, PATH_EMPTY),
        without_tree=_values(listing, TREE_ABSENT) | _values(listing, HOLDS_LESS),
        untold=_values(listing, TREE_UNTOLD),
        damaged=frozenset() if whatever_damage else _values(listing, "repository.damaged_snapshot"),
    )
    undamaged = Reach(damage=KnownDamage())
    siblings = source.siblings_of(listing.subject)
    reach = undamaged if whatever_damage else reach_of(listing.subject, source.program, last_look, listing, siblings)
    own_past = [point for point in past if point.host == source.snapshot_host]
    of_others = [point for point in past if point.host != source.snapshot_host]
    return tuple(
        Series(
            path=path,
            damage=reach.damage.file,
            narrower=tuple([one for one in own_past if lies_below(one, path)]),
            elsewhere=tuple([one for one in of_others if covers(one, path)]),
            **_sets([point for point in own if covers(point, path)], path, files, reach, ahead),
        )
        for path in (source.parts if parts is None else parts)
    )


def points_with_files(source: BackupOrCopy, listing: Observation, last_look: LastLook = no_look) -> tuple[Point, ...]:
    """Return the points of a source's machine, of any paths, newest first, but for those that hold nothing.

    One that is ahead of the clock is left out too.
    """
    left_out = {*_ahead(listing), *_values(listing, TREE_ABSENT), *_values(listing, HOLDS_LESS)}
    return tuple(
        point
        for point in dated_points(listing, source.program, last_look)
        if point.host == source.snapshot_host and not point.is_empty and point.id not in left_out
    )


def dated_points(
    listing: Observation,
    program: ProgramLooks,
    last_look: LastLook = no_look,
    names: tuple[str, ...] = ("backup.point",),
) -> tuple[Point, ...]:
    """Return every point of a list, of any machine, newest first, each with the latest date that it may claim.

    `names` are the facts that hold the points.
    """
    seen, files = sighted(listing), written(last_look(program.store_listing, listing.subject))
    points = [_dated(point, bounded(point, seen, files)) for name in names for point in points_in(listing, name)]
    return tuple(sorted(points, key=lambda point: point.time, reverse=True))


def _ahead(listing: Observation) -> Mapping[str, Point]:
    return {point.id: point for point in points_in(listing) if point.time - listing.ended > AHEAD}


def _dated(point: Point, time: datetime) -> Point:
    return point if time == point.time else replace(point, time=time)


def with_gone(listing: Observation) -> Observation:
    """Return a list with the points that went lately as if they were there."""
    names = ("backup.point.gone", WRITTEN_OVER)
    gone = tuple(replace(fact, name="backup.point") for name in names for fact in listing.named(name))
    return replace(listing, facts=(*listing.facts, *gone))


def with_on_the_way(listing: Observation) -> Observation:
    """Return a list with the instants of earlier looks, to which data can still be recovered, as points of it."""
    before = tuple(replace(fact, name="backup.point") for fact in listing.named(ON_THE_WAY))
    return replace(listing, facts=(*listing.facts, *before)) if before else listing


def newest_that_counts(source: BackupOrCopy, listing: Observation, last_look: LastLook = no_look) -> datetime | None:
    """Return the date of a copy's newest point that counts; None where one path of the source has none.

    Of several paths, the one whose newest point is the oldest decides, as for the verdict.
    """
    dates = [one.dates[0] for one in counted_points(source, listing, last_look) if one.dates]
    return min(dates) if len(dates) == len(source.parts) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Files:
    """Ids of points that hold files: `filled` of whole points, the two of a path of one path of a point.

    `without_tree` are points of which nothing but the list is there, or less than it tells, `untold` those of which
    that could not be seen, `damaged` those of which the list itself showed that not all is as it was written.
    """

    filled: frozenset[str]
    path_filled: frozenset[PointPath]
    path_empty: frozenset[PointPath]
    without_tree: frozenset[str]
    untold: frozenset[str]
    damaged: frozenset[str]

    def in_path(self, point: Point, path: str) -> bool | None:
        # Files without a byte are files: that a source fell to them is told by its history.
        if point.files == 0 or (self.path_empty and of_path(point, path) in self.path_empty):
            return False
        counted = point.files is not None or point.id in self.filled
        if (self.path_filled and of_path(point, path) in self.path_filled) or (counted and counts_alone(point, path)):
            return True
        return None


def _values(observation: Observation, name: str) -> frozenset[str]:
    return frozenset(str(fact.value) for fact in observation.named(name))


def _paths(observation: Observation, name: str) -> frozenset[PointPath]:
    return frozenset(fact.value for fact in observation.named(name) if isinstance(fact.value, PointPath))


def _sets(
    points: Iterable[Point], path: str, files: _Files, reach: Reach, future: Mapping[str, Point]
) -> Mapping[str, tuple[Point, ...]]:
    """Return the points of each set of a series, by its name."""
    sets: dict[str, list[Point]] = {}
    damage = None if reach.is_of_nothing else reach
    for point in points:
        if point.id in future:
            sets.setdefault("ahead", []).append(future[point.id])
        else:
            sets.setdefault(_set_of(point, path, files, damage), []).append(point)
    return {name: tuple(held) for name, held in sets.items()}


def _set_of(point: Point, path: str, files: _Files, damage: Reach | None) -> str:
    """Return the name of the set of a series to which a point of the past belongs."""
    reached = damage is not None and damage.reaches(point)
    if reached is not False:
        return "damaged" if reached else "doubtful"
    if point.id in files.without_tree or point.id in files.damaged:
        return "damaged"
    has_files = files.in_path(point, path)
    if has_files is None or point.id in files.untold:
        return "unknown"
    return "counted" if has_files else "empty"
