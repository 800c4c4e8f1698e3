"""Bound how long a verdict may stand by the chain's looks.

A judgement that says nothing new gets no row: only the newest verdict and the end of its line are renewed, in columns
that no row tells. A renewal rests on the looks that the verdict's row rests on, or on newer ones of the same kind, and
these have rows. So it stands no longer than the row says, and as much longer as the newest look is younger. A renewal
that does, gets a row (agent.ledger.verdicts); what stands longer without one is not believed.

Blind:  to a row whose payload was erased; that is half a year old at least.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, bindparam, select

from agent.accounting.timeline import CLOCK_TOLERANCE, TimelineUpdate
from agent.core.model import Key, State, Verdict
from agent.ledger.append import tip
from agent.ledger.appended_row import AppendedRow
from agent.ledger.key_filter import among, key_of, same_key
from agent.ledger.looks_since import younger
from agent.ledger.places import LookPlace, place_of
from agent.ledger.rows import appended
from agent.ledger.tables import CHAIN, KEY, PAYLOAD, STANDING, VERDICT
from agent.ledger.verdict_rows import VerdictRecord, records_in

NO_END = datetime.max.replace(tzinfo=UTC)
_DAY = timedelta(days=1)
# As many of a verdict's looks are read first.
FIRST_READ = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Until when the newest verdict of a key and its line of states can stand.

    `is_least`: they may stand longer, by looks that were not read.
    """

    verdict: datetime = NO_END
    line: datetime = NO_END
    is_least: bool = False

    def is_passed_by(self, verdict: Verdict, stretch: TimelineUpdate | None) -> bool:
        """Return True if a judgement stands longer than the rows before it show."""
        if verdict.measured is not State.UNPROVEN and _end(verdict.stands_until) > self.verdict:
            return True
        drawn = stretch is not None and bool(stretch.starts) and stretch.starts[-1].state is not State.UNPROVEN
        return stretch is not None and drawn and _end(stretch.stands_until) > self.line


def held(stands_until: datetime | None, limit: datetime) -> datetime | None:
    """Return until when something stands, and no longer than its limit; None: it rests on nothing that ages."""
    end = min(_end(stands_until), limit)
    return None if end == NO_END else end


def held_verdict(verdict: Verdict, limit: datetime) -> Verdict:
    """Return a verdict that stands no longer than its limit; an unproven one has nothing that could."""
    if verdict.measured is State.UNPROVEN or _end(verdict.stands_until) <= limit:
        return verdict
    return replace(verdict, stands_until=limit)


def limits(
    connection: Connection, keys: Collection[Key] | None = None, asked: Mapping[Key, datetime] | None = None
) -> Mapping[Key, Limit]:
    """Return the limit of each key that has a verdict's row, or (at least) of some keys.

    A limit that reaches the instant which is `asked` for its key may be less than it could be: the looks that would
    show more are not read. There are a thousand under a verdict that names every host. The oldest of them are read
    first: these hosts were the next to be looked at again, and how much younger the youngest look is decides.
    """
    asked, looks, read = asked or {}, dict[LookPlace, timedelta](), set[LookPlace]()
    rows = dict(_rows(connection, keys))
    unread = [(row, asked.get(key, NO_END)) for key, both in rows.items() for row in both if row is not None]
    for most in (FIRST_READ, None):
        unread = [(row, until) for row, until in unread if min(_ends_of(row, looks)) < until]
        wanted = {one for row, _ in unread for one in row.looks[:most]} - read
        looks |= younger(connection, wanted) if wanted else {}
        read |= wanted
    return {
        key: Limit(
            verdict=_ends_of(newest, looks)[0],
            line=NO_END if drawn is None else _ends_of(drawn, looks)[1],
            is_least=any(one not in read for row in (newest, drawn) if row is not None for one in row.looks),
        )
        for key, (newest, drawn) in rows.items()
    }


