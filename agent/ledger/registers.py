"""Register entries in the ledger: every revision, in the order in which they came; each number is given once."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, func, insert, select

from agent.core.errors import UsageError
from agent.ledger import encode
from agent.ledger.append import Writer, not_before
from agent.ledger.appended_row import AppendedRow
from agent.ledger.entry_rows import KIND, EntryRow, entry_of, number_of
from agent.ledger.rows import appended, put
from agent.ledger.tables import CHAIN, ENTRY, ENTRY_NUMBER, PAYLOAD


def keep(writer: Writer, register: str, values: Mapping[str, str], *, id: str | None, beneficiary: str) -> str:
    """Append an entry, or a revision of the one named; return its id. Raises UsageError for an unknown one."""
    if id is None:
        id, revision = f"{register}-{next_number(writer.connection, register)}", 1
    else:
        known = select(func.max(ENTRY.c.revision)).where(ENTRY.c.register == register, ENTRY.c.id == id)
        last: int | None = writer.connection.execute(known).scalar()
        if last is None:
            raise UsageError(f"{register}: no entry {id[:60]!r}", f"see: beffroi register list {register}")
        revision = last + 1
    _append(writer, register, id, revision, values, beneficiary, not_before(writer.connection, writer.now))
    writer.flush()
    return id


def keep_all(writer: Writer, register: str, entries: Sequence[tuple[Mapping[str, str], str]]) -> tuple[str, ...]:
    """Append new entries, each (values, beneficiary); return their ids."""
    ids, beside = [], not_before(writer.connection, writer.now)
    for number, (values, beneficiary) in enumerate(entries, next_number(writer.connection, register)):
        ids.append(f"{register}-{number}")
        _append(writer, register, ids[-1], 1, values, beneficiary, beside)
    writer.flush()
    return tuple(ids)


def _append(
    writer: Writer,
    register: str,
    id: str,
    revision: int,
    values: Mapping[str, str],
    beneficiary: str,
    beside: Mapping[str, object],
) -> None:
    content = {
        "register": register,
        "id": id,
        "revision": revision,
        "values": dict(values),
        "received_at": encode.instant(writer.now),
        **beside,
    }
    writer.append(KIND, content, beneficiary)


def next_number(connection: Connection, register: str) -> int:
    """Return the number that the next entry of a register gets."""
    query = select(ENTRY_NUMBER.c.number).where(ENTRY_NUMBER.c.register == register)
    return (connection.execute(query).scalar() or 0) + 1


def derive(connection: Connection, rows: Sequence[AppendedRow]) -> None:
    """Note where each revision is, and the highest number of its register."""
    noted: list[dict[str, object]] = []
    highest: dict[str, int] = {}
    for one in rows:
        entry = entry_of(one)
        where = {"register": entry.register, "id": entry.id, "revision": entry.revision}
        noted.append({"sequence": one.row.sequence, **where})
        highest[entry.register] = max(highest.get(entry.register, 0), number_of(entry.register, entry.id))
    if noted:
        connection.execute(insert(ENTRY), noted)
    for register, number in highest.items():
        if number >= next_number(connection, register):
            put(connection, ENTRY_NUMBER, {"register": register}, {"number": number})


def read(connection: Connection) -> tuple[EntryRow, ...]:
    """Return the revisions of all registers, in the order in which they came; erased ones are left out."""
    query = (
        select(CHAIN, PAYLOAD.c.text)
        .join(ENTRY, ENTRY.c.sequence == CHAIN.c.sequence)
        .join(PAYLOAD, PAYLOAD.c.sequence == CHAIN.c.sequence)
        .order_by(CHAIN.c.sequence)
    )
    return tuple(entry_of(appended(row)) for row in connection.execute(query))


_MARK = select(func.max(ENTRY.c.sequence), func.count()).select_from(
    ENTRY.join(PAYLOAD, PAYLOAD.c.sequence == ENTRY.c.sequence)
)


def mark(connection: Connection) -> tuple[int, int]:
    """Return what changes whenever a revision is appended or erased: the newest one's sequence, and how many there are.

    Reading them all again takes a second for 100,000.
    """
    newest, count = connection.execute(_MARK).one()
    return newest or 0, count
