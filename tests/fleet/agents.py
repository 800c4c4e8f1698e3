"""Agents of a test's fleet: ledgers with rows, enrolled at a real database."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from agent.accounting.expectation import Days
from agent.config.settings import FleetSettings
from agent.core.clock import Clock, SystemClock
from agent.core.model import Key, State, Verdict
from agent.core.reason import Reason
from agent.fleet.database import connected
from agent.fleet.enrolment import Enrolment, enrol
from agent.fleet.schema import agent_role
from agent.fleet.sending import Sender, SentLedger
from agent.ledger.ledger import Ledger, VerdictRecord
from tests.export.samples import TARGETS
from tests.fleet.databases import LaidOn


@dataclass
class FleetMember:
    """An agent: its name, its state directory, its ledger and the database that it sends to."""

    name: str
    directory: Path
    ledger: Ledger
    laid: LaidOn

    @property
    def settings(self) -> FleetSettings:
        """Return its `[fleet]`."""
        return self.laid.settings(agent_role(self.name), self.name)

    @property
    def own(self) -> SentLedger:
        """Return whose ledger it sends."""
        return SentLedger.of(self.name, self.directory)

    def enrol(self, *, replaces: bool = False) -> None:
        """Have it admitted."""
        with self.laid.administrator() as database:
            enrol(database, Enrolment(agent=self.name, fingerprint=self.own.fingerprint, replaces=replaces))

    def append(self, rows: int, beneficiary: str = "scota") -> None:
        """Append rows to its ledger."""
        if rows:
            values = {"performed": "2026-01-02", "by": "dpo", "author": "tech", "beneficiary": beneficiary}
            self.ledger.enter("audit", lambda _: [({**values, "evidence": f"{n}"}, beneficiary) for n in range(rows)])

    def judge(self, states: Mapping[str, State], at: datetime | None = None) -> None:
        """Declare hosts, and judge the clock-free target `patching` of each."""
        now = at or SystemClock().now()
        keys = {host: Key(target="patching", subject=host, beneficiary="scota") for host in states}
        self.ledger.keep_load("d", dict.fromkeys(keys.values(), Days()), TARGETS)
        self.ledger.keep_verdicts(
            [VerdictRecord(verdict=verdict(keys[host], state, now), stretch=None) for host, state in states.items()]
        )

    def declare(self, keys: Mapping[Key, date | None]) -> None:
        """Declare keys beside what is declared already, each from a day on."""
        declared = dict(self.ledger.loads()[-1].declared) if self.ledger.loads() else {}
        declared |= {key: Days(starts=starts) for key, starts in keys.items()}
        self.ledger.keep_load("d", declared, TARGETS)

    def send(self) -> int:
        """Send all that waits; return how many rows."""
        sent = 0
        with connected(self.settings) as database:
            sender = Sender(self.ledger, self.own, database)
            while True:
                batch = sender.send()
                sent += batch.rows
                if not batch.waiting:
                    return sent

    def damage(self, *statements: str) -> None:
        """Change its ledger behind the program's back."""
        path = self.directory / "ledger.sqlite"
        with closing(sqlite3.connect(path)) as connection, connection:
            for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            for one in statements:
                connection.execute(one)

    def rows(self) -> list[tuple[object, ...]]:
        """Return the chain as its own ledger has it."""
        return self.ledger.ask(
            lambda here: [
                tuple(row)
                for row in here.exec_driver_sql(
                    "SELECT sequence, instant, kind, beneficiary, payload_sha256, link, text "
                    "FROM chain LEFT JOIN payload USING (sequence) ORDER BY sequence"
                )
            ]
        )

    def received(self) -> list[tuple[object, ...]]:
        """Return the chain as the database has it."""
        return self.laid.run(
            "SELECT sequence, instant, kind, r.beneficiary, payload_sha256, link, text FROM beffroi.row AS r "
            f"LEFT JOIN beffroi.payload USING (ledger, sequence) WHERE ledger = '{self.own.fingerprint}' ORDER BY 1"
        )

    def refusals(self) -> list[tuple[object, ...]]:
        """Return what it was refused, as the centre reads it."""
        return self.laid.run("SELECT agent, reason, sequence FROM beffroi.refusal", role="beffroi_centre")


def verdict(key: Key, state: State, at: datetime) -> Verdict:
    """Return a verdict of a state that stands for six hours."""
    return Verdict(
        target=key.target,
        subject=key.subject,
        beneficiary=key.beneficiary,
        at=at,
        state=state,
        measured=state,
        day_state=state,
        reason=Reason.WITHIN_LIMIT if state is State.MET else Reason.OVERDUE,
        unit="seconds",
        value=3.5,
        limit=10.0,
        observed_at=at,
        stands_until=at + timedelta(hours=6),
    )


@contextmanager
def member(
    laid: LaidOn, folder: Path, name: str = "arras-1", rows: int = 0, clock: Clock | None = None
) -> Iterator[FleetMember]:
    """Make an agent with some rows, and have it admitted."""
    folder.mkdir(exist_ok=True)
    with Ledger.open(folder, clock=clock or SystemClock()) as ledger:
        made = FleetMember(name=name, directory=folder, ledger=ledger, laid=laid)
        made.append(rows)
        made.enrol()
        yield made
