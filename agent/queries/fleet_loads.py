"""The loads of a whole fleet as one line of loads: each says what all agents declared from then on. Pure.

A host that only the centre declares is expected by its own name for as long as no agent declares it.
"""

from collections.abc import Container, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate

from agent.accounting.expectation import Days
from agent.core.convention import CLAUSES, BetterSide
from agent.core.model import Key, Target
from agent.core.period import day_of
from agent.ledger.ledger import Load
from agent.queries.fleet_hosts import OF_HOSTS
from agent.register.fleet_subjects import named

OWN = ""


class FleetDeclared(Mapping[Key, Days]):
    """What all agents declare, found by the agent's name before a subject; nothing of it is copied."""

    def __init__(self, parts: Mapping[str, Mapping[Key, Days]]) -> None:
        self._parts = parts
        self._own = {key: days for agent, part in parts.items() for key, days in part.items() if _is_whole(key)}

    def __getitem__(self, key: Key) -> Days:
        agent, divided, _ = key.subject.partition("/")
        part = self._parts.get(agent if divided else OWN, {})
        return part[key] if key in part else self._own[key]

    def __iter__(self) -> Iterator[Key]:
        yield from self._own
        yield from (key for part in self._parts.values() for key in part if not _is_whole(key))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _is_whole(key: Key) -> bool:
    return key.subject == key.beneficiary


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLoad:
    """A load of an agent, its keys by their names at the centre; `watched`: the hosts that it has, of anyone."""

    load: Load
    watched: frozenset[str] = frozenset()


def of_agent(agent: str, load: Load, beneficiary: str, whole: Container[str], hosts: Container[str]) -> AgentLoad:
    """Return an agent's load with one beneficiary's keys; those of the targets `whole` keep the beneficiary's name.

    `hosts` are those that the centre itself declares.
    """
    own = {
        key if key.target in whole and _is_whole(key) else named(key, agent): days
        for key, days in load.declared.items()
        if key.beneficiary == beneficiary
    }
    watched = (key.subject for key in load.declared if key.subject in hosts and key.target in OF_HOSTS)
    return AgentLoad(load=replace(load, declared=own), watched=frozenset(watched))


def merged_loads(parts: Mapping[str, Sequence[AgentLoad]], own: Sequence[Load]) -> tuple[Load, ...]:
    """Return one line of loads; `parts` are those of each agent, `own` the centre's, of one beneficiary alone."""
    of_centre = [AgentLoad(load=load) for load in own]
    events = sorted(
        ((at, agent, load) for agent, loads in (*parts.items(), (OWN, of_centre)) for at, load in _acting(loads)),
        key=lambda one: one[0],
    )
    current: dict[str, AgentLoad] = {}
    lacking: dict[Key, Days] = {}
    found: list[Load] = []
    for number, (at, agent, one) in enumerate(events, 1):
        current[agent] = one
        agents = {name: held.load for name, held in current.items() if name != OWN}
        if OWN in current:
            watched = frozenset(host for held in current.values() for host in held.watched)
            lacking = _lacking(lacking, current[OWN].load.declared, watched, at)
        load = one.load
        declared = FleetDeclared({**{name: one.declared for name, one in agents.items()}, OWN: dict(lacking)})
        # Of other beneficiaries' agents only which hosts they watch is asked.
        targets = _strictest(tuple(one for one in agents.values() if one.declared) or (load,))
        found.append(replace(load, at=at, not_before=None, sequence=number, declared=declared, targets=targets))
    return tuple(found)


def _acting(loads: Sequence[AgentLoad]) -> Iterator[tuple[datetime, AgentLoad]]:
    """Yield each load with the instant from which it acts: none before one that it follows."""
    return zip(accumulate((one.load.acts_from for one in loads), max), loads, strict=True)


def _lacking(
    before: Mapping[Key, Days], declared: Mapping[Key, Days], watched: Set[str], at: datetime
) -> dict[Key, Days]:
    """Return the days on which the centre's hosts are watched by no agent, as they are known at an instant."""
    found = dict(before)
    for key in {*before, *declared}:
        is_owed = key in declared and key.subject not in watched
        days = before.get(key)
        is_open = days is not None and days.ends is None
        if is_owed and not is_open:
            found[key] = Days(starts=day_of(at))
        elif days is not None and is_open and not is_owed:
            # What was not watched on a day was not watched: an agent that comes later takes nothing away.
            found[key] = replace(days, ends=max(days.starts or day_of(at), day_of(at) - timedelta(days=1)))
    return found


def _strictest(loads: Sequence[Load]) -> dict[str, Target]:
    """Return the objectives of the whole: of each target the strictest, and the longest of what is tolerated."""
    found: dict[str, Target] = {}
    for load in loads:
        for id, target in load.targets.items():
            found[id] = target if id not in found else _stricter(found[id], target)
    return found


def _stricter(one: Target, other: Target) -> Target:
    limits = [limit for limit in (one.limit, other.limit) if limit is not None]
    better = min if CLAUSES[one.id].better is BetterSide.LOWER else max
    return replace(
        one,
        limit=better(limits, default=None),
        attainment=max(one.attainment, other.attainment),
        evidence_age=max(one.evidence_age, other.evidence_age),
        run_allowance=max(one.run_allowance, other.run_allowance),
    )
