"""What the figures of a quarter are counted from: what a ledger has of it, and what a bundle shows of that ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from agent.accounting.agreements import Agreements
from agent.core.duties.entries import RegisterEntry
from agent.core.model import Key, Verdict
from agent.core.period import Quarter
from agent.ledger.day_rows import DayResult
from agent.ledger.load_rows import Load
from agent.report.figures import CountedAgent


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedMaterial:
    """What one beneficiary's quarter is counted from; `today` says whether the quarter is over.

    `agents` are those of a fleet, with whose names subjects begin; empty: this is one agent's own.
    """

    quarter: Quarter
    beneficiary: str
    today: date
    zone: ZoneInfo
    kept: Mapping[Key, Mapping[str, DayResult]]
    loads: Sequence[Load]
    entries: tuple[RegisterEntry, ...]
    agreements: Agreements
    verdicts: Mapping[Key, Verdict] = field(default_factory=dict)
    agents: tuple[CountedAgent, ...] = ()
