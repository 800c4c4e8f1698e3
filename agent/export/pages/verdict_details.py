"""The history and the evidence shown on the page of a target or subject."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from fractions import Fraction

from agent.core.model import Evidence, Gap, Key, State
from agent.core.reason import Reason

# The days that a page looks back on, today included: as many as the longest quarter has.
DAYS = 92


class DayWithoutState(Enum):
    """Why a civil day has no state."""

    NOT_EXPECTED_YET = "not-expected-yet"
    NO_LONGER_EXPECTED = "no-longer-expected"
    NOT_OVER = "not-over"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay:
    """The result of one civil day: a state, or why there is none.

    `measured` is the state without acceptances, `reason` that of the measured one; both None on the day of a whole
    target. `excluded` names the agreed exclusions that leave the day, or a subject's day, out of the second rate.
    """

    day: date
    state: State | None = None
    untold: DayWithoutState | None = None
    measured: State | None = None
    reason: Reason | None = None
    late: bool = False
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveInForce:
    """What is asked on the day of the page: the limit, the share of days, the adaptation that changed them."""

    limit: float | None
    unit: str
    attainment: Fraction = Fraction(1)
    adaptation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The last days of a key, or of a whole target where its subject is empty, the oldest first."""

    key: Key
    objective: ObjectiveInForce
    days: tuple[CalendarDay, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """Where something stands in the ledger's chain, and the digests that hold it there."""

    sequence: int
    instant: str
    payload_sha256: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingDetail:
    """One look that a verdict rests on, as the ledger keeps it.

    `reason` and `detail` are those of a look that failed. `depth`, `facts` and `gaps` are told where the look is the
    newest of its kind that succeeded; `gaps` and `commands` are empty for readers who may not see how the provider's
    machines are looked at.
    """

    collector: str
    host: str
    subject: str
    begun: datetime
    ended: datetime
    reason: Reason | None = None
    detail: str = ""
    depth: str | None = None
    facts: int | None = None
    gaps: tuple[Gap, ...] = ()
    commands: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceDetail:
    """One evidence id of a verdict and what it names; neither `look` nor `register`: nothing that is still kept.

    `register` names the register of an entry; what it says is read there.
    """

    evidence: str
    row: LedgerRow | None = None
    look: ReadingDetail | None = None
    register: str | None = None
    entered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayValue:
    """The worst value that was measured on one civil day, in the target's unit."""

    day: date
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictDetails:
    """What is known of some keys of one subject: calendar, proofs, its verdict's row, what was measured each day."""

    calendars: Mapping[Key, Calendar] = field(default_factory=dict)
    proofs: Mapping[Key, tuple[EvidenceDetail, ...]] = field(default_factory=dict)
    rows: Mapping[Key, LedgerRow] = field(default_factory=dict)
    values: Mapping[Key, tuple[DayValue, ...]] = field(default_factory=dict)
