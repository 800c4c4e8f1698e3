"""restic as the backup program that the samples, the timed restores and the drill go through."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from agent.core.collecting.backup_program import (
    SLOWEST_BYTES_PER_SECOND,
    PointContents,
    RestoreResult,
    UnreadablePoint,
)
from agent.core.collecting.collector import Look
from agent.core.deadline import Deadline
from agent.core.inventory import Copy
from agent.core.points import Point
from collectors.restic.dump import dump
from collectors.restic.identity import hold_to_pinned, id_in
from collectors.restic.listing import parse
from collectors.restic.program import Restic, prepare
from collectors.restic.restore import live_prefixes, own_points, restore, source_nodes

# A list of all that a point holds fetches every folder of it: half a gigabyte for a million files.
LISTING = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResticRepository:
    """Reach one restic repository; see agent.core.collecting.backup_program.Repository."""

    restic: Restic
    id: str
    timeout: timedelta

    @property
    def version(self) -> str:
        """Return restic's version."""
        return "restic " + ".".join(str(number) for number in self.restic.version)

    def points(self, now: datetime) -> tuple[Point, ...]:
        """Return the points of the copy's machine, newest first."""
        return own_points(self._within(self.timeout), now)

    def left_out(self) -> tuple[UnreadablePoint, ...]:
        """Return the points that are there and cannot be read, of any machine."""
        output = self._within(self.timeout).ask("snapshots", "--json")
        found = parse(output.stdout, output.stderr, self.restic.copy.subject)
        return tuple(UnreadablePoint(id=one.id, reason=one.reason) for one in found.left_out)

    def held(self, point: Point) -> PointContents:
        """Return what a point has of the source."""
        nodes, only = source_nodes(self._within(self.timeout + LISTING), point)
        return PointContents(point=point, nodes=nodes, only=only)

    def live(self, point: Point) -> Mapping[str, str]:
        """Return where the names at the top of a point lie in the live source."""
        return live_prefixes(self._within(self.timeout), point)

    def read(self, point: Point, path: str, *, limit: int, unnamed: bool = False) -> bytes | None:
        """Return the bytes of one file of a point."""
        shown = f"restic dump {point.id} (a part of it)" if unnamed else None
        timeout = self.timeout + timedelta(seconds=limit / SLOWEST_BYTES_PER_SECOND)
        return dump(self._within(timeout), point, path, limit=limit, shown=shown)

    def restore(
        self, point: Point, folder: Path, *, only: Iterable[str], timeout: timedelta, unnamed: bool = False
    ) -> RestoreResult:
        """Restore a point, or a part of it."""
        shown = f"restic restore {point.id} (a part of it)" if unnamed else None
        return restore(self.restic, point, folder, only=only, timeout=timeout, shown=shown)

    def _within(self, timeout: timedelta) -> Restic:
        # Between two calls lie restores, which may take hours: each call has its own time.
        return replace(self.restic, deadline=Deadline(timeout))


def opens(copy: Copy, look: Look, pinned: str | None) -> ResticRepository:
    """Open a copy's repository; raises RepositoryAbsent and every LookError."""
    restic = prepare(copy, look, look.timeout)
    id = hold_to_pinned(copy, id_in(restic.ask("cat", "config").stdout), pinned)
    return ResticRepository(restic=restic, id=id, timeout=look.timeout)
