"""The state of a whole fleet at one instant, read from the centre's copies: each agent's, with its name before it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from agent.config.health_command import health_command
from agent.config.settings import Configuration
from agent.core.duties.entries import RegisterEntry
from agent.core.errors import UsageError
from agent.core.inventory import Beneficiary
from agent.core.model import State, Target, Verdict
from agent.core.reason import Reason
from agent.core.version import VERSION
from agent.export.snapshot import CurrentVerdict, Snapshot
from agent.fleet.agent_standing import AgentStanding, AgentState
from agent.fleet.agent_states import NOT_UNDERSTOOD
from agent.fleet.replicas import Replica
from agent.ledger.ledger import Ledger, Load
from agent.queries.fleet_hosts import unwatched_reasons, with_declared_hosts
from agent.queries.fleet_part import FleetPart
from agent.queries.fleet_registers import WholeJudgement, as_agreed, centre_book, entries_of, fleet_subjects
from agent.queries.kept_state import kept_configuration, kept_snapshot
from agent.wording import own_faults as faults
from agent.wording.inert import inert


def fleet_snapshot(
    configuration: Configuration,
    agents: Sequence[AgentStanding],
    replicas: Sequence[Replica],
    ledger_of: Callable[[Replica], Ledger],
    now: datetime,
    own: Ledger | None = None,
) -> Snapshot:
    """Return what is known of every agent; behind one that is silent, or whose rows are broken, all is unproven.

    `own` is the centre's own ledger; None: it has none yet.
    """
    held = {one.agent: one for one in replicas if not one.is_former}
    loads: dict[str, Load] = {}
    others: dict[str, tuple[RegisterEntry, ...]] = {}
    filled = [one for one in agents if one.agent in held and held[one.agent].is_filled]
    for one in filled:
        with _told_by_page(held, one.agent):
            ledger = ledger_of(held[one.agent])
            if FleetPart(standing=one, replica=held[one.agent], ledger=ledger).counts:
                others[one.agent] = entries_of(one.agent, ledger)
            loads.update((one.agent, last) for last in ledger.loads()[-1:])
    book = centre_book(configuration, own, fleet_subjects(configuration, loads), others)
    whole = WholeJudgement(configuration, book, now)
    parts: dict[str, Snapshot] = {}
    for one in filled:
        with _told_by_page(held, one.agent):
            replica = held[one.agent]
            parts[one.agent] = _of_agent(configuration, one, replica, ledger_of(replica), now, whole)
    targets: dict[str, Target] = {}
    for part in parts.values():
        targets |= part.targets
    whose = {one.verdict.beneficiary for part in parts.values() for one in part.standings}
    declared = configuration.inventory.beneficiaries
    lacking = sorted(whose - {one.id for one in declared} - {""})
    return Snapshot(
        at=now,
        version=VERSION,
        language=configuration.agent.language,
        convention=configuration.convention,
        beneficiaries=(*declared, *(Beneficiary(id=id, name=id) for id in lacking)),
        targets={**configuration.targets, **targets},
        standings=(
            *as_agreed(
                with_declared_hosts(
                    tuple(one for part in parts.values() for one in part.standings),
                    unwatched_reasons(
                        () if configuration.fleet is None else configuration.fleet.agents,
                        {one.agent for one in agents if one.is_heard and one.agent in parts},
                    ),
                    tuple(one.id for one in declared),
                    {**configuration.targets, **targets},
                    now,
                ),
                book.agreements,
                now,
            ),
            *whole.own(),
        ),
        planned=book.planned,
        last_append=max((one.received_at for one in agents if one.received_at is not None), default=None),
        fault=_fault(agents, held),
        agents=tuple(_as_taken(one, held.get(one.agent)) for one in agents),
        health=health_command(configuration.agent),
    )


def _as_taken(agent: AgentStanding, replica: Replica | None) -> AgentStanding:
    """Return how an agent stands: refused where the copy takes no more; a past that was rewritten rings itself."""
    if replica is None or not replica.broken:
        return agent
    if replica.is_forked:
        # The agent finds another row there as well, and enters that it is refused.
        return replace(agent, state=AgentState.CURRENT if agent.is_heard else AgentState.SILENT)
    return replace(agent, state=AgentState.REFUSED, why=agent.why or replica.broken)


@contextmanager
def _told_by_page(held: dict[str, Replica], agent: str) -> Iterator[None]:
    """Let what one agent has sent, and cannot be understood, hide no other; the page's fault names it."""
    try:
        yield
    except (*NOT_UNDERSTOOD, UsageError) as error:
        held[agent] = replace(held[agent], broken=held[agent].broken or str(error))


