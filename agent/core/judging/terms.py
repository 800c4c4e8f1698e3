"""Terms under which a copy's points are kept, and what they were for each point that is gone. Pure.

Each look keeps the terms in force with the list. A point that is gone is judged by those of the look that saw it last:
a retention, a path or a host name typed afterwards explains nothing.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import Enum
from typing import Protocol
from zoneinfo import ZoneInfo

from agent.core.facts.recovery_points import matches
from agent.core.judging.copy_lag import holds_half
from agent.core.model import Fact, Observation
from agent.core.points import Point
from agent.core.registered import registered

# Value: Terms; `as_of`: the first look at which these were in force.
TERMS = "backup.terms"
# Value: a GoneUnderTerms; `as_of`: that of the point's own fact.
GONE_UNDER = "backup.point.gone_under"
# Programs count civil days or points, no hours: a run in the morning of the seventh day takes the point of that day's
# evening away, and in the week in which summer time begins all are an hour younger.
EARLY = timedelta(hours=25)
EARLY_SHARE = 4  # of a short term, a quarter at most
# A machine and its paths.
_Group = tuple[str, tuple[str, ...]]


class TermsDeclared(Protocol):
    """What declares how long points are kept: a Backup, or one of its copies."""

    @property
    def snapshot_host(self) -> str:
        """Return the host name that its points carry."""
        ...

    @property
    def parts(self) -> tuple[str, ...]:
        """Return its paths, or its sets of files."""
        ...

    @property
    def retention(self) -> timedelta | None:
        """Return how long every point is kept; None: no term is declared."""
        ...

    @property
    def thinned_after(self) -> timedelta | None:
        """Return from which age on points are thinned out; None: never."""
        ...


class Owed(Enum):
    """What the terms asked of a point when it went: another source's, past its term, one of many, or to be kept."""

    FOREIGN = "foreign"
    EXPIRED = "expired"
    THINNED = "thinned"
    KEPT = "kept"


@registered("point.gone_under")
@dataclass(frozen=True, slots=True, kw_only=True)
class GoneUnderTerms:
    """What the terms asked of a point that is gone; `point` is its id."""

    point: str
    owed: Owed


@registered("backup.terms")
@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How long a source's points are kept, and by what they are known to be its own."""

    snapshot_host: str
    paths: tuple[str, ...]
    retention: timedelta | None
    thinned_after: timedelta | None

    def asked_of(self, point: Point, age: timedelta) -> Owed:
        """Return what these terms ask of a point of some age."""
        if not matches(point, self.snapshot_host, self.paths):
            return Owed.FOREIGN
        if _is_over(self.retention, age):
            return Owed.EXPIRED
        return Owed.THINNED if _is_over(self.thinned_after, age) else Owed.KEPT


def _is_over(term: timedelta | None, age: timedelta) -> bool:
    return term is not None and age >= term - min(EARLY, term / EARLY_SHARE)


def terms_of(source: TermsDeclared) -> Terms:
    """Return the terms that the configuration declares."""
    return Terms(
        snapshot_host=source.snapshot_host,
        paths=source.parts,
        retention=source.retention,
        thinned_after=source.thinned_after,
    )


def terms_in(listing: Observation | None) -> Terms | None:
    """Return the terms that were in force at a look; None where it kept none."""
    fact = None if listing is None else listing.one(TERMS)
    return fact.value if fact is not None and isinstance(fact.value, Terms) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyPoints:
    """What tells whether a later point of its civil day, its machine and its paths stands for one that is gone.

    Programs that keep a point a day (`--keep-daily`) keep the last one, by the clock of the machine that makes them:
    `timezone`, or UTC. They go by one of the two: by turns any of many points a day would have one that stands for it.
    """

    points: tuple[Point, ...]
    timezone: str

    def stood_for(self, lost: Collection[Point], before: Collection[Point], gone: Collection[Point]) -> frozenset[str]:
        """Return the ids of those of `lost` that a point stands for.

        `before` are those that one stood for when they went; it may be one of `gone` by now, which are judged already.
        """
        found: set[str] = set()
        for zone in (ZoneInfo(self.timezone), UTC):
            here, ever = _by_day(self.points, zone), _by_day((*self.points, *gone), zone)
            others = {_group(point) for point in before if not _stands(ever, point)}
            found |= {point.id for point in lost if _group(point) not in others and _stands(here, point)}
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Days:
    zone: tzinfo
    points: Mapping[tuple[_Group, date], Sequence[Point]]


def _group(point: Point) -> _Group:
    return point.host, point.paths


def _by_day(points: Iterable[Point], zone: tzinfo) -> _Days:
    found: dict[tuple[_Group, date], list[Point]] = {}
    for point in points:
        if not point.is_empty:
            found.setdefault((_group(point), point.time.astimezone(zone).date()), []).append(point)
    return _Days(zone, found)


def _stands(days: _Days, lost: Point) -> bool:
    later = days.points.get((_group(lost), lost.time.astimezone(days.zone).date()), ())
    return any(point.time > lost.time and holds_half(point, lost) is not False for point in later)


def under_terms(
    source: TermsDeclared,
    subject: str,
    gone: Iterable[Fact],
    previous: Observation | None,
    now: datetime,
    daily: DailyPoints | None = None,
) -> Iterator[Fact]:
    """Yield the terms in force at a look, and what the terms before asked of each point that is gone.

    `gone` are its facts `backup.point.gone`. `daily` tells which of those that were to be kept were one of many.
    """
    declared = terms_of(source)
    before = terms_in(previous) or declared
    kept = None if previous is None or before != declared else previous.one(TERMS)
    since = now if kept is None else kept.as_of
    yield Fact(name=TERMS, subject=subject, value=declared, as_of=since)
    known = {} if previous is None else asked_in(previous)
    lost = [
        (fact, fact.value, before.asked_of(fact.value, fact.as_of - fact.value.time))
        for fact in gone
        if fact.name == "backup.point.gone" and isinstance(fact.value, Point)
    ]
    one_of_many = frozenset() if daily is None else _one_of_many(daily, lost, known)
    for fact, point, asked in lost:
        owed = known.get(point.id) or (Owed.THINNED if point.id in one_of_many else asked)
        yield Fact(
            name=GONE_UNDER, subject=fact.subject, value=GoneUnderTerms(point=point.id, owed=owed), as_of=fact.as_of
        )


def _one_of_many(
    daily: DailyPoints, lost: Iterable[tuple[Fact, Point, Owed]], known: Mapping[str, Owed]
) -> frozenset[str]:
    """Return the ids of points that were to be kept, are gone since this look, and for which another one stands."""
    young = [point for _, point, asked in lost if asked is Owed.KEPT]
    before = [point for point in young if known.get(point.id) is Owed.THINNED]
    new = [point for point in young if point.id not in known]
    # What went at its own term, and what is missed already.
    over = [point for _, point, asked in lost if asked is not Owed.KEPT or known.get(point.id) is Owed.KEPT]
    return daily.stood_for(new, before, over)


def asked_in(listing: Observation) -> Mapping[str, Owed]:
    """Return what the terms asked of the points that are gone, by their ids."""
    values = (fact.value for fact in listing.named(GONE_UNDER))
    return {one.point: one.owed for one in values if isinstance(one, GoneUnderTerms)}
