"""An agent that was given another key has several ledgers: in a report they are one, each for its own time. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from agent.accounting.agreements import Agreements
from agent.core.model import Verdict
from agent.core.period import day_of
from agent.queries.fleet_days import succeeded
from agent.queries.fleet_part import FleetPart
from agent.report.material import Material, PointDates

T = TypeVar("T")


def as_one(reading: Sequence[tuple[FleetPart, Material]]) -> Iterator[Material]:
    """Yield the material of each agent; `reading` has the ledgers of one agent in their order."""
    by_agent: dict[str, list[tuple[FleetPart, Material]]] = {}
    for part, one in reading:
        by_agent.setdefault(part.agent, []).append((part, one))
    for own in by_agent.values():
        _, found = own[0]
        for part, one in own[1:]:
            found = _followed(found, one, day_of(part.begun))
        yield found


def joined(every: Sequence[Agreements]) -> Agreements:
    """Return several agreements as one."""
    return Agreements(
        acceptances=tuple(one for each in every for one in each.acceptances),
        adaptations=tuple(one for each in every for one in each.adaptations),
        exclusions=tuple(one for each in every for one in each.exclusions),
    )


def _followed(before: Material, since: Material, begun: date) -> Material:
    """Return what two ledgers of one agent hold: of what has one newest state, that of the later one that has it.

    `begun`: the day on which the later one was admitted.
    """
    return replace(
        since,
        kept=succeeded(before.kept, since.kept, begun),
        entries=(*before.entries, *since.entries),
        agreements=joined([before.agreements, since.agreements]),
        verdicts={**before.verdicts, **since.verdicts},
        last_verdicts=_newest(before.last_verdicts, since.last_verdicts, _key),
        points=tuple(_points((*before.points, *since.points))),
        copies=_newest(before.copies, since.copies, lambda one: one.subject),
        perimeters={**before.perimeters, **since.perimeters},
        retentions=_newest(before.retentions, since.retentions, lambda one: one[0]),
        retirements=(*before.retirements, *since.retirements),
        agents=(*before.agents, *since.agents),
    )


def _key(verdict: Verdict) -> object:
    return verdict.key


def _newest(before: Iterable[T], since: Iterable[T], of: Callable[[T], object]) -> tuple[T, ...]:
    return tuple({of(one): one for one in (*before, *since)}.values())


def _points(every: Iterable[PointDates]) -> Iterator[PointDates]:
    """Yield the points of each backup once, as both ledgers saw them."""
    found: dict[str, list[PointDates]] = {}
    for one in every:
        found.setdefault(one.backup, []).append(one)
    for own in found.values():
        dates = {made for one in own for made in one.dates}
        yield replace(own[-1], dates=tuple(sorted(dates)), seen_at=max(one.seen_at for one in own))