class KnownLimits:
    """Ask for limits once for as long as no row is added: a judgement needs them where it begins and where it ends."""

    def __init__(self) -> None:
        # By key: its limit, or None where it has none, and up to which instant that is what it decides by.
        self._known: tuple[str, Mapping[Key, tuple[Limit | None, datetime]]] = ("", {})

    def __call__(
        self, connection: Connection, keys: Collection[Key] | None = None, asked: Mapping[Key, datetime] | None = None
    ) -> Mapping[Key, Limit]:
        """Return what `limits` returns."""
        if keys is None:
            return limits(connection)
        asked = asked or {}
        link = tip(connection).link
        known = self._known[1] if self._known[0] == link else {}
        lacking = [key for key in keys if key not in known or known[key][1] < asked.get(key, NO_END)]
        if lacking:
            found = limits(connection, lacking, asked)
            known = dict(known)
            for key in lacking:
                limit = found.get(key)
                is_least = limit is not None and limit.is_least
                known[key] = (limit, asked.get(key, NO_END) if is_least else NO_END)
            self._known = (link, known)
        return {key: limit for key in keys if (limit := known[key][0]) is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What one row shows.

    `looks` are the places of its readings, the oldest first; `entered`: it rests on more than these.
    """

    at: datetime
    verdict_until: datetime | None
    draws: bool
    line_until: datetime | None
    looks: tuple[LookPlace, ...]
    entered: bool


def _ends_of(row: _Shown, looks: Mapping[LookPlace, timedelta]) -> tuple[datetime, datetime]:
    """Return until when a renewal of a row's verdict and of its line can stand, by how much younger looks are.

    What registers show is read at each judgement, without a row until the UTC day is over. The tolerance is for the
    moments between a look's end and its row.
    """
    longer = [timedelta(0)]
    if looks:
        longer += [looks[one] for one in row.looks if one in looks]
    if row.entered or not row.looks:
        longer.append(row.at.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY - row.at)
    most = max(longer) + CLOCK_TOLERANCE
    return _later(row.verdict_until, most), _later(row.line_until, most) if row.draws else NO_END


def _later(until: datetime | None, by: timedelta) -> datetime:
    try:
        return NO_END if until is None else until + by
    except OverflowError:
        return NO_END


def _rows(connection: Connection, keys: Collection[Key] | None) -> Iterator[tuple[Key, tuple[_Shown, _Shown | None]]]:
    """Yield, for each key, what its newest row shows, and the newest that drew its line."""
    query = select(*(STANDING.c[name] for name in KEY), STANDING.c.sequence).where(among(STANDING, keys))
    sequences = {key_of(row): row.sequence for row in connection.execute(query)}
    shown = _shown_by(connection, set(sequences.values()))
    for key, sequence in sequences.items():
        newest = shown.get(sequence, {}).get(key)
        if newest is not None:
            yield key, (newest, newest if newest.draws else _drawn_before(connection, key, sequence))


def _drawn_before(connection: Connection, key: Key, sequence: int) -> _Shown | None:
    query = (
        select(CHAIN, PAYLOAD.c.text)
        .join(PAYLOAD, PAYLOAD.c.sequence == CHAIN.c.sequence)
        .join(VERDICT, VERDICT.c.sequence == CHAIN.c.sequence)
        .where(*same_key(VERDICT, key), VERDICT.c.sequence < sequence)
        .order_by(VERDICT.c.sequence.desc())
    )
    for row in connection.execute(query):
        shown = _READ.of(appended(row)).get(key)
        if shown is not None and shown.draws:
            return shown
    return None


# A database takes some thousands of values in one statement.
_AT_ONCE = 500
_BY_SEQUENCE = (
    select(CHAIN, PAYLOAD.c.text)
    .join(PAYLOAD, PAYLOAD.c.sequence == CHAIN.c.sequence)
    .where(CHAIN.c.sequence.in_(bindparam("some", expanding=True)))
)


def _shown_by(connection: Connection, sequences: Collection[int]) -> Mapping[int, Mapping[Key, _Shown]]:
    """Return what some rows show of each of their keys; a row may be of many."""
    ordered, found = sorted(sequences), {}
    for first in range(0, len(ordered), _AT_ONCE):
        for row in connection.execute(_BY_SEQUENCE, {"some": ordered[first : first + _AT_ONCE]}):
            found[row.sequence] = _READ.of(appended(row))
    return found


class _Remembered:
    """What rows show, by the digest of their text: the texts are several times as large."""

    MOST = 2**15

    def __init__(self) -> None:
        self._known: dict[bytes, Mapping[Key, _Shown]] = {}
        self._verdicts = 0

    def of(self, row: AppendedRow) -> Mapping[Key, _Shown]:
        """Return what a row shows of each of its keys."""
        mark = sha256(row.text.encode(errors="surrogatepass")).digest()
        known = self._known.get(mark)
        if known is None:
            known = {one.verdict.key: _read(one) for one in records_in(row)}
            if self._verdicts + len(known) > self.MOST:
                self._known, self._verdicts = {}, 0
            self._known[mark] = known
            self._verdicts += len(known)
        return known


_READ = _Remembered()


def _read(record: VerdictRecord) -> _Shown:
    verdict, stretch = record.verdict, record.stretch
    places = [place_of(one) for one in verdict.evidence]
    return _Shown(
        at=verdict.at,
        verdict_until=verdict.stands_until,
        draws=stretch is not None,
        line_until=None if stretch is None else stretch.stands_until,
        looks=tuple(sorted(one for one in places if one is not None)),
        entered=None in places,
    )


def _end(stands_until: datetime | None) -> datetime:
    return NO_END if stands_until is None else stands_until
