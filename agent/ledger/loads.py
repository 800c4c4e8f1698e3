"""Loads of the configuration in the database: appended where they differ, and read whole."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection, func, insert, select

from agent.accounting.accepting import AcceptanceTerms
from agent.accounting.expectation import Days
from agent.accounting.storing import StoringTerms
from agent.core.model import Key, Target
from agent.ledger import encode
from agent.ledger.append import Writer, not_before
from agent.ledger.appended_row import AppendedRow
from agent.ledger.fields import instant
from agent.ledger.kept_types import KEY, STORING, TARGET
from agent.ledger.load_rows import KIND, Load, joined, part_of
from agent.ledger.rows import appended
from agent.ledger.tables import CHAIN, FIRST_SEEN, LOAD, PAYLOAD


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
        part = part_of(one)
        connection.execute(insert(LOAD).values(sequence=one.row.sequence, number=part.number))
        added = [key for key in part.declared if key not in seen]
        seen |= set(added)
        if added:
            connection.execute(insert(FIRST_SEEN), [_columns(key) | {"at": part.at} for key in added])


def _columns(key: Key) -> dict[str, object]:
    return {"target": key.target, "subject": key.subject, "beneficiary": key.beneficiary}


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
    parts = [part_of(appended(row)) for row in connection.execute(query)]
    return tuple(joined(tuple(group)) for _, group in groupby(parts, key=lambda part: part.number))


def first_seen(connection: Connection) -> Mapping[Key, datetime]:
    """Return when each key was first declared."""
    return {
        Key(target=row.target, subject=row.subject, beneficiary=row.beneficiary): instant(row.at)
        for row in connection.execute(select(FIRST_SEEN))
    }
