"""Hosts that the centre declares itself: what no agent watches is unproven, what two watch is judged by the worse."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from agent.core.convention import CLAUSES
from agent.core.duties.host_relations import HostRelation, HostRole
from agent.core.inventory import DeclaredHost
from agent.core.model import WORST_FIRST, Key, State, Target, Verdict
from agent.core.reason import Reason
from agent.export.snapshot import CurrentVerdict

# What every host gives.
_OF_HOSTS = tuple(clause.id for clause in CLAUSES.values() if DeclaredHost in clause.subjects)


def with_declared_hosts(
    standings: Sequence[CurrentVerdict],
    hosts: Collection[str],
    beneficiaries: Sequence[str],
    targets: Mapping[str, Target],
    now: datetime,
) -> tuple[CurrentVerdict, ...]:
    """Return the standings of all agents, held to the hosts that the centre declares; their subjects name the agent."""
    watched = {_host(one) for one in standings}
    lacking = [host for host in dict.fromkeys(hosts) if host not in watched]
    unwatched = (
        _no_agent(Key(target=target, subject=host, beneficiary=beneficiary), targets[target], now)
        for host in lacking
        for beneficiary in beneficiaries
        for target in _OF_HOSTS
        if target in targets
    )
    return (*_by_the_worse(standings, frozenset(hosts)), *unwatched)


def _host(one: CurrentVerdict) -> str | None:
    """Return the host that a verdict of an agent is about, as that agent names it; None: about none alone."""
    agent, _, subject = one.key.subject.partition("/")
    is_own = one.key.target in _OF_HOSTS and any(host.host == f"{agent}/{subject}" for host in one.hosts)
    return subject if is_own else None


def _no_agent(key: Key, target: Target, now: datetime) -> CurrentVerdict:
    verdict = Verdict(
        target=key.target,
        subject=key.subject,
        beneficiary=key.beneficiary,
        at=now,
        state=State.UNPROVEN,
        measured=State.UNPROVEN,
        day_state=State.UNPROVEN,
        reason=Reason.NO_AGENT,
        unit=target.unit,
        limit=target.limit,
    )
    return CurrentVerdict(verdict=verdict, hosts=(HostRelation(host=key.subject, role=HostRole.ITSELF),))


def _by_the_worse(standings: Sequence[CurrentVerdict], hosts: frozenset[str]) -> Iterator[CurrentVerdict]:
    groups: dict[tuple[str, str, str], list[State]] = {}
    for one in standings:
        if (host := _host(one)) in hosts and host is not None:
            groups.setdefault((one.key.target, host, one.key.beneficiary), []).append(one.verdict.measured)
    for one in standings:
        states = groups.get((one.key.target, _host(one) or "", one.key.beneficiary), ())
        yield one if len(states) < 2 else _worse(one, min(states, key=WORST_FIRST.index))


def _worse(one: CurrentVerdict, worst: State) -> CurrentVerdict:
    """Return a standing as bad as the worst of its host's; of two that are met, neither can be believed."""
    judged = State.UNPROVEN if worst is State.MET else worst
    if one.verdict.measured is judged:
        return one
    verdict = replace(
        one.verdict,
        state=judged,
        measured=judged,
        day_state=judged,
        reason=Reason.DECLARED_TWICE,
        acceptance=None,
        about={},
        rest=(),
    )
    return replace(one, verdict=verdict)
