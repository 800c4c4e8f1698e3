"""Readings in the ledger: whole now and then, else what changed since the observation before."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import Connection, and_, insert, select

from agent.core.ahead import TOLERANCE
from agent.core.errors import LedgerDamaged
from agent.core.model import Observation, Reading
from agent.ledger import encode
from agent.ledger.facts import (
    KeptLines,
    Name,
    ReadingPayload,
    digest,
    last_observations,
    of_names,
    payload_of,
    stepped,
)
from agent.ledger.fields import Fields, instant, parse, text
from agent.ledger.kept_types import FACTS, LOOK, with_facts
from agent.ledger.newest_look import NewestLook, write_all
from agent.ledger.rows import AppendedRow, appended
from agent.ledger.tables import CHAIN, LATEST_OBSERVATION, LATEST_READING, PAYLOAD, READING

KIND = "reading"


class Newest(Enum):
    """Which of the newest looks is meant: any, or the newest that succeeded."""

    ANY = "any"
    OBSERVATION = "observation"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReading:
    """A reading and the id under which a verdict names it as evidence."""

    reading: Reading
    evidence_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """When a collector last looked at a subject, when it last succeeded, and how long the last look took."""

    collector: str
    host: str
    subject: str
    last_run: datetime
    last_success: datetime | None
    duration: timedelta
    success: bool


def evidence_id(sequence: int) -> str:
    """Return the id under which a verdict names a reading."""
    return f"r-{sequence}"


def sequence_of(evidence: str) -> int | None:
    """Return the row that an evidence id names, or None where it names no reading."""
    prefix, _, number = evidence.partition("-")
    return int(number) if prefix == "r" and number.isascii() and number.isdigit() and len(number) < 19 else None


def derive(connection: Connection, rows: Sequence[AppendedRow]) -> None:
    """Renew what is known of the newest looks."""
    payloads = [payload_of(one) for one in rows]
    names = [_name_of(payload) for payload in payloads]
    last = last_observations(connection, names)
    changed = [
        name for name, one in zip(names, payloads, strict=True) if one.difference.removed or one.difference.added
    ]
    kept = KeptLines.read(connection, changed)
    looks = {name: NewestLook(name, last.get(name), kept) for name in names}
    noted = []
    for one, name, payload in zip(rows, names, payloads, strict=True):
        looks[name].take(one.row, payload)
        base = None if payload.facts_sha256 is None else payload.base or one.row.sequence
        noted.append({"sequence": one.row.sequence, "collector": name[0], "subject": name[1], "base": base})
    write_all(connection, looks.values())
    connection.execute(insert(READING), noted)


def _name_of(payload: ReadingPayload) -> Name:
    names = Fields(payload.look, "look")
    return names.take("collector", text), names.take("subject", text)


def newest(connection: Connection, look: Newest, names: Collection[Name]) -> dict[Name, tuple[int, str]]:
    """Return the newest look's sequence and its text without facts, of each name that has one."""
    table = LATEST_READING if look is Newest.ANY else LATEST_OBSERVATION
    return {(row.collector, row.subject): (row.sequence, row.look) for row in of_names(connection, table, names)}


def decoded(connection: Connection, found: Mapping[Name, tuple[int, str]]) -> dict[Name, StoredReading]:
    """Return newest looks, of one kind or the other, as they were taken, their facts included."""
    looks = {name: (sequence, parse(look)) for name, (sequence, look) in found.items()}
    seen = [name for name, (_, look) in looks.items() if _is_observation(look)]
    last, kept = last_observations(connection, seen), KeptLines.read(connection, seen)
    result = {}
    for name, (sequence, look) in looks.items():
        lines: list[str] = []
        if _is_observation(look):
            if name not in last or last[name].sequence != sequence:
                raise LedgerDamaged(f"the facts of reading {evidence_id(sequence)} are gone")
            lines = kept.of(last[name])
        result[name] = _kept(sequence, look, lines)
    return result


def _is_observation(look: object) -> bool:
    return isinstance(look, dict) and look.get("outcome") == "observation"


def _kept(sequence: int, look: object, lines: Sequence[str]) -> StoredReading:
    facts = FACTS.decode(parse(f"[{','.join(lines)}]"))
    return StoredReading(reading=with_facts(LOOK.decode(look), facts), evidence_id=evidence_id(sequence))


def subjects(connection: Connection, collector: str) -> tuple[str, ...]:
    """Return the subjects at which a look of a collector ever succeeded."""
    found = select(LATEST_OBSERVATION.c.subject).where(LATEST_OBSERVATION.c.collector == collector)
    return tuple(connection.execute(found.order_by(LATEST_OBSERVATION.c.subject)).scalars())


