"""The clocks of what can only be declared: when something is due, and whether it was done in time.

Sources: convention, «Declared targets» and «Readings of the text»; contract, «Registers». A date without a time is a
whole civil day in Paris. Hours run through nights, holidays and clock changes; days are civil days of Paris.
"""

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum

from agent.core.duties.moments import CivilMoment
from agent.core.duties.working_days import working_day_after, working_days_between
from agent.core.period import ONE_DAY, PARIS, Month, day_end, day_of, day_start


class TermState(Enum):
    """How a clock stands."""

    RUNNING = "running"
    IN_TIME = "in time"
    LATE = "late"
    OVERDUE = "overdue"
    UNKNOWN = "unknown"  # done, and the dates given do not tell whether in time


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """How a clock stands: its last instant that is in time, and what it measures, in the target's unit.

    `sure` is the last instant that is in time at whatever hour of its day the clock started; `due` the last one that
    may be. They differ where the start is a date without an hour.
    """

    outcome: TermState
    due: datetime
    value: float
    sure: datetime


def hours_term(start: CivilMoment, done: CivilMoment | None, limit: timedelta, now: datetime) -> Term:
    """Return how a clock in hours stands.

    A date without a time is some instant of its day. What is in time at every such instant is in time, what is late at
    every one is late; what lies between is unknown.
    """
    sure, due = (start.begins + limit).astimezone(UTC), (start.ends + limit).astimezone(UTC)
    ended = now if done is None else done.ends
    begun = now if done is None else done.begins
    # A day's last instant is the one before its end.
    if begun > due or (begun == due and start.begins < start.ends):
        outcome, value = TermState.OVERDUE if done is None else TermState.LATE, begun - start.ends
    elif ended <= sure:
        outcome, value = TermState.RUNNING if done is None else TermState.IN_TIME, ended - start.begins
    else:
        outcome, value = TermState.UNKNOWN, begun - start.begins
    return Term(outcome=outcome, due=due, value=_seconds(value), sure=sure)


def working_days_term(start: CivilMoment, done: CivilMoment | None, limit: float, now: datetime) -> Term:
    """Return how a clock in working days stands: the day of the start is not counted, the last one lasts until its end.

    `due` is the first instant that is late: midnight in Paris.
    """
    last = working_day_after(start.day, math.floor(limit))
    due = day_end(last)
    if done is not None:
        outcome, upto = TermState.IN_TIME if done.day <= last else TermState.LATE, done.day
    elif now < due:
        outcome, upto = TermState.RUNNING, day_of(now)
    else:
        # At midnight, as at a quarter's end, the day that has just ended counts last; at least the first late one does.
        outcome, upto = TermState.OVERDUE, max(day_of(now - timedelta(microseconds=1)), last + ONE_DAY)
    return Term(outcome=outcome, due=due, value=float(working_days_between(start.day, upto)), sure=due)


def due_after(done: CivilMoment, limit: timedelta) -> datetime:
    """Return when something done once in a while is due again: as many days later at the same time on the clock.

    A day without a time counts whole, and so does the day on which it is due.
    """
    moment = done.ends.astimezone(PARIS)
    # Sums within a zone are made on the clock, not in elapsed hours: what is due at noon is due at noon in summer too.
    return (moment + limit).astimezone(UTC)


def months_later(day: date, months: int) -> date:
    """Return the day some months later; the month's last one where it has no such day."""
    month = Month.of(day)
    for _ in range(months):
        month = month.next
    return month.first.replace(day=min(day.day, month.last.day))


def unsigned_from(month: Month) -> datetime:
    """Return when a month that no one has signed and that has no entry shows nothing: its sixth working day after."""
    return day_end(working_day_after(month.last, 5))


def last_moment(due: datetime) -> date | datetime:
    """Return a term as people name it: a day where it lasts until that day's midnight in Paris, else an instant."""
    last = day_of(due) - ONE_DAY
    return last if day_end(last) == due else due


def start_of(moment: date | datetime) -> datetime:
    """Return the first instant of a day, or the instant itself."""
    return moment if isinstance(moment, datetime) else day_start(moment)


def end_of(last: date | datetime) -> datetime:
    """Return the instant at which a term that people name is over (the inverse of `last_moment`)."""
    return last if isinstance(last, datetime) else day_end(last)


def _seconds(elapsed: timedelta) -> float:
    return max(elapsed.total_seconds(), 0.0)
