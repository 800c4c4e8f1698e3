"""The newest look of each name, and the newest observation's facts as they are kept at hand."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, select, tuple_
from sqlalchemy import Row as SqlRow

from agent.core.errors import LedgerDamaged
from agent.ledger.difference import Difference, moved_dates
from agent.ledger.fields import parse, refuse, text
from agent.ledger.reading_payload import Name, difference_of, stepped
from agent.ledger.tables import BATCHED_OBSERVATION, LATEST_OBSERVATION, LATEST_READING, OBSERVED_FACTS

# So many names are asked for in one statement.
_AT_ONCE = 400


def named(table: Table, query: Select[*tuple[Any, ...]] | None = None) -> Select[*tuple[Any, ...]]:
    """Return a query for the rows of some names of a table with a collector and a subject; None: for all that it has.

    A module makes its query once: making one costs more than SQLite takes to answer it.
    """
    asked = tuple_(table.c.collector, table.c.subject).in_(bindparam("names", expanding=True, value=None))
    return (select(table) if query is None else query).where(asked)


_READINGS, _OBSERVATIONS, _BATCHED, _FACTS = map(
    named, (LATEST_READING, LATEST_OBSERVATION, BATCHED_OBSERVATION, OBSERVED_FACTS)
)


def redated_again(before: str, moved: tuple[str, str]) -> dict[str, str]:
    """Return all moves of dates since the facts' text was written, with one more."""
    moves = {old: moved[1] if new == moved[0] else new for old, new in _moves(before).items()}
    return moves if moved[0] in moves else {**moves, moved[0]: moved[1]}


def _moves(kept: str) -> dict[str, str]:
    value = parse(kept)
    return {text(old): text(new) for old, new in value.items()} if isinstance(value, dict) else refuse("dates", value)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastObservation:
    """The last observation with a row of its own; `redated`: dates that moved since its facts were written."""

    collector: str
    subject: str
    sequence: int
    base: int
    base_instant: str
    facts_sha256: str
    redated: str
    look: str

    @property
    def name(self) -> Name:
        """Return the collector and the subject."""
        return self.collector, self.subject


@dataclass(frozen=True, slots=True, kw_only=True)
class LastReading:
    """The newest look of all: its place, the reading with a row of its own that it rests on, its row's instant."""

    collector: str
    subject: str
    sequence: int
    position: int
    origin: int
    instant: str
    look: str


def last_readings(connection: Connection, names: Collection[Name]) -> dict[Name, LastReading]:
    """Return the newest look of each (collector, subject) that has one."""
    found = of_names(connection, _READINGS, names)
    return {(row.collector, row.subject): LastReading(**row._mapping) for row in found}


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchedObservation:
    """The newest observation, kept in a batch: how its facts come from those of its origin, the last one with a row."""

    collector: str
    subject: str
    sequence: int
    position: int
    origin: int
    look: str
    difference: str

    def lines(self, origin: Sequence[str]) -> list[str]:
        """Return its facts, one a line, from those of its origin. Raises LedgerDamaged."""
        return stepped(origin, self.change)

    @property
    def change(self) -> Difference:
        """Return how its facts come from those of its origin. Raises LedgerDamaged."""
        return difference_of(parse(self.difference))


def batched_observations(connection: Connection, names: Collection[Name]) -> dict[Name, BatchedObservation]:
    """Return the newest observation of each (collector, subject) whose newest is kept in a batch."""
    found = of_names(connection, _BATCHED, names)
    return {(row.collector, row.subject): BatchedObservation(**row._mapping) for row in found}


def last_observations(connection: Connection, names: Collection[Name]) -> dict[Name, LastObservation]:
    """Return the last observation with a row of its own of each (collector, subject) that has one, the facts apart."""
    found = of_names(connection, _OBSERVATIONS, names)
    return {(row.collector, row.subject): LastObservation(**row._mapping) for row in found}


@dataclass(frozen=True, slots=True)
class KeptLines:
    """The text of the facts of some newest observations, dates that moved since apart."""

    texts: Mapping[Name, str]

    @classmethod
    def read(cls, connection: Connection, names: Collection[Name]) -> "KeptLines":
        """Return the texts of some (collector, subject)."""
        found = of_names(connection, _FACTS, names)
        return cls({(row.collector, row.subject): row.lines for row in found})

    def of(self, last: LastObservation) -> list[str]:
        """Return the facts of one of them, one a line. Raises LedgerDamaged where they are gone."""
        kept = self.texts.get(last.name)
        if kept is None:
            raise LedgerDamaged(f"the facts of {last.collector} on {last.subject} are gone")
        return moved_since(kept.split("\n") if kept else [], last.redated)


def of_names(
    connection: Connection, query: Select[*tuple[Any, ...]], names: Collection[Name]
) -> Iterator[SqlRow[*tuple[Any, ...]]]:
    """Yield the rows of some names that a query of `named` finds."""
    ordered = sorted(name for name in set(names) if _is_text("".join(name)))
    for first in range(0, len(ordered), _AT_ONCE):
        yield from connection.execute(query, {"names": ordered[first : first + _AT_ONCE]})


def _is_text(name: str) -> bool:
    # Half a surrogate pair, read from a host, is never in a table, and would cost the other names their answer.
    return not any("\ud800" <= one <= "\udfff" for one in name)


def moved_since(lines: Sequence[str], redated: str) -> list[str]:
    """Return facts as they were written, with the dates that have moved since."""
    return moved_dates(lines, _moves(redated))
