"""A configuration whose backups are archives of database clusters, watched as the daemon would."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.core.model import Observation, Reading, Verdict
from agent.evaluation.round import Round
from agent.evaluation.session import open_session, reading
from agent.evaluation.tasks import run_task, tasks_of
from agent.queries.current_state import current_snapshot
from tests.parts.held_clock import HeldClock
from tests.parts.ports import free_port
from tests.parts.watched import HEAD

BACKUP = """
[[backup]]
id = "{id}"
program = "{program}"
host = "srv-1"
{of_backup}
[[backup.copy]]
id = "vault"
{more}
site = "cambrai"
country = "FR"
environment_file = "{environment}"
"""


@dataclass
class ClusterSite:
    """A configuration in `folder`; its clock stands `ahead` of the machine's."""

    folder: Path
    program: str
    listing: str
    ahead: timedelta = timedelta(0)
    hosts: str = ""
    demonstration: bool = True
    backups: str = ""
    port: int = field(default_factory=free_port)
    timeout: str = "30s"

    @property
    def clock(self) -> HeldClock:
        """Return the agent's clock."""
        return HeldClock(datetime.now(UTC) + self.ahead)

    @property
    def configuration(self) -> Path:
        """Return the configuration, written anew."""
        path = self.folder / "beffroi.toml"
        head = HEAD.format(
            state=self.folder / "state",
            port=self.port,
            timeout=self.timeout,
            starts="2026-01-01",
            demonstration=str(self.demonstration).lower(),
        )
        path.write_text(head + self.hosts + self.backups)
        return path

    def declare(self, id: str, more: str, *, backup: str = "", **environment: str) -> None:
        """Declare a backup with one copy; `environment` is what its environment file sets."""
        file = self.folder / f"{id}.env"
        file.touch(mode=0o600)
        file.write_text("".join(f"{name}={value}\n" for name, value in environment.items()))
        self.backups += BACKUP.format(id=id, program=self.program, more=more, of_backup=backup, environment=file)

    def look(self, *collectors: str, only: Iterable[str] = (), at_once: int = 1) -> dict[tuple[str, str], Reading]:
        """Look at all copies, or at some, in this order, keep and judge them; return what each gave.

        `at_once` is how many copies are looked at side by side, as workers of the daemon do.
        """
        found: dict[tuple[str, str], Reading] = {}
        with open_session(self.configuration, clock=self.clock) as session:
            turn = Round(session)
            todo = tuple(tasks_of(session.registry, session.configuration.inventory))
            for name in collectors or (self.listing,):
                tasks = [one for one in todo if one.collector.name == name]
                tasks = [one for one in tasks if not only or one.subject.partition("/")[0] in only]
                with ThreadPoolExecutor(at_once) as pool:
                    readings = list(pool.map(lambda task: run_task(task, session.context, scheduled=True), tasks))
                for task, one in zip(tasks, readings, strict=True):
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
        with reading(self.configuration, clock=self.clock) as (configuration, ledger, clock):
            snapshot = current_snapshot(configuration, ledger, now=clock.now())
        found: dict[str, dict[str, Verdict]] = {}
        for one in (standing.verdict for standing in snapshot.standings):
            found.setdefault(one.subject.partition("/")[0], {})[one.target] = one
        return found

    def told(self, id: str) -> dict[str, str]:
        """Return state and reason of each verdict on one backup, by target."""
        return {target: f"{one.state.value} {one.reason.value}" for target, one in self.verdicts()[id].items()}
