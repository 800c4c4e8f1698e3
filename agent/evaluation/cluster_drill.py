"""Run a drill of a database cluster: restore it, start it on a private socket, replay its WAL, and count its tables.

What is known after it: the base backup came back as its list of files has it, where there is one, its WAL was replayed
to the end of the archive, every database answered and every table could be read through. What the rows hold is not
compared with anything.
"""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.core.collecting.backup_program import RepositoryAbsent, limit_for
from agent.core.collecting.cluster_copy import ClusterCopy, ClusterPoint, ClusterRestore
from agent.core.errors import Damaged, Denied, LookError, UsageError
from agent.core.facts.copy_audit import COLLECTOR as EXERCISES
from agent.core.files import read_file
from agent.core.model import Observation
from agent.core.reason import Reason
from agent.core.wal_segments import SEGMENT, segment_at, segments_of
from agent.evaluation.drill_parts import agreed_entry, exercise_look, failed, unproven, without_room
from agent.evaluation.session import Session
from agent.restores.clusters.control import prepared_limit
from agent.restores.clusters.findings import ClusterFindings, lsn_text
from agent.restores.clusters.harmless import ClusterFolder, major_of, make_harmless
from agent.restores.clusters.installed import programs_of
from agent.restores.clusters.last_record import goes_on
from agent.restores.clusters.manifest import hold_to_list
from agent.restores.clusters.questions import findings_of
from agent.restores.clusters.server import RESERVE, ClusterServer
from agent.restores.clusters.settings import server_words, write_settings
from agent.restores.comparison import Comparison
from agent.restores.exercise import Drill, ExerciseOutcome, ExerciseRequest, RestorePlan
from agent.restores.scratch import scratch

Opens = Callable[[], ClusterCopy]


def cluster_drill(session: Session, request: ExerciseRequest, agreed: Callable[[RestorePlan], bool]) -> Drill:
    """Restore, start, ask, remove, enter; see agent.evaluation.drill.drill.

    Raises UsageError, EntryRefused, LedgerError; what keeps the copy from being read is told in the answer.
    """
    begun = session.clock.now()
    _hold_to_whole(request)
    try:
        if os.geteuid() == 0:
            raise Denied(
                "a database server is never started as root, who owns the state directory here",
                "let the agent's own user own it: chown -R beffroi STATE_DIRECTORY",
            )
        copy = _opened(session, request)
        point = copy.newest()
        if point is None:
            return failed(request, begun, Reason.ABSENT, "no base backup there with the WAL that it needs")
        if point.major is not None:
            programs_of(point.major)
    except RepositoryAbsent:
        return failed(request, begun, Reason.ABSENT)
    except LookError as error:
        return unproven(request, begun, error.reason, error.message)
    try:
        with scratch(session.context.folder) as root:
            return _in_folder(session, request, begun, copy, point, ClusterFolder(root=root), agreed)
    except OSError as error:
        return unproven(request, begun, Reason.DENIED, os.strerror(error.errno or 0).lower())


def _hold_to_whole(request: ExerciseRequest) -> None:
    if request.into is not None:
        raise UsageError(
            "--into: what is restored of a cluster is started and changed by that, and is not kept", "leave it out"
        )
    if not request.full:
        raise UsageError("a cluster comes back whole or not at all: there is no sample of it", "add --full")


def _opened(session: Session, request: ExerciseRequest) -> ClusterCopy:
    program = session.registry.program(request.copy)
    if program.clusters is None:
        raise UsageError(f"{request.copy.subject}: it is no copy of a cluster", "name another copy")
    look = exercise_look(session, request.copy)

    def last_look(collector: str, subject: str) -> Observation | None:
        # Where the recovery of an earlier exercise ended, this one tries to go on.
        return None if collector == EXERCISES else look.last_look(collector, subject)

    return program.clusters(request.copy, replace(look, last_look=last_look))


