"""Which recovery points count for a backup (contract, «Backups in particular»). All functions here are pure."""

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.core.inventory import Backup, Copy
from agent.core.model import Observation
from agent.core.points import Point

# How far ahead of the agent's clock a point may be: two clocks never quite agree.
AHEAD = timedelta(minutes=5)

# What a look tells of one path of a point, where the point's count of files is not that path's alone.
PATH_FILLED = "backup.point.path_filled"
PATH_EMPTY = "backup.point.path_empty"
PATH_UNTOLD = "backup.point.path_untold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Hold what one look showed of one path: its matching points, each set newest first.

    `counted` are those that prove something; the others are left out of it as `empty`, as `ahead` of the clock, or as
    `unknown`, when nothing tells whether they hold a file of this path.
    """

    path: str
    counted: tuple[Point, ...] = ()
    empty: tuple[Point, ...] = ()
    ahead: tuple[Point, ...] = ()
    unknown: tuple[Point, ...] = ()

    @property
    def newest(self) -> Point | None:
        """Return the newest point that counts."""
        return self.counted[0] if self.counted else None


def off_site_copies(backup: Backup) -> tuple[Copy, ...]:
    """Return the copies that count for `backup-rpo`: off site, and with no limit of their own."""
    return tuple(copy for copy in backup.copies if copy.offsite and copy.limit is None)


def covers(point: Point, path: str) -> bool:
    """Tell whether a point holds a path: its own paths name it, or a folder above it."""
    return bool(covering(point, path))


def covering(point: Point, path: str) -> tuple[str, ...]:
    """Return a point's own paths that name a path, or a folder above it."""
    wanted = _plain(path)
    return tuple(own for own in point.paths if _holds(_plain(own), wanted))


def counts_alone(point: Point, path: str) -> bool:
    """Tell whether a point's count of files is that of a path: it was made of nothing else."""
    return {_plain(own) for own in point.paths} == {_plain(path)}


def of_path(point: Point, path: str) -> str:
    """Return the value of a fact that tells of one path of a point."""
    return f"{point.id} {path}"


def matches(point: Point, host: str, paths: Iterable[str]) -> bool:
    """Tell whether a point is one of a backup: made by its machine, of one of its paths at least."""
    return point.host == host and any(covers(point, path) for path in paths)


def points_in(observation: Observation, name: str = "backup.point") -> tuple[Point, ...]:
    """Return the points that a look at a repository saw, whosever they are."""
    return tuple(fact.value for fact in observation.named(name) if isinstance(fact.value, Point))


def series(observation: Observation, host: str, paths: Iterable[str]) -> tuple[Series, ...]:
    """Return, for each path of a source, what a look at a repository showed of it."""
    own = [point for point in points_in(observation) if point.host == host]
    own.sort(key=lambda point: point.time, reverse=True)
    told = _Told(
        filled=_values(observation, "backup.point.holds_files"),
        path_filled=_values(observation, PATH_FILLED),
        path_empty=_values(observation, PATH_EMPTY),
    )
    return tuple(
        _series(path, [point for point in own if covers(point, path)], told, observation.ended) for path in paths
    )


def series_of(backup: Backup, observation: Observation) -> tuple[tuple[datetime, ...], ...]:
    """Return, for each path of a backup, the dates of the points that count."""
    seen = series(observation, backup.snapshot_host, backup.paths)
    return tuple(tuple(point.time for point in one.counted) for one in seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """Hold what a look told beside the points: `filled` of whole points, the others of one path of a point."""

    filled: frozenset[str]
    path_filled: frozenset[str]
    path_empty: frozenset[str]

    def has_files(self, point: Point, path: str) -> bool | None:
        if point.files == 0 or of_path(point, path) in self.path_empty:
            return False
        counted = point.files is not None or point.id in self.filled
        if of_path(point, path) in self.path_filled or (counted and counts_alone(point, path)):
            return True
        return None


def _values(observation: Observation, name: str) -> frozenset[str]:
    return frozenset(str(fact.value) for fact in observation.named(name))


def _series(path: str, points: Iterable[Point], told: _Told, clock: datetime) -> Series:
    counted: list[Point] = []
    empty: list[Point] = []
    ahead: list[Point] = []
    unknown: list[Point] = []
    for point in points:
        has_files = told.has_files(point, path)
        if point.time - clock > AHEAD:
            ahead.append(point)
        elif has_files is None:
            unknown.append(point)
        else:
            (counted if has_files else empty).append(point)
    return Series(path=path, counted=tuple(counted), empty=tuple(empty), ahead=tuple(ahead), unknown=tuple(unknown))


def _plain(path: str) -> str:
    # POSIX leaves two slashes at the beginning alone; here they are one.
    return "/" + posixpath.normpath(path).lstrip("/") if path.startswith("/") else posixpath.normpath(path)


def _holds(folder: str, path: str) -> bool:
    return folder == path or (folder == "/" and path.startswith("/")) or path.startswith(folder + "/")
