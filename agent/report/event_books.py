"""What targets by event are counted from: entries, agreements, verdicts, and the limits of each day."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from agent.accounting.agreements import Agreements
from agent.core.convention import CLAUSES
from agent.core.duties.entries import RECOVERY_TESTS, RegisterEntry
from agent.core.duties.moments import CivilMoment
from agent.core.judging.recovery_tests import shortfall
from agent.core.model import Key, Verdict
from agent.core.period import Quarter, day_end

PERIODIC = {clause.id: clause.performed for clause in CLAUSES.values() if clause.performed is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrenceInputs:
    """What occurrences are counted from; `entries` are one beneficiary's, `verdicts` the newest on its entries.

    `configured` gives the limit of a target as the configuration set it on a day, `attainment` the share of what falls
    due on a day that is to be met.
    """

    quarter: Quarter
    as_of: datetime
    entries: tuple[RegisterEntry, ...]
    agreements: Agreements
    verdicts: Mapping[Key, Verdict] = field(default_factory=dict)
    configured: Callable[[str, date], float | None] = lambda target, day: CLAUSES[target].limit
    attainment: Callable[[date], Fraction] = lambda day: Fraction(1)

    @property
    def over(self) -> bool:
        """Return whether the quarter is."""
        return self.as_of >= day_end(self.quarter.last)

    def objective_on(self, key: Key, day: date) -> float | None:
        """Return the limit of one key on a day, adaptations included."""
        return self.agreements.limit(self.configured(key.target, day), key, day)

    def of(self, register: str) -> tuple[RegisterEntry, ...]:
        """Return the entries of one register that tell of something that happened."""
        return tuple(entry for entry in self.entries if entry.register == register and entry.signs is None)


def fell_short(entry: RegisterEntry, books: OccurrenceInputs) -> bool:
    """Return whether an entry is an exercise that attained not both objectives of its day."""
    if entry.register != RECOVERY_TESTS:
        return False
    subject, beneficiary = entry.values["backup"], entry.beneficiary
    short = shortfall(
        entry, lambda id, day: books.objective_on(Key(target=id, subject=subject, beneficiary=beneficiary), day)
    )
    return short is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedSince:
    """Since when a duty is owed of a key, and whether its subject went out of the configuration without an end."""

    key: Key
    starts: datetime
    gone: bool = False


def performed_of(
    target: str, since: OwedSince, books: OccurrenceInputs
) -> tuple[tuple[CivilMoment, RegisterEntry], ...]:
    """Return what was done of a periodic duty of one key, in the order of its dates, each date once."""
    performed = PERIODIC[target]
    own = (entry for entry in books.of(performed.register) if entry.get(performed.subject) == since.key.subject)
    own = (entry for entry in own if entry.get("result") in (None, "ok") and not fell_short(entry, books))
    sound = sorted(own, key=lambda entry: entry.id)
    # What was entered twice was done once.
    dated = {when.begins: (when, entry) for entry in reversed(sound) if (when := entry.when("performed")) is not None}
    return tuple(dated[begins] for begins in sorted(dated))
