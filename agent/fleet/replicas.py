"""The centre's copies of its agents' ledgers: filled from the database, held to the chain, read like any ledger."""

import logging
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Self

from sqlalchemy import Connection, func, select

from agent.config.forms import read_id
from agent.config.settings import AGENT_SILENCE
from agent.core.clock import Clock
from agent.core.errors import LedgerDamaged, UsageError
from agent.fleet.admitted import (
    AdmittedLedger,
    admitted_ledgers,
    note_beginning,
    note_fork,
    noted_beginning,
    noted_fork,
)
from agent.fleet.agent_states import NOT_UNDERSTOOD, NotAsWritten, rows_of
from agent.fleet.database import FleetDatabase, ForeignDatabase, require_version
from agent.fleet.silences import note_silences
from agent.fleet.tables import PAYLOAD_SENT, ROW
from agent.ledger.incoming import LedgerCopy, opened_copy
from agent.ledger.keys import verifier_of
from agent.ledger.ledger import Ledger
from agent.ledger.outgoing import OutgoingRow

log = logging.getLogger("beffroi.fleet")

FOLDER = "agents"
AT_ONCE = 2000
# Of several rows; one alone may have more. A slow line takes them within the time of a transaction.
AT_ONCE_BYTES = 16 * 1024 * 1024
# Evidence ages in quarters of an hour at the least.
SETTLE_EVERY_SECONDS = 60.0
# Of a copy that an earlier version made.
_UNKNOWN = datetime.min.replace(tzinfo=UTC)


HoldRows = Callable[[Sequence[OutgoingRow]], None]


def _hold_nothing(rows: Sequence[OutgoingRow]) -> None:
    """Hold rows to the chain alone, as each copy does."""


