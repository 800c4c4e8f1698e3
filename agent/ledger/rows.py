"""Rows with their payloads, read from the database and put into derived tables."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update
from sqlalchemy import Row as SqlRow

from agent.ledger.appended_row import AppendedRow
from agent.ledger.chain import ChainRow
from agent.ledger.tables import CHAIN, PAYLOAD


def appended(found: SqlRow[*tuple[Any, ...]]) -> AppendedRow:
    """Return what a query for CHAIN's columns and PAYLOAD's text found."""
    return AppendedRow(row=row_of(found), text=found.text)


def row_of(found: SqlRow[*tuple[Any, ...]]) -> ChainRow:
    """Return what a query for CHAIN's columns found."""
    return ChainRow(
        sequence=found.sequence,
        instant=found.instant,
        kind=found.kind,
        beneficiary=found.beneficiary,
        payload_sha256=found.payload_sha256,
        link=found.link,
    )


def put(connection: Connection, table: Table, where: Mapping[str, object], values: Mapping[str, object]) -> None:
    """Give the one row of that key these values, made where it is missing."""
    condition = [table.c[name] == value for name, value in where.items()]
    if connection.execute(update(table).where(*condition).values(**values)).rowcount == 0:
        connection.execute(insert(table).values(**where, **values))


def put_all(connection: Connection, table: Table, key: Sequence[str], rows: Sequence[Mapping[str, object]]) -> None:
    """Let each of some rows, of which no two have one key, stand for its key."""
    if not rows:
        return
    same = [table.c[name] == bindparam(f"old_{name}") for name in key]
    connection.execute(delete(table).where(*same), [{f"old_{name}": row[name] for name in key} for row in rows])
    connection.execute(insert(table), rows)


def of_kind(connection: Connection, kind: str, beneficiary: str = "") -> Iterator[AppendedRow]:
    """Yield a beneficiary's rows of a kind that has no derived table, or those of no one, in the chain's order."""
    query = (
        select(CHAIN, PAYLOAD.c.text)
        .join(PAYLOAD, PAYLOAD.c.sequence == CHAIN.c.sequence)
        .where(CHAIN.c.kind == kind, CHAIN.c.beneficiary == beneficiary)
        .order_by(CHAIN.c.sequence)
    )
    return (appended(row) for row in connection.execute(query))
