"""The convention's targets: the one table that configuration, checks, metrics, report and explanations read.

Source: convention of 24 September 2025 (délibération n° 588), articles 5, 5.1, 5.2, 6, 7, 8 and 9.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from types import MappingProxyType

from agent.core.inventory import (
    OWN_KEYS,
    Backup,
    Beneficiary,
    Copy,
    DeclaredHost,
    Flow,
    LogSource,
    Perimeter,
    WebFilter,
)

HOUR = 3600.0
DAY = 24 * HOUR


class CountingRule(Enum):
    """How a quarter counts a target."""

    BY_DAY = "day"
    BY_EVENT = "event"
    NOT = "not"


class BetterSide(Enum):
    """Which side of the limit is good, hence which limit is stricter."""

    LOWER = "lower"
    HIGHER = "higher"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDuty:
    """What a target asks of each entry of a register.

    `opened` is the key that starts the clock, `closed` the one that stops it (None: looks do, and leave a
    `closing`), `unless` the key and the value with which nothing is due at all.
    """

    target: str
    register: str
    opened: str
    closed: str | None = None
    unless: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Performed:
    """Which register shows what is done again and again, and the key of an entry that names its subject."""

    register: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One target as the convention sets it, before any configuration or adaptation.

    Of its subjects: `subjects` are the inventory's types that have a verdict of their own under it, `whole` is the one
    under which it is judged for a beneficiary as a whole. `collect_word`: a host whose `collect` leaves this word out
    has no verdict. `exposed_only`: a perimeter that is not exposed has none. `duty` is what each entry of a register
    owes, `performed` shows what comes back.

    Of its limit: `held_to` is the target whose limit it is never looser than, `set_in` where the configuration sets a
    limit that the convention leaves open. `by_age`: judged by an age that grows by itself, so that a grace of the alert
    makes sense. `of_points`: that age is the newest recovery point's, which grows while the next one is made.
    `dated_evidence`: its evidence carries its own date; what had to be seen on the day cannot be made up later.
    `shown`: its looks are shown to the beneficiary, whose bundle lets its days be derived from them again.
    `declared`: it rests on what registers say, not on what was seen. `exercised`: recovery exercises show it. `page`: a
    miss rings at night unless configured otherwise. `rings` False: it is optional, and never rings. `by_law`: a duty of
    article 6, which can neither be adapted (article 5) nor have its risk accepted (article 5.2).
    """

    id: str
    article: str
    subjects: tuple[type, ...]
    unit: str
    limit: float | None
    evidence_age: timedelta
    counted: CountingRule = CountingRule.BY_DAY
    better: BetterSide = BetterSide.LOWER
    by_age: bool = False
    page: bool = False
    rings: bool = True
    declared: bool = False
    run_allowance: timedelta = timedelta(0)
    collect_word: str | None = None
    whole: str | None = None
    exposed_only: bool = False
    duty: EntryDuty | None = None
    performed: Performed | None = None
    held_to: str | None = None
    set_in: str | None = None
    of_points: bool = False
    dated_evidence: bool = False
    shown: bool = False
    exercised: bool = False
    by_law: bool = False

    @property
    def on_request(self) -> bool:
        """Return whether hosts are judged by it only where they ask: where none does, it is no matter of a report."""
        return self.collect_word in OWN_KEYS

    def __post_init__(self) -> None:
        """Refuse a target that nothing would ever be judged by, or that an entry of another would close."""
        if DeclaredHost in self.subjects and self.collect_word is None:
            raise ValueError(f"{self.id} judges hosts, and no word of collect says which")
        if self.duty is not None and self.duty.target != self.id:
            raise ValueError(f"{self.id} has the duty of {self.duty.target}")


H6, H13, H26 = timedelta(hours=6), timedelta(hours=13), timedelta(hours=26)


def days(number: int) -> timedelta:
    """Return that many days of 24 hours."""
    return timedelta(days=number)


