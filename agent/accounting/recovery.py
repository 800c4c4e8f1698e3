"""The line of `backup-rpo`: moments between two looks are judged by the recovery points' own dates.

A look at a repository shows when each point was made, so that it tells of the moments before it too; it cannot show
what was made after it (convention, «From verdicts to a quarter»). All functions here are pure.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from zoneinfo import ZoneInfo

from agent.accounting.timeline import Start, TimelineUpdate, merged
from agent.core.model import State
from agent.core.period import PARIS, day_of, day_start
from agent.core.reason import Reason

# Within how many civil days after a day late evidence may still change it.
LATE_DAYS = 7

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class GonePoint:
    """A recovery point that a look missed: when it was made, and by when it was gone.

    `there_until` is the last look that saw it; None: that is not known, only that it was before `gone_by`.
    """

    made: datetime
    gone_by: datetime
    there_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyObservation:
    """What the newest successful look at one off-site copy showed.

    `at` is when that look ended, `previous` when the successful look before it ended (None: there was none): the
    moments since then are what it judges anew. `previous` equals `at` for a look that was accounted before.
    `series` holds, for each thing that needs a recent point (a path), the dates of its counted points in any order.
    `without_point` is the reason where there is no point at all. `unproven` is set where the look succeeded and shows
    nothing either way (a garbled canary). `late` are dates in `series` of points that the copy got when they were too
    old already: without a look of that time they show nothing of it.
    `gone` holds for each of `series` the counted points that are gone by now. `thinned_after` is the age from which on
    points were thinned out since `previous`: one that was made since then may have come and gone unseen.
    `moved_to` holds for each of `series` the newest instant to which WAL is replayed or a mirror has followed, or at
    which a file was written over (None: none was): at each moment before it another one was the newest.
    """

    copy: str
    at: datetime | None = None
    previous: datetime | None = None
    series: tuple[tuple[datetime, ...], ...] = ()
    without_point: Reason = Reason.ABSENT
    unproven: Reason | None = None
    late: frozenset[datetime] = frozenset()
    gone: tuple[tuple[GonePoint, ...], ...] = ()
    thinned_after: timedelta | None = None
    moved_to: tuple[datetime | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitFrom:
    """How old the newest point may be from `at` on, the run allowance included."""

    at: datetime
    limit: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeFrom:
    """How old evidence may be from `at` on."""

    at: datetime
    age: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryRule:
    """What moments are judged by: limits, and how old evidence may be, each in the order of their instants.

    `evidence_age` is in force before the first of `ages`.
    """

    limits: tuple[LimitFrom, ...]
    evidence_age: timedelta
    ages: tuple[AgeFrom, ...] = ()

    def __post_init__(self) -> None:
        if not self.limits:
            raise ValueError("a rule needs a limit")

    def limit_at(self, moment: datetime) -> timedelta:
        """Return the limit in force at a moment; before the first one, the first one."""
        return next((entry.limit for entry in reversed(self.limits) if entry.at <= moment), self.limits[0].limit)

    def age_at(self, moment: datetime) -> timedelta:
        """Return how old evidence may be at a moment."""
        return next((entry.age for entry in reversed(self.ages) if entry.at <= moment), self.evidence_age)


def earliest_reach(now: datetime, zone: ZoneInfo = PARIS) -> datetime:
    """Return the first moment of the oldest day that evidence found now may still change."""
    return day_start(day_of(now, zone) - timedelta(days=LATE_DAYS), zone)


def stretch_by_points(
    copies: Sequence[CopyObservation], rule: RecoveryRule, now: datetime, zone: ZoneInfo = PARIS
) -> TimelineUpdate | None:
    """Return what the newest look at each off-site copy adds to the line, or None where it adds nothing.

    `copies` names every off-site copy that counts, those never seen included: one that no one could look at keeps
    the others' missed moments from being proven. The stretch reaches back to the oldest `previous` of the looks that
    are new, so that each moment since then is judged anew, and never further than the days that late evidence may still
    change. Where no look is new, only what has aged out since the last one can change.
    """
    seen = [copy for copy in copies if copy.at is not None]
    if not seen:
        return None
    since = max(_since(copies), earliest_reach(now, zone))
    if since > now:  # a clock that was set back rewrites nothing
        return None
    moments = sorted({since, *(moment for moment in _turns(seen, rule) if since < moment <= now)})
    starts = merged([_start(copies, rule, moment) for moment in moments])
    return TimelineUpdate(covers_from=since, starts=starts, stands_until=_stands_until(copies, rule, now))


def _since(copies: Iterable[CopyObservation]) -> datetime:
    looks = [(copy.at, copy.previous) for copy in copies if copy.at is not None]
    new = [_LONG_AGO if previous is None else previous for at, previous in looks if previous != at]
    return min(new) if new else max(at for at, _ in looks)


def _turns(copies: Iterable[CopyObservation], rule: RecoveryRule) -> Iterator[datetime]:
    # Every moment at which the answer may turn; between two of them it is the same throughout.
    limits = {entry.limit for entry in rule.limits}
    ages = {rule.evidence_age, *(entry.age for entry in rule.ages)}
    yield from (entry.at for entry in rule.limits)
    yield from (entry.at for entry in rule.ages)
    for copy in copies:
        if copy.at is None:
            continue
        yield copy.at
        yield from (copy.at + age for age in ages)
        for series in copy.series:
            for point in series:
                yield min(point, copy.at)
                yield from (min(point, copy.at) + limit for limit in limits)
        yield from _turns_of_gone(copy, copy.at, limits)


def _turns_of_gone(copy: CopyObservation, at: datetime, limits: Collection[timedelta]) -> Iterator[datetime]:
    for point in (point for gone in copy.gone for point in gone):
        yield point.made
        yield point.gone_by
        yield from () if point.there_until is None else (point.there_until,)
        yield from (point.made + limit for limit in limits)
    if copy.thinned_after is not None:
        yield from (at - copy.thinned_after + limit for limit in limits)


def _start(copies: Collection[CopyObservation], rule: RecoveryRule, moment: datetime) -> Start:
    # What holds just after `moment`, until the next turn.
    newest = max((copy.at for copy in copies if copy.at is not None), default=moment)
    judged = [_judge_copy(copy, rule, moment, is_looked_at_later=moment < newest) for copy in copies]
    for state in (State.MET, State.UNPROVEN, State.MISSED):
        reasons = [reason for found, reason in judged if found is state]
        if reasons:
            chosen = Reason.TOO_OLD if Reason.TOO_OLD in reasons else reasons[0]
            return Start(at=moment, state=state, reason=chosen)
    return Start(at=moment, state=State.UNPROVEN, reason=Reason.NOT_RUN)


def _judge_copy(
    copy: CopyObservation, rule: RecoveryRule, moment: datetime, *, is_looked_at_later: bool = False
) -> tuple[State, Reason]:
    """Return what a copy says of a moment; `is_looked_at_later`: another one has been looked at since."""
    if copy.at is None:
        return State.UNPROVEN, Reason.NOT_RUN
    if moment >= copy.at + rule.age_at(moment):
        return State.UNPROVEN, Reason.STALE_EVIDENCE
    if copy.unproven is not None:
        return State.UNPROVEN, copy.unproven
    if moment >= copy.at:
        shown = _judge_points(copy, copy.at, rule.limit_at(copy.at), just_after=False)
        # A good look stands until the next one tells; it bears out nothing against a later look at another copy.
        is_over = _judge_points(copy, moment, rule.limit_at(copy.at), just_after=True)[0] is not State.MET
        return (State.UNPROVEN, Reason.NOT_RUN) if shown[0] is State.MET and is_looked_at_later and is_over else shown
    found = _judge_points(copy, moment, rule.limit_at(moment), just_after=True)
    if found[0] is State.MET and copy.late:
        there = tuple(tuple(date for date in dates if date not in copy.late) for dates in copy.series)
        certain = _judge_points(replace(copy, series=there), moment, rule.limit_at(moment), just_after=True)
        return found if certain[0] is State.MET else (State.UNPROVEN, Reason.NOT_RUN)
    return _before_they_went(copy, found, moment, rule.limit_at(moment)) if found[0] is State.MISSED else found


def _before_they_went(
    copy: CopyObservation, found: tuple[State, Reason], moment: datetime, limit: timedelta
) -> tuple[State, Reason]:
    """Return the state of a missed moment, by points that were or may have been there then and are gone now."""
    there = _judge_points(_with(copy, lambda one: one.there_until, moment), moment, limit, just_after=True)
    if there[0] is State.MET:
        return there
    perhaps = _that_stand(_with(copy, lambda one: one.gone_by, moment), moment)
    may_hold = perhaps is None or _judge_points(perhaps, moment, limit, just_after=True)[0] is State.MET
    unseen = may_hold or _may_have_been_thinned(copy, moment, limit)
    return (State.UNPROVEN, Reason.NOT_RUN) if unseen else found


def _with(copy: CopyObservation, until: Callable[[GonePoint], datetime | None], moment: datetime) -> CopyObservation:
    """Return a look as it would have been with the gone points that were there until then, or later."""
    more = [tuple(one.made for one in gone if (until(one) or _LONG_AGO) > moment) for gone in copy.gone]
    return replace(copy, series=tuple(a + b for a, b in zip_longest(copy.series, more, fillvalue=())))


def _may_have_been_thinned(copy: CopyObservation, moment: datetime, limit: timedelta) -> bool:
    """Return True where a point of the moment may have come and been thinned out between two looks."""
    if copy.thinned_after is None or copy.at is None or copy.previous is None:
        return False
    newest = min((max(dates, default=_LONG_AGO) for dates in copy.series), default=_LONG_AGO)
    # One made since the look before, the moment just after it included: what that look missed may have come then.
    return copy.previous <= moment and max(copy.previous, moment - limit) < min(copy.at - copy.thinned_after, newest)


def _that_stand(copy: CopyObservation, moment: datetime) -> CopyObservation | None:
    """Return a look without what moved on after a moment, since nothing shows how far it was then.

    None: nothing else is left.
    """
    since = copy.previous or _LONG_AGO
    moved = [to is not None and since <= moment < to for to in copy.moved_to]
    if not any(moved):
        return copy
    still = tuple(dates for dates, is_moved in zip_longest(copy.series, moved, fillvalue=()) if not is_moved)
    return replace(copy, series=still) if still else None


def _judge_points(
    copy: CopyObservation, moment: datetime, limit: timedelta, *, just_after: bool
) -> tuple[State, Reason]:
    seen_at = copy.at if copy.at is not None else moment
    # What a look showed is as old as the look at least, and nothing made after a moment was there at it.
    made = [dates if moment >= seen_at else [date for date in dates if date <= moment] for dates in copy.series]
    newest = [min(max(dates), seen_at) for dates in made if dates]
    if len(newest) < max(len(copy.series), 1):
        return State.MISSED, copy.without_point
    # Just after the moment at which a point is exactly as old as the limit, it is older.
    age = moment - min(newest)
    if age > limit or (just_after and age == limit):
        return State.MISSED, Reason.TOO_OLD
    return State.MET, Reason.WITHIN_LIMIT


def _stands_until(copies: Sequence[CopyObservation], rule: RecoveryRule, now: datetime) -> datetime | None:
    # Good stands as long as one copy that shows it is fresh; missed needs every copy's look to be.
    last = _start(copies, rule, now).state
    ends = [
        copy.at + rule.age_at(now) for copy in copies if copy.at is not None and _judge_copy(copy, rule, now)[0] is last
    ]
    if last is State.UNPROVEN or not ends:
        return None
    return max(ends) if last is State.MET else min(ends)
