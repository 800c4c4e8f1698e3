"""The convention's targets: the one table that configuration, checks, metrics, report and explanations read.

Source: convention of 24 September 2025 (délibération n° 588), articles 5, 5.1, 5.2, 6, 7, 8 and 9.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from types import MappingProxyType

from agent.core.inventory import Backup, Beneficiary, Copy, DeclaredHost, Flow, LogSource, Perimeter, WebFilter

HOUR = 3600.0
DAY = 24 * HOUR


class CountingRule(Enum):
    """Tell how a quarter counts a target."""

    BY_DAY = "day"
    BY_EVENT = "event"
    NOT = "not"


class BetterSide(Enum):
    """Tell which side of the limit is good, hence which limit is stricter."""

    LOWER = "lower"
    HIGHER = "higher"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """Hold one target as the convention sets it, before any configuration or adaptation.

    `subjects` are the inventory's types that have a verdict of their own under it. `by_age`: judged by an age that
    grows by itself, so that a grace of the alert makes sense. `page`: a miss rings at night unless configured
    otherwise. `collect_word`: a host whose `collect` leaves this word out has no verdict. `declared`: it
    rests on what registers say, not on what was seen.
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
    declared: bool = False
    run_allowance: timedelta = timedelta(0)
    collect_word: str | None = None


H6, H13, H26 = timedelta(hours=6), timedelta(hours=13), timedelta(hours=26)


def days(number: int) -> timedelta:
    """Return that many days of 24 hours."""
    return timedelta(days=number)


_CLAUSES = (
    Clause(id="backup-rpo", article="5", subjects=(Backup,), unit="seconds", limit=24 * HOUR, evidence_age=H6,
           by_age=True, page=True, run_allowance=timedelta(hours=2)),
    Clause(id="backup-offsite", article="5", subjects=(Copy,), unit="seconds", limit=24 * HOUR, evidence_age=H6,
           by_age=True, page=True),
    Clause(id="backup-rto", article="5", subjects=(Backup,), unit="seconds", limit=48 * HOUR, evidence_age=days(365)),
    Clause(id="recovery-test", article="5", subjects=(Backup,), unit="seconds", limit=365 * DAY,
           evidence_age=days(365), counted=CountingRule.BY_EVENT, by_age=True, declared=True),
    Clause(id="log-retention", article="5", subjects=(LogSource,), unit="seconds", limit=350 * DAY, evidence_age=H26,
           better=BetterSide.HIGHER),
    Clause(id="log-collection", article="5", subjects=(LogSource, DeclaredHost), unit="seconds", limit=24 * HOUR,
           evidence_age=H6, by_age=True, collect_word="clock"),
    Clause(id="endpoint-protection", article="5", subjects=(DeclaredHost,), unit="seconds", limit=96 * HOUR,
           evidence_age=H6, by_age=True, page=True, collect_word="antivirus"),
    Clause(id="patching", article="5", subjects=(DeclaredHost,), unit="seconds", limit=31 * DAY, evidence_age=H13,
           by_age=True, collect_word="patches"),
    Clause(id="vulnerability-scan", article="5", subjects=(Perimeter,), unit="seconds", limit=92 * DAY,
           evidence_age=days(92), counted=CountingRule.BY_EVENT, by_age=True, declared=True),
    Clause(id="penetration-test", article="5", subjects=(Perimeter,), unit="seconds", limit=365 * DAY,
           evidence_age=days(365), counted=CountingRule.BY_EVENT, by_age=True, declared=True),
    Clause(id="strong-authentication", article="5", subjects=(DeclaredHost,), unit="ratio", limit=1.0,
           evidence_age=H26, better=BetterSide.HIGHER, collect_word="access"),
    Clause(id="access-revocation", article="5", subjects=(Beneficiary,), unit="seconds", limit=24 * HOUR,
           evidence_age=H26, counted=CountingRule.BY_EVENT),
    Clause(id="network-segmentation", article="5", subjects=(Flow, DeclaredHost), unit="ratio", limit=1.0,
           evidence_age=H26, better=BetterSide.HIGHER, collect_word="network"),
    Clause(id="web-filtering", article="5", subjects=(WebFilter,), unit="ratio", limit=1.0, evidence_age=H26,
           better=BetterSide.HIGHER),
    Clause(id="incident-report", article="5.1", subjects=(Beneficiary,), unit="working-days", limit=10.0,
           evidence_age=H26, counted=CountingRule.BY_EVENT, declared=True),
    Clause(id="breach-dpo", article="6", subjects=(Beneficiary,), unit="seconds", limit=24 * HOUR, evidence_age=H26,
           counted=CountingRule.BY_EVENT, declared=True),
    Clause(id="breach-cnil", article="6", subjects=(Beneficiary,), unit="seconds", limit=72 * HOUR, evidence_age=H26,
           counted=CountingRule.BY_EVENT, declared=True),
    Clause(id="restore-reason", article="6", subjects=(Beneficiary,), unit="ratio", limit=1.0, evidence_age=H26,
           counted=CountingRule.BY_EVENT, better=BetterSide.HIGHER, declared=True),
    Clause(id="backup-lifecycle", article="6", subjects=(Backup,), unit="seconds", limit=None, evidence_age=H26,
           declared=True),
    Clause(id="gdpr-audit", article="6", subjects=(Beneficiary,), unit="seconds", limit=None, evidence_age=H26,
           counted=CountingRule.NOT, declared=True),
    Clause(id="awareness", article="6", subjects=(Beneficiary,), unit="seconds", limit=365 * DAY,
           evidence_age=days(365), by_age=True, declared=True),
    Clause(id="storage-quota", article="7", subjects=(Beneficiary,), unit="bytes", limit=1e12, evidence_age=H26,
           counted=CountingRule.NOT, declared=True),
    Clause(id="convention-review", article="9", subjects=(Beneficiary,), unit="seconds", limit=None,
           evidence_age=H26, counted=CountingRule.NOT, declared=True),
)  # fmt: skip

# Article 5 lets targets be adapted and article 5.2 lets risks be accepted; these are duties of article 6.
DUTIES = frozenset({"breach-dpo", "breach-cnil", "restore-reason", "backup-lifecycle"})
CLAUSES = MappingProxyType({clause.id: clause for clause in _CLAUSES})
