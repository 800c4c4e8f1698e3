"""The database's own schema: the triggers that guard the chain, and what a ledger's file may hold besides the tables.

A trigger or a view that the program did not make can change what is written after every check of it. What the file
declares is therefore held to what this program declares, before each write and in each walk.

Source: https://sqlite.org/schematab.html.
"""

from collections.abc import Iterator
from functools import cache

from sqlalchemy import Connection

from agent.core.errors import LedgerDamaged
from agent.ledger import engines, schema

_TRIGGERS = (
    """CREATE TRIGGER chain_is_never_updated BEFORE UPDATE ON chain
       BEGIN SELECT RAISE(ABORT, 'a row of the chain is never changed'); END""",
    """CREATE TRIGGER chain_is_never_deleted BEFORE DELETE ON chain
       BEGIN SELECT RAISE(ABORT, 'a row of the chain is never removed'); END""",
    # INSERT OR REPLACE deletes without asking the trigger above; this one it asks.
    """CREATE TRIGGER chain_only_grows BEFORE INSERT ON chain
       WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM chain)
       BEGIN SELECT RAISE(ABORT, 'a row of the chain follows the last one'); END""",
    """CREATE TRIGGER payload_is_never_updated BEFORE UPDATE ON payload
       BEGIN SELECT RAISE(ABORT, 'a payload is never changed'); END""",
    """CREATE TRIGGER payload_is_deleted_by_rule BEFORE DELETE ON payload
       WHEN NOT EXISTS (SELECT 1 FROM erased WHERE sequence = OLD.sequence)
       BEGIN SELECT RAISE(ABORT, 'a payload is erased only by a rule'); END""",
    """CREATE TRIGGER payload_only_grows BEFORE INSERT ON payload
       WHEN EXISTS (SELECT 1 FROM payload WHERE sequence = NEW.sequence)
       BEGIN SELECT RAISE(ABORT, 'a payload is never replaced'); END""",
    """CREATE TRIGGER erased_is_never_updated BEFORE UPDATE ON erased
       BEGIN SELECT RAISE(ABORT, 'what was erased stays noted'); END""",
    """CREATE TRIGGER erased_is_never_deleted BEFORE DELETE ON erased
       BEGIN SELECT RAISE(ABORT, 'what was erased stays noted'); END""",
)
# What ANALYZE leaves; it tells the query planner how many rows there are, and changes no answer.
_STATISTICS = frozenset({"sqlite_stat1", "sqlite_stat4"})


def install(connection: Connection) -> None:
    """Let the database itself refuse to change or remove what was appended."""
    for trigger in _TRIGGERS:
        connection.exec_driver_sql(trigger)


def departures(connection: Connection) -> tuple[str, ...]:
    """Return how the schema of a ledger of the newest version departs from the expected one, ready to print."""
    if schema.version(connection) != schema.newest(schema.MIGRATIONS):
        return ()  # no one writes it before it is led on; a newer one than this program's is not opened
    found, expected = _declared(connection), _expected()
    return tuple(_told(found, expected))


def hold(connection: Connection) -> None:
    """Raise LedgerDamaged where the schema is not the expected one: what is written may not be what stays."""
    said = departures(connection)
    if said:
        raise LedgerDamaged(
            f"the ledger's schema was changed: {'; '.join(said[:3])}",
            "keep the file as it is, and restore the ledger from a backup",
        )


def _told(found: dict[str, tuple[str, str]], expected: dict[str, tuple[str, str]]) -> Iterator[str]:
    for name, (kind, text) in expected.items():
        what = "guard" if kind == "trigger" else kind
        if name not in found:
            yield f"the {what} {name} is missing"
        elif found[name] != (kind, text):
            yield f"the {what} {name} is not as it was made"
    for name, (kind, _) in found.items():
        if name not in expected:
            yield f"the {kind} {name!a:.80} is none of this program's"


def _declared(connection: Connection) -> dict[str, tuple[str, str]]:
    # An index without text is the one that SQLite makes of a primary key: part of its table's text.
    query = "SELECT name, type, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
    rows = connection.exec_driver_sql(query)
    return {name: (kind, " ".join(text.split())) for name, kind, text in rows if name not in _STATISTICS}


@cache
def _expected() -> dict[str, tuple[str, str]]:
    engine = engines.in_memory()
    try:
        with engine.connect() as connection:
            schema.make_tables(connection)
            install(connection)
            return _declared(connection)
    finally:
        engine.dispose()
