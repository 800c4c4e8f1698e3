"""Loads of the configuration in the ledger: what was declared and which targets were in force, from when on.

One load is one row for each beneficiary that it or an earlier one names, so that a bundle shows one's, and nothing of
the others'. Its payload: `number` of the load, `of` how many rows it is, `digest` of the configuration, `declared`
(key, first and last day), `targets`, `signatories` and `mutualised` (keys) that acceptances are judged by, and
`storing` (what is said of each backup), which older rows do not have, and under a clock that was set back `not_before`,
an instant of a row before it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection, func, insert, select

from agent.accounting.accepting import AcceptanceTerms
from agent.accounting.expectation import Days, Loading
from agent.accounting.storing import StoringTerms
from agent.core.errors import LedgerDamaged
from agent.core.model import Key, Target
from agent.ledger import encode
from agent.ledger.append import Writer, not_before
from agent.ledger.fields import Fields, day, each, instant, optional, refuse, text, whole
from agent.ledger.kept_types import KEY, STORING, TARGET
from agent.ledger.rows import AppendedRow, appended
from agent.ledger.tables import CHAIN, FIRST_SEEN, LOAD, PAYLOAD

KIND = "load"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load(Loading):
    """One load of the configuration: what it declared, the digest of its file, the targets in force.

    `accepting` None: the load was kept before signatories and perimeters were; `storing` None: before what is said of
    each backup was.
    """

    digest: str
    targets: Mapping[str, Target]
    accepting: AcceptanceTerms | None = None
    storing: tuple[StoringTerms, ...] | None = None


def keep(
    writer: Writer,
    digest: str,
    declared: Mapping[Key, Days],
    targets: Mapping[str, Target],
    accepting: AcceptanceTerms | None = None,
    storing: tuple[StoringTerms, ...] | None = None,
) -> bool:
    """Append a load where it differs from the last one; return whether it did.

    One that was kept under a clock that was set back acts from the row before it on. Once the clock is believed again,
    the same load is kept once more: it acts from now on.
    """
    number = writer.connection.execute(select(func.max(LOAD.c.number))).scalar() or 0
    beside = not_before(writer.connection, writer.now)
    if number:
        last = read(writer.connection, since=number)[-1]
        still_acts_later = last.not_before is not None and not beside
        known = (last.digest, last.declared, last.targets, last.accepting, last.storing)
        if not still_acts_later and known == (digest, declared, targets, accepting, storing):
            return False
    named = set() if accepting is None else set(accepting.signatories)
    named |= {one.beneficiary for one in storing or ()}
    # One that is gone has a row all the same: its own rows alone show it that nothing is expected any more.
    beneficiaries = sorted({key.beneficiary for key in declared} | named | _named_before(writer.connection)) or [""]
    for beneficiary in beneficiaries:
        own = [
            [*KEY.encode(key), encode.day_or_none(declared[key].starts), encode.day_or_none(declared[key].ends)]
            for key in sorted(declared)
            if key.beneficiary == beneficiary
        ]
        content = {
            "number": number + 1,
            "of": len(beneficiaries),
            "digest": digest,
            "declared": own,
            "targets": [TARGET.encode(targets[name]) for name in sorted(targets)],
            **_terms_of(beneficiary, accepting),
            **_storing_of(beneficiary, storing),
            **beside,
        }
        writer.append(KIND, content, beneficiary)
    return True


def _named_before(connection: Connection) -> set[str]:
    rows = select(CHAIN.c.beneficiary).distinct().join(LOAD, LOAD.c.sequence == CHAIN.c.sequence)
    return set(connection.execute(rows.where(CHAIN.c.beneficiary != "")).scalars())


def _terms_of(beneficiary: str, accepting: AcceptanceTerms | None) -> Mapping[str, object]:
    # Null: the beneficiary has keys, and is not declared.
    if accepting is None:
        return {}
    signatories = accepting.signatories.get(beneficiary)
    own = sorted(key for key in accepting.mutualised if key.beneficiary == beneficiary)
    return {
        "signatories": None if signatories is None else list(signatories),
        "mutualised": [KEY.encode(key) for key in own],
    }


def _storing_of(beneficiary: str, storing: tuple[StoringTerms, ...] | None) -> Mapping[str, object]:
    if storing is None:
        return {}
    return {"storing": [STORING.encode(one) for one in storing if one.beneficiary == beneficiary]}


def derive(connection: Connection, rows: Sequence[AppendedRow]) -> None:
    """Note each load, and the keys that it declared first."""
    seen = set(first_seen(connection))
    for one in rows:
        part = _part(one)
        connection.execute(insert(LOAD).values(sequence=one.row.sequence, number=part.number))
        added = [key for key in part.declared if key not in seen]
        seen |= set(added)
        if added:
            connection.execute(insert(FIRST_SEEN), [_columns(key) | {"at": part.at} for key in added])


def _columns(key: Key) -> dict[str, object]:
    return {"target": key.target, "subject": key.subject, "beneficiary": key.beneficiary}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    sequence: int
    at: str
    number: int
    of: int
    digest: str
    declared: Mapping[Key, Days]
    targets: Mapping[str, Target]
    accepting: AcceptanceTerms | None
    storing: tuple[StoringTerms, ...] | None
    not_before: datetime | None = None


def _part(one: AppendedRow) -> _Part:
    fields = one.fields()
    part = _Part(
        sequence=one.row.sequence,
        at=one.row.instant,
        number=fields.take("number", whole),
        of=fields.take("of", whole),
        digest=fields.take("digest", text),
        declared=dict(fields.take("declared", each(_declared))),
        targets={target.id: target for target in fields.take("targets", each(TARGET.decode))},
        accepting=_accepting(one.row.beneficiary, fields),
        storing=fields.take("storing", each(STORING.decode)) if fields.has("storing") else None,
        not_before=fields.take("not_before", instant) if fields.has("not_before") else None,
    )
    fields.end()
    return part


def _accepting(beneficiary: str, fields: Fields) -> AcceptanceTerms | None:
    if not fields.has("signatories"):
        return None
    signatories = fields.take("signatories", optional(each(text)))
    return AcceptanceTerms(
        signatories={} if signatories is None else {beneficiary: signatories},
        mutualised=frozenset(fields.take("mutualised", each(KEY.decode))),
    )


def declared_in(one: AppendedRow) -> Mapping[Key, Days]:
    """Return what one row of a load declared. Raises LedgerDamaged."""
    return _part(one).declared


def own_load(one: AppendedRow) -> Load:
    """Return a load as the one row of it says that a beneficiary has. Raises LedgerDamaged."""
    part = _part(one)
    return Load(
        at=instant(part.at),
        not_before=part.not_before,
        declared=part.declared,
        sequence=part.sequence,
        digest=part.digest,
        targets=part.targets,
        accepting=part.accepting,
        storing=part.storing,
    )


def _declared(value: object) -> tuple[Key, Days]:
    if not isinstance(value, list) or len(value) != 5:
        refuse("declared subject", value)
    starts, ends = (optional(day)(one) for one in value[3:])
    return KEY.decode(value[:3]), Days(starts=starts, ends=ends)


_LAST_NUMBER = select(func.max(LOAD.c.number))


def last_number(connection: Connection) -> int:
    """Return the number of the last load, 0 where there is none."""
    return connection.execute(_LAST_NUMBER).scalar() or 0


def read(connection: Connection, since: int = 1) -> tuple[Load, ...]:
    """Return the loads from a number on, in the order of the ledger."""
    query = (
        select(CHAIN, PAYLOAD.c.text)
        .join(LOAD, LOAD.c.sequence == CHAIN.c.sequence)
        .join(PAYLOAD, PAYLOAD.c.sequence == CHAIN.c.sequence)
        .where(LOAD.c.number >= since)
        .order_by(CHAIN.c.sequence)
    )
    parts = [_part(appended(row)) for row in connection.execute(query)]
    return tuple(_joined(tuple(group)) for _, group in groupby(parts, key=lambda part: part.number))


def _joined(parts: tuple[_Part, ...]) -> Load:
    if len(parts) != parts[0].of:
        raise LedgerDamaged(f"load {parts[0].number} has {len(parts)} of its {parts[0].of} rows")
    declared = {key: days for part in parts for key, days in part.declared.items()}
    first = parts[0]
    return Load(
        at=instant(first.at),
        not_before=first.not_before,
        declared=declared,
        sequence=first.sequence,
        digest=first.digest,
        targets=first.targets,
        storing=None
        if any(part.storing is None for part in parts)
        else tuple(one for part in parts for one in part.storing or ()),
        accepting=_joined_terms([part.accepting for part in parts if part.accepting is not None]),
    )


def _joined_terms(terms: Sequence[AcceptanceTerms]) -> AcceptanceTerms | None:
    if not terms:
        return None
    return AcceptanceTerms(
        signatories={one: names for own in terms for one, names in own.signatories.items()},
        mutualised=frozenset(key for own in terms for key in own.mutualised),
    )


def first_seen(connection: Connection) -> Mapping[Key, datetime]:
    """Return when each key was first declared."""
    return {
        Key(target=row.target, subject=row.subject, beneficiary=row.beneficiary): instant(row.at)
        for row in connection.execute(select(FIRST_SEEN))
    }
