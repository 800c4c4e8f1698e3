"""A store host behind a real sshd, and one copy whose repository lies there, looked at through a ledger of its own.

>>> with store_host(folder) as host:
...     watch = StoreWatch(repository=made, host=host.forced(made.folder), folder=folder / "watch")
...     watch.look("store_listing"), watch.verify()
"""

import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.core.collecting.handover import Handover
from agent.core.facts.verification import Verification, verification_of
from agent.core.host import Host
from agent.core.inventory import Copy, Store
from agent.core.manifest import Manifest
from agent.core.model import Observation, Reading
from agent.evaluation.registry import find
from agent.evaluation.tasks import Task, TaskContext, run_task
from agent.hosts.local import LocalHost
from agent.hosts.ssh.config import NO_FILE
from agent.hosts.ssh.host import SshHost
from agent.hosts.ssh.route import Client, DeclaredRoute
from agent.hosts.store_program import script
from agent.ledger.ledger import Ledger
from collectors.restic import LOOKS as RESTIC
from tests.parts.kept import keep_reading
from tests.parts.repositories import PASSWORD, Repository
from tests.parts.sshd import Sshd, make_key, public_key, running_sshd

# The script up to where it does what it was asked, which a test may do otherwise.
BEGINNING = script().partition("case $verb in")[0]
TIMEOUT = timedelta(seconds=30)


class ShiftedClock:
    """This machine's time, moved by `shift`."""

    def __init__(self) -> None:
        self.shift = timedelta(0)

    def now(self) -> datetime:
        """Return the wall clock."""
        return datetime.now(UTC) + self.shift

    def monotonic(self) -> float:
        """Return the same in seconds."""
        return self.now().timestamp()


@dataclass(slots=True)
class StoreHost:
    """A started sshd; each door is an account of its own, as far as its key goes."""

    sshd: Sshd
    doors: list[SshHost] = field(default_factory=list)

    def shell(self) -> SshHost:
        """Return the door of an account that has a shell and none of our programs."""
        return self._door(self.sshd.key_file)

    def forced(self, *roots: Path, before: str = "", text: str | None = None) -> SshHost:
        """Return the door of a key whose one command is the script, for these folders.

        `before` stands before the command (variables, a change of user); `text` is another script in its place.
        """
        number = len(self.doors)
        installed = self.sshd.folder / f"beffroi-store-{number}"
        installed.write_text(script() if text is None else text)
        installed.chmod(0o755)
        key = make_key(self.sshd.folder / f"forced-{number}")
        command = f"{before} {installed} {' '.join(str(root) for root in roots)}".strip()
        with (self.sshd.folder / "authorized_keys").open("a") as keys:
            keys.write(f'restrict,command="{command}" {public_key(key)}\n')
        return self._door(key)

    def _door(self, key: Path) -> SshHost:
        sshd = self.sshd
        asked = DeclaredRoute(
            name=sshd.address, port=sshd.port, user=sshd.user, key_file=key, known_hosts=sshd.known_hosts
        )
        home = Path(pwd.getpwnam(sshd.user).pw_dir)
        door = SshHost("vault", asked, timeout=TIMEOUT, client=Client(user=sshd.user, home=home, file=NO_FILE))
        self.doors.append(door)
        return door


@contextmanager
def store_host(folder: Path) -> Iterator[StoreHost]:
    """Yield a store host, and close every door to it at the end."""
    with running_sshd(folder) as sshd:
        host = StoreHost(sshd)
        try:
            yield host
        finally:
            for door in host.doors:
                door.close()


@dataclass(slots=True, kw_only=True)
class StoreWatch:
    """Look at one copy as the daemon would: each look knows what the ledger kept of those before."""

    repository: Repository
    host: Host
    folder: Path
    address: str | None = None
    password_file: Path | None = None
    environment_file: Path | None = None
    paths: tuple[str, ...] = ()
    canary: str | None = None
    clock: ShiftedClock = field(default_factory=ShiftedClock)
    handover: Handover = field(default_factory=Handover)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    @property
    def copy(self) -> Copy:
        """Return the copy as it is declared."""
        password_file = self.password_file or self.folder / "password"
        if not password_file.exists():
            password_file.write_text(PASSWORD + "\n")
        return Copy(
            program=RESTIC,
            id="offsite",
            backup="files",
            repository=self.address or str(self.repository.folder),
            password_file=password_file,
            environment_file=self.environment_file,
            offsite=True,
            paths=self.paths,
            canary=self.canary,
            store=Store(host="vault", path=str(self.repository.folder)),
            host="srv-1",
            snapshot_host="srv-1",
        )

    def look(self, collector: str, *, budget: int | None = None, scheduled: bool = False) -> Reading:
        """Take one look and keep it."""
        with self._ledger() as ledger:
            reading = run_task(
                Task(collector=find().collectors[collector], item=self.copy),
                TaskContext(
                    here=LocalHost("srv-1"),
                    host=lambda id: self.host,
                    clock=self.clock,
                    folder=self.folder,
                    timeout=TIMEOUT,
                    previous=lambda name, subject: _observation(ledger, name, subject),
                    manifest=ledger.manifest,
                    handover=self.handover,
                ),
                budget=budget,
                scheduled=scheduled,
            )
            keep_reading(ledger, reading)
        return reading

    def observe(self, collector: str, *, budget: int | None = None) -> Observation:
        """Take one look that must succeed."""
        reading = self.look(collector, budget=budget)
        assert isinstance(reading, Observation), reading
        return reading

    def verify(self, *, budget: int | None = None, scheduled: bool = False) -> Verification:
        """Verify the copy, and return what `beffroi verify` would say."""
        return verification_of(self.copy, self.look("store_hash", budget=budget, scheduled=scheduled))

    def manifest(self) -> Manifest:
        """Return what the ledger knows of the store's files."""
        with self._ledger() as ledger:
            return ledger.manifest(self.copy.subject)

    def _ledger(self) -> Ledger:
        return Ledger.open(self.folder, clock=self.clock)


def _observation(ledger: Ledger, collector: str, subject: str) -> Observation | None:
    kept = ledger.latest_observation(collector, subject)
    return kept.reading if kept is not None and isinstance(kept.reading, Observation) else None
