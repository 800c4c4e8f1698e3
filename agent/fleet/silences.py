"""When an agent was silent, as the database saw it: its newest row was older than it may be, until a later one came.

Reads:  the instants of rows, and when the database received them.
Needs:  nothing but the rows that come; what was seen is kept beside the centre's copy of the ledger.
Blind:  to what happened before the first row of a ledger came: an agent that joins brings its past along.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, select

from agent.core.period import day_of
from agent.fleet.tables import ROW
from agent.ledger.fields import instant

FILE = "silences"
# Up to which instant anything is known; a row alone does not tell it, since its agent's clock may have been set back.
KNOWN = "known-until"
_AT_ONCE = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSilence:
    """From when until when nothing new was known of an agent; `until` None: it still is silent."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowArrival:
    """A row's own instant, and when the database received it."""

    at: datetime
    came: datetime

    @property
    def known(self) -> datetime:
        """Return up to when it makes anything known: a clock that ran ahead makes nothing known before its row came."""
        return min(self.at, self.came)


def silences_between(
    arrivals: Iterable[RowArrival], begun: datetime, age: timedelta, known: datetime | None = None
) -> Iterator[AgentSilence]:
    """Yield each silence between rows in their order; `begun` is when the ledger's first row came.

    `known` is up to when the rows before them made anything known. Rows that come late do not undo that nothing was
    known meanwhile, and a clock that was set back makes nothing unknown.
    """
    before = known
    for one in arrivals:
        if before is not None and one.came - before > age and one.came > begun:
            yield AgentSilence(since=max(before + age, begun), until=one.came)
        before = one.known if before is None else max(before, one.known)


def note_silences(connection: Connection, ledger: str, directory: Path, upto: tuple[int, int], age: timedelta) -> None:
    """Note, beside a copy, the silences that the rows after the first of two sequences end, up to the second.

    Where nothing was noted yet, those of the whole ledger are. Noted before the copy takes the rows: twice is as once.
    """
    file, (after, last), known = directory / FILE, upto, known_until(directory)
    if file.exists() and known is not None and last <= after:
        return
    if known is None:
        known = max((one.known for one in _arrivals(connection, ledger, 0, after)), default=None)
    first, before = (after, known) if file.exists() else (0, None)
    begun = connection.execute(select(ROW.c.received_at).where(ROW.c.ledger == ledger, ROW.c.sequence == 1)).scalar()
    rows = list(_arrivals(connection, ledger, first, last))
    found = [] if begun is None else list(silences_between(rows, begun, age, before))
    with file.open("a", encoding="ascii") as written:
        written.writelines(f"{one.since.isoformat()} {one.until.isoformat()}\n" for one in found if one.until)
    newest = max((one.known for one in rows), default=known)
    if newest is not None:
        note = directory / f"{KNOWN}.new"
        note.write_text((newest if known is None else max(known, newest)).isoformat(), encoding="ascii")
        note.replace(directory / KNOWN)


def _arrivals(connection: Connection, ledger: str, after: int, last: int) -> Iterator[RowArrival]:
    """Yield the rows from a sequence on, itself included, up to another."""
    sequence = max(after, 1)
    while sequence <= last:
        query = (
            select(ROW.c.sequence, ROW.c.instant, ROW.c.received_at)
            .where(ROW.c.ledger == ledger, ROW.c.sequence >= sequence, ROW.c.sequence <= last)
            .order_by(ROW.c.sequence)
            .limit(_AT_ONCE)
        )
        rows = connection.execute(query).all()
        if not rows:
            return
        yield from (RowArrival(at=instant(row.instant), came=row.received_at) for row in rows)
        sequence = rows[-1].sequence + 1


def known_until(directory: Path) -> datetime | None:
    """Return up to when the rows of a copy make anything known; None: it was not noted."""
    file = directory / KNOWN
    return datetime.fromisoformat(file.read_text(encoding="ascii")) if file.exists() else None


def noted_silences(directory: Path) -> tuple[AgentSilence, ...]:
    """Return what was noted beside a copy, in order.

    A moment may be in several that end on different days: what is known of it came with the last of them.
    """
    file = directory / FILE
    if not file.exists():
        return ()
    found = []
    for line in file.read_text(encoding="ascii").splitlines():
        since, _, until = line.partition(" ")
        found.append(AgentSilence(since=datetime.fromisoformat(since), until=datetime.fromisoformat(until)))
    return _joined(sorted(found, key=lambda one: one.since))


def _joined(ordered: Sequence[AgentSilence]) -> tuple[AgentSilence, ...]:
    """Return those that touch and end on one day as one: a day that was told in time is not told by a later end."""
    found: list[AgentSilence] = []
    for one in ordered:
        last = found[-1] if found else None
        if last is None or last.until is None or one.until is None:
            found.append(one)
        elif one.since <= last.until and day_of(last.until) == day_of(one.until):
            found[-1] = AgentSilence(since=last.since, until=max(last.until, one.until))
        else:
            found.append(one)
    return tuple(found)
