"""The figures of one quarter for one beneficiary, as values: what every form of the report prints and none computes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Generic, TypeVar

from agent.accounting.agreements import Agreements, is_about
from agent.accounting.quarter import QuarterOutcome, QuarterResult, TargetDay
from agent.accounting.rate import Tally
from agent.accounting.storing import CopyTerms, StoringTerms
from agent.core.duties.entries import RegisterEntry
from agent.core.judging.recovery_tests import Shortfall
from agent.core.model import Key, State, Verdict
from agent.core.period import Month, Quarter, each_day
from agent.core.places import CopyMachine
from agent.core.reason import Reason
from agent.ledger.day_rows import DayResult
from agent.proving.attested_days import AttestedBy
from agent.report.crosscheck import PrometheusComparison
from agent.report.days import Span, SubjectDays
from agent.report.entered import Amendment
from agent.report.event_figures import Events
from agent.report.intervals import Interval
from agent.wording.grounds import Grounds
from agent.wording.languages import Words

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """Days in a row on which one subject was missed or unproven for one reason; `state` after acceptances.

    `silent`: the agent did not run on them, which the report tells once.
    """

    subject: str
    first: date
    last: date
    state: State
    measured: State
    reason: Reason
    late: bool = False
    silent: bool = False

    @property
    def days(self) -> int:
        """Return how many days they are."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """The objective in force from a day on, for one subject or (None) for all that have none of their own.

    `adaptation` is the entry that set its limit, `share_adaptation` that which set its share of days; None: the
    configuration did.
    """

    since: date
    limit: float | None
    unit: str
    attainment: Fraction
    adaptation: str | None = None
    share_adaptation: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectFigures:
    """One subject's quarter."""

    days: SubjectDays
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierQuarter:
    """The result of an earlier quarter; `tally` None: nothing was expected then."""

    quarter: Quarter
    outcome: QuarterOutcome | None
    tally: Tally | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetShortfall:
    """Since when a target fell short: the last run of days in its state, or the earliest duty that is open.

    `last` is the last such day, or that on which that occurrence was made good; None: it still fell short so
    on the last day counted. `days`: how many days, or how many occurrences, within the quarter. `then`: the other
    state in which the quarter ended, and since when; None where it ended met, or as it had begun to fall short.
    """

    since: date
    days: int
    last: date | None
    then: tuple[State, date] | None = None

    @property
    def open(self) -> bool:
        """Return True where nothing shows that the target held again on the last day counted."""
        return self.last is None or self.then is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothetical:
    """The word that a target would have if agreements entered late, the last of them on `entered_on`, were not late."""

    outcome: QuarterOutcome
    entered_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFigures:
    """One target's quarter: by day (`result`), by event (`events`), or as it was last seen (`standing`).

    `restore_times`: of each backup, the last verdict on the time to restore it. `ways_in` and
    `coverage`: of each host.
    `hypothetical`: the word if agreements that were entered late had been entered on their own date; None: the same.
    """

    target: str
    objectives: tuple[Objective, ...]
    result: QuarterResult | None = None
    days: tuple[TargetDay, ...] = ()
    subjects: tuple[SubjectFigures, ...] = ()
    events: Events | None = None
    standing: tuple[Verdict, ...] = ()
    deviations: tuple[Deviation, ...] = ()
    intervals: tuple[Interval, ...] = ()
    restore_times: tuple[Verdict, ...] = ()
    ways_in: tuple[Verdict, ...] = ()
    coverage: tuple[Verdict, ...] = ()
    past: tuple[EarlierQuarter, ...] = ()
    shortfall: TargetShortfall | None = None
    hypothetical: Hypothetical | None = None
    grounds: Grounds = field(default_factory=Grounds)

    def limit_of(self, subject: str) -> float | None:
        """Return the last limit of the period for a subject: its own, else that of all."""
        about = [one for one in self.objectives if is_about(one.subject, subject)]
        own = [one.limit for one in about if one.subject == subject]
        of_agent = [one.limit for one in about if one.subject is not None]
        return (own or of_agent or [one.limit for one in about] or [None])[-1]

    @property
    def left_missed(self) -> tuple[str, ...]:
        """Return the subjects that left before the last day counted, and that were missed on their last day seen."""
        if not self.days:
            return ()
        rows = ((one.days.key.subject, tuple(one.days.rows())) for one in self.subjects)
        gone = ((subject, own) for subject, own in rows if own and own[-1][0] < self.days[-1].day)
        return tuple(sorted(subject for subject, own in gone if _last_seen(own) is State.MISSED))

    @property
    def open(self) -> bool:
        """Return True where nothing shows that the target held again, for all that it was expected of."""
        return (self.shortfall is not None and self.shortfall.open) or bool(self.left_missed)

    @property
    def owed(self) -> frozenset[str]:
        """Return the subjects of what fell due, or was still open: of most duties, the ids of their entries."""
        return frozenset() if self.events is None else frozenset(one.key.subject for one in self.events.occurrences)

    @property
    def silent_days(self) -> int:
        """Return on how many days a subject is unproven because the agent did not run."""
        return len({day for one in self.deviations if one.silent for day in each_day(one.first, one.last)})

    @property
    def outcome(self) -> QuarterOutcome | None:
        """Return the quarter's word; None: the target has no rate."""
        if self.result is not None:
            return self.result.figures.outcome
        return None if self.events is None else self.events.outcome

    @property
    def measured_outcome(self) -> QuarterOutcome | None:
        """Return the word without acceptances."""
        if self.result is not None:
            return self.result.figures.measured_outcome
        return None if self.events is None else self.events.measured_outcome

    @property
    def tally(self) -> Tally | None:
        """Return the counts behind the word: days, or occurrences."""
        if self.result is not None:
            return self.result.figures.tally
        return None if self.events is None else self.events.tally


