"""The schema's version, and the migrations to it.

A new ledger is made in the newest form at once. An older one takes every step that it lacks, each in a transaction of
its own, which also appends a row of kind `migration`. A step may add, fill and remove whatever is derived; what was
digested is left alone, and the step is undone where it was not.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection, create_mock_engine, func, insert, select, update

from agent.core.errors import LedgerDamaged, LedgerError
from agent.ledger import engines
from agent.ledger.fields import Fields, whole
from agent.ledger.tables import (
    BATCH,
    BATCH_DAY,
    BATCH_INSTANT,
    BATCHED_OBSERVATION,
    CHAIN,
    CHECKPOINT,
    DAY,
    LATEST_READING,
    LOG_LEAF,
    METADATA,
    OWN_TREE,
    PAYLOAD,
    SCHEMA,
    VERDICT,
    VERDICT_ROW,
)

KIND = "migration"
OLDEST = 1
# From this version on a head gives each beneficiary its place.
PLACES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """Lead from version `to` - 1 to version `to`."""

    to: int
    apply: Callable[[Connection], None]


def typed_values(_connection: Connection) -> None:
    """Change no table: rows of version 2 hold typed values, which a program of version 1 takes for damage."""


def log_tables(connection: Connection) -> None:
    """Add the tables of the agent's log; its first leaf, with the next signed day, commits to the last head."""
    METADATA.create_all(connection, tables=[LOG_LEAF, OWN_TREE, CHECKPOINT])


def batches(connection: Connection) -> None:
    """Add the tables of looks that are kept together, and make that of the newest looks anew, with their places.

    Rows of version 4 may hold many looks each, which a program of version 3 does not know.
    """
    old = "SELECT collector, subject, sequence, look, instant FROM latest_reading JOIN chain USING (sequence)"
    kept = connection.exec_driver_sql(old).mappings().all()
    connection.exec_driver_sql("DROP TABLE latest_reading")
    METADATA.create_all(connection, tables=[LATEST_READING, BATCH, BATCHED_OBSERVATION, BATCH_DAY, BATCH_INSTANT])
    if kept:
        rows = [{**row, "position": 0, "origin": row["sequence"]} for row in kept]
        connection.execute(insert(LATEST_READING), rows)


def places(_connection: Connection) -> None:
    """Change no table: heads of version 5 give each beneficiary its place, which a program of version 4 cannot read."""


def shared_rows(connection: Connection) -> None:
    """Make the tables of verdicts and days anew: since version 6 a row may have those of many keys.

    A program of version 5 does not know such rows.
    """
    connection.exec_driver_sql("ALTER TABLE verdict_row RENAME TO verdict_before")
    connection.exec_driver_sql("ALTER TABLE day_row RENAME TO day_before")
    for index in ("verdict_row_by_key", "verdict_row_by_instant", "day_row_by_day", "day_row_by_sequence"):
        connection.exec_driver_sql(f"DROP INDEX {index}")
    METADATA.create_all(connection, tables=[VERDICT_ROW, VERDICT, DAY])
    for table, before in ((VERDICT_ROW, "verdict_before"), (VERDICT, "verdict_before"), (DAY, "day_before")):
        names = ", ".join(column.name for column in table.columns)
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {before}")
    connection.exec_driver_sql("DROP TABLE verdict_before")
    connection.exec_driver_sql("DROP TABLE day_before")


MIGRATIONS: tuple[Migration, ...] = (
    Migration(to=2, apply=typed_values),
    Migration(to=3, apply=log_tables),
    Migration(to=4, apply=batches),
    Migration(to=PLACES, apply=places),
    Migration(to=6, apply=shared_rows),
)


def newest(migrations: Sequence[Migration]) -> int:
    """Return the version that a ledger has after all of these."""
    return max((migration.to for migration in migrations), default=OLDEST)


def make_tables(connection: Connection) -> None:
    """Make every table, in the newest form, in a database that has none."""
    for statement in _statements():
        connection.exec_driver_sql(statement)


@cache
def _statements() -> tuple[str, ...]:
    made: list[str] = []
    dialect = engines.dialect()
    METADATA.create_all(
        create_mock_engine("sqlite://", lambda statement, *_: made.append(str(statement.compile(dialect=dialect)))),
        checkfirst=False,
    )
    return tuple(made)


def create_tables(connection: Connection) -> None:
    """Make every table, and note the version."""
    make_tables(connection)
    connection.execute(insert(SCHEMA).values(version=newest(MIGRATIONS)))


_VERSION = select(func.max(SCHEMA.c.version))


def version(connection: Connection) -> int:
    """Return a ledger's version. Raises LedgerDamaged where it has none."""
    found: int | None = connection.execute(_VERSION).scalar()
    if not isinstance(found, int):
        raise LedgerDamaged("the ledger does not say its version", "restore it from a backup")
    return found


def version_in(fields: Fields) -> int:
    """Return to which version a row of kind `migration` led the ledger. Raises LedgerDamaged."""
    fields.take("from", whole)
    return fields.take("to", whole)


def missing(found: int, migrations: Sequence[Migration]) -> tuple[Migration, ...]:
    """Return the steps that a ledger of some version lacks, in order. Raises LedgerError for a newer one than ours."""
    if found > newest(migrations):
        raise LedgerError(
            f"the ledger has version {found}, this program knows up to {newest(migrations)}",
            "upgrade beffroi to the version that wrote it",
        )
    return tuple(sorted((step for step in migrations if step.to > found), key=lambda step: step.to))


def take(connection: Connection, step: Migration) -> None:
    """Take one step. Raises LedgerDamaged where it touched what was digested."""
    before = _digested(connection)
    step.apply(connection)
    if _digested(connection) != before:
        raise LedgerDamaged(f"the step to version {step.to} touched what was digested; it was undone")
    connection.execute(update(SCHEMA).values(version=step.to))


def _digested(connection: Connection) -> tuple[object, ...]:
    rows = connection.execute(select(func.count(), func.max(CHAIN.c.sequence)).select_from(CHAIN)).one()
    last = connection.execute(select(CHAIN.c.link).order_by(CHAIN.c.sequence.desc()).limit(1)).scalar()
    payloads = connection.execute(
        select(func.count(), func.sum(func.length(PAYLOAD.c.text))).select_from(PAYLOAD)
    ).one()
    return (*rows, last, *payloads)
