"""Tasks: one collector to be run on one item, under a lock and a deadline."""

import hashlib
import logging
import queue
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from agent.accounting.timeline import CLOCK_TOLERANCE
from agent.config.schedule_keys import schedule_keys
from agent.core.clock import Clock
from agent.core.collecting.backup_program import BackupProgram
from agent.core.collecting.collector import Collector, Look, no_program, undocumented
from agent.core.collecting.handover import Handover
from agent.core.errors import Denied, LookError, Stopped, Unreadable
from agent.core.facts.installed_programs import OUTDATED
from agent.core.host import Host
from agent.core.inventory import Copy, DeclaredHost, Inventory, Item
from agent.core.judging.looked_at import FACT as LOOKED_AT
from agent.core.judging.looked_at import LookTarget, target_of
from agent.core.looks import NOT_BEFORE
from agent.core.manifest import Manifest, ManifestChange, joined
from agent.core.model import Evidence, Fact, Failure, Gap, Observation, Reading
from agent.core.reason import Reason
from agent.evaluation.registry import Registry
from agent.evaluation.workers import Workers
from agent.hosts.evidence import RecordingHost
from agent.ledger.locks import repository_lock

log = logging.getLogger("beffroi.look")

# A look that has just ended is kept within that time, the moments for which the daemon holds it included.
KEPT_WITHIN_SECONDS = 10.0
_PAUSE_SECONDS = 0.1
# The facts and gaps of one look: far above those of twenty thousand packages or of a list of recovery points, and low
# enough that they fit into memory. A backstop: what a host lists is bounded where it is read.
MOST_SEEN = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One look to take; `target` is what it is taken at, as it is kept with what was seen (None: it is not)."""

    collector: Collector[Any]
    item: Item
    target: LookTarget | None = None

    @property
    def subject(self) -> str:
        """Return what is looked at."""
        return self.collector.subject_of(self.item)

    @property
    def host(self) -> str:
        """Return the host for which it is looked at."""
        return self.collector.host_of(self.item)

    @property
    def name(self) -> tuple[str, str]:
        """Return what tells this task from every other."""
        return (self.collector.name, self.subject)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskContext:
    """What every task needs: the doors to machines, the clock, a folder for caches and locks, a limit."""

    here: Host
    host: Callable[[str], Host]
    clock: Clock
    folder: Path
    timeout: timedelta
    previous: Callable[[str, str], Observation | None]
    former: Callable[[str, str, str], Observation | None] = lambda collector, subject, repository: None
    newest_row: Callable[[], datetime | None] = lambda: None
    manifest: Callable[[str], Manifest] = lambda subject: Manifest()
    restoring: Callable[[Any], AbstractContextManager[Path]] = lambda item: undocumented()
    program: Callable[[Copy], BackupProgram] = no_program
    reach: Callable[[str], None] = lambda host: None
    leave: Callable[[str], None] = lambda host: None
    jump: Callable[[str], str | None] = lambda host: None
    handover: Handover = field(default_factory=Handover)


def way_of(task: Task) -> str | None:
    """Return the host behind SSH at which an task looks, whose door is to be opened first; None: there is none."""
    item = task.item
    return item.id if isinstance(item, DeclaredHost) and item.transport == "ssh" else None


def run_tasks(todo: Sequence[Task], context: TaskContext) -> Iterator[Reading]:
    """Yield the result of each look, as they come. Raises Stopped."""
    back: queue.SimpleQueue[Reading | Stopped] = queue.SimpleQueue()

    def look(task: Task) -> Reading | Stopped:
        try:
            return run_task(task, context)
        except Stopped as stopped:
            return stopped

    workers: Workers[Task, Reading | Stopped] = Workers(
        clock=context.clock,
        run_task=look,
        done=lambda task, reading: back.put(reading),
        way_of=way_of,
        open_way=context.reach,
        close_way=context.leave,
        jump_of=context.jump,
    )
    try:
        for task in todo:
            workers.offer(task.name, task, 0.0)
        for _task in todo:
            reading = back.get()
            if isinstance(reading, Stopped):
                raise reading
            yield reading
    finally:
        workers.stop(0.0)


def tasks_of(registry: Registry, inventory: Inventory, schedule: str | None = None) -> Iterator[Task]:
    """Yield a look for each collector of each declared thing; `schedule` narrows to one rhythm.

    Looks at one thing come together: those at a copy share a list of its points.
    """
    collectors = [one for one in registry.collectors.values() if schedule in (None, one.schedule)]
    for item in inventory.items():
        found = [one for one in collectors if isinstance(item, one.looks_at) and one.applies(item)]
        target = target_of(item, inventory) if found else None
        for collector in found:
            if _asked_for(collector, item):
                yield Task(collector=collector, item=item, target=target)


def _asked_for(collector: Collector[Any], item: Item) -> bool:
    word = collector.collect_word
    return word is None or not isinstance(item, DeclaredHost) or item.collects(word)


def takes_long(task: Task) -> bool:
    """Return whether a look reads or restores for long: `check` goes by what it showed, and never takes it itself."""
    return schedule_keys()[task.collector.schedule].long


def run_task(
    task: Task,
    context: TaskContext,
    *,
    budget: int | None = None,
    progress: Callable[[float], None] = lambda share: None,
    scheduled: bool = False,
) -> Reading:
    """Return the result of one look; nothing that goes wrong in it leaves this function.

    `scheduled` tells the daemon's own rhythm from someone's command.
    """
    evidence: list[Evidence] = []
    begun = context.clock.now()
    try:
        seen = tuple(_held_to_most(task, _seen(task, context, evidence, budget, progress, scheduled)))
    except Stopped:
        raise
    except LookError as error:
        return _failure(task, context, evidence, begun=begun, reason=error.reason, detail=error.detail)
    except Exception as error:  # noqa: BLE001  # whatever it is, it costs this one look and becomes its reason
        log.error("collector %s on %s: %s", *task.name, traceback.format_exc())
        detail = f"{type(error).__name__} in {task.collector.name}; the log has the details"
        return _failure(task, context, evidence, begun=begun, reason=Reason.BUG, detail=detail)
    return Observation(
        collector=task.collector.name,
        host=task.host,
        subject=task.subject,
        begun=begun,
        ended=context.clock.now(),
        facts=tuple(thing for thing in seen if isinstance(thing, Fact)),
        gaps=tuple(thing for thing in seen if isinstance(thing, Gap)),
        evidence=tuple(evidence),
        manifest=joined(thing for thing in seen if isinstance(thing, ManifestChange)),
    )


def _seen(
    task: Task,
    context: TaskContext,
    evidence: list[Evidence],
    budget: int | None,
    progress: Callable[[float], None],
    scheduled: bool,
) -> Iterator[Fact | Gap | ManifestChange]:
    collector, outdated = task.collector, set[tuple[str, str]]()
    begun = context.clock.now()
    look = Look(
        now=begun,
        here=RecordingHost(context.here, evidence, outdated),
        host=lambda id: RecordingHost(context.host(id), evidence, outdated),
        timeout=context.timeout,
        folder=private_folder(context.folder, task),
        budget=budget,
        progress=progress,
        manifest=lambda: context.manifest(task.subject),
        scheduled=scheduled,
        restoring=lambda: context.restoring(task.item),
        program=context.program,
        last_look=context.previous,
        former=lambda repository: context.former(collector.name, task.subject, repository),
        handover=context.handover,
    )
    lock = collector.lock_of(task.item)
    # A night's verification must not starve the refresh beside it: both only read, so each has a lock of its own.
    with (
        nullcontext(enter_result=False)
        if lock is None
        else repository_lock(context.folder, f"{collector.name} {lock}", context.timeout)
    ) as waited:
        others = begun if waited and takes_long(task) else None
        yield from collector.collect(task.item, replace(look, previous=_previous(task, context, others)))
    for host, program in sorted(outdated):
        yield Fact(name=OUTDATED, subject=host, value=program, as_of=look.now)
    if task.target is not None:
        yield Fact(name=LOOKED_AT, subject=task.subject, value=task.target.digest, as_of=look.now)
    newest_row = context.newest_row()
    if newest_row is not None and look.now + CLOCK_TOLERANCE < newest_row:
        yield Fact(name=NOT_BEFORE, subject=task.subject, value=True, as_of=newest_row)


def _previous(task: Task, context: TaskContext, since: datetime | None) -> Observation | None:
    """Return the newest look before this one; `since`: another one has looked until now, and ended after that.

    What that one saw is kept some moments later. Without it, what it found damaged would be forgotten.
    """
    found = context.previous(*task.name)
    until = time.monotonic() + KEPT_WITHIN_SECONDS
    while since is not None and (found is None or found.ended < since) and time.monotonic() < until:
        time.sleep(_PAUSE_SECONDS)
        found = context.previous(*task.name)
    return found


def _held_to_most(task: Task, seen: Iterable[Fact | Gap | ManifestChange]) -> Iterator[Fact | Gap | ManifestChange]:
    """Yield what was seen. Raises Unreadable where that is more than any honest thing shows: none is believed."""
    for number, one in enumerate(seen):
        if number == MOST_SEEN:
            raise Unreadable(f"{task.subject} shows more than {MOST_SEEN} things to {task.collector.name}")
        yield one


def private_folder(folder: Path, task: Task) -> Path:
    """Return, made if need be, the folder that only this collector uses for this subject. Raises Denied."""
    digest = hashlib.sha256(" ".join(task.name).encode()).hexdigest()[:16]
    made = folder / "cache" / f"{task.collector.name}-{digest}"
    try:
        made.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Denied(f"cannot make {made}: {error.strerror}", "make room there, or make it writable") from error
    return made


def _failure(
    task: Task, context: TaskContext, evidence: list[Evidence], *, begun: datetime, reason: Reason, detail: str
) -> Failure:
    return Failure(
        collector=task.collector.name,
        host=task.host,
        subject=task.subject,
        begun=begun,
        ended=context.clock.now(),
        reason=reason,
        detail=detail,
        evidence=tuple(evidence),
    )
