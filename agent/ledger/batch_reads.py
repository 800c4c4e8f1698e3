"""Find single looks in the rows that hold many."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from agent.ledger.appended_row import AppendedRow
from agent.ledger.batch import KIND, BatchedLook, looks_of
from agent.ledger.places import LookPlace
from agent.ledger.reading_payload import Name
from agent.ledger.rows import appended
from agent.ledger.tables import BATCH_DAY, CHAIN, PAYLOAD

_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLook:
    """One look of a batch, and the instant of its row."""

    place: LookPlace
    look: BatchedLook
    instant: str


def rows_of(connection: Connection, sequences: Collection[int]) -> Iterator[AppendedRow]:
    """Yield those of some rows that are batches, without erased ones."""
    ordered = sorted(set(sequences))
    query = (
        select(CHAIN, PAYLOAD.c.text)
        .join(PAYLOAD, PAYLOAD.c.sequence == CHAIN.c.sequence)
        .where(CHAIN.c.kind == KIND, CHAIN.c.sequence.in_(bindparam("some", expanding=True)))
    )
    for first in range(0, len(ordered), _AT_ONCE):
        for found in connection.execute(query, {"some": ordered[first : first + _AT_ONCE]}):
            yield appended(found)


def looks_at(connection: Connection, places: Collection[LookPlace]) -> Mapping[LookPlace, FoundLook]:
    """Return the looks at some places in batches; a place where there is none is left out. Raises LedgerDamaged."""
    wanted: dict[int, set[int]] = {}
    for place in places:
        wanted.setdefault(place.sequence, set()).add(place.position)
    found = {}
    for row in rows_of(connection, wanted):
        looks = looks_of(row)
        for position in wanted[row.row.sequence]:
            if 0 < position <= len(looks):
                place = LookPlace(row.row.sequence, position)
                found[place] = FoundLook(place=place, look=looks[position - 1], instant=row.row.instant)
    return found


def looks_between(
    connection: Connection, name: Name, origins: Collection[int], first_instant: str, last_instant: str
) -> Iterator[FoundLook]:
    """Yield the looks of a name in batches whose rows are of some time; `origins`: all readings of the name.

    Of each day the newest comes first. What was erased, or rests on what was, is left out.
    """
    first, last = first_instant[: len("2026-11-24")], last_instant[: len("2026-11-24")]
    days = select(BATCH_DAY.c.last).where(
        BATCH_DAY.c.collector == name[0], BATCH_DAY.c.subject == name[1], BATCH_DAY.c.day.between(first, last)
    )
    for sequence in connection.execute(days).scalars().all():
        for found in _back_from(connection, sequence, origins):
            if first_instant <= found.instant <= last_instant:
                yield found


def _back_from(connection: Connection, sequence: int, origins: Collection[int]) -> Iterator[FoundLook]:
    while sequence:
        row = next(rows_of(connection, [sequence]), None)
        found = None if row is None else _own(row, origins)
        if found is None:
            return
        yield found
        sequence = found.look.before


def _own(row: AppendedRow, origins: Collection[int]) -> FoundLook | None:
    for position, look in enumerate(looks_of(row), start=1):
        if look.origin in origins:
            return FoundLook(place=LookPlace(row.row.sequence, position), look=look, instant=row.row.instant)
    return None
