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

from sqlalchemy import Connection, select

from agent.accounting.timeline import CLOCK_TOLERANCE, TimelineUpdate
from agent.core.model import Key, State, Verdict
from agent.ledger import kept_types
from agent.ledger.append import tip
from agent.ledger.fields import Fields, optional, parse, text
from agent.ledger.key_filter import among, same_key
from agent.ledger.looks_since import younger
from agent.ledger.places import LookPlace, place_of
from agent.ledger.tables import KEY, PAYLOAD, STANDING, VERDICT

NO_END = datetime.max.replace(tzinfo=UTC)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Until when the newest verdict of a key and its line of states can stand."""

    verdict: datetime = NO_END
    line: datetime = NO_END

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


def limits(connection: Connection, keys: Collection[Key] | None = None) -> Mapping[Key, Limit]:
    """Return the limit of each key that has a verdict's row, or (at least) of some keys."""
    rows = dict(_rows(connection, keys))
    pairs = {row for newest, drawn in rows.values() for row in (newest, drawn) if row is not None}
    looks = younger(connection, {one for row in pairs for one in row.looks})
    return {
        name: Limit(
            verdict=_limit(newest.at, newest.verdict_until, newest, looks),
            line=NO_END if drawn is None else _limit(drawn.at, drawn.line_until, drawn, looks),
        )
        for name, (newest, drawn) in rows.items()
    }


class KnownLimits:
    """Ask for limits once for as long as no row is added: a judgement needs them where it begins and where it ends."""

    def __init__(self) -> None:
        self._known: tuple[str, Mapping[Key, Limit | None]] = ("", {})

    def __call__(self, connection: Connection, keys: Collection[Key] | None = None) -> Mapping[Key, Limit]:
        """Return what `limits` returns."""
        if keys is None:
            return limits(connection)
        link = tip(connection).link
        known = self._known[1] if self._known[0] == link else {}
        lacking = [key for key in keys if key not in known]
        if lacking:
            known = {**known, **dict.fromkeys(lacking), **limits(connection, lacking)}
            self._known = (link, known)
        return {key: limit for key in keys if (limit := known.get(key)) is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What one row shows; `looks` are the places of its readings, `entered`: it rests on more than these."""

    at: datetime
    verdict_until: datetime | None
    draws: bool
    line_until: datetime | None
    looks: tuple[LookPlace, ...]
    entered: bool


def _limit(at: datetime, until: datetime | None, row: _Shown, looks: Mapping[LookPlace, timedelta]) -> datetime:
    """Return until when a renewal of a row can stand.

    What registers show is read at each judgement, without a row until the UTC day is over. The tolerance is for the
    moments between a look's end and its row.
    """
    if until is None:
        return NO_END
    longer = [looks.get(one, timedelta(0)) for one in row.looks]
    if row.entered or not row.looks:
        longer.append(at.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY - at)
    try:
        return until + max(timedelta(0), *longer) + CLOCK_TOLERANCE
    except OverflowError:
        return NO_END


def _rows(connection: Connection, keys: Collection[Key] | None) -> Iterator[tuple[Key, tuple[_Shown, _Shown | None]]]:
    """Yield, for each key, what its newest row shows, and the newest that drew its line."""
    query = select(*(STANDING.c[name] for name in KEY), STANDING.c.sequence, PAYLOAD.c.text).join(
        PAYLOAD, PAYLOAD.c.sequence == STANDING.c.sequence
    )
    for row in connection.execute(query.where(among(STANDING, keys))).all():
        name, newest = Key(target=row.target, subject=row.subject, beneficiary=row.beneficiary), _shown(row.text)
        yield name, (newest, newest if newest.draws else _drawn_before(connection, name, row.sequence))


def _drawn_before(connection: Connection, key: Key, sequence: int) -> _Shown | None:
    query = (
        select(PAYLOAD.c.text)
        .join(VERDICT, VERDICT.c.sequence == PAYLOAD.c.sequence)
        .where(*same_key(VERDICT, key), VERDICT.c.sequence < sequence)
        .order_by(VERDICT.c.sequence.desc())
    )
    for row in connection.execute(query):
        shown = _shown(row.text)
        if shown.draws:
            return shown
    return None


# What rows show, by the digest of their text: the texts are several times as large.
_READ: dict[bytes, _Shown] = {}
_MOST_READ = 2**15


def _shown(payload: str) -> _Shown:
    mark = sha256(payload.encode(errors="surrogatepass")).digest()
    known = _READ.get(mark)
    if known is None:
        if len(_READ) >= _MOST_READ:
            _READ.clear()
        known = _READ[mark] = _read(payload)
    return known


def _read(payload: str) -> _Shown:
    fields = Fields(parse(payload), "verdict payload")
    fields.take("salt", text)
    verdict = fields.take("verdict", kept_types.VERDICT.decode)
    stretch = fields.take("stretch", optional(kept_types.STRETCH.decode))
    places = [place_of(one) for one in verdict.evidence]
    return _Shown(
        at=verdict.at,
        verdict_until=verdict.stands_until,
        draws=stretch is not None,
        line_until=None if stretch is None else stretch.stands_until,
        looks=tuple(one for one in places if one is not None),
        entered=None in places,
    )


def _end(stands_until: datetime | None) -> datetime:
    return NO_END if stands_until is None else stands_until
