"""The shared value types: observations, targets, findings, verdicts.

All are frozen; instants are aware, durations are `timedelta`, ratios are `Fraction`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from fractions import Fraction
from typing import NamedTuple

from agent.core.manifest import ManifestChange
from agent.core.measures import ByteCount, Seconds
from agent.core.reason import Reason
from agent.core.registered import Structured


class State(Enum):
    """Where one target stands for one subject at one instant (convention, «Verdicts»)."""

    MISSED = "missed"
    UNPROVEN = "unproven"
    ACCEPTED = "accepted"
    MET = "met"
    NOT_APPLICABLE = "not-applicable"


WORST_FIRST = (State.MISSED, State.UNPROVEN, State.ACCEPTED, State.MET, State.NOT_APPLICABLE)


def worst(states: Iterable[State]) -> State:
    """Return the worst of some states; the worst of none is UNPROVEN, since nothing shows anything."""
    return min(states, key=WORST_FIRST.index, default=State.UNPROVEN)


# A dataclass among them is registered (agent.core.registered): the ledger names its type.
FactValue = bool | int | float | str | datetime | timedelta | frozenset[str] | Structured


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that was seen; `as_of` is when the *world* had this value, which is what a rule judges."""

    name: str
    subject: str
    value: FactValue
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A subject that exists and could not be read."""

    subject: str
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What stands behind a reading: the command as it was run, with nothing secret in it, and its outcome."""

    command: str
    status: int | None
    duration: timedelta
    output_sha256: str
    tool_version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A look that succeeded, be what it saw good, bad or nothing at all.

    `manifest` is what it changed in what is known of a store's files; a reading that comes out of the ledger has none.
    """

    collector: str
    host: str
    subject: str
    begun: datetime
    ended: datetime
    facts: tuple[Fact, ...] = ()
    gaps: tuple[Gap, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    manifest: ManifestChange = field(default_factory=ManifestChange)

    def named(self, name: str) -> tuple[Fact, ...]:
        """Return the facts of one name, in the order in which they were seen."""
        return tuple([fact for fact in self.facts if fact.name == name])

    def one(self, name: str) -> Fact | None:
        """Return the first fact of one name, or None where it was not seen."""
        return next((fact for fact in self.facts if fact.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A look that did not succeed, and why."""

    collector: str
    host: str
    subject: str
    begun: datetime
    ended: datetime
    reason: Reason
    detail: str
    evidence: tuple[Evidence, ...] = ()


Reading = Observation | Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A target in force: its objective, how old evidence may be, and how its alert behaves.

    `limit` is in the unit's own terms (seconds, a ratio from 0 to 1, a count, working days);
    None where the text sets no figure.
    """

    id: str
    unit: str
    limit: float | None
    evidence_age: timedelta
    attainment: Fraction = Fraction(1)
    severity: str | None = None
    alert_after: timedelta | None = None
    run_allowance: timedelta = timedelta(0)


DetailValue = str | float | int | Seconds | ByteCount | datetime | date
Detail = Mapping[str, DetailValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The result of one condition of a target; a verdict is the worst, or the best, of its findings.

    `about` holds names, numbers with their unit, instants and days for the sentence, never prose: the words are in
    agent.wording.
    `stands_until` is when the evidence behind it has aged out; None: it rests on no evidence that ages.
    """

    state: State
    reason: Reason
    value: float | None = None
    limit: float | None = None
    unit: str | None = None
    observed_at: datetime | None = None
    stands_until: datetime | None = None
    about: Detail = field(default_factory=dict)
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Where one target stands for one subject, for one beneficiary, judged at `at`.

    `measured` is the state before an acceptance; `day_state` is the state with the run allowance
    that only a day's account grants (convention, «Run allowance»), else the same.
    """

    target: str
    subject: str
    beneficiary: str
    at: datetime
    state: State
    measured: State
    day_state: State
    reason: Reason
    unit: str
    value: float | None = None
    limit: float | None = None
    observed_at: datetime | None = None
    stands_until: datetime | None = None
    about: Detail = field(default_factory=dict)
    rest: tuple[Finding, ...] = ()
    acceptance: str | None = None
    evidence: tuple[str, ...] = ()

    @property
    def key(self) -> "Key":
        """Return what this verdict is about."""
        return Key(target=self.target, subject=self.subject, beneficiary=self.beneficiary)


class Key(NamedTuple):
    """One thing that is judged: a target, for a subject, for a beneficiary.

    A tuple, since a round looks up keys some sixty times for each verdict: it is compared and hashed in C.
    """

    target: str
    subject: str
    beneficiary: str
