"""Erase payloads by rule; the rows stay, and one more row says what went, when and by which rule.

A payload's text is all that goes. A reading's stays, however old, while it is the newest look at its subject or while
one that is younger can only be told from it; an entry goes whole, when its newest revision is old.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from agent.ledger import encode, kept_runs, registers
from agent.ledger.append import Writer
from agent.ledger.appended_row import AppendedRow
from agent.ledger.erasure_notice import ENTRIES_RULE, NOTICE, OWN_RULES, READINGS_RULE
from agent.ledger.fields import Fields, duration, each, instant, refuse, text, whole
from agent.ledger.rows import put
from agent.ledger.tables import (
    BATCH,
    BATCH_DAY,
    BATCH_INSTANT,
    BATCHED_OBSERVATION,
    CHAIN,
    ENTRY,
    ENTRY_NUMBER,
    ERASED,
    LATEST_OBSERVATION,
    LATEST_READING,
    PAYLOAD,
    READING,
)

KIND = "erasure"
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
    readings = sorted(_expired_looks(connection, now - keep_readings))[:AT_ONCE]
    entries = _expired_entries(connection, now - keep_personal, needed)[: AT_ONCE - len(readings)]
    keep = {READINGS_RULE: keep_readings, ENTRIES_RULE: keep_personal}
    for rule, gone in ((READINGS_RULE, readings), (ENTRIES_RULE, entries)):
        if gone:
            _erase(writer, rule, keep[rule], gone)
    for kind, rule in OWN_RULES.items():
        _give_notice(writer, rule, keep[rule], kind)
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


def _give_notice(writer: Writer, rule: str, keep: timedelta, kind: str) -> None:
    """Append a row for each beneficiary whose payloads of a kind went since the last notice, with their digests."""
    told = select(func.coalesce(func.max(CHAIN.c.sequence), 0)).where(CHAIN.c.kind == NOTICE)
    gone = (
        select(CHAIN.c.beneficiary, CHAIN.c.payload_sha256)
        .join(ERASED, ERASED.c.sequence == CHAIN.c.sequence)
        .where(CHAIN.c.beneficiary != "", CHAIN.c.kind == kind, ERASED.c.erasure > told.scalar_subquery())
        .order_by(CHAIN.c.sequence)
    )
    own: dict[str, list[str]] = {}
    for row in writer.connection.execute(gone):
        own.setdefault(row.beneficiary, []).append(row.payload_sha256)
    for beneficiary, payloads in sorted(own.items()):
        content = {"rule": rule, "keep": encode.duration(keep), "payloads": payloads}
        writer.append(NOTICE, content, beneficiary)


def _clock_has_settled(connection: Connection, now: datetime) -> bool:
    earliest, latest = (encode.instant(now - ago) for ago in SETTLED)
    query = select(CHAIN.c.sequence).where(CHAIN.c.instant.between(earliest, latest)).limit(1)
    return connection.execute(query).first() is not None


def _expired_looks(connection: Connection, before: datetime) -> list[int]:
    """Return the rows of looks that have expired: readings by the instant, batches by the whole UTC day."""
    cutoff = encode.instant(before)
    newest = _newest_looks(connection)
    batches = select(BATCH.c.sequence).join(CHAIN, CHAIN.c.sequence == BATCH.c.sequence)
    expired = connection.execute(batches.where(CHAIN.c.instant < _day_of(cutoff))).scalars()
    batched = (one for one in expired if one not in newest)
    return [*_expired_readings(connection, cutoff, newest), *batched, *_expired_seen(connection, cutoff)]


def _expired_seen(connection: Connection, cutoff: str) -> Sequence[int]:
    """Return the rows of what was seen of a beneficiary that have expired: what they say is what readings said."""
    own = select(CHAIN.c.sequence).join(PAYLOAD, PAYLOAD.c.sequence == CHAIN.c.sequence)
    return connection.execute(own.where(CHAIN.c.kind == kept_runs.KIND, CHAIN.c.instant < cutoff)).scalars().all()


def _newest_looks(connection: Connection) -> set[int]:
    """Return the rows with the newest look of a name, of any kind or that succeeded, and what these rest on."""
    found: set[int] = set()
    for column in (LATEST_READING.c.sequence, LATEST_READING.c.origin, BATCHED_OBSERVATION.c.sequence):
        found.update(connection.execute(select(column)).scalars())
    return found


def _day_of(moment: str) -> str:
    return moment[: len("2026-11-24")]


def _rested_on(connection: Connection, cutoff: str) -> Iterator[tuple[tuple[str, str], bool, int]]:
    """Yield of which names, from which row on, readings that succeeded (or, if True, failed) are rested on.

    Looks in the batches that are kept rest on the last reading before the first of these, or on a later one.
    """
    kept = select(func.min(BATCH.c.sequence)).join(CHAIN, CHAIN.c.sequence == BATCH.c.sequence)
    first: int | None = connection.execute(kept.where(CHAIN.c.instant >= _day_of(cutoff))).scalar()
    if first is None:
        return
    is_failure = READING.c.base.is_(None)
    last = (
        select(func.max(READING.c.sequence).label("sequence"))
        .where(READING.c.sequence < first)
        .group_by(READING.c.collector, READING.c.subject, is_failure)
        .subquery()
    )
    rows = connection.execute(select(READING).join(last, last.c.sequence == READING.c.sequence))
    before = {(row.collector, row.subject, row.base is None): row.base or row.sequence for row in rows}
    named = select(BATCH_DAY.c.collector, BATCH_DAY.c.subject).where(BATCH_DAY.c.day >= _day_of(cutoff)).distinct()
    for row in connection.execute(named):
        for failed in (False, True):
            yield (row.collector, row.subject), failed, before.get((row.collector, row.subject, failed), first)


def _expired_readings(connection: Connection, cutoff: str, newest: Collection[int]) -> list[int]:
    rows = select(READING, CHAIN.c.instant).join(CHAIN, CHAIN.c.sequence == READING.c.sequence)
    young = (
        select(READING.c.collector, READING.c.subject, func.min(READING.c.base).label("base"))
        .join(CHAIN, CHAIN.c.sequence == READING.c.sequence)
        .where(CHAIN.c.instant >= cutoff, READING.c.base.is_not(None))
        .group_by(READING.c.collector, READING.c.subject)
    )
    needed = [((row.collector, row.subject), False, row.base) for row in connection.execute(select(LATEST_OBSERVATION))]
    needed += [((row.collector, row.subject), False, row.base) for row in connection.execute(young)]
    rests_on: dict[tuple[tuple[str, str], bool], int] = {}
    for name, failed, sequence in (*needed, *_rested_on(connection, cutoff)):
        rests_on[name, failed] = min(sequence, rests_on.get((name, failed), sequence))
    return [
        row.sequence
        for row in connection.execute(rows.where(CHAIN.c.instant < cutoff).order_by(READING.c.sequence))
        if row.sequence not in newest
        and row.sequence < rests_on.get(((row.collector, row.subject), row.base is None), row.sequence + 1)
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
    """Forget where the erased rows are found; remember the numbers that their entries had.

    Of days whose looks in batches have expired nothing is known any more: what was erased of them, and what stays for
    another name's sake, is not told apart by what is left.
    """
    for one in rows:
        erasure = erasure_in(one.fields())
        if erasure.rule == READINGS_RULE:
            cutoff = encode.instant(instant(one.row.instant) - erasure.keep)
            connection.execute(delete(BATCH_DAY).where(BATCH_DAY.c.day < _day_of(cutoff)))
            connection.execute(delete(BATCH_INSTANT).where(BATCH_INSTANT.c.instant < cutoff))
        for first, last in erasure.erased:
            for table in (READING, BATCH, ENTRY):
                connection.execute(delete(table).where(table.c.sequence.between(first, last)))
        for register, number in erasure.numbers.items():
            if number >= registers.next_number(connection, register):
                put(connection, ENTRY_NUMBER, {"register": register}, {"number": number})
