"""A second account of single days, from looks and recovery points: written from the convention alone, without our code.

A moment is asked about at every instant at which its answer can change. Instants are aware, in UTC; a civil day is one
of Paris. Source: convention, «From verdicts to a quarter»: evidence age, run allowance, late evidence.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# The smallest step of time: what holds at an instant, and what held just before it.
STEP = timedelta(microseconds=1)
WORST_TO_BEST = ("missed", "unproven", "met")
LATE_DAYS = 7
POINT_AGE, EVIDENCE_AGE = 26 * HOUR, 6 * HOUR


def midnight(day: date) -> datetime:
    """Return the first moment of a civil day."""
    return datetime.combine(day, time(), tzinfo=PARIS).astimezone(UTC)


def civil(at: datetime) -> date:
    """Return the civil day of a moment."""
    return at.astimezone(PARIS).date()


def seen_day(day: date, looks: Sequence[tuple[datetime, str | None]], age: timedelta) -> str:
    """Return a day of what a look shows of its own moment; a look is None where it failed."""
    good = [(at, state) for at, state in looks if state is not None]
    when = [at for at, _ in good]

    def state(at: datetime) -> str:
        place = bisect_right(when, at)
        if not place or at - when[place - 1] >= age:
            return "unproven"
        return good[place - 1][1]

    return _worst_of(day, state, [*when, *(at + age for at in when)])


def point_day(day: date, points: Sequence[datetime], looks: Sequence[datetime]) -> str:
    """Return a day of recovery points, each of which a look shows from its making on.

    The first look after a moment tells of it by the points' own dates, up to seven days after the day; after the last
    one its verdict stands until its evidence has aged out.
    """
    told = [at for at in looks if civil(at) <= day + LATE_DAYS * DAY]

    def state(at: datetime) -> str:
        later = bisect_left(told, at)
        if later < len(told):
            return _of_points(points, at)
        if not told or at - told[-1] >= EVIDENCE_AGE:
            return "unproven"
        return _of_points(points, told[-1])

    turns = [*told, *(at + STEP for at in told), *(at + EVIDENCE_AGE for at in told)]
    turns += [when for point in points for when in (point, point - STEP, point + POINT_AGE + STEP)]
    return _worst_of(day, state, turns)


def _of_points(points: Sequence[datetime], at: datetime) -> str:
    made = bisect_right(points, at)
    return "met" if made and at - points[made - 1] <= POINT_AGE else "missed"


def _worst_of(day: date, state: Callable[[datetime], str], turns: Iterable[datetime]) -> str:
    begins, ends = midnight(day), midnight(day + DAY)
    asked = {begins, ends - STEP, *(at for at in turns if begins < at < ends)}
    return min((state(at) for at in asked), key=WORST_TO_BEST.index)
