"""What the verdicts of an evaluation round rest on besides looks: the day, loads, registers, and what is expected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from agent.accounting.agreements import Agreements
from agent.accounting.expectation import Loading, declared_since, present_since
from agent.config.settings import Configuration
from agent.core.convention import CLAUSES
from agent.core.duties.entries import RegisterEntry, by_beneficiary
from agent.core.duties.expected import Expected
from agent.core.inventory import Inventory
from agent.core.model import Key, Target
from agent.core.period import PARIS, day_of, day_start
from agent.evaluation.session import Session, entries_in
from agent.ledger.load_rows import Load
from agent.register.agreed import agreements_in_force

# The targets of which every host whose accounts are watched is a subject.
_OF_ACCOUNTS = frozenset(clause.id for clause in CLAUSES.values() if clause.collect_word == "access")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundBasis:
    """What is the same for all verdicts of a round; while two are equal, only looks and time change a verdict.

    `entries` are the last revisions of the registers' entries, `entries_of` the same by beneficiary; None: they could
    not be read.
    """

    day: date
    configuration: Configuration = field(compare=False)
    inventory: Inventory
    loads: tuple[Load, ...]
    agreements: Agreements
    entries: tuple[RegisterEntry, ...] | None
    entries_of: Mapping[str, tuple[RegisterEntry, ...]] | None = field(compare=False)
    _known: dict[Key, tuple[datetime | None, datetime | None]] = field(default_factory=dict, compare=False)
    _targets: dict[Key, Target] = field(default_factory=dict, compare=False)
    _watched: dict[datetime, frozenset[str]] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, session: Session, now: datetime) -> Self:
        """Return that of an instant. Raises LedgerError."""
        entries = None if session.known is None else entries_in(session.known)
        return cls(
            day=day_of(now),
            configuration=session.configuration,
            inventory=session.inventory,
            loads=() if session.known is None else session.known.loads(),
            agreements=agreements_of(session),
            entries=entries,
            entries_of=None if entries is None else by_beneficiary(entries),
        )

    def target_of(self, one: Expected) -> Target:
        """Return the target in force for one expected thing; what is closed keeps the objective of its last day."""
        closed = isinstance(one.item, RegisterEntry) and one.ends is not None
        if closed and one.ends is not None:
            return target_in_force(one.key, self.configuration, self.agreements, one.ends)
        if one.key not in self._targets:
            self._targets[one.key] = target_in_force(one.key, self.configuration, self.agreements, self.day)
        return self._targets[one.key]

    def first_seen(self, key: Key) -> datetime | None:
        """Return when a key was first declared, or declared again once it had ended; None: no load declares it."""
        return self._of_loads(key)[0]

    def expected_since(self, one: Expected, now: datetime) -> datetime:
        """Return the first moment that is expected of something; of an entry, that from which it was known."""
        if isinstance(one.item, RegisterEntry):
            return one.item.received_at
        loaded = self._of_loads(one.key)[1]
        if loaded is None and one.starts is not None:
            return day_start(one.starts)
        return loaded or now

    def watched_since(self, since: datetime) -> frozenset[str]:
        """Return the hosts whose accounts were to be watched at an instant, or at any time since."""
        if since not in self._watched:
            self._watched[since] = watched_since(self.loads, since, PARIS)
        return self._watched[since]

    def objective_on(self, key: Key, day: date) -> float | None:
        """Return the limit of a key that was in force on a day."""
        return objective_on(key, day, self.loads, self.configuration, self.agreements)

    def _of_loads(self, key: Key) -> tuple[datetime | None, datetime | None]:
        if key not in self._known:
            self._known[key] = (declared_since(key, self.loads), present_since(key, self.loads))
        return self._known[key]


def watched_since(loads: Sequence[Loading], since: datetime, zone: ZoneInfo) -> frozenset[str]:
    """Return the hosts whose accounts were to be watched at an instant, or at any time since."""
    later = [load for load in loads if load.at > since]
    before = [load for load in loads if load.at <= since][-1:]
    return frozenset(
        key.subject
        for load in (*before, *later)
        for key, days in load.declared.items()
        if key.target in _OF_ACCOUNTS and (days.ends is None or days.ends >= day_of(since, zone))
    )


def target_in_force(key: Key, configuration: Configuration, agreements: Agreements, day: date) -> Target:
    """Return the target for one key as it is in force on a day, adaptations included.

    A copy is held to the limit of the recovery point where that one is stricter (contract, `[[backup.copy]] limit`).
    """
    target = configuration.targets[key.target]
    limit = target.limit
    held_to = CLAUSES[key.target].held_to
    bound = None if held_to is None else configuration.targets[held_to].limit
    if limit is not None and bound is not None:
        limit = min(limit, bound)
    return replace(
        target,
        limit=agreements.limit(limit, key, day),
        attainment=agreements.attainment(target.attainment, key, day),
    )


def objective_on(
    key: Key, day: date, loads: Sequence[Load], configuration: Configuration, agreements: Agreements
) -> float | None:
    """Return the limit of a key that was in force on a day: that of the last load up to its end, or of the first."""
    ruling = [load for load in loads if day_of(load.acts_from) <= day] or loads[:1]
    targets = ruling[-1].targets if ruling else configuration.targets
    target = targets.get(key.target, configuration.targets[key.target])
    return agreements.limit(target.limit, key, day)


def agreements_of(session: Session) -> Agreements:
    """Return everything that was agreed with the beneficiaries, from the registers."""
    if session.known is None:
        return Agreements()
    return agreements_in_force(
        session.known.entries(None),
        session.configuration.inventory,
        session.configuration.convention.starts,
        session.known.written_loads(),
    )
