"""Which recovery points are a backup's own: those of its machine that hold one of its paths. Pure."""

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from agent.core.inventory import Backup, Copy
from agent.core.model import Observation
from agent.core.points import Point
from agent.core.registered import registered

# How far ahead of the agent's clock a point may be: two clocks never quite agree.
AHEAD = timedelta(minutes=5)

# What a look tells of one path of a point, where the point's count of files is not that path's alone; a PointPath.
PATH_FILLED = "backup.point.path_filled"
PATH_EMPTY = "backup.point.path_empty"
PATH_UNTOLD = "backup.point.path_untold"

# What a look tells of the tree that a point names: it is there, it is not, or that could not be seen.
TREE_THERE = "backup.point.tree_there"
TREE_ABSENT = "backup.point.tree_absent"
TREE_UNTOLD = "backup.point.tree_untold"
# Value: the id of a point that holds less than the run that made it had read: some of it was lost, and then left out.
HOLDS_LESS = "backup.point.holds_less"
# Value: the id of a point that tells the figures of another one, and was not counted yet.
UNCOUNTED = "backup.point.uncounted"

# Of a folder of files. Value: a set of which no file was ever judged, and some still have to settle.
SETTLING = "files.settling"
# Value: how many files are of no set.
OF_NO_SET = "files.of_no_set"

# Of a cluster or a mirror. Value: a point for the newest instant that the look before showed, on the way to this one's.
ON_THE_WAY = "backup.point.on_the_way"

# Value: the point of a file that was written over, while it may still be judged; `as_of`: when its successor was made.
WRITTEN_OVER = "backup.point.written_over"

# Of a mirror. Value: a point for a file that its source has not any more, dated by the look that saw that first.
LEFT = "backup.point.left"


@registered("point.path")
@dataclass(frozen=True, slots=True, kw_only=True)
class PointPath:
    """One path of a point; `point` is its id."""

    point: str
    path: str


def off_site_copies(backup: Backup) -> tuple[Copy, ...]:
    """Return the copies that count for `backup-rpo`: off site, and with no limit of their own."""
    return tuple(copy for copy in backup.copies if copy.offsite and copy.daily)


def copies_to_restore_from(backup: Backup) -> tuple[Copy, ...]:
    """Return the off-site copies, those first that count for `backup-rpo`, in the order in which they are declared."""
    counted = off_site_copies(backup)
    return (*counted, *(copy for copy in backup.copies if copy.offsite and copy not in counted))


def covers(point: Point, path: str) -> bool:
    """Return whether a point holds a path: its own paths name it, or a folder above it."""
    return bool(_covering(point.paths, path))


def covering(point: Point, path: str) -> tuple[str, ...]:
    """Return a point's own paths that name a path, or a folder above it."""
    return _covering(point.paths, path)


def lies_below(point: Point, path: str) -> bool:
    """Return whether a point was made of something below a path alone, as a shell expands `/srv/*`."""
    return _lie_below(point.paths, path)


def overlap(one: str, other: str) -> bool:
    """Return True where two paths are the same, or one lies below the other."""
    return _holds(_plain(one), _plain(other)) or _holds(_plain(other), _plain(one))


def counts_alone(point: Point, path: str) -> bool:
    """Return whether a point's count of files is that of a path: it was made of nothing else."""
    return _are_alone(point.paths, path)


def of_path(point: Point, path: str) -> PointPath:
    """Return the value of a fact that tells of one path of a point."""
    return PointPath(point=point.id, path=path)


def matches(point: Point, host: str, paths: Iterable[str]) -> bool:
    """Return whether a point is one of a backup: made by its machine, of one of its paths at least."""
    return point.host == host and any(covers(point, path) for path in paths)


def points_in(observation: Observation, name: str = "backup.point") -> tuple[Point, ...]:
    """Return the points that a look at a repository saw, whosever they are."""
    return tuple(fact.value for fact in observation.named(name) if isinstance(fact.value, Point))


# The points of a list name the same few paths again.
@lru_cache(4096)
def _covering(paths: tuple[str, ...], path: str) -> tuple[str, ...]:
    wanted = _plain(path)
    return tuple(own for own in paths if _holds(_plain(own), wanted))


@lru_cache(4096)
def _lie_below(paths: tuple[str, ...], path: str) -> bool:
    folder = _plain(path)
    return not _covering(paths, path) and any(_holds(folder, _plain(own)) for own in paths)


@lru_cache(4096)
def _are_alone(paths: tuple[str, ...], path: str) -> bool:
    return {_plain(own) for own in paths} == {_plain(path)}


@lru_cache(4096)
def _plain(path: str) -> str:
    # POSIX leaves two slashes at the beginning alone; here they are one.
    return "/" + posixpath.normpath(path).lstrip("/") if path.startswith("/") else posixpath.normpath(path)


def _holds(folder: str, path: str) -> bool:
    return folder == path or (folder == "/" and path.startswith("/")) or path.startswith(folder + "/")