def _of_agent(
    configuration: Configuration,
    agent: AgentStanding,
    replica: Replica,
    ledger: Ledger,
    now: datetime,
    whole: WholeJudgement,
) -> Snapshot:
    """Return an agent's own snapshot, its subjects and hosts with its name before them."""
    loads = ledger.loads()
    if not loads:
        return Snapshot(at=now, version=VERSION)
    kept, last = kept_configuration(configuration.path, configuration.agent, loads[-1]), ledger.last_append()
    seen = ledger.at_once(lambda: kept_snapshot(kept, ledger, now=now, fault=None))
    is_behind = last is None or now - last > agent.evidence_age
    why = _why_unproven(agent, replica, is_behind=is_behind)
    standings = whole.again(seen.standings, agent.agent, kept, loads)
    return replace(seen, standings=tuple(_named(one, agent.agent, why) for one in standings))


def _why_unproven(agent: AgentStanding, replica: Replica, *, is_behind: bool) -> Reason | None:
    """Return why nothing counts, or None; `is_behind`: this copy itself is older than the agent may be silent."""
    if replica.broken:
        return Reason.FORK if replica.is_forked else Reason.UNREADABLE
    if replica.forked_at is not None:
        return Reason.FORK
    return None if agent.is_heard and not is_behind else Reason.SILENT_AGENT


def _named(one: CurrentVerdict, agent: str, why: Reason | None) -> CurrentVerdict:
    verdict = replace(one.verdict, subject=f"{agent}/{one.verdict.subject}")
    return replace(
        one,
        verdict=verdict if why is None else _unproven(verdict, agent, why),
        hosts=tuple(replace(host, host=f"{agent}/{host.host}") for host in one.hosts),
    )


def _unproven(verdict: Verdict, agent: str, why: Reason) -> Verdict:
    """Return a verdict of which nothing is known any more; an acceptance covers what is unproven as well."""
    accepted = verdict.state is State.ACCEPTED
    if verdict.measured is State.NOT_APPLICABLE:
        return verdict
    return replace(
        verdict,
        state=State.ACCEPTED if accepted else State.UNPROVEN,
        measured=State.UNPROVEN,
        day_state=State.UNPROVEN,
        reason=why,
        value=None,
        about={"agent": agent},
        rest=(),
    )


def _fault(agents: Sequence[AgentStanding], held: Mapping[str, Replica]) -> str | None:
    said = list(_faults(agents, held))
    return inert("; ".join(said), 400) if said else None


def _faults(agents: Sequence[AgentStanding], held: Mapping[str, Replica]) -> Iterator[str]:
    if not agents:
        yield faults.NO_AGENT.en
    for one in agents:
        broken = held[one.agent].broken if one.agent in held else ""
        if one.state is not AgentState.CURRENT or broken:
            why = broken or one.why
            said = faults.AGENT_STANDS_SO if why else faults.AGENT_STANDS
            yield said.en.format(name=one.agent, state=one.state.value, quoted=why)
        elif one.agent not in held or not held[one.agent].is_filled:
            yield faults.NO_REPLICA.en.format(name=one.agent)
