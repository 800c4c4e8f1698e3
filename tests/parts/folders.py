"""Folders of archives, each a backup of its own made with `files`, that are looked at together as the daemon would.

>>> site = FolderSite(folder)
... erp = site.declare("erp", sets='{ id = "vm", match = "*.vbk" }')
... archive(erp / "vm-1.vbk", age=DAY)
... site.look()
... site.verdicts()["erp"]
"""

import os
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from agent.core.model import Failure, Observation, Reading, Verdict
from agent.evaluation.round import Round
from agent.evaluation.session import open_session, reading
from agent.evaluation.tasks import run_task, tasks_of
from agent.queries.current_state import current_snapshot
from tests.parts.ports import free_port
from tests.parts.watched import HEAD

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LISTING, DIGESTS = "file_sets", "file_digests"

BACKUP = """
[[backup]]
id = "{id}"
program = "files"
host = "srv-1"
snapshot_host = "srv-1"
{of_backup}
[[backup.copy]]
id = "nas"
store = {{ host = "{store}", path = "{path}" }}
site = "cambrai"
country = "FR"
sets = [{sets}]
{more}
"""


def content(seed: str, size: int = 4096) -> bytes:
    """Return bytes that no other seed gives."""
    return random.Random(seed).randbytes(size)


def archive(path: Path, *, age: timedelta, size: int = 4096, data: bytes | None = None) -> Path:
    """Write a file as a backup of some age left it; its content is that of its name and age."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content(f"{path} {age}", size) if data is None else data)
    return dated(path, age)


def dated(path: Path, age: timedelta) -> Path:
    """Give a file the modification time of some age."""
    written = int(time.time()) - int(age.total_seconds())
    os.utime(path, (written, written))
    return path


@dataclass
class FolderSite:
    """A configuration whose backups are folders below `folder`; `store` is the host that holds them."""

    folder: Path
    hosts: str = ""
    store: str = "srv-1"
    backups: str = ""
    settle: str = "0s"
    port: int = field(default_factory=free_port)

    @property
    def configuration(self) -> Path:
        """Return the configuration, written anew."""
        path = self.folder / "beffroi.toml"
        head = HEAD.format(
            state=self.folder / "state", port=self.port, timeout="30s", starts="2026-01-01", demonstration="true"
        )
        path.write_text(head + self.hosts + self.backups)
        return path

    def declare(
        self, id: str, *, sets: str = '{ id = "vm", match = "*.vbk" }', more: str = "", backup: str = ""
    ) -> Path:
        """Declare a backup of one folder; return the folder, which is there."""
        path = self.folder / "nas" / id
        path.mkdir(parents=True, exist_ok=True)
        more += f'\nsettle = "{self.settle}"  # of {id}'
        self.backups += BACKUP.format(id=id, store=self.store, path=path, sets=sets, more=more, of_backup=backup)
        return path

    def settle_for(self, id: str, settle: str) -> None:
        """Declare how long a backup's files are left alone after their last change."""
        self.backups = self.backups.replace(
            f'settle = "{self.settle}"  # of {id}\n', f'settle = "{settle}"  # of {id}\n'
        )

    def look(self, *collectors: str, only: Iterable[str] = ()) -> dict[tuple[str, str], Reading]:
        """Carry out looks at all folders, or at some, in this order, keep and judge them; return what each gave."""
        found: dict[tuple[str, str], Reading] = {}
        with open_session(self.configuration) as session:
            turn = Round(session)
            todo = tuple(tasks_of(session.registry, session.configuration.inventory))
            for name in collectors or (LISTING,):
                for task in (one for one in todo if one.collector.name == name):
                    if not only or task.subject.partition("/")[0] in only:
                        one = run_task(task, session.context, scheduled=True)
                        found[name, task.subject.partition("/")[0]] = one
                        turn.take(one)
            turn.judge(session.wanted)
        return found

    def observed(self, collector: str, id: str) -> Observation:
        """Return one look that must succeed."""
        one = self.look(collector, only=(id,))[collector, id]
        assert isinstance(one, Observation), one
        return one

    def failed(self, collector: str, id: str) -> Failure:
        """Return one look that must fail."""
        one = self.look(collector, only=(id,))[collector, id]
        assert isinstance(one, Failure), one
        return one

    def kept(self) -> dict[tuple[str, str], Verdict]:
        """Return the verdicts by target and subject, as the page and the metrics read them."""
        with reading(self.configuration) as (configuration, ledger, clock):
            snapshot = current_snapshot(configuration, ledger, now=clock.now())
        return {(one.verdict.target, one.verdict.subject): one.verdict for one in snapshot.standings}

    def verdicts(self) -> dict[str, tuple[str, str]]:
        """Return by backup the words of `backup-rpo` and `backup-offsite`: the state, and where not met the reason."""
        kept, found = self.kept(), {}
        for target, subject in kept:
            if target == "backup-rpo":
                found[subject] = (told(kept[target, subject]), told(kept["backup-offsite", f"{subject}/nas"]))
        return found


def told(verdict: Verdict) -> str:
    """Return a verdict in a word or two."""
    state = verdict.state.value
    return state if state == "met" else f"{state} {verdict.reason.value}"
