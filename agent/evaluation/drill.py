"""Run a drill: restore the newest off-site point, compare it with point and source, and remove it.

Its reason is entered in the register before the first byte is restored, so that even an exercise that is cut off is
documented; the result is entered afterwards.
"""

import hashlib
import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from agent.core.collecting.backup_program import (
    Node,
    Repository,
    RepositoryAbsent,
    RestoreResult,
    UnreadablePoint,
    limit_for,
    may_be_newest,
    newest_points,
)
from agent.core.duties.entries import RECOVERY_TESTS
from agent.core.empty_files import holds_nothing
from agent.core.errors import Damaged, LedgerFull, LookError
from agent.core.facts.recovery_points import covers
from agent.core.files import shown
from agent.core.host import LARGE_OUTPUT
from agent.core.inventory import Backup
from agent.core.points import Point
from agent.core.reason import Reason
from agent.evaluation.cluster_drill import cluster_drill
from agent.evaluation.drill_parts import agreed_entry, entry_of, exercise_look, failed, unproven, without_room
from agent.evaluation.session import Session
from agent.hosts.live_files import Eye, Live, away, near
from agent.restores.comparison import Comparison, compare
from agent.restores.exercise import NO_POINT, Drill, ExerciseOutcome, ExerciseRequest, RestorePlan, instead_of_unread
from agent.restores.given_folder import given_folder, hold_to_given
from agent.restores.opened_tree import open_all
from agent.restores.openers.opener import BESIDE
from agent.restores.sampling import sample_of
from agent.restores.scratch import scratch

