"""What a console says of the machines that only it sees: a CSV or JSON file that it drops on the agent's machine.

The date of each row counts, never the file's: a file written anew each night with old rows is old.
"""

from collections.abc import Iterator
from datetime import datetime

from agent.core.collecting import Look
from agent.core.errors import Unreadable
from agent.core.exports import instant_in, rows_of
from agent.core.inventory import DeclaredHost, Export
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
    rows = rows_of(content, export)
    if not any(export.host in row for row in rows) or not any(export.date in row for row in rows):
        raise Unreadable(f"the export {export.id} lacks a column that is declared for it")
    wanted = name.casefold()
    own = (row for row in rows if str(row.get(export.host, "")).strip().casefold() == wanted)
    return tuple(instant_in(row.get(export.date), export, name) for row in own)
