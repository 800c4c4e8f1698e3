"""What days are derived by beside looks, and why a key is followed no further."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from agent.accounting.agreements import Agreements
from agent.core.convention import CLAUSES
from agent.core.duties.entries import RegisterEntry
from agent.core.judging.check import Check
from agent.core.model import Key, Target
from agent.core.period import day_end, day_of
from agent.ledger.load_rows import Load


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivationTerms:
    """What days are judged by beside looks: loads, agreements, the checks by target, and entries as of an instant."""

    loads: Sequence[Load]
    agreements: Agreements
    entries_at: Callable[[datetime], tuple[RegisterEntry, ...]]
    checks: Mapping[str, Check]
    zone: ZoneInfo

    def target(self, key: Key, now: datetime) -> Target | None:
        """Return the target in force for a key at an instant; None: no load sets it."""
        ruling = [load for load in self.loads if load.acts_from <= now] or list(self.loads[:1])
        targets = ruling[-1].targets if ruling else {}
        target = targets.get(key.target)
        if target is None:
            return None
        held_to = CLAUSES[key.target].held_to
        bound = targets[held_to].limit if held_to in targets and held_to is not None else None
        limit = target.limit if target.limit is None or bound is None else min(target.limit, bound)
        agreed = self.agreements.limit(limit, key, day_of(now, self.zone))
        return target if agreed == target.limit else replace(target, limit=agreed)

    def objective(self, key: Key, day: date) -> float | None:
        """Return the limit of a key in force on a day."""
        target = self.target(key, day_end(day, self.zone))
        return CLAUSES[key.target].limit if target is None else target.limit


class NotFollowed(Exception):  # no error of what is read: it is left out, and said to be
    """Raised where a key is followed no further: its judgements cost too much, or no load sets its target."""


class NotUnderstood(NotFollowed):
    """Raised where a rule cannot judge what is shown: another release may have written what this one does not know."""
