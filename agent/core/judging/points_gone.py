"""Which recovery points of a copy are gone since an earlier look at its list, whatever program made them. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from agent.core.judging.copy_lag import stood_for
from agent.core.model import Fact, Observation
from agent.core.points import Point, is_of_point

# How long a point that is gone is still told: a week is judged, and a day for late looks.
GONE_KEPT = timedelta(days=8)


def gone(
    subject: str, points: Iterable[Point], unread: tuple[str, ...], previous: Observation | None, now: datetime
) -> Iterator[Fact]:
    """Yield the points that an earlier look saw and this one did not, each as of the first look that missed it.

    `points` are listed now; `unread` are ids, or the beginnings of them, of points that are there and cannot be read. A
    point that was tagged or rewritten is not gone: the new one names it as its original, or stands for it where it was
    rewritten more than once meanwhile.
    """
    if previous is None:
        return
    told = {
        fact.value.id: fact
        for fact in previous.named("backup.point.gone")
        if isinstance(fact.value, Point) and now - fact.as_of <= GONE_KEPT
    }
    for fact in (*previous.named("backup.point"), *previous.named("backup.point.unread")):
        if isinstance(fact.value, Point) and fact.value.id not in told:
            told[fact.value.id] = Fact(name="backup.point.gone", subject=subject, value=fact.value, as_of=now)
    lost = {id: fact.value for id, fact in told.items() if isinstance(fact.value, Point)}
    excused = stood_for(lost.values(), points, previous)
    for id, fact in told.items():
        if id in excused:
            continue
        # What is there and damaged is not gone; it is remembered, so that it cannot go unnoticed afterwards.
        there = any(is_of_point(name, id) for name in unread)
        yield replace(fact, name="backup.point.unread", as_of=now) if there else fact
