"""The result of a civil day for one key: one row a day, kept for good."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from agent.accounting.agreements import Acceptance, acceptance_in_force
from agent.accounting.recovery import LATE_DAYS
from agent.accounting.timeline import Start, Timeline
from agent.core.convention import CLAUSES
from agent.core.model import WORST_FIRST, Key, State
from agent.core.period import PARIS, day_end, day_of, day_start
from agent.core.reason import Reason

DATED_EVIDENCE = frozenset(clause.id for clause in CLAUSES.values() if clause.dated_evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRow:
    """The result of one civil day for one key.

    `state` is the day's state after acceptances, `measured` the state without them, `reason` that of the measured one.
    `late`: evidence that arrived after the day was first accounted changed it (*preuve tardive*).
    """

    key: Key
    day: date
    state: State
    measured: State
    reason: Reason
    late: bool
    judged_at: datetime


def account_day(
    key: Key,
    day: date,
    timeline: Timeline,
    *,
    expected_from: datetime | None = None,
    acceptances: Iterable[Acceptance] = (),
    now: datetime,
    zone: ZoneInfo = PARIS,
    late: bool = False,
) -> DayRow:
    """Return the result of a day: the worst of its moments, accepted where an acceptance in force covers it.

    Moments before `expected_from` and after `now` are left out. The reason is that of the first of the worst moments.
    Raises ValueError where no moment of the day is expected.
    """
    begins, ends = day_start(day, zone), day_end(day, zone)
    if expected_from is not None:
        if expected_from >= ends:
            raise ValueError(f"{day} is not expected of {key}")
        begins = max(begins, expected_from)
    moments = list(_moments(timeline, begins, min(ends, now)))
    nothing = Start(at=begins, state=State.UNPROVEN, reason=Reason.NOT_RUN)
    worst = min(moments, key=lambda start: WORST_FIRST.index(start.state), default=nothing)
    return DayRow(
        key=key,
        day=day,
        state=after_acceptances(worst.state, acceptances, key, day),
        measured=worst.state,
        reason=worst.reason,
        late=late,
        judged_at=now,
    )


def after_acceptances(measured: State, acceptances: Iterable[Acceptance], key: Key, day: date) -> State:
    """Return a state once acceptances are counted: only what is missed or unproven can be accepted."""
    if measured in (State.MISSED, State.UNPROVEN) and acceptance_in_force(acceptances, key, day) is not None:
        return State.ACCEPTED
    return measured


def _moments(line: Timeline, begins: datetime, ends: datetime) -> Iterator[Start]:
    # The states that hold somewhere in [begins, ends), in the order of time; a line of a year is searched, not walked.
    first = bisect_right(line.starts, begins, key=_instant)
    inside = line.starts[max(first - 1, 0) : bisect_left(line.starts, ends, key=_instant)]
    starts = list(inside)
    if first == 0:
        starts.insert(0, Start(at=_LONG_AGO, state=State.UNPROVEN, reason=Reason.NOT_RUN))
    if line.stands_until is not None:
        aged_out = max(line.stands_until, line.starts[-1].at if line.starts else _LONG_AGO)
        if aged_out < ends:
            starts.append(Start(at=aged_out, state=State.UNPROVEN, reason=Reason.STALE_EVIDENCE))
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        until = ends if following is None else min(following.at, ends)
        if max(start.at, begins) < until:
            yield start


_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def _instant(start: Start) -> datetime:
    return start.at


def closable(row: DayRow, last_look: datetime | None, *, now: datetime, zone: ZoneInfo = PARIS) -> bool:
    """Return True if a day is over and its row can be kept.

    A look rewrites nothing that lies before it, so the row of a day that is over is final. Where evidence carries its
    own date, the next look may still show that a good day was missed: such a day waits for a look after its end, for as
    long as late evidence counts. A missed one was seen, and an unproven one is improved by late evidence afterwards.
    """
    ends = day_end(row.day, zone)
    if now < ends:
        return False
    if row.key.target not in DATED_EVIDENCE or row.measured in (State.MISSED, State.UNPROVEN):
        return True
    looked_since = last_look is not None and last_look >= ends
    return looked_since or day_of(now, zone) > row.day + timedelta(days=LATE_DAYS)


def may_improve(
    row: DayRow, new: DayRow, looked_before: datetime | None, *, now: datetime, zone: ZoneInfo = PARIS
) -> bool:
    """Return whether late evidence may put `new` in the place of a day's row.

    An unproven day changes to met or missed. A met one changes to missed where it was counted before the look that it
    waited for: `looked_before`, when the look before the newest one ended, is not after the day's end. Both within
    seven days of the day; nothing else is ever rewritten.
    """
    same = (row.key, row.day) == (new.key, new.day) and row.key.target in DATED_EVIDENCE
    if not same or day_of(now, zone) > row.day + timedelta(days=LATE_DAYS):
        return False
    if row.measured is State.MET:
        waited = looked_before is None or looked_before < day_end(row.day, zone)
        return waited and new.measured is State.MISSED
    return row.measured is State.UNPROVEN and new.measured in (State.MET, State.MISSED)


def no_longer_declared(row: DayRow, acceptances: Iterable[Acceptance] = ()) -> DayRow:
    """Return a day's row of a subject that is gone from the configuration without `ends`: unproven, unless missed."""
    if row.measured is State.MISSED:
        return row
    state = after_acceptances(State.UNPROVEN, acceptances, row.key, row.day)
    return replace(row, state=state, measured=State.UNPROVEN, reason=Reason.NO_LONGER_DECLARED)
