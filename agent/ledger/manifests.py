"""Manifests of stores in the ledger: a row holds what one look changed, a table what is known of each file by now.

A payload: `subject`; `added`, each [name, size], the first of which has the number `first`; `explained`, `missing` and
`hashed` as ranges [first, last] of numbers, so that a night which hashes everything takes a few bytes. A name that
comes back after it was gone is added anew, under another number.
"""

from collections.abc import Iterable, Sequence
from functools import cache

from sqlalchemy import Connection, bindparam, func, insert, select, update

from agent.core.manifest import FileRecord, Manifest, ManifestChange
from agent.ledger.append import Writer
from agent.ledger.appended_row import AppendedRow
from agent.ledger.erasures import ranges
from agent.ledger.fields import Fields, each, instant, refuse, text, whole
from agent.ledger.tables import MANIFEST

KIND = "manifest"
# Rows that are fetched together: one by one takes as long again.
AT_ONCE = 10_000


def keep(writer: Writer, subject: str, change: ManifestChange, beneficiary: str) -> None:
    """Append what a look changed; what is known already, or of a name that is not, is left out."""
    writer.flush()
    numbers = _numbers(writer.connection, subject)
    present = {name for name, (_, gone, _) in numbers.items() if not gone}
    added = [[file.name, file.size] for file in change.added if file.name not in present]
    first = 1 + max((number for number, _, _ in numbers.values()), default=0)
    fresh = {str(name): first + place for place, (name, _) in enumerate(added)}
    here = {name: numbers[name][0] for name in present} | fresh
    lost = {name: number for name, (number, gone, explained) in numbers.items() if gone and not explained}
    content = {
        "subject": subject,
        "first": first,
        "added": added,
        "explained": _ranges(change.explained, {**lost, **here}),
        "missing": _ranges(change.missing, here),
        "hashed": _ranges(change.hashed, here),
    }
    if any(content[part] for part in ("added", "explained", "missing", "hashed")):
        writer.append(KIND, content, beneficiary)


def is_known(connection: Connection, subject: str) -> bool:
    """Return True if anything is known of a subject's files."""
    query = select(MANIFEST.c.number).where(MANIFEST.c.subject == subject).limit(1)
    return connection.execute(query).first() is not None


def _ranges(names: Iterable[str], numbers: dict[str, int]) -> list[list[int]]:
    return ranges(sorted({numbers[name] for name in names if name in numbers}))


def _numbers(connection: Connection, subject: str) -> dict[str, tuple[int, bool, bool]]:
    """Return, for each name, its newest number, whether it is gone, and whether that is explained."""
    query = select(MANIFEST).where(MANIFEST.c.subject == subject).order_by(MANIFEST.c.number)
    return {row.name: (row.number, row.gone is not None, row.explained) for row in connection.execute(query)}


def derive(connection: Connection, rows: Sequence[AppendedRow]) -> None:
    """Bring the table up to date."""
    for one in rows:
        fields = one.fields()
        subject, first = fields.take("subject", text), fields.take("first", whole)
        added = fields.take("added", each(_added))
        if added:
            connection.execute(
                insert(MANIFEST),
                [
                    {
                        "subject": subject,
                        "number": first + place,
                        "name": name,
                        "size": size,
                        "first_seen": one.row.instant,
                        "last_hashed": None,
                        "gone": None,
                        "explained": False,
                    }
                    for place, (name, size) in enumerate(added)
                ],
            )
        at = one.row.instant
        _note(connection, subject, fields, "explained", {"gone": func.coalesce(MANIFEST.c.gone, at), "explained": True})
        _note(connection, subject, fields, "missing", {"gone": at})
        _note(connection, subject, fields, "hashed", {"last_hashed": at})
        fields.end()


def _note(connection: Connection, subject: str, fields: Fields, part: str, values: dict[str, object]) -> None:
    found = fields.take(part, each(_range))
    if found:
        within = MANIFEST.c.number.between(bindparam("least"), bindparam("most"))
        renew = update(MANIFEST).where(MANIFEST.c.subject == subject, within).values(**values)
        connection.execute(renew, [{"least": least, "most": most} for least, most in found])


def _added(value: object) -> tuple[str, int]:
    if not isinstance(value, list) or len(value) != 2:
        refuse("file of a manifest", value)
    return text(value[0]), whole(value[1])


def _range(value: object) -> tuple[int, int]:
    parts = each(whole)(value)
    return (parts[0], parts[1]) if len(parts) == 2 else refuse("range", value)


def read(connection: Connection, subject: str) -> Manifest:
    """Return what is known of every file that a store was seen to hold."""
    known = MANIFEST.c
    query = select(known.name, known.size, known.first_seen, known.last_hashed, known.gone, known.explained)
    at = cache(instant)  # of thousands of files it is the same, that of the look which saw them
    rows = connection.execute(query.where(known.subject == subject).order_by(known.number))
    return Manifest(
        FileRecord(
            name=name,
            size=size,
            first_seen=at(seen),
            last_hashed=None if hashed is None else at(hashed),
            gone=None if gone is None else at(gone),
            explained=explained,
        )
        for part in rows.partitions(AT_ONCE)
        for name, size, seen, hashed, gone, explained in part
    )
