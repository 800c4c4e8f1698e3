"""Everything that a report over a whole fleet is made of, for one beneficiary: each agent's ledger, and the centre's.

Of each agent only what concerns the beneficiary is kept, by its names at the centre.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from agent.accounting.agreements import MUTUALISED, Agreements
from agent.config.settings import Configuration
from agent.core.duties.entries import AWARENESS
from agent.core.inventory import Beneficiary, Inventory
from agent.core.model import Key, State
from agent.core.period import PARIS, Quarter, day_of
from agent.evaluation.session import entries_in
from agent.ledger.day_rows import DayResult
from agent.ledger.ledger import Ledger, Load
from agent.queries.fleet_days import (
    SilentDays,
    as_received,
    judged_by_the_worse,
    misses_of,
    silent_days_of,
    with_acceptances,
    with_sessions,
)
from agent.queries.fleet_hosts import OF_HOSTS, keys_of_hosts, unwatched_reasons
from agent.queries.fleet_loads import AgentLoad, merged_loads, of_agent
from agent.queries.fleet_names import CentreNames
from agent.queries.fleet_part import FleetPart
from agent.queries.fleet_registers import fleet_subjects, whole_by_event
from agent.queries.fleet_succession import as_one, joined
from agent.register.agreed import agreements_in_force
from agent.register.fleet_subjects import FleetSubjects
from agent.report.begun import begun_on
from agent.report.days import Span
from agent.report.figures import CountedAgent
from agent.report.material import Material, happened_on, quarters_up_to
from agent.report.published import newest_editions
from agent.report.read_material import heading_of, hold_to_time, read_ledger, reference_of


def read_fleet(
    configuration: Configuration,
    own: Ledger,
    parts: Sequence[FleetPart],
    quarter: Quarter,
    beneficiary: str,
    now: datetime,
) -> Material:
    """Return what the report on a quarter rests on; `own` is the centre's ledger, which has a load.

    Raises UsageError where nothing can be told of the quarter, LedgerError.
    """
    today = day_of(now)
    span = Span(first=quarter.first, last=min(quarter.last, today - timedelta(days=1)))
    told = [one for one in parts if any(_concerns(load, beneficiary) for load in one.ledger.loads())]
    counted = [one for one in told if one.declares]
    begun = [day for one in counted if (day := begun_on(one.ledger.loads(), None)) is not None]
    hold_to_time(quarter, today, min(begun, default=None))
    numbered = zip(told, _numbers(told), strict=True)
    read = [(one, _read_part(one, number, configuration, quarter, beneficiary, now)) for one, number in numbered]
    reading = list(as_one(read))
    subjects = fleet_subjects(configuration, {one.agent: one.ledger.loads()[-1] for one in told})
    agreements = _of_centre(configuration, own, subjects, beneficiary)
    loads = _loads(own, counted, parts, beneficiary)
    kept: dict[Key, Mapping[str, DayResult]] = {key: days for one in reading for key, days in one.kept.items()}
    kept |= dict(_unwatched(configuration, parts, beneficiary, _whole(quarter, span)))
    judged = judged_by_the_worse(kept, _hosts_since(own), OF_HOSTS)
    entries = tuple(
        one for one in entries_in(own) if one.beneficiary == beneficiary and happened_on(one) <= quarter.last
    )
    every = (*entries, *(entry for one in reading for entry in one.entries))
    return Material(
        quarter=quarter,
        beneficiary=beneficiary,
        heading=heading_of(configuration, beneficiary),
        today=today,
        zone=PARIS,
        kept=with_acceptances(with_sessions(judged, every, _limit_of(loads, AWARENESS)), agreements.acceptances),
        loads=loads,
        entries=every,
        agreements=joined([agreements, *(one.agreements for one in reading)]),
        proof=reference_of(configuration, own, own.written_loads(), beneficiary, span),
        verdicts={key: verdict for one in reading for key, verdict in one.verdicts.items()},
        last_verdicts=tuple(verdict for one in reading for verdict in one.last_verdicts),
        points=tuple(point for one in reading for point in one.points),
        copies=tuple(copy for one in reading for copy in one.copies),
        published=newest_editions(own, beneficiary, configuration.agent.state_directory),
        perimeters={key: whose for one in reading for key, whose in one.perimeters.items()},
        retentions=tuple(kept for one in reading for kept in one.retentions),
        retirements=tuple(retired for one in reading for retired in one.retirements),
        agents=tuple(agent for one in reading for agent in one.agents),
    )


def _concerns(load: Load, beneficiary: str) -> bool:
    return any(key.beneficiary == beneficiary for key in load.declared)


def _whole(quarter: Quarter, span: Span) -> Span:
    return Span(first=quarters_up_to(quarter)[0].first, last=span.last)


def _numbers(parts: Sequence[FleetPart]) -> Iterator[int]:
    """Yield the number of each former ledger of its agent, from 1; 0 for the present one."""
    seen = Counter[str]()
    for one in parts:
        seen[one.agent] += 1
        yield seen[one.agent] if one.replica.is_former else 0


def _read_part(
    part: FleetPart, former: int, configuration: Configuration, quarter: Quarter, beneficiary: str, now: datetime
) -> Material:
    """Return what one agent's ledger holds, by its names at the centre; `former` is its number, or 0."""
    last = part.ledger.loads()[-1]
    kept = Configuration(
        path=configuration.path,
        digest=last.digest,
        agent=replace(configuration.agent, state_directory=part.replica.directory),
        convention=configuration.convention,
        inventory=Inventory(beneficiaries=(Beneficiary(id=beneficiary, name=beneficiary),)),
        targets=last.targets,
    )
    found = part.ledger.at_once(
        lambda: read_ledger(kept, part.ledger, quarter, beneficiary, now, frozenset(last.declared))
    )
    if not part.counts:
        found = _disbelieved(found)
    span = Span(first=quarter.first, last=min(quarter.last, found.today - timedelta(days=1)))
    silences = part.silences(now)
    silent = silent_days_of(silences, _whole(quarter, span), part.reason)
    own = CentreNames(
        agent=part.agent,
        whole=whole_by_event(),
        entries=frozenset(one.id for one in found.entries),
        former=former,
    )
    keys = {key for load in found.loads for key in load.declared if key.beneficiary == beneficiary}
    received = as_received(found.kept, keys, silent)
    days_of = received if part.declares else misses_of(received)
    mutualised = frozenset[Key]() if last.accepting is None else last.accepting.mutualised
    return replace(
        found,
        kept={own.key(key): days for key, days in days_of.items()},
        entries=tuple(own.entry(one) for one in found.entries),
        agreements=own.agreements(found.agreements),
        verdicts={own.key(key): own.verdict(one) for key, one in found.verdicts.items()},
        last_verdicts=tuple(own.verdict(one) for one in found.last_verdicts),
        points=tuple(replace(one, backup=own.subject(one.backup), removed=False) for one in found.points),
        copies=tuple(own.copy(one) for one in found.copies),
        perimeters={own.key(key): MUTUALISED for key in mutualised if key.beneficiary == beneficiary},
        retentions=tuple((own.subject(backup), own.storing(terms)) for backup, terms in found.retentions),
        retirements=tuple(own.retirement(one) for one in found.retirements),
        agents=(_counted(part, found, silent_days_of(silences, span)),),
    )