class ForkedLedger(LedgerDamaged):
    """Raised where the database shows another row than the one that was read there before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """An agent's ledger as the centre has it; `broken`: what its newest rows contradict, or nothing.

    `is_forked`: the database shows another row than the one that was read there before. `forked_at`: when another
    ledger of its key was refused; whose rows came since is not known. `begun`: when it was admitted in the place of
    another of its agent's. `ended`: when another was admitted in its place. `has_counted`: its key was
    the declared one while it was the present one; of any other only what is bad is believed.
    """

    agent: str
    ledger: str
    directory: Path
    broken: str = ""
    is_forked: bool = False
    forked_at: datetime | None = None
    begun: datetime | None = None
    ended: datetime | None = None
    has_counted: bool = True

    @property
    def is_former(self) -> bool:
        """Return whether its agent was given another key: what it holds stays, and nothing follows."""
        return self.ended is not None

    @property
    def is_filled(self) -> bool:
        """Return whether there is anything to read."""
        return (self.directory / "ledger.sqlite").exists()


class Replicas:
    """The copies of one centre, each kept open for reading. Not for several threads at once."""

    def __init__(self, state: Path, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._open: dict[Path, Ledger] = {}
        self._unsettled: set[Path] = set()
        self._settled: dict[Path, float] = {}
        self._broken: dict[Path, str] = {}
        # The ledgers of which the newest refresh left rows for the next.
        self._behind: frozenset[str] = frozenset()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the copies."""
        while self._open:
            self._open.popitem()[1].close()

    @property
    def is_behind(self) -> bool:
        """Return whether the newest refresh left rows of a ledger for the next."""
        return bool(self._behind)

    def ledger(self, replica: Replica) -> Ledger:
        """Return a copy, open for reading until `close`. Raises LedgerError, UsageError where there is none."""
        if replica.directory not in self._open:
            self._open[replica.directory] = Ledger.open(replica.directory, clock=self._clock, readonly=True)
        return self._open[replica.directory]

    def refresh(
        self,
        database: FleetDatabase,
        ages: Mapping[str, timedelta] = MappingProxyType({}),
        declared: Mapping[str, str] = MappingProxyType({}),
        hold: HoldRows = _hold_nothing,
        *,
        seconds: float = math.inf,
    ) -> tuple[Replica, ...]:
        """Bring the copy of each ledger up to date; return those that hold anything, of one agent in their order.

        A ledger that was ever admitted is one, also where the database has lost its admission. Raises DatabaseAway.

        `ages`: for how long each agent may be silent, where that is not `1h`; `declared`: which key each has. Each
        ledger has its share of the seconds, and some rows at least: one that grows without end keeps no other waiting,
        and its copy is as old as its rows. Those that are behind share them first: what the others sent meanwhile is
        shown with it. `hold` raises LedgerDamaged for rows that cannot be read: neither they nor what follows enters a
        copy.
        """
        with database.transaction() as connection:
            require_version(connection, database.name)
            sent = admitted_ledgers(connection)
        ends = self._clock.monotonic() + seconds
        first = [one for one in sent if one.ledger in self._behind]
        then = [one for one in sent if one.ledger not in self._behind]
        refreshed, behind = dict[str, Replica](), set[str]()
        for group in (first, then):
            for place, one in enumerate(group):
                now = self._clock.monotonic()
                until = now + max(0.0, ends - now) / (len(group) - place)
                part = _Part(age=ages.get(one.agent, AGENT_SILENCE), until=until, clock=self._clock, hold=hold)
                counts = one.is_present and declared.get(one.agent, one.ledger) == one.ledger
                refreshed[one.ledger], is_behind = self._refreshed(database, one, part, counts=counts)
                behind.update((one.ledger,) if is_behind else ())
        self._behind = frozenset(behind)
        found = [refreshed[one.ledger] for one in sent]
        told = {one.directory for one in found}
        return in_order([*found, *(one for one in self.known() if one.directory not in told)])

    def known(self) -> tuple[Replica, ...]:
        """Return the copies that are there, without asking: the present one of an agent was filled last."""
        found = [
            Replica(
                agent=file.parent.parent.name,
                ledger=_fingerprint(file.parent.name),
                directory=file.parent,
                begun=noted_beginning(file.parent),
                has_counted=noted_beginning(file.parent) is not None,
                forked_at=noted_fork(file.parent),
            )
            for file in sorted((self._state / FOLDER).glob("*/*/ledger.sqlite"), key=lambda one: one.stat().st_mtime)
        ]
        return in_order(found)

    def _refreshed(
        self, database: FleetDatabase, one: AdmittedLedger, part: "_Part", *, counts: bool
    ) -> tuple[Replica, bool]:
        agent, ledger, pem = one.agent, one.ledger, one.pem
        directory = self._state / FOLDER / agent / _folder(ledger)
        has_counted = counts or noted_beginning(directory) is not None
        made = Replica(
            agent=agent,
            ledger=ledger,
            directory=directory,
            begun=one.admitted_at,
            has_counted=has_counted,
            # What no one settled before another key was admitted stays as it was noted.
            forked_at=one.forked_at if one.is_present else noted_fork(directory),
        )
        try:
            read_id(agent)
            if verifier_of(pem.encode()).fingerprint != ledger:
                raise LedgerDamaged("the public key that was sent is not the admitted one")
            with opened_copy(directory, pem) as copy:
                if counts:
                    note_beginning(directory, one.admitted_at)
                if one.is_present:
                    note_fork(directory, one.forked_at)
                taken, is_behind = _filled(database, copy, ledger, part)
                if taken:
                    self._unsettled.add(directory)
                self._settle(copy, directory)
        except ForeignDatabase:
            raise
        # UsageError: another process keeps this copy's lock.
        except (*NOT_UNDERSTOOD, UsageError) as error:
            if self._broken.get(directory) != str(error):
                log.error("the ledger of %s: %s", agent, error)
            self._broken[directory] = str(error)
            return replace(made, broken=str(error), is_forked=isinstance(error, ForkedLedger)), False
        self._broken.pop(directory, None)
        return made, is_behind

    def _settle(self, copy: LedgerCopy, directory: Path) -> None:
        # It reads what every verdict rests on: for a thousand hosts a second of processor.
        now, last = self._clock.monotonic(), self._settled.get(directory)
        if directory in self._unsettled and (last is None or now - last >= SETTLE_EVERY_SECONDS):
            copy.settle()
            self._unsettled.discard(directory)
            self._settled[directory] = now


def in_order(found: Sequence[Replica]) -> tuple[Replica, ...]:
    """Return replicas by agent, those of one agent in the order in which they followed one another.

    `found` has them in that order, as far as they did not note it.
    """
    ordered: list[Replica] = []
    for agent in sorted({one.agent for one in found}):
        own = sorted((one for one in found if one.agent == agent), key=lambda one: one.begun or _UNKNOWN)
        ends = [*(one.begun or _UNKNOWN for one in own[1:]), None]
        ordered += (
            replace(one, begun=one.begun if number else None, ended=ended)
            for number, (one, ended) in enumerate(zip(own, ends, strict=True))
        )
    return tuple(ordered)


