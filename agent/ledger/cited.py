"""Find the ledger rows that a page cites: of a reading, an entry or a verdict."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from agent.core.errors import LedgerDamaged
from agent.core.model import Key, Reading
from agent.ledger import batch, reading_payload
from agent.ledger.appended_row import AppendedRow
from agent.ledger.batch import as_look, looks_of
from agent.ledger.chain import ChainRow, sha256
from agent.ledger.fields import instant
from agent.ledger.kept_types import LOOK
from agent.ledger.places import LookPlace, evidence_id, place_of
from agent.ledger.rows import appended, row_of
from agent.ledger.tables import CHAIN, ENTRY, KEY, PAYLOAD, STANDING


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedReading:
    """A reading's row, and the reading without its facts; None: its payload was erased by rule."""

    row: ChainRow
    reading: Reading | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedEntry:
    """The row of an entry's last revision, its register, and when that revision came in."""

    row: ChainRow
    register: str
    received_at: datetime


def reading(connection: Connection, evidence: str) -> CitedReading | None:
    """Return the reading that an evidence id names, or None where it names none.

    Raises LedgerDamaged where its payload is not the one that was digested.
    """
    place = place_of(evidence)
    if place is None:
        return None
    found = _row(connection, place.sequence, batch.KIND if place.position else reading_payload.KIND)
    if found is None:
        return None
    row, kept = found
    if kept is None:
        return CitedReading(row=row, reading=None)
    if not place.position:
        return CitedReading(row=row, reading=LOOK.decode(_look(kept)))
    looks = looks_of(kept)
    if place.position > len(looks):
        return None
    batched = looks[place.position - 1]
    origin = _row(connection, batched.origin, reading_payload.KIND)
    if origin is None or origin[1] is None:
        return CitedReading(row=row, reading=None)
    look = batched.look(as_look(_look(origin[1])), row.instant)
    return CitedReading(row=row, reading=LOOK.decode(look))


def _row(connection: Connection, sequence: int, kind: str) -> tuple[ChainRow, AppendedRow | None] | None:
    """Return a row of some kind with its payload, None where that was erased."""
    query = (
        select(CHAIN, PAYLOAD.c.text)
        .outerjoin(PAYLOAD, PAYLOAD.c.sequence == CHAIN.c.sequence)
        .where(CHAIN.c.sequence == sequence, CHAIN.c.kind == kind)
    )
    found = connection.execute(query).first()
    if found is None:
        return None
    row = row_of(found)
    if found.text is None:
        return row, None
    if sha256(found.text) != row.payload_sha256:
        name = evidence_id(LookPlace(sequence))
        raise LedgerDamaged(f"the payload of reading {name} is not the one that was digested")
    return row, appended(found)


def _look(kept: AppendedRow) -> object:
    return kept.fields().take("look", lambda value: value)


def entry(connection: Connection, id: str) -> CitedEntry | None:
    """Return the last revision of the entry that an evidence id names, or None where it names none."""
    register = id.rpartition("-")[0]
    query = (
        select(CHAIN)
        .join(ENTRY, ENTRY.c.sequence == CHAIN.c.sequence)
        .where(ENTRY.c.register == register, ENTRY.c.id == id)
        .order_by(ENTRY.c.revision.desc())
        .limit(1)
    )
    found = connection.execute(query).first()
    if found is None:
        return None
    return CitedEntry(row=row_of(found), register=register, received_at=instant(found.instant))


def verdict(connection: Connection, key: Key) -> ChainRow | None:
    """Return the row of a key's newest verdict that got one, or None before the first."""
    values = (key.target, key.subject, key.beneficiary)
    own = (STANDING.c[name] == value for name, value in zip(KEY, values, strict=True))
    query = select(CHAIN).join(STANDING, STANDING.c.sequence == CHAIN.c.sequence).where(*own)
    found = connection.execute(query).first()
    return None if found is None else row_of(found)
