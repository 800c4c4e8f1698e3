"""Since when a target has fallen short, and whether it still does. Pure."""

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date, timedelta

from agent.accounting.quarter import QuarterOutcome, TargetDay
from agent.core.model import State
from agent.report.event_figures import Events, Occurrence
from agent.report.figures import TargetShortfall

_SHORT = (State.MISSED, State.UNPROVEN)
_ENDED = (State.MET, State.NOT_APPLICABLE)
# What the word of a quarter rests on, the first of them that there is: an unproven day is no day on which a target was
# missed, and without a missed one it is the accepted days that keep a quarter from its objective.
_OF_WORD: Mapping[QuarterOutcome, tuple[State, ...]] = {
    QuarterOutcome.NOT_ATTAINED: (State.MISSED, State.ACCEPTED),
    QuarterOutcome.NOT_DEMONSTRATED: (State.UNPROVEN,),
}


def of_days(
    days: Sequence[TargetDay],
    earlier: Iterable[Sequence[TargetDay]] = (),
    outcome: QuarterOutcome | None = None,
) -> TargetShortfall | None:
    """Return the last run of days that make a target's word: those missed, those unproven, or both; None without one.

    `days` are the quarter's, in order; a run that lasts from its first day is followed back through `earlier`
    quarters, the newest first.
    """
    states = states_of_word(outcome, {one.state for one in days})
    short = _days_in(days, states)
    if not short:
        return None
    last, since = days[-1], _begin(short)
    then = None if last.state in (*states, *_ENDED) else (last.state, _begin(_days_in(days, (last.state,))))
    for quarter in earlier:
        before = _days_in(quarter, states)
        if since > days[0].day or not before or before[-1] != since - timedelta(days=1):
            break
        since, days = _begin(before), quarter
    return TargetShortfall(since=since, days=len(short), last=None if short[-1] == last.day else short[-1], then=then)


def of_events(events: Events) -> TargetShortfall | None:
    """Return the earliest occurrence that is still open, else the earliest that was late, with its own end."""
    short = _late(events)
    if not short:
        return None
    still = [one for one in short if one.done is None]
    first = min(still or short, key=lambda one: one.due)
    return TargetShortfall(since=first.due, days=len(short), last=first.done)


def made_good(events: Events) -> tuple[Occurrence, ...]:
    """Return each occurrence that was late and was made good, in the order in which they fell due."""
    return tuple(one for one in _late(events) if one.done is not None)


def states_of_word(outcome: QuarterOutcome | None, found: Set[State]) -> tuple[State, ...]:
    """Return the states that make a quarter's word; both where the word has none of its own."""
    own = _OF_WORD.get(outcome, ()) if outcome is not None else ()
    return next(((state,) for state in own if state in found), _SHORT)


def _late(events: Events) -> list[Occurrence]:
    states = states_of_word(events.outcome, {one.state for one in events.occurrences})
    return [one for one in events.occurrences if one.state in states]


def _days_in(days: Iterable[TargetDay], states: tuple[State, ...]) -> list[date]:
    return [one.day for one in days if one.state in states]


def _begin(short: Sequence[date]) -> date:
    since = short[-1]
    for day in reversed(short):
        if since - day > timedelta(days=1):
            break
        since = day
    return since
