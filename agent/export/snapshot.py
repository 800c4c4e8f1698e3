"""One frozen value of the current state, shared by metrics, page and JSON."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction

from agent.accounting.acknowledgements import Acknowledgement
from agent.config.health_command import SAMPLE as HEALTH
from agent.config.settings import Convention
from agent.core.duties.entries import RegisterEntry
from agent.core.duties.host_relations import HostRelation, HostRole
from agent.core.inventory import Beneficiary
from agent.core.model import Key, State, Target, Verdict
from agent.export.hidden_machines import without_others
from agent.fleet.agent_standing import AgentStanding
from agent.wording import own_faults as faults
from agent.wording.inert import inert

# What a page for some beneficiaries says of the agent's own trouble.
ILL = faults.KEPT_FROM_OTHERS.en


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentVerdict:
    """One thing that is judged, as it stands at the snapshot's instant.

    `declared`: it is in the loaded configuration; what is not has no series, and stays on the page until it is
    explained.
    `since` is the start of its current state, None where the ledger does not tell. `tally` counts the civil days
    of the current quarter so far by state; a state of no day may be left out. `day_unproven` is when the
    newest row of an unproven day of the last eight was written. `accepted_until` and `excluded_until` are when the
    acceptance and the agreed maintenance end that are in force, None while none is. `hosts` are those that it concerns.
    `acknowledged` silences its alert.
    """

    verdict: Verdict
    declared: bool = True
    since: datetime | None = None
    tally: Mapping[State, int] = field(default_factory=dict)
    day_unproven: datetime | None = None
    accepted_until: datetime | None = None
    excluded_until: datetime | None = None
    hosts: tuple[HostRelation, ...] = ()
    acknowledged: Acknowledgement | None = None

    @property
    def key(self) -> Key:
        """Return what is judged."""
        return self.verdict.key

    def concerns(self, host: str) -> bool:
        """Return whether it is about this host in any way."""
        return any(one.host == host for one in self.hosts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attainment:
    """Count the civil days of one target this quarter so far, by state; a day is that of the worst of its subjects.

    `objective` is the share of days to be met, as it is in force on the snapshot's day.
    """

    target: str
    beneficiary: str
    tally: Mapping[State, int]
    objective: Fraction = Fraction(1)

    @property
    def met(self) -> int:
        """Return the days met."""
        return self.tally.get(State.MET, 0)

    @property
    def expected(self) -> int:
        """Return the days expected: all but those to which the target does not apply."""
        return sum(count for state, count in self.tally.items() if state is not State.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyNumbers:
    """What is known of one copy of a backup; None where no one has seen it yet.

    `verified_bytes` were verified in the last 90 days; `stored_bytes` are there; `whole` is when the part that was
    verified the longest ago was. What begins with `store_` is known where the copy has a store; `sampled` is how many
    files of the newest sample came to what, `failing` how many are known not to come back, `failing_since` the first.
    """

    backup: str
    copy: str
    newest: datetime | None = None
    verified_bytes: int | None = None
    stored_bytes: int | None = None
    whole: datetime | None = None
    store_free_bytes: int | None = None
    store_free_inodes: int | None = None
    store_locks: int | None = None
    store_oldest_lock: datetime | None = None
    sampled: Mapping[str, int] | None = None
    sampled_at: datetime | None = None
    failing: int | None = None
    failing_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectorRun:
    """The newest looks of one collector on one host, all its subjects together.

    `last_run` and `last_success` are those of the subject for which they are longest ago, `last_success` None while
    one of them never succeeded; `duration` is their sum; `success`: each of them succeeded.
    """

    collector: str
    host: str
    last_run: datetime
    last_success: datetime | None
    duration: timedelta
    success: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnwatchedItem:
    """Something that lies there and is watched by nothing, as a sentence that is ready to read.

    `beneficiaries` may see it; empty: only readers who see everything.
    """

    sentence: str
    beneficiaries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointNumbers:
    """The newest checkpoint of the agent's log: how many leaves it covers, and when it was signed."""

    size: int
    signed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessStanding:
    """How a witness stands to the agent's log: when it last cosigned; `refused`: why it refuses the log, None: not.

    `answered` False: it was away when it was asked last, so that nothing new is known of it.
    """

    id: str
    cosigned_at: datetime | None
    refused: str | None = None
    answered: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnState:
    """What a running daemon sees of its own ground; None where it has not looked yet or could not tell.

    `verified_at` is when the ledger's chain was last walked and held; `sound`: the newest walk found no damage.
    `unmailed_since`: a report or a month's heads wait since then for a relay to take them. `configuration_refused` is
    what is wrong with the file that a reload refused; empty: none is refused. `evaluation_seconds`, of the
    processor, and `evaluated_targets` are those of the newest evaluation round; `evaluation_differences` counts
    verdicts that a full judgement gave otherwise. `witnesses` are the declared ones, as they were asked last.
    `stamped_at` is the time of the newest timestamp, the Epoch where an authority is declared and never gave one.
    """

    free_bytes: int | None = None
    has_little_room: bool = False
    verified_at: datetime | None = None
    sound: bool | None = None
    damage: str | None = None
    unmailed_since: datetime | None = None
    configuration_refused: str | None = None
    evaluation_seconds: float | None = None
    evaluated_targets: int | None = None
    evaluation_differences: int | None = None
    witnesses: tuple[WitnessStanding, ...] = ()
    stamped_at: datetime | None = None

    def trouble(self) -> str | None:
        """Return what is wrong there, in one line; None where nothing is."""
        if self.damage is not None:
            return inert(faults.DAMAGED.en.format(quoted=self.damage), 400)
        for witness in self.witnesses:
            if witness.refused is not None:
                return inert(faults.WITNESS.en.format(name=witness.id, quoted=witness.refused), 400)
        if self.configuration_refused:
            return inert(faults.REFUSED.en.format(quoted=self.configuration_refused), 400)
        if self.has_little_room and self.free_bytes is not None:
            return faults.LITTLE_ROOM.en.format(mebibytes=self.free_bytes // 2**20)
        if self.evaluation_differences:
            return faults.OUT_OF_DATE.en.format(number=self.evaluation_differences)
        if self.unmailed_since is not None:
            return faults.UNMAILED.en.format(since=f"{self.unmailed_since:%Y-%m-%d %H:%M}")
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything that is shown at one instant.

    `standings` has one entry for everything that the configuration expects, and for what it no longer declares.
    `planned` are the actions of the improvement plan that are not done yet.
    `fault` is the agent's own trouble in one line, None where it is well. `narrowed`: this shows some beneficiaries
    only. `demonstration`: the places of copies are believed. `health` is the command that asks the agent how it is.
    `hosts` gives the beneficiaries of each declared host. `agents` are those of the fleet, at its centre; None: this is
    one agent's. Subjects and hosts then begin with their agent's name.
    """

    at: datetime
    version: str
    language: str = "fr"
    convention: Convention = field(default_factory=Convention)
    beneficiaries: tuple[Beneficiary, ...] = ()
    targets: Mapping[str, Target] = field(default_factory=dict)
    standings: tuple[CurrentVerdict, ...] = ()
    attainments: tuple[Attainment, ...] = ()
    copies: tuple[CopyNumbers, ...] = ()
    runs: tuple[CollectorRun, ...] = ()
    unwatched: tuple[UnwatchedItem, ...] = ()
    planned: tuple[RegisterEntry, ...] = ()
    hosts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    last_append: datetime | None = None
    checkpoint: CheckpointNumbers | None = None
    heartbeat: datetime | None = None
    fault: str | None = None
    own: OwnState = field(default_factory=OwnState)
    narrowed: bool = False
    demonstration: bool = False
    health: str = HEALTH
    agents: tuple[AgentStanding, ...] | None = None

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Return the verdicts as they stand."""
        return tuple(standing.verdict for standing in self.standings)

    @property
    def agent_names(self) -> frozenset[str] | None:
        """Return the agents with whose names subjects begin; None: this is one agent's."""
        return None if self.agents is None else frozenset(one.agent for one in self.agents)

    @property
    def host_names(self) -> tuple[str, ...]:
        """Return the hosts that have a page, sorted: each declared one, and those that a verdict concerns."""
        return tuple(sorted({*self.hosts, *(one.host for standing in self.standings for one in standing.hosts)}))

    def narrow(self, beneficiaries: Collection[str]) -> "Snapshot":
        """Return what some beneficiaries may see: theirs, and of the agent itself only whether it is well."""
        own = {host: whose for host, whose in self.hosts.items() if set(whose) & set(beneficiaries)}
        return replace(
            self,
            hosts=own,
            # Its words may name the machines of others.
            fault=None if self.fault is None else ILL,
            beneficiaries=tuple(one for one in self.beneficiaries if one.id in beneficiaries),
            standings=tuple(
                _own_hosts(one, own, has_others=len(own) < len(self.hosts))
                for one in self.standings
                if one.key.beneficiary in beneficiaries
            ),
            attainments=tuple(one for one in self.attainments if one.beneficiary in beneficiaries),
            copies=(),
            runs=(),
            agents=None if self.agents is None else tuple(_own_agents(self.agents, beneficiaries, self.standings)),
            own=OwnState(),
            unwatched=tuple(one for one in self.unwatched if set(one.beneficiaries) & set(beneficiaries)),
            planned=tuple(one for one in self.planned if one.beneficiary in beneficiaries),
            narrowed=True,
        )


def _own_agents(
    agents: Iterable[AgentStanding], beneficiaries: Collection[str], standings: Iterable[CurrentVerdict]
) -> Iterator[AgentStanding]:
    # How each stands, without what it counts and says of others.
    named = {one.key.subject.partition("/")[0] for one in standings if one.key.beneficiary in beneficiaries}
    return (AgentStanding(agent=one.agent, state=one.state) for one in agents if one.agent in named)


def _own_hosts(standing: CurrentVerdict, own: Collection[str], *, has_others: bool) -> CurrentVerdict:
    # The machines of others, such as the one that keeps a copy, are not named to a beneficiary's readers.
    kept = tuple(one for one in standing.hosts if one.host in own or one.role is HostRole.ITSELF)
    verdict = standing.verdict
    if has_others:
        verdict = without_others(verdict, lambda host: is_own_host(host, verdict.key, own))
    return replace(standing, verdict=verdict, hosts=kept)


def is_own_host(host: str, key: Key, own: Collection[str]) -> bool:
    """Return whether a host that a verdict names is one of these; at a fleet's centre their names begin as its own."""
    return host in own or f"{key.subject.partition('/')[0]}/{host}" in own
