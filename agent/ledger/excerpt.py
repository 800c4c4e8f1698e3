"""Rows of the chain for a bundle of evidence: whole days with their signed heads, and the rows after them.

Every row is there as its line; payloads only those of one beneficiary. Days before the quarter are there where they
hold a load of the configuration, an entry, or the verdict that proved a departure closed: the quarter rests on these.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, or_, select

from agent.core.judging import departures
from agent.ledger import closing, loads, registers
from agent.ledger.chain import GENESIS, line_of
from agent.ledger.heads import Head
from agent.ledger.rows import row_of
from agent.ledger.tables import CHAIN, PAYLOAD, VERDICT


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcerptLine:
    """One row's line; `own`: it is the beneficiary's, and `payload` its text, None where that was erased."""

    sequence: int
    text: str
    own: bool
    payload: str | None


class Excerpt:
    """Read an excerpt within one transaction: from the rows of the instant `since` to the row `through`."""

    def __init__(self, connection: Connection, beneficiary: str, *, since: str, through: int) -> None:
        self._connection = connection
        self._beneficiary = beneficiary
        found: int | None = connection.execute(
            select(func.min(CHAIN.c.sequence)).where(CHAIN.c.instant >= since)
        ).scalar()
        self.through = through
        begins = found or through + 1
        heads = [head for head in closing.read(connection) if head.last <= through]
        needed = self._needed_before(begins)
        self.heads = tuple(head for head in heads if head.last >= begins or _holds(head, needed))
        self.tail_from = (heads[-1].last if heads else 0) + 1

    def _needed_before(self, begins: int) -> Sequence[int]:
        own = CHAIN.c.beneficiary == self._beneficiary
        # A load that declares nothing of a beneficiary has no row of theirs, and takes away what was expected.
        counted = or_(CHAIN.c.kind == loads.KIND, and_(CHAIN.c.kind == registers.KIND, own))
        query = select(CHAIN.c.sequence).where(CHAIN.c.sequence < begins, counted)
        newest = (
            select(func.max(VERDICT.c.sequence).label("sequence"))
            .where(
                VERDICT.c.target == departures.TARGET,
                VERDICT.c.beneficiary == self._beneficiary,
                VERDICT.c.sequence <= self.through,
            )
            .group_by(VERDICT.c.subject)
        )
        proofs = [sequence for (sequence,) in self._connection.execute(newest) if sequence < begins]
        return sorted({*proofs, *(sequence for (sequence,) in self._connection.execute(query))})

    def lines(self, first: int, last: int) -> Iterator[ExcerptLine]:
        """Yield the rows from the first to the last, both included."""
        before = self._connection.execute(select(CHAIN.c.link).where(CHAIN.c.sequence == first - 1)).scalar()
        link = before or GENESIS
        own = and_(PAYLOAD.c.sequence == CHAIN.c.sequence, CHAIN.c.beneficiary == self._beneficiary)
        query = select(CHAIN, PAYLOAD.c.text).outerjoin(PAYLOAD, own)
        rows = self._connection.execute(query.where(CHAIN.c.sequence.between(first, last)).order_by(CHAIN.c.sequence))
        for found in rows:
            row = row_of(found)
            yield ExcerptLine(
                sequence=row.sequence,
                text=line_of(link, row),
                own=row.beneficiary == self._beneficiary,
                payload=found.text,
            )
            link = row.link


def _holds(head: Head, sequences: Sequence[int]) -> bool:
    return any(head.first <= sequence <= head.last for sequence in sequences)