def _in_folder(
    session: Session,
    request: ExerciseRequest,
    begun: datetime,
    copy: ClusterCopy,
    point: ClusterPoint,
    folder: ClusterFolder,
    agreed: Callable[[RestorePlan], bool],
) -> Drill:
    archived = point.segments * point.chain.size
    plan = RestorePlan(files=0, bytes=(point.chain.backup.bytes or 0) + archived, folder=folder.root)
    # What is replayed may fill new pages, at the most as many bytes as it has itself.
    if lacking := without_room(request, begun, folder.root, plan.bytes + archived + RESERVE):
        return lacking
    entered = agreed_entry(session, request, begun, plan, agreed)
    done = Drill(
        request=request,
        begun=begun,
        ending=ExerciseOutcome.OK,
        reason=Reason.WITHIN_LIMIT,
        snapshots=(point.id,),
        recovery_point=point.time,
        version=copy.version,
        entries=(("restore", entered),),
    )
    return unless_removed(_carried_out(session, done, copy, point, folder, limit_for(plan.bytes)), copy, point)


def unless_removed(done: Drill, copy: ClusterCopy, point: ClusterPoint) -> Drill:
    """Return an exercise as it stands where the retention may have removed its base backup meanwhile.

    What lacks then was not damaged. Where nothing tells whether it is kept, what was seen stands.
    """
    if done.reason not in (Reason.DAMAGED, Reason.EXITED):
        return done
    try:
        if copy.keeps(point):
            return done
    except RepositoryAbsent:
        pass
    except LookError:
        return done
    detail = f"backup {point.id} was removed while it was restored; exercise again ({done.detail})"
    done = replace(done, damaged=(), damaged_segments=())
    return replace(done, ending=ExerciseOutcome.UNPROVEN, reason=Reason.UNREADABLE, detail=detail)


def _carried_out(
    session: Session, done: Drill, copy: ClusterCopy, point: ClusterPoint, folder: ClusterFolder, limit: timedelta
) -> Drill:
    try:
        restored = copy.restore(point, folder.data, folder.tablespaces, folder.wal, timeout=limit)
    except LookError as error:
        restored = ClusterRestore(took=timedelta(0), hindered=error.reason, said=error.message)
    done = replace(done, seconds=restored.took.total_seconds(), comparison=_size_of(folder.data))
    if restored.damaged:
        return not_restored(done, restored, point)
    if restored.hindered is not None:
        return replace(done, ending=ExerciseOutcome.UNPROVEN, reason=restored.hindered, detail=restored.said)
    base: tuple[str, ...] = (point.id, *point.needs)
    try:
        server = _made_ready(session, folder)
        prepared = prepared_limit(server, copy.id, session.context.timeout)
        backup = point.chain.backup
        listed = restored.listed or hold_to_list(server, backup.start_lsn, limit_for(backup.bytes or 0))
        base = ()  # what is bad from here on may be its WAL
        return _started(done, copy, point, server, prepared=prepared, listed=listed)
    except Damaged as error:
        done = replace(done, ending=ExerciseOutcome.FAILED, reason=Reason.DAMAGED, detail=error.message)
        named = set(segments_of(point.chain)).intersection(SEGMENT.findall(error.message))
        return replace(done, damaged=base, damaged_segments=() if base else tuple(named))
    except LookError as error:
        return replace(done, ending=ExerciseOutcome.UNPROVEN, reason=error.reason, detail=error.message)


def not_restored(done: Drill, restored: ClusterRestore, point: ClusterPoint) -> Drill:
    """Return an exercise of which a file of WAL, or of the base backup, is bad. Pure.

    A file of the base backup may lie in any backup that it needs, and nothing tells in which.
    """
    done = replace(done, ending=ExerciseOutcome.FAILED, reason=Reason.DAMAGED, detail=restored.said)
    if restored.wal:
        return replace(done, damaged_segments=(restored.wal,) if SEGMENT.fullmatch(restored.wal) else ())
    return replace(done, damaged=(point.id, *point.needs))


def _made_ready(session: Session, folder: ClusterFolder) -> ClusterServer:
    """Leave of what was restored its data alone. Raises Damaged, and a LookError for what hinders its start."""
    programs = programs_of(major_of(folder))
    make_harmless(folder)
    write_settings(folder)
    server = ClusterServer(here=session.context.here, programs=programs, folder=folder)
    server.hold_to_short()
    return server


