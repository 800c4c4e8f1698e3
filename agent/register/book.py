"""Where entries are kept: what this package asks of the ledger."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from agent.core.entries import Entry


class EntryRow(Protocol):
    """Hold one revision of one entry."""

    @property
    def id(self) -> str:
        """Return the entry's id, the same for all its revisions."""
        ...

    @property
    def register(self) -> str:
        """Return the name of its register."""
        ...

    @property
    def revision(self) -> int:
        """Return its number; a higher one replaces a lower one."""
        ...

    @property
    def received_at(self) -> datetime:
        """Return when the machine received it."""
        ...

    @property
    def values(self) -> Mapping[str, str]:
        """Return the register's keys that it holds, and their values."""
        ...


class Book(Protocol):
    """Keep entries; nothing is ever changed or removed."""

    def append_entry(self, register: str, values: Mapping[str, str], *, beneficiary: str, id: str | None) -> str:
        """Append an entry, or a revision of the one named; return its id."""
        ...

    def entries(self, register: str | None) -> Sequence[EntryRow]:
        """Return the revisions of one register, or of all, in the order in which they came."""
        ...


def last_revisions(rows: Iterable[EntryRow]) -> tuple[EntryRow, ...]:
    """Return the last revision of each entry, in the order of the entries' first ones."""
    last: dict[tuple[str, str], EntryRow] = {}
    for row in rows:
        kept = last.get((row.register, row.id))
        if kept is None or row.revision >= kept.revision:
            last[row.register, row.id] = row
    return tuple(last.values())


def as_entries(rows: Sequence[EntryRow]) -> tuple[Entry, ...]:
    """Return the entries that some revisions come to, as rules see them."""
    first: dict[tuple[str, str], datetime] = {}
    for row in rows:
        first.setdefault((row.register, row.id), row.received_at)
    return tuple(
        Entry(
            id=row.id,
            register=row.register,
            beneficiary=row.values.get("beneficiary", ""),
            values=row.values,
            received_at=first[row.register, row.id],
        )
        for row in last_revisions(rows)
    )
