"""Conditions on the columns of KEY: a query that is narrowed to some keys costs what they do, and not the table."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Table, Update, bindparam, true, tuple_, update
from sqlalchemy import Row as SqlRow

from agent.core.model import Key
from agent.ledger.tables import KEY

# Beyond so many a whole table is read at once: the condition would be dearer than what it leaves out.
MOST = 600


def among(table: Table, keys: Collection[Key] | None) -> ColumnElement[bool]:
    """Return the condition that a row of a table with the columns of KEY is of one of some keys; None: of any.

    With many keys it may let others through as well. It is the same statement for any number of keys, which is
    compiled once.
    """
    if keys is None or len(keys) > MOST:
        return true()
    return tuple_(*(table.c[name] for name in KEY)).in_([tuple(columns_of(key).values()) for key in keys])


def columns_of(key: Key) -> dict[str, object]:
    """Return a key by column."""
    return {"target": key.target, "subject": key.subject, "beneficiary": key.beneficiary}


def same_key(table: Table, key: Key) -> tuple[ColumnElement[bool], ...]:
    """Return the condition that a row of a table is of a key."""
    return tuple(table.c[name] == value for name, value in columns_of(key).items())


def bound(key: Key) -> dict[str, object]:
    """Return the parameters that `by_key` names, for one key."""
    return {"key_target": key.target, "key_subject": key.subject, "key_beneficiary": key.beneficiary}


def key_of(row: SqlRow[*tuple[Any, ...]]) -> Key:
    """Return the key that a row of a table bears."""
    return Key(target=row.target, subject=row.subject, beneficiary=row.beneficiary)


def by_key(table: Table) -> Update:
    """Return the update of the row of one key, which `bound` gives."""
    return update(table).where(*(table.c[name] == bindparam(f"key_{name}") for name in KEY))
