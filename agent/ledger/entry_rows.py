"""One revision of a register's entry, as its row in the ledger says it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from agent.ledger.appended_row import AppendedRow
from agent.ledger.fields import Fields, instant, text, whole

KIND = "entry"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """One revision of one entry; the entry's id is the same for all of them, revisions count from 1.

    `sequence` is its row in the chain. `not_before`: an instant of a row before it, under a clock that was set back.
    """

    register: str
    id: str
    revision: int
    values: Mapping[str, str]
    beneficiary: str
    received_at: datetime
    not_before: datetime | None = None
    sequence: int = field(default=0, compare=False)


def number_of(register: str, id: str) -> int:
    """Return the number in an entry's id."""
    number = id.removeprefix(f"{register}-")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0


def entry_of(one: AppendedRow) -> EntryRow:
    """Return the revision that a row holds. Raises LedgerDamaged."""
    fields = one.fields()
    entry = EntryRow(
        register=fields.take("register", text),
        id=fields.take("id", text),
        revision=fields.take("revision", whole),
        values=fields.take("values", _values),
        beneficiary=one.row.beneficiary,
        received_at=fields.take("received_at", instant),
        not_before=fields.take("not_before", instant) if fields.has("not_before") else None,
        sequence=one.row.sequence,
    )
    fields.end()
    return entry


def _values(value: object) -> Mapping[str, str]:
    fields = Fields(value, "entry's values")
    return {name: fields.take(name, text) for name in fields.names()}
