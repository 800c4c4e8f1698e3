"""The report's charts as shapes: a month's days, and four quarters' bars; each says in words what it shows. Pure.

Colour only repeats what form says: a cross, a question mark, a flag, a plain tile. Every chart has a title, a
description, and the same figures in a table beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from agent.accounting.quarter import TargetDay
from agent.accounting.rate import Tally
from agent.core.model import State
from agent.core.period import Month
from agent.report.days import Span
from agent.wording import report as words
from agent.wording.languages import Language
from agent.wording.translated import translated

CELL, GAP, TOP = 30, 3, 20
BAR = 1000

# In the order in which a table and a bar show them.
COUNTED = (State.MET, State.ACCEPTED, State.UNPROVEN, State.MISSED)
ALL: tuple[State | None, ...] = (*COUNTED, State.NOT_APPLICABLE, None)
STATE_WORDS: Mapping[State | None, tuple[str, str]] = {
    State.MET: ("atteint", "atteints"),
    State.ACCEPTED: ("risque accepté", "risques acceptés"),
    State.UNPROVEN: ("non démontré", "non démontrés"),
    State.MISSED: ("non atteint", "non atteints"),
    State.NOT_APPLICABLE: ("sans objet", "sans objet"),
    None: ("non attendu", "non attendus"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartDay:
    """One day of a month's chart: its number, where it stands, and its state's id (`none`: not expected)."""

    number: int
    x: int
    y: int
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayGroup:
    """The days of a month in one state: how many, and which."""

    id: str
    heading: str
    word: str
    count: int
    days: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthChart:
    """One month of a calendar; `said` is its description."""

    id: str
    name: str
    said: str
    cells: tuple[ChartDay, ...]
    groups: tuple[DayGroup, ...]
    width: int
    height: int


def calendar(days: Sequence[TargetDay], span: Span, language: Language = "fr") -> tuple[MonthChart, ...]:
    """Return a chart for each month of a span; a day of which nothing is expected is there, and empty."""
    states: dict[date, State | None] = {one.day: one.state for one in days}
    months = list(dict.fromkeys(Month.of(day) for day in span.days))
    shown = {state for state in ALL if any(states.get(day) is state for day in span.days)} | {State.MET}
    order = [state for state in ALL if state in shown]
    shown_days = ([day for day in month.days() if day in span] for month in months)
    return tuple(_month(days, states, order, language) for days in shown_days)


def _month(
    days: Sequence[date], states: Mapping[date, State | None], order: Sequence[State | None], language: Language
) -> MonthChart:
    month = Month.of(days[0])
    offset = month.first.weekday()
    cells = []
    for day in days:
        place = day.day - 1 + offset
        state = states.get(day)
        cells.append(
            ChartDay(
                number=day.day,
                x=place % 7 * (CELL + GAP),
                y=TOP + place // 7 * (CELL + GAP),
                id="none" if state is None else state.value,
            )
        )
    groups = tuple(_groups(days, states, order, language))
    name = f"{words.month_name(month.first, language)} {month.year}"
    said = translated(" ; ", language).join(f"{one.count} {one.word} ({one.days})" for one in groups if one.count)
    of_month = words.of_month(name) if language == "fr" else name
    rows = (month.last.day - 1 + offset) // 7 + 1
    return MonthChart(
        id=str(month),
        name=f"{name[:1].upper()}{name[1:]}",
        said=translated("Jours {month} : {said}.", language).format(month=of_month, said=said),
        cells=tuple(cells),
        groups=groups,
        width=7 * (CELL + GAP) - GAP,
        height=TOP + rows * (CELL + GAP) - GAP,
    )


def _groups(
    days: Sequence[date], states: Mapping[date, State | None], order: Sequence[State | None], language: Language
) -> list[DayGroup]:
    found = []
    for state in order:
        own = [day.day for day in days if states.get(day) is state]
        one, several = (translated(word, language) for word in STATE_WORDS[state])
        found.append(
            DayGroup(
                id="none" if state is None else state.value,
                heading=f"{several[:1].upper()}{several[1:]}",
                word=one if len(own) < 2 else several,
                count=len(own),
                days=words.ranges(own),
            )
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPart:
    """One part of a bar of BAR units."""

    id: str
    at: int
    width: int


def parts(tally: Tally) -> tuple[ChartPart, ...]:
    """Return the parts of a bar; one that counts for something is never too thin to be seen."""
    if not tally.expected:
        return ()
    counts = {
        State.MET: tally.met,
        State.ACCEPTED: tally.accepted,
        State.UNPROVEN: tally.unproven,
        State.MISSED: tally.missed,
    }
    found, before = [], 0
    for state in COUNTED:
        if counts[state]:
            start, end = before * BAR // tally.expected, (before + counts[state]) * BAR // tally.expected
            before += counts[state]
            found.append(ChartPart(id=state.value, at=start, width=max(end - start, 4)))
    return tuple(found)
