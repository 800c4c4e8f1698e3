"""Bound the date of a recovery point by when it was first seen: a wrong clock must not make an old point fresh. Pure.

A point's date is its machine's own word, and `restic rewrite --new-time` gives it any other. A point dated ahead of the
look that first saw it was made at that look at the latest; a rewritten one is no younger than the one it came from.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from agent.core.facts.recovery_points import AHEAD, points_in
from agent.core.looks import taken_at_earliest
from agent.core.model import Fact, Observation
from agent.core.points import Point
from agent.core.registered import registered

# Value: a point's id; `as_of`: when it was there already. Only for points whose own date is later than that.
SIGHTED = "backup.point.sighted"
# Value: a PointMaker; only for points that were given another name (`rewrite --new-host`).
MADE_BY = "backup.point.made_by"
# Value: a point's id; `as_of`: when its file was written, by the clock of the store's host.
WRITTEN = "store.point"


@registered("point.maker")
@dataclass(frozen=True, slots=True, kw_only=True)
class PointMaker:
    """The machine that made a point which names another one."""

    point: str
    host: str


def sightings(
    points: Iterable[Point],
    previous: Observation | None,
    subject: str,
    finished: Mapping[str, datetime] = MappingProxyType({}),
) -> Iterator[Fact]:
    """Yield when each point was there already, where its own date is later, and who made it, where it names another.

    `previous` is the look before, if any; `finished` is by id when a point's run ended, where that was before its date.
    What is gone or unread is remembered for as long as it is listed as such: it may come back.
    """
    known = () if previous is None else tuple(_known(previous))
    bounds = {**finished}
    for id, at in () if previous is None else _bounds(previous).items():
        bounds[id] = min(at, bounds.get(id, at))
    every = tuple({point.id: point for point in (*known, *points)}.values())
    dates = {point.id: min(point.time, bounds.get(point.id, point.time)) for point in every}
    firsts = _firsts(sorted(every, key=lambda point: dates[point.id]))
    for point in every:
        earliest = dates[firsts[point.id].id]
        if earliest < point.time:
            yield Fact(name=SIGHTED, subject=subject, value=point.id, as_of=earliest)
    yield from _renamed(every, previous, frozenset(point.id for point in known), subject)


def _renamed(
    points: Iterable[Point], previous: Observation | None, known: frozenset[str], subject: str
) -> Iterator[Fact]:
    """Yield who made each point that names another machine than the first known one of its line did."""
    makers = {} if previous is None else made_by(previous)
    firsts = _firsts(sorted(points, key=lambda point: (point.id not in known, point.original is not None)))
    for point in points:
        first = firsts[point.id]
        maker = makers.get(first.id, first.host)
        if maker != point.host:
            yield Fact(name=MADE_BY, subject=subject, value=PointMaker(point=point.id, host=maker), as_of=point.time)


def sighted(listing: Observation) -> Mapping[str, datetime]:
    """Return when points were there already, by their ids, as a list of a copy's points remembers it."""
    return {str(fact.value): fact.as_of for fact in listing.named(SIGHTED)}


def made_by(listing: Observation) -> Mapping[str, str]:
    """Return the machines that made the points that name another one, by the points' ids."""
    values = (fact.value for fact in listing.named(MADE_BY))
    return {one.point: one.host for one in values if isinstance(one, PointMaker)}


def written(store: Observation | None) -> Mapping[str, datetime]:
    """Return when the files of points were written, by the points' ids, as a copy's store shows it."""
    return {} if store is None else {str(fact.value): fact.as_of for fact in store.named(WRITTEN)}


def bounded(point: Point, seen: Mapping[str, datetime], files: Mapping[str, datetime]) -> datetime:
    """Return the date that a point may claim: its own, its first sighting or its file's, whichever is the earliest.

    A file's date that is earlier by no more than two clocks may differ says nothing.
    """
    dates = [point.time, seen.get(point.id, point.time)]
    file = files.get(point.id)
    if file is not None and point.time - file > AHEAD:
        dates.append(file)
    return min(dates)


def written_late(points: Iterable[Point], files: Mapping[str, datetime], limit: timedelta) -> frozenset[datetime]:
    """Return the dates of the points whose files were only written when such a point was too old already.

    They show nothing of the moments before: a back-dated point, or a copy that was made a week later.
    """
    return frozenset(point.time for point in points if files.get(point.id, point.time) - point.time > limit)


def _bounds(previous: Observation) -> Mapping[str, datetime]:
    """Return the latest dates that points may claim, as the look before remembers them or shows them ahead of it."""
    seen, taken = sighted(previous), taken_at_earliest(previous)
    ahead = {
        point.id: min(taken, seen.get(point.id, taken)) for point in points_in(previous) if point.time - taken > AHEAD
    }
    return {**seen, **ahead}


def _firsts(points: Iterable[Point]) -> Mapping[str, Point]:
    """Return by each point's id the first of the given ones in its line: itself, what it came from, or a sibling.

    `restic tag` and `restic copy` keep the first `original`; `rewrite` puts the point's own id there. Hence a point
    that came from another names its id, or the `original` that both have. What came from a point says nothing of it.
    """
    points = tuple(points)
    heirs: dict[str, list[Point]] = {}
    for point in points:
        if point.original:
            heirs.setdefault(point.original, []).append(point)
    found: dict[str, Point] = {}
    for first in points:
        waiting = [first]
        while waiting:
            point = waiting.pop()
            if point.id not in found:
                found[point.id] = first
                waiting += heirs.pop(point.id, ())
                waiting += heirs.pop(point.original or "", ())
    return found


def _known(previous: Observation) -> Iterator[Point]:
    for name in ("backup.point.gone", "backup.point.unread", "backup.point"):
        yield from points_in(previous, name)
