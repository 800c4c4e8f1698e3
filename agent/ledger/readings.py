"""Readings in the ledger: whole now and then, else what changed since the observation before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import Connection, insert, select

from agent.core.errors import LedgerDamaged
from agent.core.model import Failure, Observation, Reading
from agent.ledger import encode
from agent.ledger.append import Writer
from agent.ledger.difference import compare
from agent.ledger.facts import LastObservation, digest, encoded, last_observation, lines_of, payload_of, stepped
from agent.ledger.fields import Fields, instant, parse, text
from agent.ledger.kept_types import FACT, FACTS, LOOK, with_facts
from agent.ledger.newest_look import NewestLook
from agent.ledger.rows import AppendedRow, appended
from agent.ledger.tables import CHAIN, LATEST_OBSERVATION, LATEST_READING, PAYLOAD, READING

KIND = "reading"
# A reading can be told from its payload and those back to the last whole one: this long at most.
WHOLE_EVERY = timedelta(days=30)


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


def keep(writer: Writer, reading: Reading, beneficiary: str) -> int:
    """Append one reading; return its sequence."""
    look = LOOK.encode(reading)
    if isinstance(reading, Failure):
        return writer.append(KIND, {"look": look}, beneficiary)
    lines = [encode.canonical(FACT.encode(fact)) for fact in reading.facts]
    content = {"look": look, "facts_sha256": digest(lines), **_facts(writer, reading, lines)}
    return writer.append(KIND, content, beneficiary)


def compared_with(writer: Writer, reading: Observation) -> LastObservation | None:
    """Return the observation of which a reading is kept as the difference; None: it is kept whole, as the first is."""
    last = last_observation(writer.connection, reading.collector, reading.subject)
    if last is None or not timedelta(0) <= writer.now - instant(last.base_instant) < WHOLE_EVERY:
        return None
    return last


def _facts(writer: Writer, reading: Observation, lines: Sequence[str]) -> dict[str, object]:
    last = compared_with(writer, reading)
    if last is None:
        return {"whole": [FACT.encode(fact) for fact in reading.facts]}
    since: dict[str, object] = {"since": last.sequence, "base": last.base}
    if last.facts_sha256 == digest(lines):
        return since
    change = compare(lines_of(writer.connection, last), lines)
    if len(change.added) > len(lines) // 2:
        return {"whole": [FACT.encode(fact) for fact in reading.facts]}
    return {**since, "difference": encoded(change, reading.facts)}


def derive(connection: Connection, rows: Sequence[AppendedRow]) -> None:
    """Renew what is known of the newest looks."""
    newest: dict[tuple[str, str], NewestLook] = {}
    noted = []
    for one in rows:
        payload = payload_of(one)
        names = Fields(payload.look, "look")
        collector, subject = names.take("collector", text), names.take("subject", text)
        if (collector, subject) not in newest:
            newest[collector, subject] = NewestLook(connection, collector, subject)
        newest[collector, subject].take(one.row, payload)
        base = None if payload.facts_sha256 is None else payload.base or one.row.sequence
        noted.append({"sequence": one.row.sequence, "collector": collector, "subject": subject, "base": base})
    for look in newest.values():
        look.write()
    connection.execute(insert(READING), noted)


def newest(connection: Connection, look: Newest, collector: str, subject: str) -> tuple[int, str] | None:
    """Return the newest look's sequence and its text without facts, or None."""
    table = LATEST_READING if look is Newest.ANY else LATEST_OBSERVATION
    query = select(table.c.sequence, table.c.look).where(table.c.collector == collector, table.c.subject == subject)
    found = connection.execute(query).first()
    return None if found is None else (found.sequence, found.look)


def decoded(connection: Connection, sequence: int, look: str) -> StoredReading:
    """Return one of the two newest looks as it was taken, its facts included."""
    value = parse(look)
    lines: list[str] = []
    if isinstance(value, dict) and value.get("outcome") == "observation":
        last = last_observation(connection, str(value.get("collector")), str(value.get("subject")))
        if last is None or last.sequence != sequence:
            raise LedgerDamaged(f"the facts of reading {evidence_id(sequence)} are gone")
        lines = lines_of(connection, last)
    return _kept(sequence, value, lines)


def _kept(sequence: int, look: object, lines: Sequence[str]) -> StoredReading:
    facts = FACTS.decode(parse(f"[{','.join(lines)}]"))
    return StoredReading(reading=with_facts(LOOK.decode(look), facts), evidence_id=evidence_id(sequence))


def subjects(connection: Connection, collector: str) -> tuple[str, ...]:
    """Return the subjects at which a look of a collector ever succeeded."""
    found = select(LATEST_OBSERVATION.c.subject).where(LATEST_OBSERVATION.c.collector == collector)
    return tuple(connection.execute(found.order_by(LATEST_OBSERVATION.c.subject)).scalars())


def runs(connection: Connection) -> tuple[LastRun, ...]:
    """Return when each collector last looked at each subject."""
    successes = {
        (row.collector, row.subject): LOOK.decode(parse(row.look)).ended
        for row in connection.execute(
            select(LATEST_OBSERVATION.c.collector, LATEST_OBSERVATION.c.subject, LATEST_OBSERVATION.c.look)
        )
    }
    newest = connection.execute(select(LATEST_READING).order_by(LATEST_READING.c.collector, LATEST_READING.c.subject))
    return tuple(_run(LOOK.decode(parse(row.look)), successes.get((row.collector, row.subject))) for row in newest)


def _run(reading: Reading, last_success: datetime | None) -> LastRun:
    return LastRun(
        collector=reading.collector,
        host=reading.host,
        subject=reading.subject,
        last_run=reading.ended,
        last_success=last_success,
        duration=reading.ended - reading.begun,
        success=isinstance(reading, Observation),
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
