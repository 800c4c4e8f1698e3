"""Derive from rows of readings and of batches what is known of looks, all in the order of the ledger."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, select

from agent.ledger import batch
from agent.ledger.appended_row import AppendedRow
from agent.ledger.batch import BatchedLook, looks_of
from agent.ledger.facts import KeptLines, last_observations, last_readings
from agent.ledger.fields import Fields, text
from agent.ledger.newest_look import KnownBefore, NewestLook, write_all
from agent.ledger.reading_payload import Name, ReadingPayload, payload_of
from agent.ledger.tables import BATCH, READING

_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginReading:
    """Whose look a reading with a row of its own is; `is_failure`: it did not succeed."""

    name: Name
    is_failure: bool


def origins_of(connection: Connection, sequences: Collection[int]) -> Mapping[int, OriginReading]:
    """Return the readings of some rows; those that were erased by rule are left out."""
    ordered, found = sorted(set(sequences)), {}
    query = select(READING).where(READING.c.sequence.in_(bindparam("some", expanding=True)))
    for first in range(0, len(ordered), _AT_ONCE):
        for row in connection.execute(query, {"some": ordered[first : first + _AT_ONCE]}):
            found[row.sequence] = OriginReading(name=(row.collector, row.subject), is_failure=row.base is None)
    return found


def derive(connection: Connection, rows: Sequence[AppendedRow]) -> None:
    """Renew what is known of the newest looks."""
    batches = {one.row.sequence: looks_of(one) for one in rows if one.row.kind == batch.KIND}
    payloads = {one.row.sequence: payload_of(one) for one in rows if one.row.kind != batch.KIND}
    names = {sequence: _name_of(payload) for sequence, payload in payloads.items()}
    if batches:
        connection.execute(insert(BATCH), [{"sequence": sequence} for sequence in batches])
    if payloads:
        connection.execute(insert(READING), list(_noted(payloads, names)))
    origins = origins_of(connection, [look.origin for looks in batches.values() for look in looks])
    looks = _newest_looks(connection, payloads, names, {one.name for one in origins.values()})
    for one in rows:
        if one.row.kind != batch.KIND:
            looks[names[one.row.sequence]].take(one.row, payloads[one.row.sequence])
            continue
        for position, look, origin in _known(batches[one.row.sequence], origins):
            looks[origin.name].take_batched(one.row, position, look, is_failure=origin.is_failure)
    write_all(connection, looks.values())


def _known(
    looks: Sequence[BatchedLook], origins: Mapping[int, OriginReading]
) -> Iterator[tuple[int, BatchedLook, OriginReading]]:
    for position, look in enumerate(looks, start=1):
        origin = origins.get(look.origin)
        if origin is not None:  # else what it rests on was erased by rule
            yield position, look, origin


def _newest_looks(
    connection: Connection, payloads: Mapping[int, ReadingPayload], names: Mapping[int, Name], batched: Collection[Name]
) -> dict[Name, NewestLook]:
    every = {*names.values(), *batched}
    last, newest = last_observations(connection, every), last_readings(connection, batched)
    changed = {names[sequence] for sequence, one in payloads.items() if one.difference.removed or one.difference.added}
    kept = KeptLines.read(connection, changed)
    return {
        name: NewestLook(name, KnownBefore(last=last.get(name), kept=kept, newest=newest.get(name))) for name in every
    }


def _noted(payloads: Mapping[int, ReadingPayload], names: Mapping[int, Name]) -> Iterator[dict[str, object]]:
    for sequence, payload in payloads.items():
        base = None if payload.facts_sha256 is None else payload.base or sequence
        yield {"sequence": sequence, "collector": names[sequence][0], "subject": names[sequence][1], "base": base}


def _name_of(payload: ReadingPayload) -> Name:
    names = Fields(payload.look, "look")
    return names.take("collector", text), names.take("subject", text)