def _folder(ledger: str) -> str:
    return ledger.removeprefix("SHA256:").translate(str.maketrans("+/", "-_"))


def _fingerprint(folder: str) -> str:
    return f"SHA256:{folder.translate(str.maketrans('-_', '+/'))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What one ledger has of a refresh, until a monotonic second; `age` is for how long its agent may be silent.

    `hold` raises LedgerDamaged for rows that say what this program cannot read.
    """

    age: timedelta
    until: float
    clock: Clock
    hold: HoldRows

    def is_over(self, begun: float) -> bool:
        """Return whether the next ledger has its turn: what would take as long as what has `begun` then has no time."""
        now = self.clock.monotonic()
        return now >= self.until or now + (now - begun) > self.until


def _filled(database: FleetDatabase, copy: LedgerCopy, ledger: str, part: _Part) -> tuple[bool, bool]:
    """Take what the database has and the copy lacks, until its part is over.

    Return whether there was any, and whether there may be more.
    """
    begun, link = copy.newest()
    sequence = begun
    while True:
        began_at = part.clock.monotonic()
        with database.transaction() as connection:
            if sequence:
                own = select(ROW.c.link).where(ROW.c.ledger == ledger, ROW.c.sequence == sequence)
                there = connection.execute(own).scalar()
                if there is not None and there != link:
                    raise ForkedLedger(f"the database has another row {sequence} than it had")
            last, is_full = _last_at_once(connection, ledger, sequence)
            next_ones = (ROW.c.sequence > sequence, ROW.c.sequence <= last)
            rows, wrong = _as_written(rows_of(connection, ledger, *next_ones))
            further = select(func.min(ROW.c.sequence)).where(ROW.c.ledger == ledger, ROW.c.sequence > sequence)
            first = None if rows or wrong is not None else connection.execute(further).scalar()
            # Each statement sees what was committed when it began: the next row may have come since.
            if first is not None and first > sequence + 1:
                raise LedgerDamaged(f"the database lacks row {sequence + 1}, and has later ones")
            note_silences(connection, ledger, copy.path.parent, rows[-1].row.sequence if rows else sequence, part.age)
        if not rows and wrong is None:
            return sequence > begun, False
        if rows:
            _take(copy, rows, part.hold)
        if wrong is not None:
            raise wrong
        sequence, link = rows[-1].row.sequence, rows[-1].row.link
        if part.is_over(began_at):
            # Its sender may be as far as its copy for a moment, and has more all the same.
            return True, is_full or sequence - begun >= AT_ONCE


def _as_written(found: Iterator[OutgoingRow]) -> tuple[list[OutgoingRow], NotAsWritten | None]:
    """Return the rows up to the first that its digests contradict, and what they say of that one."""
    rows: list[OutgoingRow] = []
    try:
        rows.extend(found)
    except NotAsWritten as error:
        return rows, error
    return rows, None


def _take(copy: LedgerCopy, rows: Sequence[OutgoingRow], hold: HoldRows) -> None:
    """Let a copy take rows; where one of them cannot be understood, those before it: what they say is known.

    Raises what that row was refused for.
    """
    try:
        hold(rows)
        copy.take(rows)
    except NOT_UNDERSTOOD:
        for one in rows:
            hold([one])
            copy.take([one])
        raise


def _last_at_once(connection: Connection, ledger: str, sequence: int) -> tuple[int, bool]:
    """Return up to which row what follows one is taken at once, so many rows and bytes, and whether these are as many.

    It is one row at least.
    """
    text = func.coalesce(func.octet_length(PAYLOAD_SENT.c.text), 0)
    query = (
        select(ROW.c.sequence, text)
        .outerjoin(PAYLOAD_SENT, (PAYLOAD_SENT.c.ledger == ROW.c.ledger) & (PAYLOAD_SENT.c.sequence == ROW.c.sequence))
        .where(ROW.c.ledger == ledger, ROW.c.sequence > sequence, ROW.c.sequence <= sequence + AT_ONCE)
        .order_by(ROW.c.sequence)
    )
    last, taken, count = sequence + 1, 0, 0
    for number, size in connection.execute(query):
        taken += size
        if taken > AT_ONCE_BYTES and number > last:
            return last, True
        last, count = number, count + 1
    return last, count == AT_ONCE
