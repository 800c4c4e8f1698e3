"""Read the canaries of a copy's points, whatever program made them, and carry on what earlier looks read."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from agent.core.errors import LookError
from agent.core.facts.canary import GARBLED, MISSING, NEWEST, PLANTED, parse
from agent.core.facts.recovery_points import AHEAD, covers
from agent.core.inventory import Copy
from agent.core.model import Fact, Observation
from agent.core.points import Point

# A point never changes, so that its canary is read once. Those of the days that late evidence can still change tell of
# the moments between two looks; after a pause no more of them than this are read at one look.
RECENT = timedelta(days=8)
AT_MOST = 12


def may_hold_canary(copy: Copy, points: Iterable[Point], now: datetime) -> list[Point]:
    """Return the points that may hold the copy's canary, newest first: its machine's, not empty, not of the future."""
    return sorted(
        (
            point
            for point in points
            if point.host == copy.snapshot_host
            and covers(point, str(copy.canary))
            and point.files != 0
            and point.time - now <= AHEAD
        ),
        key=lambda point: point.time,
        reverse=True,
    )


def canary_facts(
    copy: Copy,
    points: Sequence[Point],
    previous: Observation | None,
    now: datetime,
    *,
    read: Callable[[Point], bytes | None],
    is_there: Callable[[Point], bool],
) -> Iterator[Fact]:
    """Yield the newest point that is whole, and what the canaries of recent ones hold; `points` are newest first.

    `read` returns the canary's bytes in a point, None where it is not there, and raises a LookError. `is_there` says
    whether a point whose canary could not be read holds anything at all: one that does not is passed over.
    """
    known, newest, new = _known(previous), None, 0
    for point in points:
        if newest is not None and now - point.time > RECENT:
            return
        fact = known.get(point.id)
        if fact is None and new < AT_MOST:
            new += 1
            try:
                fact = _canary(copy, point, read(point))
            except LookError:
                if newest is not None:
                    return  # an earlier one only tells of moments gone by: the next look tries again
                if is_there(point):
                    raise
                continue
        if newest is None:
            newest = point
            yield Fact(name=NEWEST, subject=copy.subject, value=newest.id, as_of=newest.time)
        if fact is not None:
            yield fact


def _known(previous: Observation | None) -> dict[str, Fact]:
    """Return what earlier looks read, by the point's id."""
    if previous is None:
        return {}
    return {str(fact.value): fact for name in (PLANTED, MISSING, GARBLED) for fact in previous.named(name)}


def _canary(copy: Copy, point: Point, content: bytes | None) -> Fact:
    """Return the fact that the canary of one point shows."""
    if content is None:
        return Fact(name=MISSING, subject=copy.subject, value=point.id, as_of=point.time)
    canary = parse(content)
    if canary is None:
        return Fact(name=GARBLED, subject=copy.subject, value=point.id, as_of=point.time)
    return Fact(name=PLANTED, subject=copy.subject, value=point.id, as_of=canary.planted)
