"""Narrow a query to some keys, so that what it costs grows with them and not with the table."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Table, and_, or_, true

from agent.core.model import Key

# Beyond so many a whole table is read at once: the condition would be dearer than what it leaves out.
MOST = 600


def among(table: Table, keys: Collection[Key] | None) -> ColumnElement[bool]:
    """Return the condition that a row of a table with the columns of KEY is of one of some keys; None: of any.

    With many keys it may let others through as well.
    """
    if keys is None or len(keys) > MOST:
        return true()
    subjects: dict[tuple[str, str], list[str]] = {}
    for key in keys:
        subjects.setdefault((key.target, key.beneficiary), []).append(key.subject)
    return or_(
        *(
            and_(table.c.target == target, table.c.subject.in_(names), table.c.beneficiary == beneficiary)
            for (target, beneficiary), names in subjects.items()
        ),
        *(() if subjects else (~true(),)),
    )
