"""What a console says of the machines that only it sees: a CSV or JSON file that it drops on the agent's machine.

The date of each row counts, never the file's: a file written anew each night with old rows is old.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from agent.core.collecting.collector import Look
from agent.core.errors import Unreadable
from agent.core.facts.console_exports import Row, instant_in, read_rows
from agent.core.facts.protection import CONSOLE, Protection
from agent.core.inventory import DeclaredHost, Export
from agent.core.lines import one_line

# How consoles write that a protection is on, or off, in the two languages of our readers.
ON = frozenset({"1", "true", "yes", "on", "enabled", "active", "running", "vrai", "oui", "activé", "actif", "protégé"})
OFF = frozenset(
    {"0", "false", "no", "off", "disabled", "inactive", "stopped", "faux", "non", "désactivé", "inactif", "arrêté"}
)


def look_at(machine: DeclaredHost, export: Export, look: Look) -> Iterator[Protection]:
    """Yield what the console says of one machine; nothing where it does not know it. Raises a LookError."""
    rows = reported(read_rows(look.here, export), export, machine.antivirus.name or machine.id)
    if rows:
        newest = max(date for date, _running in rows)
        # Of two rows of the same instant, the one that says «off» counts.
        running = all(on for date, on in rows if date == newest)
        said = None if running else f"the export {export.id} says that its protection is off"
        yield Protection(product=CONSOLE, running=running, contact=newest, said=said)


def reported(rows: Sequence[Row], export: Export, name: str) -> tuple[tuple[datetime, bool], ...]:
    """Return date and protection (True: on) of the rows that are about one machine. Raises Unreadable.

    A console lists a machine twice after a new installation. Without a column that says so, a machine that reports
    counts as protected.
    """
    if not any(export.host in row for row in rows) or not any(export.date in row for row in rows):
        raise Unreadable(f"the export {export.id} lacks a column that is declared for it")
    wanted = name.casefold()
    own = (row for row in rows if str(row.get(export.host, "")).strip().casefold() == wanted)
    return tuple((instant_in(row.get(export.date), export, name), _running(row, export, name)) for row in own)


def _running(row: Row, export: Export, name: str) -> bool:
    column = export.columns.running
    if column is None:
        return True
    word = str(row.get(column, "")).strip().casefold()
    if word not in ON | OFF:
        raise Unreadable(
            f"the export {export.id} says of the protection of {one_line(name)}: {one_line(word, 60) or 'nothing'}",
            f"write one of {', '.join(sorted(ON))}, or one of {', '.join(sorted(OFF))}",
        )
    return word in ON
