"""Readings in the ledger: whole now and then, else what changed since the observation before."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

from sqlalchemy import Connection, and_, bindparam, func, select

from agent.core.ahead import TOLERANCE
from agent.core.errors import LedgerDamaged
from agent.core.model import Observation, Reading
from agent.ledger import encode
from agent.ledger.batch import WholeLook, as_look
from agent.ledger.batch_reads import FoundLook, looks_at, looks_between
from agent.ledger.facts import (
    BatchedObservation,
    KeptLines,
    LastObservation,
    batched_observations,
    last_observations,
    named,
    of_names,
)
from agent.ledger.fields import instant, parse
from agent.ledger.kept_types import FACTS, LOOK, with_facts
from agent.ledger.look_rows import origins_of
from agent.ledger.places import LookPlace, evidence_id, place_of
from agent.ledger.reading_payload import Name, digest, payload_of, stepped
from agent.ledger.rows import appended
from agent.ledger.tables import (
    BATCH_INSTANT,
    BATCHED_OBSERVATION,
    CHAIN,
    LATEST_OBSERVATION,
    LATEST_READING,
    PAYLOAD,
    READING,
)

_AT_ONCE = 500
_PLACES = named(
    LATEST_READING,
    select(*(LATEST_READING.c[name] for name in ("collector", "subject", "sequence", "position", "look"))),
)
_SUBJECTS = (
    select(LATEST_OBSERVATION.c.subject)
    .where(LATEST_OBSERVATION.c.collector == bindparam("collector"))
    .order_by(LATEST_OBSERVATION.c.subject)
)


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


class FoundNewest(NamedTuple):
    """Where a newest look is kept, and its text without facts."""

    place: LookPlace
    look: str


def newest(connection: Connection, look: Newest, names: Collection[Name]) -> dict[Name, FoundNewest]:
    """Return the newest look of each name that has one."""
    if look is Newest.ANY:
        return {
            (collector, subject): FoundNewest(LookPlace(sequence, position), text)
            for collector, subject, sequence, position, text in of_names(connection, _PLACES, names)
        }
    found = {
        name: FoundNewest(LookPlace(one.sequence), one.look)
        for name, one in last_observations(connection, names).items()
    }
    batched = batched_observations(connection, names).items()
    return found | {name: FoundNewest(LookPlace(one.sequence, one.position), one.look) for name, one in batched}


def decoded(connection: Connection, found: Mapping[Name, FoundNewest]) -> dict[Name, StoredReading]:
    """Return newest looks, of one kind or the other, as they were taken, their facts included."""
    looks = {name: (one.place, parse(one.look)) for name, one in found.items()}
    seen = [name for name, (_, look) in looks.items() if _is_observation(look)]
    last, kept = last_observations(connection, seen), KeptLines.read(connection, seen)
    batched = batched_observations(connection, [name for name in seen if looks[name][0].position])
    result = {}
    for name, (place, look) in looks.items():
        lines: list[str] = []
        if _is_observation(look):
            lines = _facts_of(name, place, last, batched, kept)
        result[name] = _kept(place, look, lines)
    return result


def _facts_of(
    name: Name,
    place: LookPlace,
    last: Mapping[Name, LastObservation],
    batched: Mapping[Name, BatchedObservation],
    kept: KeptLines,
) -> list[str]:
    own, again = last.get(name), batched.get(name)
    if own is not None and (own.sequence, 0) == place:
        return kept.of(own)
    is_again = again is not None and (again.sequence, again.position) == place
    if own is None or again is None or not is_again or again.origin != own.sequence:
        raise LedgerDamaged(f"the facts of reading {evidence_id(place)} are gone")
    return again.lines(kept.of(own))


def _is_observation(look: object) -> bool:
    return isinstance(look, dict) and look.get("outcome") == "observation"


def _kept(place: LookPlace, look: object, lines: Sequence[str]) -> StoredReading:
    facts = FACTS.decode(parse(f"[{','.join(lines)}]"))
    return StoredReading(reading=with_facts(LOOK.decode(look), facts), evidence_id=evidence_id(place))


def subjects(connection: Connection, collector: str) -> tuple[str, ...]:
    """Return the subjects at which a look of a collector ever succeeded."""
    return tuple(connection.execute(_SUBJECTS, {"collector": collector}).scalars())


def runs(connection: Connection, since: int = 0) -> tuple[LastRun, ...]:
    """Return when each collector last looked at each subject, of those that it looked at after a row."""
    newest, seen, batched = LATEST_READING, LATEST_OBSERVATION, BATCHED_OBSERVATION
    query = (
        select(newest.c.look, func.coalesce(batched.c.look, seen.c.look).label("seen"))
        .outerjoin(seen, and_(seen.c.collector == newest.c.collector, seen.c.subject == newest.c.subject))
        .outerjoin(batched, and_(batched.c.collector == newest.c.collector, batched.c.subject == newest.c.subject))
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
    bases = {row.sequence: row.base for row in connection.execute(select(READING).where(*own))}
    in_batches = [
        one
        for one in looks_between(connection, (collector, subject), bases, first_instant, last_instant)
        if bases[one.look.origin] is not None
    ]
    dated = (
        select(READING.c.sequence)
        .join(CHAIN, CHAIN.c.sequence == READING.c.sequence)
        .where(*own, READING.c.base.is_not(None), CHAIN.c.instant.between(first_instant, last_instant))
    )
    in_rows = set(connection.execute(dated).scalars())
    whole = made_whole(connection, (collector, subject), bases, in_rows | {one.look.origin for one in in_batches})
    rows = {LookPlace(sequence): one for sequence, one in whole.items() if sequence in in_rows}
    found = {place: _kept(place, one.look, one.lines) for place, one in rows.items()}
    for one in (batched for batched in in_batches if batched.look.origin in whole):
        origin = whole[one.look.origin]
        look = one.look.look(origin.look, one.instant)
        found[one.place] = _kept(one.place, look, one.look.lines(origin.look, look, origin.lines))
    return tuple(found[place] for place in sorted(found))


def made_whole(
    connection: Connection, name: Name, bases: Mapping[int, int | None], wanted: Collection[int]
) -> dict[int, WholeLook]:
    """Return some readings of a name, each whole from the last whole one before it on. Raises LedgerDamaged."""
    if not wanted:
        return {}
    query = (
        select(CHAIN, PAYLOAD.c.text)
        .join(PAYLOAD, PAYLOAD.c.sequence == CHAIN.c.sequence)
        .join(READING, READING.c.sequence == CHAIN.c.sequence)
        .where(READING.c.collector == name[0], READING.c.subject == name[1])
        .where(READING.c.sequence.between(min(bases[one] or one for one in wanted), max(wanted)))
        .order_by(CHAIN.c.sequence)
    )
    lines: list[str] = []
    found = {}
    for row in connection.execute(query):
        payload = payload_of(appended(row))
        if payload.facts_sha256 is not None:
            lines = list(payload.whole) if payload.whole is not None else stepped(lines, payload.difference)
        if row.sequence in wanted:
            is_seen = payload.facts_sha256 is not None
            if is_seen and digest(lines) != payload.facts_sha256:
                raise LedgerDamaged(
                    f"the facts of reading {evidence_id(LookPlace(row.sequence))} are not those that were digested"
                )
            found[row.sequence] = WholeLook(look=as_look(payload.look), lines=lines if is_seen else ())
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Whose look is at a place, the instant of its row, and, where it is in a batch, the look."""

    name: Name
    instant: str
    batched: FoundLook | None = None


