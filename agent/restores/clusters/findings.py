"""What a restored cluster showed once it was started. Pure."""

from dataclasses import dataclass
from datetime import datetime

# So many tables are named with their rows; all of them are counted.
NAMED_AT_MOST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRows:
    """How many rows a table has; `table` is its name with that of its schema, as SQL writes it."""

    table: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseCount:
    """One database that answered: its tables, the first of them by name, and how many rows they have together.

    `unlogged` counts the tables that come back empty from every base backup. `uncounted` are tables of which nothing is
    known, each with what the server said; `damaged` are those whose data cannot be read.
    """

    name: str
    tables: int = 0
    rows: int = 0
    named: tuple[TableRows, ...] = ()
    unlogged: int = 0
    uncounted: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterFindings:
    """What was seen of a started cluster.

    `replayed` is the LSN at which its recovery ended, `wanted` the one that it had to pass: the beginning of the newest
    segment. `committed` is when the last replayed transaction ended; None: none was. `checksums`: its pages have them,
    so that one that changed is seen. `unread` are databases that did not answer, each with what was said. `goes_on`:
    the archive holds more than was replayed. `missing` is a segment that it lacks before later ones. `listed`: each
    file of the base backup was held to the sum that was kept of it.
    """

    server: str
    replayed: int
    wanted: int
    committed: datetime | None = None
    checksums: bool = False
    databases: tuple[DatabaseCount, ...] = ()
    unread: tuple[str, ...] = ()
    goes_on: bool = False
    missing: str = ""
    listed: bool = False

    @property
    def whole(self) -> bool:
        """Return whether recovery took all that is archived up to the first segment that lacks."""
        return not self.goes_on

    @property
    def damaged(self) -> tuple[str, ...]:
        """Return what cannot be read, each with its database."""
        return tuple(f"{one.name}: {said}" for one in self.databases for said in one.damaged)

    @property
    def uncounted(self) -> tuple[str, ...]:
        """Return what nothing is known of, each with what was said."""
        return (*self.unread, *(f"{one.name}: {said}" for one in self.databases for said in one.uncounted))


def lsn_text(position: int) -> str:
    """Return an LSN as PostgreSQL writes it."""
    return f"{position >> 32:X}/{position & 0xFFFFFFFF:X}"
