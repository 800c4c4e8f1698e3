"""Files that a console or an identity provider drops on the agent's machine: a table of CSV, or a list of objects.

The date of each row counts, never the file's: a file written anew each night with old rows is old.
"""

import csv
import hashlib
import io
import json
import threading
from collections import Counter, OrderedDict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from agent.core.errors import Unreadable
from agent.core.host import Host
from agent.core.inventory import Export
from agent.core.lines import one_line

Row = Mapping[str, object]

LONGEST = 16 * 1024 * 1024
# An empty object of three bytes becomes a hundred: what is counted here is counted before anything is parsed.
MOST_ROWS = 100_000
MOST_CELLS = 1_000_000
# Exports of so many bytes together stay parsed for the machines that name them next, however many they are; else the
# machines of a round, each of which names several, would have each one parsed again.
REMEMBERED = 4 * LONGEST

_ONE_PARSES = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class _ParsedExport:
    """An export as it was read: its digest, what is declared of it, its length in bytes, and its rows."""

    digest: bytes
    export: Export
    length: int
    rows: list[Row]


_PARSED: OrderedDict[str, _ParsedExport] = OrderedDict()


def read_rows(here: Host, export: Export) -> list[Row]:
    """Return the rows of an export's file, parsed once for all machines that name it. Raises a LookError."""
    content = here.read(export.path, limit=LONGEST)
    digest = hashlib.sha256(content).digest()
    with _ONE_PARSES:
        known = _PARSED.pop(export.id, None)
        if known is None or (known.digest, known.export) != (digest, export):
            known = _ParsedExport(digest=digest, export=export, length=len(content), rows=rows_of(content, export))
        _PARSED[export.id] = known
        while len(_PARSED) > 1 and sum(one.length for one in _PARSED.values()) > REMEMBERED:
            _PARSED.popitem(last=False)
    return known.rows


def rows_of(content: bytes, export: Export) -> list[Row]:
    """Return the rows of an export. Raises Unreadable; a file without a row is one that was not written whole."""
    _hold_to_size(content, export)
    rows = list(_table(content, export) if export.format == "csv" else _objects(content, export))
    if not rows:
        raise Unreadable(f"the export {export.id} holds no row")
    return rows


def _hold_to_size(content: bytes, export: Export) -> None:
    """Raise Unreadable for more than an export of any size tells."""
    if export.format == "csv":
        rows, cells = content.count(b"\n"), content.count(export.separator.encode())
    else:
        # Lists within a row are few: each counts as a quarter of one.
        rows, cells = content.count(b"{") + content.count(b"[") // 4, content.count(b",")
    for number, most, what in ((rows, MOST_ROWS, "rows"), (cells, MOST_CELLS, "cells")):
        if number > most:
            raise Unreadable(f"the export {export.id} has more than {most} {what}", "split it, one file a fleet")


def instant_in(cell: object, export: Export, name: str) -> datetime:
    """Return the instant that a cell of one row holds, in UTC. Raises Unreadable."""
    text = str(cell).strip() if isinstance(cell, str) else ""
    try:
        told = datetime.fromisoformat(text) if export.date_format is None else _read(text, export.date_format)
        aware = told if told.tzinfo is not None else told.replace(tzinfo=ZoneInfo(export.timezone))
        return aware.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"the export {export.id} dates {one_line(name)} by {one_line(repr(cell), 60)}") from error


def _table(content: bytes, export: Export) -> Iterator[Mapping[str, object]]:
    text = _text(content)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=export.separator, strict=True)
    is_cut = bool(text) and not text.endswith(("\n", "\r", '"'))
    try:
        _hold_columns(reader.fieldnames or (), export)
        # Cells beyond the header stand under None, and missing ones are None. Files that were put together may hold a
        # row that was cut before others.
        for row in reader:
            is_cut = is_cut or None in row.values()
            yield {key: cell for key, cell in row.items() if key is not None}
    except csv.Error as error:
        raise Unreadable(f"the export {export.id} is no CSV: {error}") from error
    if is_cut:
        raise Unreadable(
            f"the export {export.id} ends within a row: it was not written whole",
            "end its last row with a line feed, and put it in place by renaming it when it is complete",
        )


def _hold_columns(header: Collection[str], export: Export) -> None:
    """Raise Unreadable if a column that is declared stands twice: which one counts cannot be known."""
    declared = {export.host, export.date, *(getattr(export.columns, one.name) for one in fields(export.columns))}
    twice = [name for name, number in Counter(header).items() if name and number > 1 and name in declared]
    if twice:
        raise Unreadable(f"the export {export.id} has the column {one_line(twice[0])} twice")


def _objects(content: bytes, export: Export) -> Iterator[Mapping[str, object]]:
    try:
        told: Any = json.loads(_text(content))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"the export {export.id} is no JSON") from error
    # Some consoles wrap their list: {"value": […]}
    lists = (
        [told]
        if isinstance(told, list)
        else [one for one in told.values() if isinstance(one, list)]
        if isinstance(told, dict)
        else []
    )
    if len(lists) != 1:
        raise Unreadable(f"the export {export.id} holds no list of machines")
    yield from (row for row in lists[0] if isinstance(row, dict))


def _text(content: bytes) -> str:
    """Return text as Windows and others write it."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _read(text: str, form: str) -> datetime:
    # The zone comes from the configuration where the text has none.
    return datetime.strptime(text, form)  # noqa: DTZ007
