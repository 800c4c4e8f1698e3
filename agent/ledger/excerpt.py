"""Whole days of the chain for a bundle of evidence: every row as its line, payloads only those of one beneficiary."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, and_, select

from agent.ledger.chain import GENESIS, line_of
from agent.ledger.rows import row_of
from agent.ledger.tables import CHAIN, PAYLOAD


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcerptLine:
    """One row's line; `own`: it is the beneficiary's, and `payload` its text, None where that was erased."""

    sequence: int
    text: str
    own: bool
    payload: str | None


def excerpt(connection: Connection, beneficiary: str, first: int, last: int) -> Iterator[ExcerptLine]:
    """Yield the rows from the first to the last, both included."""
    before = connection.execute(select(CHAIN.c.link).where(CHAIN.c.sequence == first - 1)).scalar()
    link = before or GENESIS
    own = and_(PAYLOAD.c.sequence == CHAIN.c.sequence, CHAIN.c.beneficiary == beneficiary)
    query = select(CHAIN, PAYLOAD.c.text).outerjoin(PAYLOAD, own)
    rows = connection.execute(query.where(CHAIN.c.sequence.between(first, last)).order_by(CHAIN.c.sequence))
    for found in rows:
        row = row_of(found)
        yield ExcerptLine(
            sequence=row.sequence,
            text=line_of(link, row),
            own=row.beneficiary == beneficiary,
            payload=found.text,
        )
        link = row.link
