"""Hosts that the centre declares itself: what no agent watches is unproven, what two watch is judged by the worse.

An agent that is not heard may watch a host or not: of its hosts nothing can be said but that it is silent.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from agent.config.settings import FleetAgent
from agent.core.convention import CLAUSES
from agent.core.duties.host_relations import HostRelation, HostRole
from agent.core.inventory import DeclaredHost
from agent.core.model import WORST_FIRST, Key, State, Target
from agent.core.reason import Reason
from agent.export.snapshot import CurrentVerdict
from agent.queries.without_evidence import without_evidence

# The targets that every host gives.
OF_HOSTS = tuple(clause.id for clause in CLAUSES.values() if DeclaredHost in clause.subjects)


def with_declared_hosts(
    standings: Sequence[CurrentVerdict],
    hosts: Mapping[str, Reason],
    beneficiaries: Sequence[str],
    targets: Mapping[str, Target],
    now: datetime,
) -> tuple[CurrentVerdict, ...]:
    """Return the standings of all agents, held to the hosts that the centre declares; their subjects name the agent.

    `hosts` has the reason of each one's being unproven where no agent's standing is about it.
    """
    watched = {_host(one) for one in standings}
    lacking = {host: reason for host, reason in hosts.items() if host not in watched}
    unwatched = (
        _unwatched(Key(target=target, subject=host, beneficiary=beneficiary), reason, targets[target], now)
        for host, reason in lacking.items()
        for beneficiary in beneficiaries
        for target in OF_HOSTS
        if target in targets
    )
    return (*_by_the_worse(standings, frozenset(hosts)), *unwatched)


def _host(one: CurrentVerdict) -> str | None:
    """Return the host that a verdict of an agent is about, as that agent names it; None: about none alone."""
    agent, _, subject = one.key.subject.partition("/")
    is_own = one.key.target in OF_HOSTS and any(host.host == f"{agent}/{subject}" for host in one.hosts)
    return subject if is_own else None


def keys_of_hosts(agents: Sequence[FleetAgent], beneficiaries: Sequence[str]) -> Iterator[Key]:
    """Yield every target that the hosts give which the centre itself declares, by their own names."""
    for host in dict.fromkeys(host for one in agents for host in one.hosts):
        for beneficiary in beneficiaries:
            yield from (Key(target=target, subject=host, beneficiary=beneficiary) for target in OF_HOSTS)


def unwatched_reasons(agents: Sequence[FleetAgent], heard: Collection[str]) -> dict[str, Reason]:
    """Return the hosts that the centre declares, each with what its lack of an agent would mean."""
    reasons: dict[str, Reason] = {}
    for one in agents:
        for host in one.hosts:
            if one.id not in heard:
                reasons[host] = Reason.SILENT_AGENT
            else:
                reasons.setdefault(host, Reason.NO_AGENT)
    return reasons


def _unwatched(key: Key, reason: Reason, target: Target, now: datetime) -> CurrentVerdict:
    verdict = without_evidence(key, reason, now, unit=target.unit, limit=target.limit)
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