def located(connection: Connection, places: Collection[LookPlace]) -> dict[LookPlace, Located]:
    """Return what is known of the looks at some places; what there is none of, or was erased, is left out."""
    found = {}
    rows = [place.sequence for place in places if not place.position]
    for first in range(0, len(rows), _AT_ONCE):
        query = select(READING, CHAIN.c.instant).join(CHAIN, CHAIN.c.sequence == READING.c.sequence)
        for row in connection.execute(query.where(READING.c.sequence.in_(rows[first : first + _AT_ONCE]))):
            found[LookPlace(row.sequence)] = Located(name=(row.collector, row.subject), instant=row.instant)
    batched = looks_at(connection, [place for place in places if place.position])
    origins = origins_of(connection, [one.look.origin for one in batched.values()])
    for place, one in batched.items():
        if one.look.origin in origins:
            found[place] = Located(name=origins[one.look.origin].name, instant=one.instant, batched=one)
    return found


def ran_ahead(connection: Connection, evidence: str) -> bool:
    """Return whether a later look of the same collector at the same subject is dated earlier than a reading."""
    place = place_of(evidence)
    own = None if place is None else located(connection, [place]).get(place)
    if place is None or own is None:
        return False
    earlier = encode.instant(instant(own.instant) - TOLERANCE)
    later = (
        select(READING.c.sequence)
        .join(CHAIN, CHAIN.c.sequence == READING.c.sequence)
        .where(
            READING.c.collector == own.name[0],
            READING.c.subject == own.name[1],
            READING.c.sequence > place.sequence,
            CHAIN.c.instant < earlier,
        )
    )
    dips = select(BATCH_INSTANT.c.sequence).where(
        BATCH_INSTANT.c.collector == own.name[0],
        BATCH_INSTANT.c.subject == own.name[1],
        BATCH_INSTANT.c.is_dip.is_(True),
        BATCH_INSTANT.c.sequence > place.sequence,
        BATCH_INSTANT.c.instant < earlier,
    )
    return any(connection.execute(query.limit(1)).first() is not None for query in (later, dips))


def at(connection: Connection, evidence: str) -> StoredReading | None:
    """Return the reading that an evidence id names, made whole again; None where there is none, or it was erased."""
    place = place_of(evidence)
    own = None if place is None else located(connection, [place]).get(place)
    if place is None or own is None:
        return None
    sequence = place.sequence if own.batched is None else own.batched.look.origin
    base = select(READING.c.base).where(READING.c.sequence == sequence)
    whole = made_whole(connection, own.name, {sequence: connection.execute(base).scalar()}, [sequence]).get(sequence)
    if whole is None:
        return None
    if own.batched is None:
        return _kept(place, whole.look, whole.lines)
    look = own.batched.look.look(whole.look, own.instant)
    return _kept(place, look, own.batched.look.lines(whole.look, look, whole.lines))
