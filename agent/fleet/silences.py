"""When an agent was silent, as the database saw it: its newest row was older than it may be, until a later one came.

Reads:  the instants of rows, and when the database received them.
Needs:  nothing but the rows that come; what was seen is kept beside the centre's copy of the ledger.
Blind:  to what happened before the first row of a ledger came: an agent that joins brings its past along.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, select

from agent.core.period import day_of
from agent.fleet.tables import ROW
from agent.ledger import disk_errors
from agent.ledger.fields import instant
from agent.ledger.keys import write_file
from agent.ledger.locks import setup_lock

FILE = "silences"
_AT_ONCE = 5000
# Another process that notes beside the same copy reads some rows and writes a small file.
_PATIENCE = timedelta(seconds=30)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Noted:
    """What was noted of the rows up to the last one; up to when they make anything known none of them tells alone."""

    last: int = 0
    known: datetime | None = None
    silences: tuple[AgentSilence, ...] = ()


def silence_ended(row: RowArrival, known: datetime | None, begun: datetime, age: timedelta) -> AgentSilence | None:
    """Return the silence that a row ends; `known` is up to when those before it make anything known.

    `begun` is when the ledger's first row came. A row that comes late does not undo that nothing was known meanwhile.
    """
    if known is None or row.came - known <= age or row.came <= begun:
        return None
    return AgentSilence(since=max(known + age, begun), until=row.came)


def known_with(row: RowArrival, known: datetime | None) -> datetime:
    """Return up to when anything is known with one more row: a clock that was set back makes nothing unknown."""
    return row.known if known is None else max(known, row.known)


def note_silences(connection: Connection, ledger: str, directory: Path, last: int, age: timedelta) -> None:
    """Note, beside a copy, the silences that the rows up to a sequence end, those that were noted before excepted.

    Noted before the copy takes the rows: twice is as once. Raises LedgerFull, LedgerError.
    """
    with disk_errors.room(directory / FILE), setup_lock(directory, _PATIENCE):
        noted = _noted(directory)
        if last <= noted.last:
            return
        begun = connection.execute(
            select(ROW.c.received_at).where(ROW.c.ledger == ledger, ROW.c.sequence == 1)
        ).scalar()
        found, known = list(noted.silences), noted.known
        for row in _arrivals(connection, ledger, noted.last + 1, last):
            silence = silence_ended(row, known, begun or row.came, age)
            found += () if silence is None else (silence,)
            known = known_with(row, known)
        if known is not None:
            told = dict.fromkeys(found)
            lines = (f"{one.since.isoformat()} {one.until.isoformat()}" for one in told if one.until)
            write_file(directory / FILE, "\n".join((f"{last} {known.isoformat()}", *lines, "")).encode(), 0o640)


def _arrivals(connection: Connection, ledger: str, sequence: int, last: int) -> Iterator[RowArrival]:
    """Yield the rows from a sequence on, itself included, up to another."""
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
    return _noted(directory).known


def noted_silences(directory: Path) -> tuple[AgentSilence, ...]:
    """Return what was noted beside a copy, in order.

    A moment may be in several that end on different days: what is known of it came with the last of them.
    """
    return _joined(sorted(_noted(directory).silences, key=lambda one: one.since))


def _noted(directory: Path) -> _Noted:
    """Return what was noted; a release before noted silences alone: these stay, and all is noted anew beside them."""
    file = directory / FILE
    lines = file.read_text(encoding="ascii", errors="replace").splitlines() if file.exists() else []
    silences = tuple(one for line in lines if (one := _silence(line)) is not None)
    last, _, known = lines[0].partition(" ") if lines else ("", "", "")
    try:
        return _Noted(last=int(last), known=datetime.fromisoformat(known), silences=silences)
    except ValueError:
        return _Noted(silences=silences)


def _silence(line: str) -> AgentSilence | None:
    """Return what a line says; None: it says no silence, or was cut off."""
    words = line.partition(" ")
    try:
        since, until = datetime.fromisoformat(words[0]), datetime.fromisoformat(words[2])
    except ValueError:
        return None
    # A moment that was cut off has no zone, and neither has the number of a row that reads as a date.
    return None if since.tzinfo is None or until.tzinfo is None else AgentSilence(since=since, until=until)


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
