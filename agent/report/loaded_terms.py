"""Find which terms were in force on each day of a quarter, by the loads of the configuration that were kept. Pure.

Every load that ruled a moment of a day counts for that day, one that another followed within hours too.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate, takewhile
from operator import attrgetter
from typing import TypeVar

from agent.core.convention import CLAUSES, RECOVERY_POINT
from agent.core.model import Target
from agent.core.period import day_of, day_start
from agent.core.promised import loosened
from agent.ledger.load_rows import Load
from agent.report.days import Span
from agent.report.figures import InForce

T = TypeVar("T")


def ruling(span: Span, loads: Sequence[Load]) -> tuple[tuple[date, int], ...]:
    """Return the loads, by their place, that ruled a moment of some days, each with the first day that it ruled.

    The days before the first load are ruled by that one.
    """
    begins, found = day_start(span.first), [(span.first, 0)]
    for place, at in enumerate(accumulate((one.acts_from for one in loads), max)):
        if at <= begins:
            found = [(span.first, place)]
        elif place and day_of(at) <= span.last:
            found.append((day_of(at), place))
    return tuple(found)


def in_force(
    span: Span, loads: Sequence[Load], of: Callable[[Load], T], default: T, kept: Callable[[Load], bool]
) -> tuple[InForce[T], ...]:
    """Return each value that was in force on some days, from its first one on.

    `of` returns the value of a load that is `kept` with one. A load without has that of the next one of the same
    configuration. `default`: where no load of the days has any.
    """
    found: list[InForce[T]] = []
    for number, (since, place) in enumerate(ruling(span, loads)):
        load = _with_value(loads[place:], kept)
        if load is None:
            continue
        value = of(load)
        if not found or found[-1].value != value:
            later = not found and number > 0 and since != span.first
            found.append(InForce(since=since, value=value, since_recorded=later))
    return tuple(found) or (InForce(since=span.first, value=default, recorded=False),)


def _with_value(loads: Sequence[Load], kept: Callable[[Load], bool]) -> Load | None:
    same = takewhile(lambda one: one.digest == loads[0].digest, loads)
    return next((load for load in same if kept(load)), None)


def evidence_ages(span: Span, loads: Sequence[Load]) -> dict[str, tuple[InForce[timedelta], ...]]:
    """Return for how long evidence of each target that was set was valid."""
    return {id: found for id in CLAUSES if (found := _of_target(id, span, loads, _EVIDENCE_AGE))}


def run_allowances(span: Span, loads: Sequence[Load]) -> tuple[InForce[timedelta], ...]:
    """Return the run allowance of `backup-rpo`; empty where the target was not set."""
    return _of_target(RECOVERY_POINT, span, loads, _RUN_ALLOWANCE)


_EVIDENCE_AGE, _RUN_ALLOWANCE = attrgetter("evidence_age"), attrgetter("run_allowance")


def _of_target(
    id: str, span: Span, loads: Sequence[Load], of: Callable[[Target], timedelta]
) -> tuple[InForce[timedelta], ...]:
    found = in_force(span, loads, lambda load: of(load.targets[id]), timedelta(0), lambda load: id in load.targets)
    return found if found[0].recorded else ()


def longest_allowance(day: date, loads: Sequence[Load]) -> timedelta:
    """Return the longest run allowance that was in force at a moment of a day."""
    return max((one.value for one in run_allowances(Span(first=day, last=day), loads)), default=timedelta(0))


def loosened_terms(loads: Sequence[Load], since: datetime | None = None) -> Iterator[str]:
    """Yield what loads set that no configuration may, once for each target and key.

    Earlier releases let it be set: what was replaced so long before `since` that no evidence was still valid by it is
    left out.
    """
    said: set[tuple[str, str]] = set()
    for load, following in zip(loads, (*loads[1:], None), strict=False):
        until = None if following is None else max(load.acts_from, following.acts_from)
        for target in load.targets.values():
            if since is not None and until is not None and since - until >= target.evidence_age:
                continue
            for key in loosened(target):
                if (target.id, key) not in said:
                    said.add((target.id, key))
                    yield (
                        f"a load of {load.at:%F %T} UTC sets {target.id} a looser {key} than any configuration may:"
                        " its days are judged by that"
                    )
