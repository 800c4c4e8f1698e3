"""What targets by event are counted from: entries, agreements, verdicts, and the limits of each day."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction

from agent.accounting.agreements import Agreements
from agent.core.convention import CLAUSES
from agent.core.duties.entries import RegisterEntry
from agent.core.model import Key, Verdict
from agent.core.period import Quarter, day_end

PERIODIC = {clause.id: clause.performed for clause in CLAUSES.values() if clause.performed is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrenceInputs:
    """What occurrences are counted from; `entries` are one beneficiary's, `verdicts` the newest on its entries.

    `configured` gives the limit of a target as the configuration set it on a day, `attainment` the share of what falls
    due on a day that is to be met. `corrected`: every entry counts as its last amendment has it, also where that takes
    a miss away. `agents` are those of a fleet, with whose names subjects and entries begin.
    """

    quarter: Quarter
    as_of: datetime
    entries: tuple[RegisterEntry, ...]
    agreements: Agreements
    verdicts: Mapping[Key, Verdict] = field(default_factory=dict)
    configured: Callable[[str, date], float | None] = lambda target, day: CLAUSES[target].limit
    attainment: Callable[[date], Fraction] = lambda day: Fraction(1)
    corrected: bool = False
    agents: frozenset[str] = frozenset()

    @property
    def over(self) -> bool:
        """Return whether the quarter is."""
        return self.as_of >= day_end(self.quarter.last)

    def objective_on(self, key: Key, day: date) -> float | None:
        """Return the limit of one key on a day, adaptations included."""
        return self.agreements.limit(self.configured(key.target, day), key, day)

    def beside(self, key: Key) -> "OccurrenceInputs":
        """Return what bears on a key: where it is an agent's, the entries that this agent keeps."""
        agent, divided, _ = key.subject.partition("/")
        if not divided or agent not in self.agents:
            return self
        return replace(self, entries=tuple(one for one in self.entries if one.id.startswith(f"{agent}/")))

    def of(self, register: str) -> tuple[RegisterEntry, ...]:
        """Return the entries of one register that tell of something that happened."""
        return tuple(entry for entry in self.entries if entry.register == register and entry.signs is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedSince:
    """Since when a duty is owed of a key, and whether its subject went out of the configuration without an end."""

    key: Key
    starts: datetime
    gone: bool = False
