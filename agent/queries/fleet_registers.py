"""The registers of a fleet's centre: what was agreed there acts on agents' subjects, what was entered is judged."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache

from agent.accounting.agreements import Agreements
from agent.config.settings import Configuration
from agent.core.convention import CLAUSES, CountingRule
from agent.core.duties.entries import RegisterEntry, by_beneficiary
from agent.core.duties.expected import Expected, expected_entries
from agent.core.inventory import Beneficiary, Inventory
from agent.core.judging.check import Check, no_needs
from agent.core.model import Key, State, Target, Verdict
from agent.core.period import day_end, day_of
from agent.evaluation.evaluate import EvaluationContext, judge
from agent.evaluation.registry import find
from agent.evaluation.round import accepted
from agent.evaluation.round_basis import RoundBasis
from agent.evaluation.session import entries_in
from agent.export.snapshot import CurrentVerdict
from agent.ledger.ledger import Ledger
from agent.ledger.load_rows import Load
from agent.queries.fleet_hosts import keys_of_hosts
from agent.register.agreed import agreements_in_force
from agent.register.fleet_subjects import OF_AGENTS, FleetSubjects
from agent.register.readable import hold_to_forms


@cache
def _checks() -> Mapping[str, Check]:
    return find(Inventory()).checks


@cache
def of_whole() -> frozenset[str]:
    """Return the targets that registers alone tell of and that are due of a whole beneficiary.

    What one agent's register shows, another's need not.
    """
    known = _checks()
    return frozenset(
        clause.id
        for clause in CLAUSES.values()
        if Beneficiary in clause.subjects and clause.whole is None and clause.id in known
        if known[clause.id].entered is not None and known[clause.id].needs is no_needs
        if clause.duty is None or clause.duty.register not in OF_AGENTS
    )


def whole_by_event() -> frozenset[str]:
    """Return those of them that are counted by event: a report counts each occurrence, and each month, once."""
    return frozenset(id for id in of_whole() if CLAUSES[id].counted is CountingRule.BY_EVENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreBook:
    """What the centre's own ledger holds: agreements, the last revisions of its entries, who may accept a risk.

    `others` are the entries of the agents' registers, by agent, each id with its agent's name before it.
    """

    agreements: Agreements = field(default_factory=Agreements)
    entries: tuple[RegisterEntry, ...] = ()
    others: Mapping[str, tuple[RegisterEntry, ...]] = field(default_factory=dict)

    @property
    def planned(self) -> tuple[RegisterEntry, ...]:
        """Return the actions of the centre's improvement plan that are not done yet."""
        return tuple(one for one in self.entries if one.register == "plan" and one.get("done") is None)

    def of(self, beneficiary: str) -> tuple[RegisterEntry, ...]:
        """Return every entry about one beneficiary, of the centre and of its agents."""
        every = (*self.entries, *(entry for own in self.others.values() for entry in own))
        return tuple(entry for entry in every if entry.beneficiary == beneficiary)


def fleet_subjects(configuration: Configuration, loads: Mapping[str, Load]) -> FleetSubjects:
    """Return what may be agreed upon at the centre; `loads` are the last ones of its agents."""
    beneficiaries = tuple(one.id for one in configuration.inventory.beneficiaries)
    agents = () if configuration.fleet is None else configuration.fleet.agents
    return FleetSubjects(
        loads=loads,
        beneficiaries=frozenset(beneficiaries),
        lacking=frozenset(keys_of_hosts(agents, beneficiaries)),
    )


def centre_book(
    configuration: Configuration,
    own: Ledger | None,
    subjects: FleetSubjects,
    others: Mapping[str, tuple[RegisterEntry, ...]],
) -> CentreBook:
    """Return what the centre's registers hold; `own` None: none was ever kept. Raises LedgerError."""
    if own is None:
        return CentreBook(others=others)
    agreements = agreements_in_force(
        own.entries(None),
        configuration.inventory,
        configuration.convention.starts,
        own.written_loads(),
        elsewhere=subjects,
    )
    return CentreBook(agreements=agreements, entries=entries_in(own), others=others)


def entries_of(agent: str, ledger: Ledger) -> tuple[RegisterEntry, ...]:
    """Return the entries of an agent's registers, each id with its agent's name before it.

    Raises LedgerError, also where one cannot be read: it would be met with wherever all entries are judged.
    """
    hold_to_forms(ledger.entries(None))
    return tuple(replace(one, id=f"{agent}/{one.id}") for one in entries_in(ledger))


