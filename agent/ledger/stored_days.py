"""The rows of days in the database: the one that stands for each key and day."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy import Row as SqlRow

from agent.accounting.days import DayRow
from agent.accounting.open_days import StoredDaySpan
from agent.core.model import Key
from agent.ledger import day_rows, encode
from agent.ledger.append import Writer
from agent.ledger.appended_row import AppendedRow
from agent.ledger.day_rows import DayResult, days_in
from agent.ledger.fields import day as read_day
from agent.ledger.fields import instant
from agent.ledger.kept_types import REASON, STATE
from agent.ledger.key_filter import among, columns_of
from agent.ledger.rows import put_all
from agent.ledger.tables import DAY, KEY

# So many share a row at most.
MOST_SHARED = 1000


def keep(writer: Writer, rows: Sequence[DayRow]) -> None:
    """Append the days that say something else than what stands for their key and day."""
    if not rows:
        return
    first, last = min(row.day for row in rows), max(row.day for row in rows)
    standing = {(row.key, row.day): row for row in between(writer.connection, first, last)}
    alike: dict[tuple[object, ...], list[DayRow]] = {}
    corrected = []
    for row in rows:
        before = standing.get((row.key, row.day))
        if _said(before) == _said(row):
            continue
        standing[row.key, row.day] = row
        if before is None and not row.late:
            alike.setdefault((row.key.beneficiary, row.day, row.judged_at, _said(row)), []).append(row)
        else:
            corrected.append([row])
    parts = (each[start : start + MOST_SHARED] for each in alike.values() for start in range(0, len(each), MOST_SHARED))
    for together in (*parts, *corrected):
        _append(writer, together)


def _append(writer: Writer, alike: Sequence[DayRow]) -> None:
    """Append days that say the same of keys of one beneficiary."""
    beneficiary = alike[0].key.beneficiary
    if len(alike) == 1:
        writer.append(day_rows.KIND, day_rows.alone(alike[0]), beneficiary)
    else:
        writer.append(day_rows.SHARED, day_rows.shared(alike), beneficiary)


def _said(row: DayRow | None) -> tuple[object, ...]:
    return () if row is None else (row.state, row.measured, row.reason, row.late)


def derive(connection: Connection, rows: Sequence[AppendedRow]) -> None:
    """Take each row as the one that stands for its key and day."""
    newest: dict[tuple[object, ...], dict[str, object]] = {}
    for sequence, row in ((one.row.sequence, row) for one in rows for row in days_in(one)):
        newest[row.key, row.day] = {
            **columns_of(row.key),
            "day": row.day.isoformat(),
            "sequence": sequence,
            "state": row.state.value,
            "measured": row.measured.value,
            "reason": row.reason.value,
            "late": row.late,
            "judged_at": encode.instant(row.judged_at),
        }
    put_all(connection, DAY, (*KEY, "day"), list(newest.values()))


def newest(connection: Connection) -> int:
    """Return the sequence of the newest day row, 0 where there is none."""
    return connection.execute(select(func.max(DAY.c.sequence))).scalar() or 0


def keys_since(connection: Connection, sequence: int) -> frozenset[Key]:
    """Return the keys that got a day row after the row of a sequence."""
    query = select(*(DAY.c[name] for name in KEY)).distinct().where(DAY.c.sequence > sequence)
    return frozenset(
        Key(target=row.target, subject=row.subject, beneficiary=row.beneficiary) for row in connection.execute(query)
    )


def summary(connection: Connection, keys: Collection[Key] | None = None) -> Mapping[Key, StoredDaySpan]:
    """Return, for each key or (at least) for some, which days have a row: the first, the last, and how many."""
    names = [DAY.c[name] for name in KEY]
    query = select(
        *names, func.min(DAY.c.day).label("first"), func.max(DAY.c.day).label("last"), func.count().label("rows")
    )
    return {
        Key(target=row.target, subject=row.subject, beneficiary=row.beneficiary): StoredDaySpan(
            first=read_day(row.first), last=read_day(row.last), count=row.rows
        )
        for row in connection.execute(query.where(among(DAY, keys)).group_by(*names))
    }


def days_of(connection: Connection, key: Key) -> frozenset[date]:
    """Return every day for which a key has a row."""
    values = (key.target, key.subject, key.beneficiary)
    own = (DAY.c[name] == value for name, value in zip(KEY, values, strict=True))
    return frozenset(read_day(day) for (day,) in connection.execute(select(DAY.c.day).where(*own)))


def between(connection: Connection, first: date, last: date, keys: Collection[Key] | None = None) -> tuple[DayRow, ...]:
    """Return the row that stands for each key and day, both ends included, by day and key; of some keys at least."""
    query = (
        select(DAY)
        .where(DAY.c.day >= first.isoformat(), DAY.c.day <= last.isoformat(), among(DAY, keys))
        .order_by(DAY.c.day, *(DAY.c[name] for name in KEY))
    )
    return tuple(
        DayRow(
            key=Key(target=row.target, subject=row.subject, beneficiary=row.beneficiary),
            day=read_day(row.day),
            state=STATE.decode(row.state),
            measured=STATE.decode(row.measured),
            reason=REASON.decode(row.reason),
            late=bool(row.late),
            judged_at=instant(row.judged_at),
        )
        for row in connection.execute(query)
    )


def of_keys(
    connection: Connection, first: date, last: date, keys: Iterable[Key]
) -> Mapping[Key, Mapping[str, DayResult]]:
    """Return the result of each day of some keys, both ends included, by the day's text; nothing else is even read.

    Days of the same result are one value, so that a year of a large fleet takes little room.
    """
    subjects: dict[tuple[str, str], list[str]] = {}
    for key in keys:
        subjects.setdefault((key.target, key.beneficiary), []).append(key.subject)
    rows = (
        row
        for (target, beneficiary), names in subjects.items()
        for start in range(0, len(names), _AT_ONCE)
        for row in connection.execute(
            select(*_SAID).where(
                DAY.c.target == target,
                DAY.c.subject.in_(names[start : start + _AT_ONCE]),
                DAY.c.beneficiary == beneficiary,
                DAY.c.day >= first.isoformat(),
                DAY.c.day <= last.isoformat(),
            )
        )
    )
    return _gathered(rows)


# A database takes some thousands of values in one statement.
_AT_ONCE = 500

_SAID = (*(DAY.c[name] for name in KEY), DAY.c.day, DAY.c.state, DAY.c.measured, DAY.c.reason, DAY.c.late)


def _gathered(rows: Iterable[SqlRow[*tuple[Any, ...]]]) -> Mapping[Key, Mapping[str, DayResult]]:
    alike: dict[tuple[str, str, str, bool], DayResult] = {}
    found: dict[tuple[str, str, str], dict[str, DayResult]] = {}
    for target, subject, beneficiary, day, *said in rows:
        state, measured, reason, late = words = (*said,)
        if words not in alike:
            alike[words] = DayResult(
                state=STATE.decode(state),
                measured=STATE.decode(measured),
                reason=REASON.decode(reason),
                late=bool(late),
            )
        found.setdefault((target, subject, beneficiary), {})[day] = alike[words]
    return {
        Key(target=target, subject=subject, beneficiary=beneficiary): days
        for (target, subject, beneficiary), days in found.items()
    }
