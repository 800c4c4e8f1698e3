"""What a console says of the machines that only it sees: a CSV or JSON file that it drops on the agent's machine.

The date of each row counts, never the file's: a file written anew each night with old rows is old.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from agent.core.collecting import Look
from agent.core.errors import Unreadable
from agent.core.inventory import DeclaredHost, Export
from agent.core.lines import one_line
from agent.core.protection import CONSOLE, Protection

LONGEST = 32 * 1024 * 1024


def look_at(machine: DeclaredHost, export: Export, look: Look) -> Iterator[Protection]:
    """Yield what the console says of one machine; nothing where it does not know it. Raises a LookError."""
    dates = dated(look.here.read(export.path, limit=LONGEST), export, machine.antivirus.name or machine.id)
    if dates:
        yield Protection(product=CONSOLE, running=True, contact=max(dates))


def dated(content: bytes, export: Export, name: str) -> tuple[datetime, ...]:
    """Return the dates of the rows that are about one machine. Raises Unreadable.

    A console lists a machine twice after a new installation. A file without a row is one that was not written whole.
    """
    rows = list(_table(content, export) if export.format == "csv" else _objects(content, export))
    if not rows:
        raise Unreadable(f"the export {export.id} holds no row")
    if not any(export.host in row for row in rows) or not any(export.date in row for row in rows):
        raise Unreadable(f"the export {export.id} lacks a column that is declared for it")
    wanted = name.casefold()
    own = (row for row in rows if str(row.get(export.host, "")).strip().casefold() == wanted)
    return tuple(_date(row.get(export.date), export, name) for row in own)


def _table(content: bytes, export: Export) -> Iterator[Mapping[str, object]]:
    reader = csv.DictReader(io.StringIO(_text(content), newline=""), delimiter=export.separator, strict=True)
    try:
        # Cells beyond the header stand under None, and missing ones are None.
        yield from ({str(key): cell for key, cell in row.items() if key is not None} for row in reader)
    except csv.Error as error:
        raise Unreadable(f"the export {export.id} is no CSV: {error}") from error


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


def _date(cell: object, export: Export, name: str) -> datetime:
    text = str(cell).strip() if isinstance(cell, str) else ""
    try:
        told = datetime.fromisoformat(text) if export.date_format is None else _read(text, export.date_format)
        aware = told if told.tzinfo is not None else told.replace(tzinfo=ZoneInfo(export.timezone))
        return aware.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"the export {export.id} dates {one_line(name)} by {one_line(repr(cell), 60)}") from error


def _read(text: str, form: str) -> datetime:
    # The zone comes from the configuration where the text has none.
    return datetime.strptime(text, form)  # noqa: DTZ007