_CLAUSES = (
    Clause(id="backup-rpo", article="5", subjects=(Backup,), unit="seconds", limit=24 * HOUR, evidence_age=H6,
           by_age=True, page=True, run_allowance=timedelta(hours=2), of_points=True, dated_evidence=True,
           shown=True),
    Clause(id="backup-offsite", article="5", subjects=(Copy,), unit="seconds", limit=24 * HOUR, evidence_age=H6,
           by_age=True, page=True, of_points=True, held_to="backup-rpo", shown=True),
    Clause(id="backup-coverage", article="5", subjects=(DeclaredHost,), unit="ratio", limit=1.0, evidence_age=H26,
           better=BetterSide.HIGHER, collect_word="coverage"),
    Clause(id="backup-rto", article="5", subjects=(Backup,), unit="seconds", limit=48 * HOUR, evidence_age=days(365),
           exercised=True),
    Clause(id="recovery-test", article="5", subjects=(Backup,), unit="seconds", limit=365 * DAY,
           evidence_age=days(365), counted=CountingRule.BY_EVENT, by_age=True, declared=True,
           exercised=True, performed=Performed(register="recovery-test", subject="backup")),
    Clause(id="log-retention", article="5", subjects=(LogSource,), unit="seconds", limit=350 * DAY, evidence_age=H26,
           better=BetterSide.HIGHER, shown=True),
    Clause(id="log-collection", article="5", subjects=(LogSource, DeclaredHost), unit="seconds", limit=24 * HOUR,
           evidence_age=H6, by_age=True, collect_word="clock", whole="alert-path", shown=True),
    Clause(id="endpoint-protection", article="5", subjects=(DeclaredHost,), unit="seconds", limit=96 * HOUR,
           evidence_age=H6, by_age=True, page=True, collect_word="antivirus", shown=True),
    Clause(id="patching", article="5", subjects=(DeclaredHost,), unit="seconds", limit=31 * DAY, evidence_age=H13,
           by_age=True, collect_word="patches", shown=True),
    Clause(id="vulnerability-scan", article="5", subjects=(Perimeter,), unit="seconds", limit=92 * DAY,
           evidence_age=days(92), counted=CountingRule.BY_EVENT, by_age=True, declared=True,
           performed=Performed(register="scan", subject="perimeter")),
    Clause(id="penetration-test", article="5", subjects=(Perimeter,), unit="seconds", limit=365 * DAY,
           evidence_age=days(365), counted=CountingRule.BY_EVENT, by_age=True, declared=True,
           exposed_only=True, performed=Performed(register="pentest", subject="perimeter")),
    Clause(id="strong-authentication", article="5", subjects=(DeclaredHost,), unit="ratio", limit=1.0,
           evidence_age=H26, better=BetterSide.HIGHER, collect_word="access"),
    Clause(id="access-revocation", article="5", subjects=(Beneficiary,), unit="seconds", limit=24 * HOUR,
           evidence_age=H26, counted=CountingRule.BY_EVENT,
           duty=EntryDuty(target="access-revocation", register="departure", opened="left")),
    Clause(id="network-segmentation", article="5", subjects=(Flow, DeclaredHost), unit="ratio", limit=1.0,
           evidence_age=H26, better=BetterSide.HIGHER, collect_word="network"),
    Clause(id="web-filtering", article="5", subjects=(WebFilter,), unit="ratio", limit=1.0, evidence_age=H26,
           better=BetterSide.HIGHER),
    Clause(id="incident-report", article="5.1", subjects=(Beneficiary,), unit="working-days", limit=10.0,
           evidence_age=H26, counted=CountingRule.BY_EVENT, declared=True,
           duty=EntryDuty(target="incident-report", register="incident", opened="detected", closed="reported",
                     unless=("major", "no"))),
    Clause(id="breach-dpo", article="6", subjects=(Beneficiary,), unit="seconds", limit=24 * HOUR, evidence_age=H26,
           counted=CountingRule.BY_EVENT, declared=True,
           duty=EntryDuty(target="breach-dpo", register="breach", opened="detected", closed="dpo_informed"),
           by_law=True),
    Clause(id="breach-cnil", article="6", subjects=(Beneficiary,), unit="seconds", limit=72 * HOUR, evidence_age=H26,
           counted=CountingRule.BY_EVENT, declared=True,
           duty=EntryDuty(target="breach-cnil", register="breach", opened="detected", closed="cnil_notified",
                     unless=("cnil_due", "no")), by_law=True),
    Clause(id="restore-reason", article="6", subjects=(Beneficiary,), unit="ratio", limit=1.0, evidence_age=H26,
           counted=CountingRule.BY_EVENT, better=BetterSide.HIGHER, declared=True,
           duty=EntryDuty(target="restore-reason", register="restore", opened="performed", closed="performed"),
           by_law=True),
    Clause(id="backup-lifecycle", article="6", subjects=(Backup,), unit="seconds", limit=None, evidence_age=H26,
           declared=True, set_in="retention in [[backup]]", by_law=True),
    Clause(id="gdpr-audit", article="6", subjects=(Beneficiary,), unit="seconds", limit=None, evidence_age=H26,
           counted=CountingRule.NOT, declared=True, rings=False),
    Clause(id="awareness", article="6", subjects=(Beneficiary,), unit="seconds", limit=365 * DAY,
           evidence_age=days(365), by_age=True, declared=True),
    Clause(id="storage-quota", article="7", subjects=(Beneficiary,), unit="bytes", limit=1e12, evidence_age=H26,
           counted=CountingRule.NOT, declared=True),
    Clause(id="convention-review", article="9", subjects=(Beneficiary,), unit="seconds", limit=None,
           evidence_age=H26, counted=CountingRule.NOT, declared=True, whole="convention"),
)  # fmt: skip

CLAUSES = MappingProxyType({clause.id: clause for clause in _CLAUSES})
DUTIES = frozenset(clause.id for clause in _CLAUSES if clause.by_law)

# What others are measured by, or what a whole annex is about: the only targets that are asked for by name.
RECOVERY_POINT, RECOVERY_TIME, OFF_SITE = "backup-rpo", "backup-rto", "backup-offsite"
STRONG_AUTHENTICATION, COVERAGE = "strong-authentication", "backup-coverage"
OF_POINTS = frozenset(clause.id for clause in _CLAUSES if clause.of_points)
PATCHING, STORAGE, REVIEW = "patching", "storage-quota", "convention-review"


def subjects_of(target: str) -> tuple[type, ...]:
    """Return the inventory's types that a target judges; `object` of one that the convention no longer has."""
    return CLAUSES[target].subjects if target in CLAUSES else (object,)
