"""The interface of a backup program: five functions for samples, timed restores and the drill.

A program is a folder below `collectors`: the folder itself names its collectors as `LOOKS`, any module of it opens
repositories as `PROGRAM`. Its collectors tell the facts of agent.core.facts.verification and
agent.core.facts.recovery_points.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from agent.core.collecting.audited import AuditedCopy
from agent.core.collecting.cluster_copy import ClusterCopy
from agent.core.errors import ToolMissing
from agent.core.facts.recovery_points import covers, matches, points_in
from agent.core.inventory import Copy, ProgramLooks
from agent.core.model import Observation
from agent.core.points import Point
from agent.core.reason import Reason

if TYPE_CHECKING:
    from agent.core.collecting.collector import Look

# A restore may take what it needs, as long as bytes come at the rate of the slowest line on which it would make sense.
# A dead link is noticed by ssh itself; this is for what stalls and stays open.
STALLED = timedelta(minutes=30)
SLOWEST_BYTES_PER_SECOND = 1024 * 1024
LONGEST = timedelta(hours=72)


class RepositoryAbsent(Exception):
    """Raised where there is no repository at that place: an observation, not a failure to look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One entry of a point's tree. `path` begins with `/`; bytes that are no UTF-8 stand there as U+FFFD, each.

    `modified` is None where the point tells no date that can be read. `rounded`: it may be a microsecond later than the
    file's own, as one that went through a floating number.
    """

    path: str
    type: str
    mode: int
    uid: int
    gid: int
    size: int
    modified: datetime | None
    inode: int
    rounded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreResult:
    """How a restore ended: `hindered` is what kept it from being made, `damaged` that the copy's data is bad.

    `cut`: the program was ended before its end, so that what is missing shows nothing. `words` are the lines that tell
    of damage, as they were printed, the first of them.
    """

    took: timedelta
    damaged: bool = False
    words: tuple[str, ...] = ()
    hindered: Reason | None = None
    cut: bool = False
    said: str = ""

    def of(self, nodes: Iterable[Node]) -> "RestoreResult":
        """Return the result for the entries that were restored: what their names put into lines is no word of damage.

        A name with a line break may end in a line that the program itself would write. What came back shows damage all
        the same.
        """
        broken = [node.path.split("\n") for node in nodes if "\n" in node.path]
        if not self.damaged or not broken:
            return self
        ends = tuple(_as_printed(first) for first, *_ in broken)
        begins = tuple(_as_printed(part) for _, *more in broken for part in more if part)
        own = [line for line in map(_as_printed, self.words) if not line.startswith(begins) and not line.endswith(ends)]
        if own and not any(part.startswith("{") for part in begins):  # that might be read as a message of the program
            return self
        return replace(self, damaged=False, hindered=Reason.EXITED)


def _as_printed(text: str) -> str:
    # Bytes that are no UTF-8 are told one by one in a list, and together in what a program says.
    return re.sub("\ufffd+", "\ufffd", text).rstrip("\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class PointContents:
    """What a point has of the source, folders before what they hold.

    `only` are the paths to ask for where the point holds more than that; what is not the source's may be another body's
    personal data.
    """

    point: Point
    nodes: Sequence[Node]
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadablePoint:
    """A point that is listed and cannot be read: its id, or the beginning of it, and why. Its date is not known."""

    id: str
    reason: Reason


class Repository(Protocol):
    """Reach one copy's repository, once the right one answers; every call has a deadline and may raise a LookError."""

    @property
    def id(self) -> str:
        """Return the repository's own id, which is pinned."""
        ...

    @property
    def version(self) -> str:
        """Return the backup program's version."""
        ...

    def points(self, now: datetime) -> tuple[Point, ...]:
        """Return the points of the copy's machine that are not empty and not of the future, newest first."""
        ...

    def left_out(self) -> tuple[UnreadablePoint, ...]:
        """Return the points that are there and cannot be read, of any machine."""
        ...

    def held(self, point: Point) -> PointContents:
        """Return what a point has of the source."""
        ...

    def live(self, point: Point) -> Mapping[str, str]:
        """Return the folder in which each name at the top of a point hangs in the live source; `` is the root."""
        ...

    def read(self, point: Point, path: str, *, limit: int, unnamed: bool = False) -> bytes | None:
        """Return the bytes of one file of a point, or None where it is not there.

        One larger than `limit` is read as far as that, and none of its bytes returned. `unnamed`: see `restore`.
        """
        ...

    def restore(
        self, point: Point, folder: Path, *, only: Iterable[str], timeout: timedelta, unnamed: bool = False
    ) -> RestoreResult:
        """Restore a point, or the paths of it that are named, into a folder, and read every byte back from there.

        `unnamed`: the names of what is restored must not be kept as evidence.
        """
        ...


def opens_nothing(copy: Copy, look: "Look", pinned: str | None) -> Repository:
    """Refuse to open a copy of a program that nothing here restores from. Raises ToolMissing."""
    raise ToolMissing(f"{copy.subject}: nothing here restores from a copy of {copy.program.name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupProgram:
    """Declare a backup program: the collectors that look at its copies, and how to open the repository of one.

    `opens` and `audits` are given the id that the repository should have, None: not known yet. Raise RepositoryAbsent
    and every LookError. `opens` left out: nothing restores from its copies, as its `looks` say (`restores`). `audits`
    None: its copies cannot be audited by draws. `clusters`, given the same, opens a copy that an exercise restores to
    start it; None: an exercise restores files.
    """

    looks: ProgramLooks
    opens: "Callable[[Copy, Look, str | None], Repository]" = opens_nothing
    audits: "Callable[[Copy, Look, str | None], AuditedCopy] | None" = None
    clusters: "Callable[[Copy, Look], ClusterCopy] | None" = None


def newest_points(own: Sequence[Point], paths: Sequence[str]) -> tuple[Point, ...]:
    """Return the newest point of each path, each once; none where a path has none. `own` are newest first."""
    found = [next((point for point in own if covers(point, path)), None) for path in paths]
    if None in found:
        return ()
    return tuple({point.id: point for point in found if point is not None}.values())


def may_be_newest(
    left_out: Iterable[UnreadablePoint], points: Iterable[Point], before: Observation | None, copy: Copy
) -> tuple[UnreadablePoint, ...]:
    """Return the points that cannot be read and may be a copy's newest, damaged ones first.

    `points` are those that can be read; `before` is an earlier list, which says what it knew of the others.
    """
    seen = () if before is None else (*points_in(before), *points_in(before, "backup.point.unread"))
    newest = min((point.time for point in points), default=None)

    def other(one: UnreadablePoint) -> bool:
        known = next((point for point in seen if point.id.startswith(one.id)), None)
        if known is None:
            return False
        return not matches(known, copy.snapshot_host, copy.paths) or (newest is not None and known.time <= newest)

    return tuple(sorted((one for one in left_out if not other(one)), key=lambda one: one.reason is not Reason.DAMAGED))


def limit_for(size: int) -> timedelta:
    """Return how long restoring so many bytes may take."""
    return min(LONGEST, STALLED + timedelta(seconds=size / SLOWEST_BYTES_PER_SECOND))