# What a file costs beside its bytes, at the most usual block size.
BLOCK = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One point to restore: all its entries, or the files chosen of it, and where they lie in the live source."""

    point: Point
    nodes: tuple[Node, ...]
    only: tuple[str, ...]
    live: Live

    @property
    def bytes(self) -> int:
        """Return how many bytes its files have."""
        return sum(node.size for node in self.nodes if node.type == "file")


def drill(session: Session, request: ExerciseRequest, agreed: Callable[[RestorePlan], bool]) -> Drill:
    """Restore, compare, remove, enter. `agreed` is asked once it is known what is to be restored.

    Raises UsageError, EntryRefused, LedgerError; whatever keeps the copy from being read is told in the answer.
    """
    begun = session.clock.now()
    hold_to_given(request.into)
    if session.ledger is None:
        raise LedgerFull(f"no restore without its entry in the register: {session.not_kept}", "make room there")
    if session.registry.program(request.copy).clusters is not None:
        return cluster_drill(session, request, agreed)
    try:
        repository, points = _opened(session, request)
        skipped = _skipped(session, request, repository, points)
        if not points and not skipped:
            return failed(request, begun, Reason.ABSENT, NO_POINT)
        if not points:
            return instead_of_unread(failed(request, begun, Reason.ABSENT), skipped)
        parts = _parts(session, request, repository, points)
    except RepositoryAbsent:
        return failed(request, begun, Reason.ABSENT)
    except Damaged as error:
        # Nothing came back, and nothing hindered it: an exercise that failed, of a point that is known.
        return replace(
            failed(request, begun, Reason.DAMAGED, error.message),
            snapshots=tuple(point.id for point in points),
            recovery_point=min(point.time for point in points),
            version=repository.version,
        )
    except LookError as error:
        return unproven(request, begun, error.reason, error.message)
    try:
        with _folder(session, request) as folder:
            done = _in_folder(session, request, begun, repository, parts, folder, agreed)
            return instead_of_unread(done, skipped) if done.ending is ExerciseOutcome.OK else done
    except OSError as error:
        return unproven(request, begun, Reason.DENIED, f"{os.strerror(error.errno or 0).lower()}")


def _opened(session: Session, request: ExerciseRequest) -> tuple[Repository, tuple[Point, ...]]:
    copy, look = request.copy, exercise_look(session, request.copy)
    pinned = look.previous.one("repository.id") if look.previous is not None else None
    repository = session.registry.program(copy).opens(copy, look, None if pinned is None else str(pinned.value))
    return repository, newest_points(repository.points(session.clock.now()), copy.paths)


def _skipped(
    session: Session, request: ExerciseRequest, repository: Repository, points: Sequence[Point]
) -> tuple[UnreadablePoint, ...]:
    copy = request.copy
    before = session.context.previous(copy.program.listing, copy.subject)
    return may_be_newest(repository.left_out(), points, before, copy)


def _parts(
    session: Session, request: ExerciseRequest, repository: Repository, points: Sequence[Point]
) -> tuple[_Part, ...]:
    copy, context = request.copy, session.context
    eye = near(context.timeout) if copy.local else away(lambda: context.host(copy.host), context.timeout)
    return tuple(_part(repository, point, request, eye) for point in points)


def _part(repository: Repository, point: Point, request: ExerciseRequest, eye: Eye) -> _Part:
    found = repository.held(point)
    held, only = found.nodes, found.only
    if not request.full:
        held = sample_of(held, point.id)
        only = tuple(node.path + beside for node in held for beside in ("", *BESIDE))
    return _Part(point=point, nodes=tuple(held), only=only, live=Live(folders=repository.live(point), eye=eye))


def _empty_path(parts: Sequence[_Part], paths: Sequence[str], *, filled: bool = False) -> str | None:
    """Return a path of the source of which no file is in any point; None where each has one, or that is not known.

    `filled`: files that hold nothing do not count.
    """
    empty = {path: f"{path.rstrip('/')}/" for path in paths}
    for part in parts:
        hung_in = set[str]()
        for node in part.nodes:
            if node.type != "file":
                continue
            place = part.live.path_of(os.fsencode(node.path))
            if place is None:
                return None
            lies, top = os.fsdecode(place), node.path.split("/", 2)[1]
            # A backup of a relative path tells the name at its top alone, which may stand in the path twice.
            if top not in hung_in and not covers(part.point, lies):
                return None
            hung_in.add(top)
            if filled and holds_nothing(node.path, node.size):
                continue
            for path in [path for path, below in empty.items() if lies == path or lies.startswith(below)]:
                del empty[path]
            if not empty:
                return None
    return next(iter(empty), None)


def _unless_empty(done: Drill, parts: Sequence[_Part]) -> Drill:
    """Return an exercise as it stands where something came back of each path.

    A dump that failed leaves a file without a byte behind, or a compressor's of nothing, and a folder may hold no more
    by right.
    """
    paths = done.request.copy.paths
    if (empty := _empty_path(parts, paths)) is not None:
        detail = f"the point holds no file of {shown(empty)}"
        return replace(done, ending=ExerciseOutcome.FAILED, reason=Reason.EMPTY, detail=detail)
    if (hollow := _empty_path(parts, paths, filled=True)) is not None:
        detail = f"no file of {shown(hollow)} holds anything"
        return replace(done, ending=ExerciseOutcome.UNPROVEN, reason=Reason.EMPTY, detail=detail)
    return done


@contextmanager
def _folder(session: Session, request: ExerciseRequest) -> Iterator[Path]:
    if request.into is None:
        with scratch(session.context.folder) as folder:
            yield folder
        return
    with given_folder(request.into) as folder:
        yield folder


def _in_folder(
    session: Session,
    request: ExerciseRequest,
    begun: datetime,
    repository: Repository,
    parts: Sequence[_Part],
    folder: Path,
    agreed: Callable[[RestorePlan], bool],
) -> Drill:
    files = [node for part in parts for node in part.nodes if node.type == "file"]
    plan = RestorePlan(files=len(files), bytes=sum(node.size for node in files), folder=folder)
    if not files:
        return unproven(request, begun, Reason.UNREADABLE, "no file of the source is where the point should hold it")
    entries = sum(len(part.nodes) for part in parts)
    if lacking := without_room(request, begun, folder, plan.bytes + entries * BLOCK):
        return lacking
    entered = agreed_entry(session, request, begun, plan, agreed)
    # What is given away stays as it came back; elsewhere a database may recover from its journal.
    opening = partial(open_all, session.context.here, writable=request.into is None)
    restored, comparison = _restore_all(repository, parts, folder, opening)
    oldest = min(part.point.time for part in parts)
    done = Drill(
        request=request,
        begun=begun,
        ending=ExerciseOutcome.OK,
        reason=Reason.WITHIN_LIMIT,
        snapshots=tuple(part.point.id for part in parts),
        damaged=tuple(part.point.id for part, one in zip(parts, restored, strict=True) if one.damaged),
        recovery_point=oldest,
        seconds=sum(one.took.total_seconds() for one in restored),
        comparison=comparison,
        live=any(part.live for part in parts),
        owners=os.geteuid() == 0,
        version=repository.version,
        entries=(("restore", entered),),
    )
    done = _unless_removed(session, _judged(done, restored, comparison), repository)
    if request.full and done.ending is ExerciseOutcome.OK:
        done = _unless_empty(done, parts)
    backup = session.configuration.inventory.backup(request.copy.backup)
    return _tried(done, backup, session, folder) if done.ending is ExerciseOutcome.OK and request.full else done


def _restore_all(
    repository: Repository,
    parts: Sequence[_Part],
    folder: Path,
    opening: Callable[[Path, Live, Comparison], None],
) -> tuple[tuple[RestoreResult, ...], Comparison]:
    restored: list[RestoreResult] = []
    total = Comparison()
    for number, part in enumerate(parts):
        place = folder if len(parts) == 1 else folder / str(number)
        begun = time.monotonic()
        try:
            ended = repository.restore(part.point, place, only=part.only, timeout=limit_for(part.bytes)).of(part.nodes)
        except LookError as error:
            ended = RestoreResult(
                took=timedelta(seconds=time.monotonic() - begun), hindered=error.reason, said=error.message
            )
        restored.append(ended)
        if ended.hindered in (None, Reason.EXITED) and not ended.cut:
            found = compare(part.nodes, place, part.live, whole=not part.only)
            opening(place, part.live, found)
            total.join(found)
    return tuple(restored), total


def _judged(done: Drill, restored: Sequence[RestoreResult], comparison: Comparison) -> Drill:
    damaged = next((one for one in restored if one.damaged), None)
    hindered = next((one for one in restored if one.hindered is not None), None)
    if damaged is not None:
        return replace(done, ending=ExerciseOutcome.FAILED, reason=Reason.DAMAGED, detail=damaged.said)
    if hindered is not None and (hindered.hindered is not Reason.EXITED or not comparison.differing):
        reason, said = hindered.hindered or Reason.EXITED, hindered.said
        if comparison.too_deep:
            reason = Reason.UNREADABLE
            said = f"{comparison.too_deep} paths are too long below that folder: give --into a short one, such as /r"
        return replace(done, ending=ExerciseOutcome.UNPROVEN, reason=reason, detail=said)
    if any(one.what == "content" for one in comparison.differences):
        return replace(done, ending=ExerciseOutcome.FAILED, reason=Reason.CONTENT_CHANGED)
    if comparison.differing:
        return replace(done, ending=ExerciseOutcome.FAILED, reason=Reason.INCOMPLETE)
    return done


def _unless_removed(session: Session, done: Drill, repository: Repository) -> Drill:
    """Return an exercise as it stands where the retention may have removed one of its points meanwhile.

    What lacks then was not damaged. Where nothing tells what is kept, what was seen stands.
    """
    if done.ending is not ExerciseOutcome.FAILED:
        return done
    try:
        kept = {one.id for one in repository.points(session.clock.now())}
        kept |= {one.id for one in repository.left_out()}
    except LookError:
        return done
    gone = next((id for id in done.snapshots if id not in kept), None)
    if gone is None:
        return done
    detail = f"point {gone} was removed while it was restored; exercise again"
    return replace(done, ending=ExerciseOutcome.UNPROVEN, reason=Reason.UNREADABLE, detail=detail, damaged=())


def _tried(done: Drill, backup: Backup, session: Session, folder: Path) -> Drill:
    """Run the backup's own command on what was restored; it fails the exercise where it does not exit with 0."""
    if not backup.tries:
        return done
    argv = [word.replace("{restored}", str(folder)) for word in backup.tries]
    environment = {"BEFFROI_RESTORED": str(folder)}
    try:
        session.context.here.run(*argv, timeout=backup.try_timeout, environment=environment, output_limit=LARGE_OUTPUT)
    except LookError as error:
        ending = ExerciseOutcome.UNPROVEN if error.reason is Reason.TOOL_MISSING else ExerciseOutcome.FAILED
        return replace(done, ending=ending, reason=error.reason, detail=error.message, tried=error.reason.value)
    return replace(done, tried="ok")


def entered(session: Session, done: Drill, record: bytes) -> Drill:
    """Enter a full exercise in the register of recovery tests, with the digest of its record; return it so marked."""
    if not done.request.full or done.ending is ExerciseOutcome.UNPROVEN or done.recovery_point is None:
        return done
    point = min(done.recovery_point, done.begun)
    entry = entry_of(
        session,
        RECOVERY_TESTS,
        done.request,
        done.begun,
        f"duration={max(1, math.ceil(done.seconds))}s",
        f"recovery_point={point.isoformat()}",
        f"result={done.ending.value}",
        f"evidence=sha256:{hashlib.sha256(record).hexdigest()}",
    )
    return replace(done, entries=(*done.entries, (RECOVERY_TESTS, entry)))