def _started(
    done: Drill, copy: ClusterCopy, point: ClusterPoint, server: ClusterServer, *, prepared: int, listed: bool
) -> Drill:
    """Start what was restored and ask it. Raises Damaged, and a LookError for what hinders it."""
    chain, folder = point.chain, server.folder
    timeline = str(chain.leads_to)
    words = server_words(folder, server.programs.major, timeline=timeline, segment=chain.size, prepared=prepared)
    replaying = limit_for(2 * point.segments * chain.size + (chain.backup.bytes or 0))
    asking = limit_for(2 * (chain.backup.bytes or 0))
    clock = time.monotonic()
    with server.running(words, starting=replaying, asking=asking):
        done = replace(done, seconds=done.seconds + time.monotonic() - clock)
        found = findings_of(server, copy.roles, chain.end - chain.size, asking)
    more = _goes_on(folder, point, found.replayed)
    found = replace(found, goes_on=more, missing=point.missing, listed=listed)
    # A record that does not end in its segment may be damaged in the next one: nothing from its beginning on counts.
    names = tuple(segments_of(chain))
    through = max(0, found.replayed // chain.size - chain.first) if more else len(names)
    done = replace(done, cluster=found, replayed=frozenset(names[:through]))
    return replace(judged(done, found, point.archived), damaged_segments=names[through : through + 1])


def _goes_on(folder: ClusterFolder, point: ClusterPoint, replayed: int) -> bool:
    """Return whether the archive holds more than was replayed of it. Raises a LookError."""
    chain = point.chain
    kept: tuple[str, bytes] = ("", b"")

    def read(position: int, count: int) -> bytes:
        nonlocal kept
        name = segment_at(chain, position)
        if kept[0] != name:
            kept = name, read_file(folder.wal / name, limit=chain.size, follow=False)
        begin = position % chain.size
        return kept[1][begin : begin + count]

    # Less than the backup's own WAL is no cluster that may be started.
    return replayed < chain.first * chain.size or goes_on(read, replayed, chain.end, chain.size)


def judged(done: Drill, found: ClusterFindings, archived: datetime) -> Drill:
    """Return an exercise by what the started cluster showed; its newest segment was `archived` then. Pure."""
    # The source's clock dates a transaction, and may run ahead.
    committed = None if found.committed is None else min(found.committed, archived, done.begun)
    newest = max(filter(None, (done.recovery_point, committed)), default=datetime.min.replace(tzinfo=UTC))
    if not found.whole:
        where = (
            f"within the newest archived segment: the rest of it, from {lsn_text(found.replayed)} on,"
            if found.replayed > found.wanted
            else f"before the newest archived segment, which begins at {lsn_text(found.wanted)}: a segment before it"
        )
        detail = f"recovery ended at {lsn_text(found.replayed)}, {where} is damaged"
        return replace(
            done,
            ending=ExerciseOutcome.FAILED,
            reason=Reason.DAMAGED,
            detail=detail,
            recovery_point=min(newest, committed or newest),
        )
    if found.damaged:
        return replace(done, ending=ExerciseOutcome.FAILED, reason=Reason.DAMAGED, detail=found.damaged[0])
    if found.missing:
        detail = f"segment {found.missing} is not in the archive, and later ones are: nothing of them can be replayed"
        return replace(done, ending=ExerciseOutcome.FAILED, reason=Reason.WAL_GAP, detail=detail)
    if found.uncounted or not found.databases:
        detail = next(iter(found.uncounted), "no database answered")
        return replace(done, ending=ExerciseOutcome.UNPROVEN, reason=Reason.UNREADABLE, detail=detail)
    if not any(one.tables for one in found.databases):
        detail = "no database has a table of which anything comes back"
        return replace(done, ending=ExerciseOutcome.UNPROVEN, reason=Reason.EMPTY, detail=detail)
    return replace(done, recovery_point=min(newest, done.begun))


def _size_of(data: Path) -> Comparison:
    """Return how many files came back, and their bytes; nothing is compared entry by entry."""
    found = Comparison()
    for root, _, names in os.walk(data):
        for name in names:
            found.files += 1
            found.bytes += os.lstat(os.path.join(root, name)).st_size
    return found
