"""The series that a backfill gives of the past: how each verdict stood, and the days of a quarter as they count. Pure.

They bear the names that `/metrics` has, and a label of their own: what was scraped at the time stays as it was, and no
alert, and no panel that does not ask for them, counts anything twice.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from agent.accounting.quarter import target_days
from agent.accounting.timeline import Timeline
from agent.core.model import Key, State
from agent.core.period import day_end
from agent.core.reason import Reason
from agent.export.verdicts_json import agent_of
from agent.ledger.day_rows import DayResult
from agent.report.days import SubjectDays, distinct_rows

MARK = {"origin": "backfill"}
STATES, DAYS, TARGET_DAYS, RATIO = (
    "beffroi_target_state",
    "beffroi_quarter_tally",
    "beffroi_attainment_tally",
    "beffroi_attainment_ratio",
)
STEP = timedelta(minutes=5)
# The states that a day may count as.
COUNTED = (State.MET, State.MISSED, State.UNPROVEN, State.ACCEPTED)
_UNHEARD = (Reason.SILENT_AGENT, Reason.FORK, Reason.UNREADABLE)
_JUST_BEFORE = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillSeries:
    """A series: its labels, its name among them as `__name__`, and its values by millisecond."""

    labels: Mapping[str, str]
    points: Mapping[int, float]

    @property
    def identity(self) -> tuple[tuple[str, str], ...]:
        """Return what no other series has."""
        return tuple(sorted(self.labels.items()))


def verdict_series(
    key: Key, agent: str, line: Timeline, between: tuple[datetime, datetime], accepted: bool
) -> Iterator[BackfillSeries]:
    """Yield the series of each state that a verdict had at the steps of a time, its end left out: 1, and then 0 once.

    `key` is by its name at the centre; `accepted`: an acceptance covers what is missed or unproven then.
    """
    points: dict[State, dict[int, float]] = {}
    before: State | None = None
    for at, state in _stepwise(line, *between):
        now = State.ACCEPTED if accepted and state in (State.MISSED, State.UNPROVEN) else state
        if before is not None and before is not now:
            points[before][_milliseconds(at)] = 0.0
        points.setdefault(now, {})[_milliseconds(at)] = 1.0
        before = now
    for state, own in points.items():
        yield BackfillSeries(labels=_labels(STATES, key, agent, state), points=own)


def _stepwise(line: Timeline, begin: datetime, end: datetime) -> Iterator[tuple[datetime, State]]:
    """Yield the state of a line at each step; before its first start it has none."""
    at, place, state = begin, 0, None
    while at < end:
        while place < len(line.starts) and line.starts[place].at <= at:
            state, place = line.starts[place].state, place + 1
        is_over = place == len(line.starts) and line.stands_until is not None and line.stands_until <= at
        if state is not None:
            yield at, State.UNPROVEN if is_over else state
        at += STEP


def day_series(
    subjects: Iterable[SubjectDays], agents: Collection[str], days: Collection[date]
) -> Iterator[BackfillSeries]:
    """Yield the tallies of a quarter so far at the end of each of some days, of each key and of each target.

    A day of which nothing is known yet, and may be known still, ends the series: `days` has none from there on.
    """
    of_target: dict[tuple[str, str], list[SubjectDays]] = {}
    for one in subjects:
        of_target.setdefault((one.key.target, one.key.beneficiary), []).append(one)
        tallies = _tallies(((day, came.state) for day, came in one.rows()), one.span.days, days)
        agent = agent_of(one.key.subject, agents)
        for state, points in tallies.items():
            yield BackfillSeries(labels=_labels(DAYS, one.key, agent, state), points=points)
    for (target, beneficiary), own in of_target.items():
        worst = [(row.day, row.state) for row in target_days(distinct_rows(own))]
        tallies = _tallies(worst, own[0].span.days, days)
        labels = {**MARK, "target": target, "beneficiary": beneficiary}
        for state, points in tallies.items():
            yield BackfillSeries(labels={"__name__": TARGET_DAYS, **labels, "state": state.value}, points=points)
        yield BackfillSeries(labels={"__name__": RATIO, **labels}, points=_ratios(tallies))


def unsettled_from(kept: Iterable[Mapping[str, DayResult]], now: datetime, late: timedelta) -> date | None:
    """Return the first day that is unproven for its agent's sake, and for which late evidence may still come."""
    unheard = (date.fromisoformat(day) for days in kept for day, one in days.items() if one.reason in _UNHEARD)
    return min((day for day in unheard if day_end(day) > now - late), default=None)


def _tallies(
    rows: Iterable[tuple[date, State]], span: Sequence[date], days: Collection[date]
) -> dict[State, dict[int, float]]:
    """Return how many days had each state up to each of some days; none before the first that was expected."""
    states, so_far = dict(rows), Counter[State]()
    found: dict[State, dict[int, float]] = {state: {} for state in COUNTED}
    for day in span:
        if day in states:
            so_far[states[day]] += 1
        if day in days and so_far:
            at = _milliseconds(day_end(day) - _JUST_BEFORE)
            for state, points in found.items():
                points[at] = float(so_far[state])
    return found


def _ratios(tallies: Mapping[State, Mapping[int, float]]) -> dict[int, float]:
    return {
        at: met / expected
        for at, met in tallies[State.MET].items()
        if (expected := sum(points[at] for points in tallies.values()))
    }


def _labels(name: str, key: Key, agent: str, state: State) -> dict[str, str]:
    own = {"target": key.target, "subject": key.subject, "beneficiary": key.beneficiary, "agent": agent}
    return {"__name__": name, **MARK, **own, "state": state.value}


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)