def _disbelieved(found: Material) -> Material:
    """Return what a ledger holds whose key is not the declared one: neither its registers nor its evidence counts."""
    return replace(
        found,
        entries=(),
        agreements=Agreements(),
        verdicts={},
        last_verdicts=(),
        points=(),
        retirements=(),
    )


def _counted(part: FleetPart, found: Material, silent: SilentDays) -> CountedAgent:
    replica = part.replica
    is_heard = part.standing.is_heard and not (replica.broken or replica.forked_at or replica.is_former)
    return CountedAgent(
        agent=part.agent, proof=found.proof, late=len(silent.late), lost=len(silent.lost), heard=is_heard
    )


def _of_centre(configuration: Configuration, own: Ledger, subjects: FleetSubjects, beneficiary: str) -> Agreements:
    found = agreements_in_force(
        own.entries(None), configuration.inventory, configuration.convention.starts, own.written_loads(), subjects
    )
    return Agreements(
        acceptances=tuple(one for one in found.acceptances if one.key.beneficiary == beneficiary),
        adaptations=tuple(one for one in found.adaptations if one.beneficiary == beneficiary),
        exclusions=tuple(one for one in found.exclusions if one.key.beneficiary == beneficiary),
    )


def _loads(own: Ledger, told: Sequence[FleetPart], parts: Sequence[FleetPart], beneficiary: str) -> tuple[Load, ...]:
    """Return the loads of all agents, those of others' beneficiaries too: they tell which hosts are watched."""
    whole, hosts = whole_by_event(), frozenset(_hosts_since(own))
    of_parts: dict[str, list[AgentLoad]] = {}
    for one in parts if hosts else told:
        if one.declares:
            own_loads = (of_agent(one.agent, load, beneficiary, whole, hosts) for load in one.ledger.loads())
            of_parts.setdefault(one.agent, []).extend(own_loads)
    return merged_loads(of_parts, [_only(load, beneficiary) for load in own.loads()])


def _limit_of(loads: Sequence[Load], target: str) -> float | None:
    return loads[-1].targets[target].limit if target in loads[-1].targets else None


def _only(load: Load, beneficiary: str) -> Load:
    return replace(load, declared={key: days for key, days in load.declared.items() if key.beneficiary == beneficiary})


def _hosts_since(own: Ledger) -> dict[str, datetime]:
    """Return since when the centre declares each host."""
    found: dict[str, datetime] = {}
    for load in own.loads():
        for key in load.declared:
            found.setdefault(key.subject, load.acts_from)
    return found


def _unwatched(
    configuration: Configuration, parts: Sequence[FleetPart], beneficiary: str, span: Span
) -> Iterator[tuple[Key, Mapping[str, DayResult]]]:
    """Yield what the days are on which a host of the centre's is watched by no agent."""
    agents = () if configuration.fleet is None else configuration.fleet.agents
    present = [one for one in parts if not one.replica.is_former]
    heard = {one.agent for one in present if one.standing.is_heard and not one.replica.broken}
    reasons = unwatched_reasons(agents, heard)
    for key in keys_of_hosts(agents, (beneficiary,)):
        lacking = DayResult(state=State.UNPROVEN, measured=State.UNPROVEN, reason=reasons[key.subject])
        yield key, _every_day(span.first, span.last, lacking)


def _every_day(first: date, last: date, one: DayResult) -> Mapping[str, DayResult]:
    return {day.isoformat(): one for day in Span(first=first, last=last).days}