def _last_seen(rows: Sequence[tuple[date, DayResult]]) -> State | None:
    """Return the state of the last day that something was seen of, before acceptances; None: of no day."""
    return next((came.measured for _, came in reversed(rows) if came.measured is not State.UNPROVEN), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionChange:
    """One line of what an edition changes: some days of a subject, or an entry (`said`) with its amendments.

    `before` and `after` are states of days; None: a day was not expected. `printed` is what was printed of a value
    (`said`, by its lasting `name`), before and after.
    """

    said: Words
    target: str = ""
    subject: str = ""
    first: date | None = None
    last: date | None = None
    before: State | None = None
    after: State | None = None
    entry: str = ""
    amendments: tuple[Amendment, ...] = ()
    name: str = ""
    printed: tuple[Words, Words] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadsMailed:
    """One month's signed heads that were mailed to the beneficiary: on which day, to which addresses."""

    month: Month
    on: date
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerReference:
    """Where the evidence stands in the ledger: the last row read, the last signed day, the key.

    `signed_days` are those of the quarter, `days_without_places` those of them of which a holder of the key could have
    signed two versions (agent.proving.day_log), `attested` who else attests them.
    """

    rows: int
    link: str
    head_day: str | None
    head: str | None
    fingerprint: str
    configuration: str
    loads: int
    heads_mailed: tuple[HeadsMailed, ...] = ()
    signed_days: int = 0
    days_without_places: int = 0
    attested: tuple[AttestedBy, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedAgent:
    """An agent of a fleet whose ledger a report adds up, and where its own evidence stands.

    `late` and `lost` count the days of the quarter of which nothing was known for a while: told within seven days, or
    not. `heard`: it is, at the report's instant.
    """

    agent: str
    proof: LedgerReference
    late: int = 0
    lost: int = 0
    heard: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce(Generic[T]):
    """A value that was in force from a day of the quarter on; `recorded` False: it is that of the report's own day.

    `since_recorded`: no load says what was in force on the days of the quarter before.
    """

    since: date
    value: T
    recorded: bool = True
    since_recorded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyPlace:
    """Where one copy is: the machine that it was seen to lie on, and what the configuration says (`terms`).

    `verified_on` is the day of the newest verification that found it sound, `wholly_on` the day by which all of it had
    been read; None where no such look of the quarter is kept. `damaged_on` is the day on which the damage was seen last
    that the newest verification by the quarter's end knew of; None: it knew of none. `terms` are all that were in force
    in the quarter, None: it was not declared.
    """

    subject: str
    machine: CopyMachine
    verified_on: date | None = None
    wholly_on: date | None = None
    damaged_on: date | None = None
    terms: tuple[InForce[CopyTerms | None], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report. `edition` None: provisional, the quarter is not over; `span` is what was counted.

    `comparison`: what Prometheus heard, where it was asked; a published edition has a page of its own for that.
    `demonstration`: the places of copies were believed. `outages` are the days on which the agent did not run.
    `perimeters` say whose each subject is, `own` or `mutualised`; a key of no host is left out.
    `retentions` are the terms of each backup that were in force in the quarter.
    `agents` are those of a fleet whose ledgers are added up; empty: this is one agent's own report. `unheard` are
    those that its centre declares and of which nothing ever came.
    `taken_back` counts, by the entry that took a mistaken declaration back, the days of the subject that had been kept
    as missed. `short_exercises` says, by entry, why an exercise that succeeded is no test passed.
    """

    quarter: Quarter
    beneficiary: str
    beneficiary_name: str
    provider: str
    reference: str
    edition: int | None
    as_of: datetime
    made_on: date
    span: Span
    targets: tuple[TargetFigures, ...]
    days: tuple[SubjectDays, ...]
    entries: tuple[RegisterEntry, ...]
    agreements: Agreements
    evidence_ages: Mapping[str, tuple[InForce[timedelta], ...]]
    run_allowances: tuple[InForce[timedelta], ...]
    proof: LedgerReference
    version: str
    changes: tuple[EditionChange, ...] = ()
    hosts: tuple[tuple[str, str, str], ...] = ()
    copies: tuple[CopyPlace, ...] = ()
    csv_sha256: str = ""
    demonstration: bool = False
    comparison: PrometheusComparison | None = None
    outages: tuple[Span, ...] = ()
    taken_back: Mapping[str, int] = field(default_factory=dict)
    short_exercises: Mapping[str, Shortfall] = field(default_factory=dict)
    perimeters: Mapping[Key, str | None] = field(default_factory=dict)
    retentions: tuple[tuple[str, tuple[InForce[StoringTerms | None], ...]], ...] = ()
    quotations: Mapping[str, str] = field(default_factory=dict)
    draft: bool = False
    agents: tuple[CountedAgent, ...] = ()
    unheard: tuple[str, ...] = ()

    @property
    def provisional(self) -> bool:
        """Return whether the quarter goes on."""
        return self.edition is None