def runs(connection: Connection, since: int = 0) -> tuple[LastRun, ...]:
    """Return when each collector last looked at each subject, of those that it looked at after a row."""
    newest, seen = LATEST_READING, LATEST_OBSERVATION
    query = (
        select(newest.c.look, seen.c.look.label("seen"))
        .outerjoin(seen, and_(seen.c.collector == newest.c.collector, seen.c.subject == newest.c.subject))
        .where(newest.c.sequence > since)
        .order_by(newest.c.collector, newest.c.subject)
    )
    return tuple(_run(row.look, row.seen) for row in connection.execute(query))


def _run(look: str, seen: str | None) -> LastRun:
    reading = LOOK.decode(parse(look))
    if seen is None or seen == look:
        return run_of(reading)
    return run_of(reading, run_of(LOOK.decode(parse(seen))))


def run_of(reading: Reading, before: LastRun | None = None) -> LastRun:
    """Return the run that a look was; `before` is the one before it, which may have been the last that succeeded."""
    success = isinstance(reading, Observation)
    return LastRun(
        collector=reading.collector,
        host=reading.host,
        subject=reading.subject,
        last_run=reading.ended,
        last_success=reading.ended if success else None if before is None else before.last_success,
        duration=reading.ended - reading.begun,
        success=success,
    )


def between(
    connection: Connection, collector: str, subject: str, first_instant: str, last_instant: str
) -> tuple[StoredReading, ...]:
    """Return the looks that succeeded and were kept between two instants, the oldest first, without erased ones."""
    own = (READING.c.collector == collector, READING.c.subject == subject)
    joined = (
        select(CHAIN, PAYLOAD.c.text, READING.c.base)
        .join(PAYLOAD, PAYLOAD.c.sequence == CHAIN.c.sequence)
        .join(READING, READING.c.sequence == CHAIN.c.sequence)
        .where(*own)
        .order_by(CHAIN.c.sequence)
    )
    first = connection.execute(joined.where(CHAIN.c.instant >= first_instant, READING.c.base.is_not(None))).first()
    if first is None:
        return ()
    lines: list[str] = []
    found = []
    # What a row holds is told from the last whole one before it on.
    for row in connection.execute(joined.where(CHAIN.c.sequence >= first.base, CHAIN.c.instant <= last_instant)):
        payload = payload_of(appended(row))
        if payload.facts_sha256 is None:
            continue
        lines = list(payload.whole) if payload.whole is not None else stepped(lines, payload.difference)
        if digest(lines) != payload.facts_sha256:
            raise LedgerDamaged(f"the facts of reading {evidence_id(row.sequence)} are not those that were digested")
        if row.instant >= first_instant:
            found.append(_kept(row.sequence, payload.look, lines))
    return tuple(found)


def ran_ahead(connection: Connection, evidence: str) -> bool:
    """Return whether a later look of the same collector at the same subject is dated earlier than a reading."""
    own = connection.execute(
        select(CHAIN.c.instant, READING.c.collector, READING.c.subject)
        .join(READING, READING.c.sequence == CHAIN.c.sequence)
        .where(CHAIN.c.sequence == sequence_of(evidence))
    ).first()
    if own is None:
        return False
    later = (
        select(READING.c.sequence)
        .join(CHAIN, CHAIN.c.sequence == READING.c.sequence)
        .where(
            READING.c.collector == own.collector,
            READING.c.subject == own.subject,
            READING.c.sequence > sequence_of(evidence),
            CHAIN.c.instant < encode.instant(instant(own.instant) - TOLERANCE),
        )
    )
    return connection.execute(later.limit(1)).first() is not None


def at(connection: Connection, evidence: str) -> StoredReading | None:
    """Return the reading that an evidence id names, made whole again; None where there is none, or it was erased."""
    sequence = sequence_of(evidence)
    row = connection.execute(select(READING).where(READING.c.sequence == sequence)).first()
    if sequence is None or row is None:
        return None
    rests_on = READING.c.sequence.between(row.base or sequence, sequence)
    query = (
        select(CHAIN, PAYLOAD.c.text)
        .join(PAYLOAD, PAYLOAD.c.sequence == CHAIN.c.sequence)
        .join(READING, READING.c.sequence == CHAIN.c.sequence)
        .where(READING.c.collector == row.collector, READING.c.subject == row.subject, rests_on)
        .order_by(CHAIN.c.sequence)
    )
    payload, lines = None, []
    for found in connection.execute(query):
        payload = payload_of(appended(found))
        if payload.whole is not None:
            lines = list(payload.whole)
        elif payload.facts_sha256 is not None:
            lines = stepped(lines, payload.difference)
    if payload is None:
        return None
    if payload.facts_sha256 not in (None, digest(lines)):
        raise LedgerDamaged(f"the facts of reading {evidence} are not those that were digested")
    return _kept(sequence, payload.look, lines if payload.facts_sha256 is not None else ())
