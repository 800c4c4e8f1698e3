"""The interface of a collector: a name, a schedule, the kind of item it looks at, and a function."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Generic, TypeVar

from agent.core.collecting.backup_program import BackupProgram
from agent.core.collecting.handover import Handover
from agent.core.errors import Denied, ToolMissing
from agent.core.host import Host
from agent.core.inventory import Copy, Item
from agent.core.looks import LastLook, no_look
from agent.core.manifest import Manifest, ManifestChange
from agent.core.model import Fact, Gap, Observation

# What a collector looks at: one type of declared thing.
Looked = TypeVar("Looked", bound=Item)


def undocumented() -> AbstractContextManager[Path]:
    """Refuse a restore that nothing documents. Raises Denied."""
    raise Denied("no restore without its entry in the register", "run the agent with a ledger that it can write")


def no_program(copy: Copy) -> BackupProgram:
    """Refuse a copy that no backup program here knows. Raises ToolMissing."""
    raise ToolMissing(f"{copy.subject}: no backup program here knows its repository")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a collector may use during one look, and nothing else.

    `here` is the agent's own machine; `host` opens the door to any declared one. `timeout` is what one mute
    thing may cost. `folder` is private to this collector and subject, for caches. `previous` is the last look
    that succeeded, `last_look` gives that of any collector at any subject, `former` what this collector saw of a
    repository, by its id, under a name that is no longer declared; None: nothing newer than `previous`. `budget`
    bounds a verification, in bytes (None: everything). `progress` is told how far it is, 0 to 1. `manifest` gives what
    earlier looks saw of the files of the subject's store. `scheduled` tells the daemon's own rhythm from someone's
    command. `restoring` is the only way to restore: it enters the restore with its standing reason, and gives a private
    folder that is gone afterwards. `program` gives what a copy's backups are made with. `handover` is
    shared with the other looks of the session.
    """

    now: datetime
    here: Host
    host: Callable[[str], Host]
    timeout: timedelta
    folder: Path
    previous: Observation | None = None
    budget: int | None = None
    progress: Callable[[float], None] = lambda share: None
    manifest: Callable[[], Manifest] = Manifest
    scheduled: bool = False
    restoring: Callable[[], AbstractContextManager[Path]] = lambda: undocumented()
    program: Callable[[Copy], BackupProgram] = lambda copy: no_program(copy)
    last_look: LastLook = no_look
    former: Callable[[str], Observation | None] = lambda repository: None
    handover: Handover = field(default_factory=Handover)

    def so_far(self, collector: str, copy: Copy, things: Iterable[object]) -> Observation:
        """Return the look at a copy as it would be kept if it ended now, with the facts among some things."""
        facts = tuple(one for one in things if isinstance(one, Fact))
        return Observation(
            collector=collector, host=copy.host, subject=copy.subject, begun=self.now, ended=self.now, facts=facts
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector(Generic[Looked]):
    """Declare a collector; the registry finds it as `COLLECTOR` in any module below `collectors`.

    `schedule` is a key of `[schedule]` (see agent.core.collecting.schedule_key). `looks_at` is a type of
    agent.core.inventory: one look for each declared item of that type that `applies`; a host whose `collect` leaves
    the `collect_word` out is not looked at. `host_of` tells on which host it looks (a metric's label), `lock_of` names
    what no two processes may look at at once (a repository), `watches` files of the agent's own machine whose change
    makes a look due.
    """

    name: str
    schedule: str
    looks_at: type[Looked]
    collect: Callable[[Looked, Look], Iterable[Fact | Gap | ManifestChange]]
    subject_of: Callable[[Looked], str]
    host_of: Callable[[Looked], str]
    applies: Callable[[Looked], bool] = lambda item: True
    collect_word: str | None = None
    lock_of: Callable[[Looked], str | None] = lambda item: None
    watches: tuple[str, ...] = ()


def copy_collector(
    *,
    name: str,
    schedule: str,
    collect: Callable[[Copy, Look], Iterable[Fact | Gap | ManifestChange]],
    applies: Callable[[Copy], bool],
    host_of: Callable[[Copy], str] = lambda copy: copy.host,
    lock_of: Callable[[Copy], str | None] = lambda copy: copy.repository,
) -> Collector[Copy]:
    """Declare a collector that looks at copies, as all do: one process at a repository at once, on the copy's host.

    `place` alone, which opens no repository, locks none (`no_lock`); what the store program does is of `store_host`.
    """
    return Collector(
        name=name,
        schedule=schedule,
        looks_at=Copy,
        collect=collect,
        subject_of=lambda copy: copy.subject,
        host_of=host_of,
        applies=applies,
        lock_of=lock_of,
    )


def store_host(copy: Copy) -> str:
    """Return the host whose store program is asked about a copy; without one, the copy's own."""
    return copy.host if copy.store is None else copy.store.host


def no_lock(copy: Copy) -> None:
    """Lock nothing while a copy is looked at."""
