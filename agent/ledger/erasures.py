"""Erase payloads by rule; the rows stay, and one more row says what went, when and by which rule.

A payload's text is all that goes. A reading's stays, however old, while it is the newest look at its subject or while
one that is younger can only be told from it; an entry goes whole, when its newest revision is old.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from agent.ledger import encode, registers
from agent.ledger.append import Writer
from agent.ledger.fields import Fields, duration, each, refuse, text, whole
from agent.ledger.rows import AppendedRow, put
from agent.ledger.tables import CHAIN, ENTRY, ENTRY_NUMBER, ERASED, LATEST_OBSERVATION, LATEST_READING, PAYLOAD, READING

KIND = "erasure"
READINGS_RULE = "keep_readings"
ENTRIES_RULE = "keep_personal"
# What one transaction erases at most: others want to write as well.
AT_ONCE = 5000
# A clock that jumped into the future must not erase the past: it has to have stood there for a day.
SETTLED = (timedelta(days=8), timedelta(days=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What one erasure says: the rule, how long it keeps, and the rows whose payloads went."""

    rule: str
    keep: timedelta
    erased: tuple[tuple[int, int], ...]
    numbers: Mapping[str, int]

    @property
    def words(self) -> str:
        """Return the rule as the configuration has it."""
        return f'{self.rule} = "{self.keep // timedelta(days=1)}d"'


def erase(
    writer: Writer, now: datetime, keep_readings: timedelta, keep_personal: timedelta, needed: Collection[str]
) -> int:
    """Erase what has expired, at most AT_ONCE payloads; return how many. `needed` are ids of entries to be spared."""
    if not _clock_has_settled(writer.connection, now):
        return 0
    connection = writer.connection
    readings = _expired_readings(connection, now - keep_readings)[:AT_ONCE]
    entries = _expired_entries(connection, now - keep_personal, needed)[: AT_ONCE - len(readings)]
    for rule, keep, gone in ((READINGS_RULE, keep_readings, readings), (ENTRIES_RULE, keep_personal, entries)):
        if gone:
            _erase(writer, rule, keep, gone)
    return len(readings) + len(entries)


def _erase(writer: Writer, rule: str, keep: timedelta, gone: Sequence[int]) -> None:
    numbers = {row.register: row.number for row in writer.connection.execute(select(ENTRY_NUMBER))}
    content = {
        "rule": rule,
        "keep": encode.duration(keep),
        "erased": ranges(gone),
        "numbers": numbers if rule == ENTRIES_RULE else {},
    }
    erasure = writer.append(KIND, content)
    writer.connection.execute(insert(ERASED), [{"sequence": one, "erasure": erasure} for one in gone])
    writer.connection.execute(
        delete(PAYLOAD).where(PAYLOAD.c.sequence == bindparam("gone")), [{"gone": one} for one in gone]
    )
    writer.flush()


def _clock_has_settled(connection: Connection, now: datetime) -> bool:
    earliest, latest = (encode.instant(now - ago) for ago in SETTLED)
    query = select(CHAIN.c.sequence).where(CHAIN.c.instant.between(earliest, latest)).limit(1)
    return connection.execute(query).first() is not None


def _expired_readings(connection: Connection, before: datetime) -> list[int]:
    cutoff = encode.instant(before)
    rows = select(READING, CHAIN.c.instant).join(CHAIN, CHAIN.c.sequence == READING.c.sequence)
    young = (
        select(READING.c.collector, READING.c.subject, func.min(READING.c.base).label("base"))
        .join(CHAIN, CHAIN.c.sequence == READING.c.sequence)
        .where(CHAIN.c.instant >= cutoff, READING.c.base.is_not(None))
        .group_by(READING.c.collector, READING.c.subject)
    )
    rests_on = {(row.collector, row.subject): row.base for row in connection.execute(select(LATEST_OBSERVATION))}
    for row in connection.execute(young):
        rests_on[row.collector, row.subject] = min(row.base, rests_on.get((row.collector, row.subject), row.base))
    newest = set(connection.execute(select(LATEST_READING.c.sequence)).scalars())
    return [
        row.sequence
        for row in connection.execute(rows.where(CHAIN.c.instant < cutoff).order_by(READING.c.sequence))
        if row.sequence not in newest
        and (row.base is None or row.sequence < rests_on.get((row.collector, row.subject), row.sequence + 1))
    ]


def _expired_entries(connection: Connection, before: datetime, needed: Collection[str]) -> list[int]:
    newest = (
        select(ENTRY.c.register, ENTRY.c.id)
        .join(CHAIN, CHAIN.c.sequence == ENTRY.c.sequence)
        .group_by(ENTRY.c.register, ENTRY.c.id)
        .having(func.max(CHAIN.c.instant) < encode.instant(before))
    )
    old = {(row.register, row.id) for row in connection.execute(newest) if row.id not in needed}
    query = select(ENTRY.c.sequence, ENTRY.c.register, ENTRY.c.id).order_by(ENTRY.c.sequence)
    return [row.sequence for row in connection.execute(query) if (row.register, row.id) in old]


def ranges(sequences: Iterable[int]) -> list[list[int]]:
    """Return rising sequences as [first, last] of each run without a hole."""
    found: list[list[int]] = []
    for one in sequences:
        if found and found[-1][1] == one - 1:
            found[-1][1] = one
        else:
            found.append([one, one])
    return found


def erasure_in(fields: Fields) -> Erasure:
    """Return what an erasure's payload says. Raises LedgerDamaged."""
    erasure = Erasure(
        rule=fields.take("rule", text),
        keep=fields.take("keep", duration),
        erased=fields.take("erased", each(_range)),
        numbers=fields.take("numbers", _numbers),
    )
    fields.end()
    return erasure


def _range(value: object) -> tuple[int, int]:
    parts = each(whole)(value)
    return (parts[0], parts[1]) if len(parts) == 2 else refuse("range", value)


def _numbers(value: object) -> Mapping[str, int]:
    fields = Fields(value, "erasure's numbers")
    return {name: fields.take(name, whole) for name in fields.names()}


def derive(connection: Connection, rows: Sequence[AppendedRow]) -> None:
    """Forget where the erased rows are found; remember the numbers that their entries had."""
    for one in rows:
        erasure = erasure_in(one.fields())
        for first, last in erasure.erased:
            for table in (READING, ENTRY):
                connection.execute(delete(table).where(table.c.sequence.between(first, last)))
        for register, number in erasure.numbers.items():
            if number >= registers.next_number(connection, register):
                put(connection, ENTRY_NUMBER, {"register": register}, {"number": number})
