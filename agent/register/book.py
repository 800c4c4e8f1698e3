"""The interface that the registers need of the ledger."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from agent.accounting.accepting import LoadedTerms
from agent.core.duties.entries import RegisterEntry, Revision, duties_of
from agent.register.papers import AGREED, standing


class BookEntry(Protocol):
    """One revision of one entry."""

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
    def sequence(self) -> int:
        """Return its row in the ledger."""
        ...

    @property
    def received_at(self) -> datetime:
        """Return when the machine received it."""
        ...

    @property
    def not_before(self) -> datetime | None:
        """Return an instant of a row before it, where the machine's clock was set back when it was received."""
        ...

    @property
    def values(self) -> Mapping[str, str]:
        """Return the register's keys that it holds, and their values."""
        ...


def entered_at(row: BookEntry) -> datetime:
    """Return when a revision came in at the earliest, whatever clock it was received under."""
    return row.received_at if row.not_before is None else max(row.received_at, row.not_before)


# Makes entries, each (values, beneficiary), out of the revisions that are kept at that moment.
Making = Callable[[Sequence[BookEntry]], Sequence[tuple[Mapping[str, str], str]]]


class Book(Protocol):
    """Keep entries; nothing is ever changed or removed."""

    def enter(self, register: str, make: Making, *, id: str | None = None) -> tuple[str, ...]:
        """Append what `make` makes, all or none, as entries or as a revision of the one named; return their ids.

        `make` is called again where someone else wrote meanwhile: what is kept was made of all that is before it.
        """
        ...

    def entries(self, register: str | None) -> Sequence[BookEntry]:
        """Return the revisions of one register, or of all, in the order in which they came."""
        ...

    def written_loads(self) -> Sequence[LoadedTerms]:
        """Return every load of the configuration, in the order of the ledger."""
        ...


def last_revisions(rows: Iterable[BookEntry]) -> tuple[BookEntry, ...]:
    """Return the last revision of each entry, in the order of the entries' first ones."""
    last: dict[tuple[str, str], BookEntry] = {}
    for row in rows:
        kept = last.get((row.register, row.id))
        if kept is None or row.revision >= kept.revision:
            last[row.register, row.id] = row
    return tuple(last.values())


def _received_at(row: BookEntry) -> datetime:
    # The clock of what is judged by itself opens when the machine heard of it.
    return row.received_at if duties_of(row.register) else entered_at(row)


def as_entries(rows: Sequence[BookEntry]) -> tuple[RegisterEntry, ...]:
    """Return the entries that some revisions make, as rules see them."""
    revisions: dict[tuple[str, str], list[BookEntry]] = {}
    for row in rows:
        revisions.setdefault((row.register, row.id), []).append(row)
    return tuple(_as_entry(revisions[row.register, row.id]) for row in last_revisions(rows))


def _as_entry(received: Sequence[BookEntry]) -> RegisterEntry:
    ordered = sorted(received, key=lambda one: one.revision)
    held = [row.values for row in ordered]
    if ordered[-1].register in AGREED:
        held = list(standing(held))
    return RegisterEntry(
        id=ordered[-1].id,
        register=ordered[-1].register,
        beneficiary=ordered[-1].values.get("beneficiary", ""),
        values=held[-1],
        received_at=_received_at(received[0]),
        not_before=received[0].not_before,
        earlier=tuple(
            Revision(values=values, until=entered_at(after)) for values, after in zip(held, ordered[1:], strict=False)
        ),
    )
