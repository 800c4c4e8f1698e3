"""Send a ledger to the fleet's database: in order, from the last row that it holds, in batches.

The ledger is the spool: what was acknowledged is asked of the database itself, and nothing is noted here. A batch is
one transaction, so that a line that is cut leaves it whole or not at all.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Table, select, text
from sqlalchemy.dialects.postgresql import insert as insert_unless_there

from agent.core.errors import UsageError
from agent.core.lines import one_line
from agent.fleet.admitted import FORK
from agent.fleet.database import DatabaseConflict, FleetDatabase, RejectedByDatabase, require_version
from agent.fleet.tables import ADMISSION, PAYLOAD_SENT, PUBLIC_KEY, REFUSED_ROW, ROW
from agent.ledger.keys import PUBLIC_NAME, verifier
from agent.ledger.ledger import Ledger
from agent.ledger.outgoing import OutgoingRow, OutgoingRows, link_at, rows_after

log = logging.getLogger("beffroi.fleet")

T = TypeVar("T")

BATCH_ROWS = 1000
BATCH_LETTERS = 4_000_000
_ATTEMPTS = 5
_DUPLICATE = "23505"


class SendingRefused(UsageError):
    """Raised where the fleet does not take this ledger; `reason` is `fork`, `key`, `link` or `payload`."""

    def __init__(self, reason: str, message: str, hint: str, *, sequence: int = 0) -> None:
        super().__init__(message, hint)
        self.reason = reason
        self.sequence = sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class SentLedger:
    """Whose ledger is sent: the agent's name in the fleet, its key's fingerprint and public half."""

    agent: str
    fingerprint: str
    pem: str

    @classmethod
    def of(cls, agent: str, directory: Path) -> "SentLedger":
        """Return that of a state directory. Raises LedgerError."""
        known = verifier(directory).fingerprint
        return cls(agent=agent, fingerprint=known, pem=(directory / PUBLIC_NAME).read_text())


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBatch:
    """What one transaction sent: how many rows, and how many the ledger has after them."""

    rows: int
    waiting: int


class Sender:
    """Send one ledger over one connection."""

    def __init__(self, ledger: Ledger, own: SentLedger, database: FleetDatabase) -> None:
        self._ledger = ledger
        self._own = own
        self._database = database
        self._admitted_at: datetime | None = None

    def send(self) -> SentBatch:
        """Send the next batch. Raises SendingRefused, DatabaseAway, ForeignDatabase, LedgerError."""
        try:
            return self._next()
        except SendingRefused as error:
            self._tell(error)
            raise

    def _next(self) -> SentBatch:
        try:
            return self._repeated(self._batch)
        except RejectedByDatabase as error:
            if error.state != _DUPLICATE:
                raise
        # Another writer was faster: its row is there now, and either it is ours or the ledgers have parted.
        return self._repeated(self._batch)

    def _require_admission(self, connection: Connection) -> None:
        require_version(connection, self._database.name)
        query = select(ADMISSION.c.agent, ADMISSION.c.ledger, ADMISSION.c.admitted_at)
        found = connection.execute(query).first()
        hint = f"beffroi fleet enrol {self._own.agent} --fingerprint {self._own.fingerprint}"
        if found is None:
            raise UsageError(f"{self._database.name} has admitted no agent with this role", hint)
        if found.agent != self._own.agent:
            raise UsageError(
                f"the role is that of {found.agent}, and this is {self._own.agent}", "correct agent or user in [fleet]"
            )
        self._admitted_at = found.admitted_at
        if found.ledger != self._own.fingerprint:
            what = f"the fleet knows {self._own.agent} by another key, {found.ledger}"
            raise SendingRefused("key", what, f"{hint} --replaces, where it was reinstalled")

    def _batch(self, connection: Connection) -> SentBatch:
        self._require_admission(connection)
        own = ROW.c.ledger == self._own.fingerprint
        last = connection.execute(
            select(ROW.c.sequence, ROW.c.link).where(own).order_by(ROW.c.sequence.desc()).limit(1)
        ).first()
        sequence = 0 if last is None else int(last.sequence)
        if last is None:
            pem = {"ledger": self._own.fingerprint, "pem": self._own.pem}
            connection.execute(insert_unless_there(PUBLIC_KEY).values(**pem).on_conflict_do_nothing())
        else:
            self._hold_to(sequence, str(last.link))
        found = self._ledger.ask(lambda here: rows_after(here, sequence, rows=BATCH_ROWS, letters=BATCH_LETTERS))
        if found.rows:
            hold_to_chain(found.rows)
            self._add(connection, found)
        return SentBatch(rows=len(found.rows), waiting=found.newest - sequence - len(found.rows))

    def _hold_to(self, sequence: int, link: str) -> None:
        known = self._ledger.ask(lambda here: link_at(here, sequence))
        if known == link:
            return
        what = f"has another row {sequence}" if known is not None else f"has no row {sequence}, and the fleet has it"
        raise SendingRefused(
            FORK,
            f"this ledger {what}: it was restored from an older copy, or another machine writes with its key",
            "see docs/fleet.md, «A fork»",
            sequence=sequence,
        )

    def _add(self, connection: Connection, found: OutgoingRows) -> None:
        _add_rows(connection, ROW, [self._columns(one, found.newest) for one in found.rows])
        payloads = [
            {
                "ledger": self._own.fingerprint,
                "sequence": one.row.sequence,
                "beneficiary": one.row.beneficiary,
                "text": one.text,
            }
            for one in found.rows
            if one.text is not None
        ]
        _add_rows(connection, PAYLOAD_SENT, payloads)

    def _columns(self, one: OutgoingRow, newest: int) -> dict[str, object]:
        return {
            "ledger": self._own.fingerprint,
            "sequence": one.row.sequence,
            "previous": one.previous,
            "instant": one.row.instant,
            "kind": one.row.kind,
            "beneficiary": one.row.beneficiary,
            "payload_sha256": one.row.payload_sha256,
            "link": one.row.link,
            "ahead": newest - one.row.sequence,
        }

    def _tell(self, refused: SendingRefused) -> None:
        """Enter a refusal, once for each admission, where the fleet's page reads it."""
        told = {
            "agent": self._own.agent,
            "admitted_at": self._admitted_at,
            "reason": refused.reason,
            "fingerprint": self._own.fingerprint,
            "sequence": refused.sequence,
            "detail": one_line(refused.message, 500),
        }
        with self._database.transaction() as connection:
            connection.execute(insert_unless_there(REFUSED_ROW).values(**told).on_conflict_do_nothing())

    def _repeated(self, work: Callable[[Connection], T]) -> T:
        for _ in range(_ATTEMPTS - 1):
            try:
                with self._database.transaction() as connection:
                    return work(connection)
            except DatabaseConflict:
                continue
        with self._database.transaction() as connection:
            return work(connection)


def _add_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Add rows by one statement, a list a column: one statement a row takes the server six times as long."""
    if not rows:
        return
    names = tuple(rows[0])
    lists = ", ".join(f"CAST(:{name} AS {table.c[name].type.compile()}[])" for name in names)
    statement = text(f"INSERT INTO {table.fullname} ({', '.join(names)}) SELECT * FROM unnest({lists})")
    connection.execute(statement, {name: [row[name] for row in rows] for name in names})


def hold_to_chain(rows: Sequence[OutgoingRow]) -> None:
    """Raise SendingRefused for rows that do not follow one another, or whose payload is another than the digested."""
    for one in rows:
        hint = "beffroi ledger verify says more; keep the file as it is"
        if not one.is_linked():
            what = f"row {one.row.sequence} of this ledger does not follow from the row before it"
            raise SendingRefused("link", what, hint, sequence=one.row.sequence)
        if not one.is_whole():
            what = f"the payload of row {one.row.sequence} of this ledger is not the one that was digested"
            raise SendingRefused("payload", what, hint, sequence=one.row.sequence)
