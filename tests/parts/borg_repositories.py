"""Real borg repositories with archives of chosen dates and machines, watched as the daemon would.

Needs borg. `hosts`: borg names the machine on which it runs, so that another name is given to it by Python's own start.
"""

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.core.model import Observation, Reading, Verdict
from agent.evaluation.round import Round
from agent.evaluation.session import open_session, reading
from agent.evaluation.tasks import run_task, tasks_of
from agent.queries.current_state import current_snapshot
from tests.parts.ports import free_port
from tests.parts.watched import HEAD

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PASSWORD = "correct horse"
LISTING, CHECK = "borg_archives", "borg_check"
OTHER_NAME = "import socket\nsocket.gethostname = lambda: {host!r}\n"

BACKUP = """
[[backup]]
id = "{id}"
program = "borg"
host = "srv-1"
snapshot_host = "srv-1"
paths = ["{source}"]
{of_backup}
[[backup.copy]]
id = "vault"
repository = "{repository}"
site = "cambrai"
country = "FR"
{more}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BorgRepository:
    """One borg repository on this machine's disk, and what writes into it; `base` is where that borg keeps its own."""

    folder: Path
    base: Path
    password: str = PASSWORD
    program: str = "borg"

    def run(self, *arguments: str, host: str = "srv-1", more: Mapping[str, str] | None = None) -> str:
        """Run borg as anyone who makes the backups would, and return what it printed; `more` are further variables."""
        named = self.base / "names" / host
        named.mkdir(parents=True, exist_ok=True)
        (named / "sitecustomize.py").write_text(OTHER_NAME.format(host=host))
        environment = {
            **os.environ,
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "PYTHONPATH": str(named),
            "BORG_BASE_DIR": str(self.base),
            "BORG_PASSPHRASE": self.password,
            "BORG_RELOCATED_REPO_ACCESS_IS_OK": "yes",
            "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
            "BORG_CHECK_I_KNOW_WHAT_I_AM_DOING": "YES",
            "BORG_DELETE_I_KNOW_WHAT_I_AM_DOING": "YES",
            **(more or {}),
        }
        argv = [self.program, *arguments]
        done = subprocess.run(
            argv, capture_output=True, text=True, env=environment, timeout=120, check=False, errors="replace"
        )
        assert done.returncode == 0, f"{argv}: {done.returncode}: {done.stderr}"
        return done.stdout

    def init(self, encryption: str = "repokey-blake2") -> "BorgRepository":
        """Make the repository."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self.run("init", "--encryption", encryption, str(self.folder))
        return self

    def create(
        self, name: str, *paths: Path | str, age: timedelta, host: str = "srv-1", more: Iterable[str] = ()
    ) -> str:
        """Make an archive of some paths, dated so long ago, and return its name."""
        when = f"{datetime.now(UTC) - age:%Y-%m-%dT%H:%M:%S}"
        self.run(
            "create", "--timestamp", when, *more, f"{self.folder}::{name}", *(str(path) for path in paths), host=host
        )
        return name

    def segments(self) -> list[Path]:
        """Return the files that hold the data, the largest first."""
        return sorted(self.folder.glob("data/*/*"), key=lambda file: file.stat().st_size, reverse=True)

    def state(self) -> dict[str, tuple[int, int, bytes]]:
        """Return what every file of it is, for what must not change."""
        return {
            str(file.relative_to(self.folder)): (file.stat().st_mtime_ns, file.stat().st_size, file.read_bytes())
            for file in sorted(self.folder.rglob("*"))
            if file.is_file()
        }

    def copied(self, folder: Path) -> "BorgRepository":
        """Return a copy of it elsewhere, with its own borg."""
        shutil.copytree(self.folder, folder)
        return BorgRepository(folder=folder, base=folder.parent / f"{folder.name}.base", password=self.password)


@dataclass
class BorgSite:
    """A configuration whose backups are borg repositories below `folder`."""

    folder: Path
    source: Path
    hosts: str = ""
    backups: str = ""
    demonstration: bool = True
    port: int = field(default_factory=free_port)

    @property
    def password_file(self) -> Path:
        """Return the file that holds the repositories' password."""
        path = self.folder / "password"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(PASSWORD + "\n")
        return path

    @property
    def configuration(self) -> Path:
        """Return the configuration, written anew."""
        path = self.folder / "beffroi.toml"
        head = HEAD.format(
            state=self.folder / "state",
            port=self.port,
            timeout="30s",
            starts="2026-01-01",
            demonstration=str(self.demonstration).lower(),
        )
        path.write_text(head + self.hosts + self.backups)
        return path

    def declare(self, id: str, repository: str, *, more: str | None = None, backup: str = "", source: str = "") -> None:
        """Declare a backup whose only copy is a repository; `more` None: its password file is the site's."""
        more = f'password_file = "{self.password_file}"' if more is None else more
        self.backups += BACKUP.format(
            id=id, repository=repository, more=more, of_backup=backup, source=source or self.source
        )

    def look(self, *collectors: str, only: Iterable[str] = ()) -> dict[tuple[str, str], Reading]:
        """Carry out looks at all copies, or at some, in this order, keep and judge them; return what each gave."""
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

    def verdicts(self) -> dict[str, dict[str, Verdict]]:
        """Return the verdicts of each backup by target, as the page and the metrics read them."""
        with reading(self.configuration) as (configuration, ledger, clock):
            snapshot = current_snapshot(configuration, ledger, now=clock.now())
        found: dict[str, dict[str, Verdict]] = {}
        for one in (standing.verdict for standing in snapshot.standings):
            found.setdefault(one.subject.partition("/")[0], {})[one.target] = one
        return found

    def told(self, id: str) -> dict[str, str]:
        """Return state and reason of each verdict on one backup, by target."""
        return {target: f"{one.state.value} {one.reason.value}" for target, one in self.verdicts()[id].items()}
