"""Rows as they leave for another place, in the order of the chain, with their payloads as far as these exist."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from agent.ledger.chain import GENESIS, ChainRow, link_of, sha256
from agent.ledger.rows import row_of
from agent.ledger.tables import CHAIN, PAYLOAD


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingRow:
    """A row, the link of the row before it, and its payload's text; None where that was erased."""

    row: ChainRow
    previous: str
    text: str | None

    def is_linked(self) -> bool:
        """Return whether the row's link follows from the row before it."""
        return link_of(self.previous, self.row) == self.row.link

    def is_whole(self) -> bool:
        """Return whether the payload, if it is there, is the one that the row names."""
        return self.text is None or sha256(self.text) == self.row.payload_sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingRows:
    """Rows that follow one another; `newest` is the sequence of the ledger's last row."""

    rows: tuple[OutgoingRow, ...]
    newest: int


def link_at(connection: Connection, sequence: int) -> str | None:
    """Return the link of a row, of no row GENESIS; None where the ledger has no such row."""
    if sequence == 0:
        return GENESIS
    found: str | None = connection.execute(select(CHAIN.c.link).where(CHAIN.c.sequence == sequence)).scalar()
    return found


def rows_after(connection: Connection, sequence: int, *, rows: int, letters: int) -> OutgoingRows:
    """Return what follows a row: at most so many rows, and no further one after so many letters of payloads."""
    query = (
        select(CHAIN, PAYLOAD.c.text)
        .outerjoin(PAYLOAD, PAYLOAD.c.sequence == CHAIN.c.sequence)
        .where(CHAIN.c.sequence > sequence)
        .order_by(CHAIN.c.sequence)
        .limit(rows)
    )
    found: list[OutgoingRow] = []
    previous, taken = link_at(connection, sequence) or GENESIS, 0
    for one in connection.execute(query):
        found.append(OutgoingRow(row=row_of(one), previous=previous, text=one.text))
        previous, taken = one.link, taken + len(one.text or "")
        if taken >= letters:
            break
    newest: int | None = connection.execute(select(func.max(CHAIN.c.sequence))).scalar()
    return OutgoingRows(rows=tuple(found), newest=newest or 0)
