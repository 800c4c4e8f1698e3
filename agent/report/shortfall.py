"""Since when a target has fallen short, and whether it still does. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from agent.accounting.quarter import TargetDay
from agent.core.model import State
from agent.report.event_figures import Events, Occurrence
from agent.report.figures import TargetShortfall

_SHORT = (State.MISSED, State.UNPROVEN)


def of_days(days: Sequence[TargetDay], earlier: Iterable[Sequence[TargetDay]] = ()) -> TargetShortfall | None:
    """Return the last run of days on which a target was missed or unproven; None where there was none.

    `days` are the quarter's, in order; a run that lasts from its first day is followed back through `earlier`
    quarters, the newest first.
    """
    short = [one.day for one in days if one.state in _SHORT]
    if not short:
        return None
    last, since = days[-1].day, _begin(short)
    for quarter in earlier:
        before = [one.day for one in quarter if one.state in _SHORT]
        if since > days[0].day or not before or before[-1] != since - timedelta(days=1):
            break
        since, days = _begin(before), quarter
    return TargetShortfall(since=since, days=len(short), last=None if short[-1] == last else short[-1])


def of_events(events: Events) -> TargetShortfall | None:
    """Return the earliest occurrence that is still open, else the earliest that was late, with its own end."""
    short = [one for one in events.occurrences if one.state in _SHORT]
    if not short:
        return None
    still = [one for one in short if one.done is None]
    first = min(still or short, key=lambda one: one.due)
    return TargetShortfall(since=first.due, days=len(short), last=first.done)


def made_good(events: Events) -> tuple[Occurrence, ...]:
    """Return each occurrence that was late and was made good, in the order in which they fell due."""
    return tuple(one for one in events.occurrences if one.state in _SHORT and one.done is not None)


def _begin(short: Sequence[date]) -> date:
    since = short[-1]
    for day in reversed(short):
        if since - day > timedelta(days=1):
            break
        since = day
    return since
