"""The report's days beside what Prometheus heard of them at the time. It changes no figure: it only tells. Pure.

A day that Prometheus holds nothing of says nothing, and one that it heard a part of can only show worse than the
report does, never better. What a later look tells of a day, by a date of its own, Prometheus could not hear.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import groupby

from agent.accounting.days import DATED_EVIDENCE
from agent.core.convention import OF_POINTS
from agent.core.model import WORST_FIRST, State
from agent.wording.inert import inert

# The report's instants and a scrape's are not the same: of one day no one can make anything.
TOLERATED = 1
MOST_TOLD = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertedState:
    """The worst state that was heard of a day; `whole`: of all of it.

    `excess` is by how much the value passed its limit at the most, in its unit; None: not told.
    """

    worst: State
    whole: bool
    excess: float | None = None


Name = tuple[str, str]
Reported = tuple[date, Name, State]
History = Mapping[Name, Mapping[date, AlertedState]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayDisagreement:
    """The days of one target's subject on which the report says another thing than was heard."""

    name: Name
    days: tuple[tuple[date, State, State], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossCheck:
    """How many days were compared, how many were not heard of, and the differences of more than one day."""

    compared: int
    unheard: int
    differences: tuple[DayDisagreement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrometheusComparison:
    """What came of asking one server; `found` None: it could not be asked, and the lines of `failure` say why."""

    server: str
    found: CrossCheck | None
    failure: tuple[str, ...] = ()


def cross_check(
    reported: Iterable[Reported], history: History, run_allowance: Callable[[date], timedelta]
) -> CrossCheck:
    """Return what comes of comparing; `run_allowance` is granted to a day of recovery points, and to no moment."""
    granted = cache(run_allowance)
    compared = unheard = 0
    found: dict[Name, list[tuple[date, State, State]]] = {}
    for day, name, here in reported:
        heard = history.get(name, {}).get(day)
        if heard is None:
            unheard += 1
            continue
        compared += 1
        if not _agree(here, heard, name[0], granted(day)):
            found.setdefault(name, []).append((day, here, heard.worst))
    return CrossCheck(
        compared=compared,
        unheard=unheard,
        differences=tuple(
            DayDisagreement(name=name, days=tuple(days))
            for name, days in sorted(found.items())
            if len(days) > TOLERATED
        ),
    )


def _agree(here: State, heard: AlertedState, target: str, run_allowance: timedelta) -> bool:
    if here is heard.worst:
        return True
    if target in DATED_EVIDENCE and heard.worst is State.UNPROVEN:
        return True
    # A miss whose value was within the limit was no late point.
    is_late = heard.excess is not None and 0 < heard.excess <= run_allowance.total_seconds()
    if target in OF_POINTS and heard.worst is State.MISSED and is_late:
        return True
    return not heard.whole and WORST_FIRST.index(here) < WORST_FIRST.index(heard.worst)


def lines(one: PrometheusComparison) -> Iterator[str]:
    """Yield what there is to tell, a line each."""
    found = one.found
    if found is None:
        yield from one.failure
        return
    silence = f", it holds nothing of {found.unheard} more" if found.unheard else ""
    yield f"prometheus: {found.compared} days compared{silence}; no figure is changed by it"
    for differs in found.differences[:MOST_TOLD]:
        name = f"{differs.name[0]} {inert(differs.name[1])}"
        yield f"prometheus: {name} differs on {len(differs.days)} days: {_told(differs)}"
    if len(found.differences) > MOST_TOLD:
        yield f"prometheus: and {len(found.differences) - MOST_TOLD} subjects more"
    if found.compared and not found.differences:
        yield "prometheus: nothing differs by more than one day"


def _told(one: DayDisagreement) -> str:
    ordered = sorted(one.days, key=lambda day: (day[1].value, day[2].value, day[0]))
    parts = []
    for (here, there), days in groupby(ordered, key=lambda day: (day[1], day[2])):
        listed = [day for day, _, _ in days]
        many = f" and {len(listed) - 1} more" if len(listed) > 1 else ""
        parts.append(f"{here.value} here, {there.value} there ({listed[0]}{many})")
    return "; ".join(parts)