def as_agreed(standings: Sequence[CurrentVerdict], agreements: Agreements, now: datetime) -> Iterator[CurrentVerdict]:
    """Yield each standing as what was agreed at the centre leaves it; what its agent's registers say stays."""
    if not agreements.acceptances and not agreements.exclusions:
        yield from standings
        return
    day = day_of(now)
    for one in standings:
        accepted_until = agreements.accepted_until(one.key, day)
        exclusion = agreements.silenced(one.key, now)
        verdict = one.verdict if one.verdict.state is State.ACCEPTED else accepted(one.verdict, agreements, day)
        if verdict is one.verdict and accepted_until is None and exclusion is None:
            yield one
            continue
        until = [end for end in (one.accepted_until, _end_of(accepted_until)) if end is not None]
        yield replace(
            one,
            verdict=verdict,
            accepted_until=max(until, default=None),
            excluded_until=one.excluded_until if exclusion is None else exclusion.ends,
        )


def _still_accepted(before: Verdict, now: Verdict) -> Verdict:
    """Return a verdict that was judged anew, covered by the acceptance of the agent's that covered it before."""
    if before.acceptance is None or now.measured not in (State.MISSED, State.UNPROVEN):
        return now
    return replace(now, state=State.ACCEPTED, acceptance=before.acceptance)


def _end_of(day: date | None) -> datetime | None:
    return None if day is None else day_end(day)


class WholeJudgement:
    """Judge what registers alone tell, by the entries of the whole fleet."""

    def __init__(self, configuration: Configuration, book: CentreBook, now: datetime) -> None:
        self._configuration = configuration
        self._book = book
        self._now = now

    def own(self) -> Iterator[CurrentVerdict]:
        """Yield a verdict on each entry of the centre's registers that is judged itself."""
        configuration = self._configuration
        wanted = expected_entries(self._book.entries, configuration.inventory, day_of(self._now))
        basis = self._basis(configuration, (), self._book.agreements)
        for one in wanted:
            if one.key.target in configuration.targets:
                yield CurrentVerdict(verdict=self._judged(one, basis, basis.target_of(one)))

    def again(
        self, standings: Sequence[CurrentVerdict], agent: str, kept: Configuration, loads: Sequence[Load]
    ) -> Iterator[CurrentVerdict]:
        """Yield the standings of an agent, those on a whole beneficiary judged by the whole fleet's entries."""
        basis: RoundBasis | None = None
        for one in standings:
            if one.key.target not in of_whole() or not self._is_told_elsewhere(one.key, agent):
                yield one
                continue
            basis = basis or self._basis(kept, loads, self._book.agreements)
            wanted = Expected(
                key=one.key, item=Beneficiary(id=one.key.beneficiary, name=one.key.beneficiary), starts=None
            )
            verdict = _still_accepted(one.verdict, self._judged(wanted, basis, basis.target_of(wanted)))
            yield replace(one, verdict=verdict, since=None)

    def _is_told_elsewhere(self, key: Key, agent: str) -> bool:
        """Return whether a verdict is on a whole beneficiary, of which not the agent's own registers alone tell."""
        if key.subject != key.beneficiary:
            return False
        own = {entry.id for entry in self._book.others.get(agent, ())}
        return any(entry.id not in own for entry in self._book.of(key.beneficiary))

    def _basis(self, configuration: Configuration, loads: Sequence[Load], agreements: Agreements) -> RoundBasis:
        every = (*self._book.entries, *(entry for own in self._book.others.values() for entry in own))
        return RoundBasis(
            day=day_of(self._now),
            configuration=configuration,
            inventory=configuration.inventory,
            loads=tuple(loads),
            agreements=agreements,
            entries=every,
            entries_of=by_beneficiary(every),
        )

    def _judged(self, one: Expected, basis: RoundBasis, target: Target) -> Verdict:
        bench = EvaluationContext(
            inventory=basis.inventory,
            readings=lambda collector, subject: None,
            now=self._now,
            entries=basis.entries_of,
            objective=basis.objective_on,
        )
        since = basis.expected_since(one, self._now)
        found = judge(one, _checks().get(one.key.target), target, basis.first_seen(one.key) or since, bench, since)
        return accepted(found, basis.agreements, basis.day)
