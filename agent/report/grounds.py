"""Find what the sentence on a target rests on: its subjects, the places and verifications of copies, young sources."""

from collections import Counter
from collections.abc import Container, Iterable
from datetime import date, timedelta
from types import MappingProxyType

from agent.accounting.expectation import present_since
from agent.core.convention import CLAUSES, OFF_SITE, RECOVERY_POINT, BetterSide, subjects_of
from agent.core.inventory import Backup, Copy, DeclaredHost, Flow, LogSource, Perimeter, WebFilter
from agent.core.period import day_of
from agent.core.places import CopyMachine
from agent.report.counting import Counting
from agent.report.days import SubjectDays
from agent.report.figures import Objective
from agent.wording.grounds import Grounds

_KINDS = MappingProxyType(
    {
        DeclaredHost: "host",
        Backup: "backup",
        Copy: "copy",
        LogSource: "source",
        Flow: "flow",
        WebFilter: "filter",
        Perimeter: "perimeter",
    }
)
# Targets that say of something that it lies off site.
_OFF_SITE = frozenset({RECOVERY_POINT, OFF_SITE})


def grounds_of(target: str, counting: Counting, objectives: Iterable[Objective]) -> Grounds:
    """Return what the sentence on a target that is counted by day rests on."""
    material, subjects = counting.material, counting.declared(target)
    hosts = {one.key.subject for one in counting.subjects if subjects_of(one.key.target) == (DeclaredHost,)}
    hosts |= {host for host, _, _ in material.hosts}
    clause = CLAUSES[target]
    agents = frozenset(one.agent for one in material.agents)
    wholes = [one for one in subjects if clause.whole in (one.key.subject, _without_agent(one.key.subject, agents))]
    counted = Counter(_kind(target, one.key.subject, hosts) for one in subjects if one not in wholes)
    copies = material.copies if target in _OFF_SITE else ()
    copies_of = material.copies if Copy in subjects_of(target) else ()
    limits = [one.limit for one in objectives if one.limit is not None]
    lower = clause.better is BetterSide.LOWER
    limit = (max if lower else min)(limits, default=0.0)
    usual = limit if clause.limit is None else clause.limit
    sources = [one for one in subjects if LogSource in subjects_of(target)]
    return Grounds(
        things=tuple((kind, number) for kind, number in counted.items() if kind),
        alert_path=bool(wholes),
        hosts=len(hosts),
        copies=len(copies),
        declared_places=sum(1 for one in copies if one.machine is CopyMachine.UNKNOWN),
        verified=tuple(one.verified_on for one in copies_of),
        damaged=tuple(one.damaged_on for one in copies_of if one.damaged_on is not None),
        joined=tuple(_joined(sources, counting, limit)),
        sources=len(sources),
        limit=limit,
        usual_limit=limit == clause.limit,
        adapted=limit != usual,
        varied=len(set(limits)) > 1,
    )


def _without_agent(subject: str, agents: Container[str]) -> str:
    """Return a subject by the name that its agent has for it."""
    agent, _, own = subject.partition("/")
    return own if agent in agents else subject


def _kind(target: str, subject: str, hosts: set[str]) -> str:
    of_target = subjects_of(target)
    kinds = [one for one in of_target if one is not DeclaredHost]
    if DeclaredHost in of_target and (subject in hosts or not kinds):
        return "host"
    return _KINDS.get(kinds[0], "")


def _joined(sources: Iterable[SubjectDays], counting: Counting, limit: float) -> Iterable[date]:
    """Yield the day on which each source came that was younger than the limit when the quarter began.

    A day of entry that was typed after the quarter makes no source older.
    """
    old_enough, every = counting.span.first - timedelta(seconds=limit), counting.material.loads
    by_then = [load for load in every if day_of(load.at) <= counting.span.last]
    for one in sources:
        known = by_then if any(one.key in load.declared for load in by_then) else every
        starts = present_since(one.key, known, counting.material.zone)
        if starts is not None and day_of(starts) > old_enough:
            yield day_of(starts)
