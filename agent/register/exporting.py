"""Write a register's entries as CSV or JSON, each cell as text that neither a spreadsheet nor a terminal acts upon."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime

from agent.register.book import BookEntry
from agent.register.csv_file import inert_cell
from agent.register.registers import Register

SCHEMA = "beffroi.register/1"
FIRST = ("id", "received_at", "revision")


def as_json(register_name: str, rows: Sequence[BookEntry]) -> str:
    """Return the contract's JSON: one line, in ASCII, so that nothing in it can steer a terminal."""
    entries = [
        {**row.values, "id": row.id, "received_at": instant(row.received_at), "revision": row.revision} for row in rows
    ]
    ordered = [{key: entry[key] for key in (*FIRST, *entry)} for entry in entries]
    return json.dumps({"schema": SCHEMA, "register": register_name, "entries": ordered})


def as_csv(register: Register, rows: Sequence[BookEntry]) -> str:
    """Return a table (comma, CRLF as RFC 4180 has it) of the register's keys, one row a revision."""
    keys = [field.key for field in register.fields]
    written = io.StringIO(newline="")
    table = csv.writer(written)
    table.writerow([*FIRST, *keys])
    for row in rows:
        cells = [row.id, instant(row.received_at), str(row.revision), *(row.values.get(key, "") for key in keys)]
        table.writerow([inert_cell(cell) for cell in cells])
    return written.getvalue()


def instant(at: datetime) -> str:
    """Return an aware instant as ISO 8601 in UTC, cut to the second, ending in Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
