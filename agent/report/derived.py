"""Derive the days of a bundle from the looks that it shows, and hold what was kept of each day to that."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from agent.accounting.days import DATED_EVIDENCE
from agent.core.duties.entries import RegisterEntry
from agent.core.duties.expected import Expected, expected
from agent.core.errors import LedgerError
from agent.core.inventory import Inventory
from agent.core.judging.check import Check, Question
from agent.core.judging.looked_at import LookTarget
from agent.core.model import WORST_FIRST, Key
from agent.core.period import day_end, day_start
from agent.evaluation.derivation import DerivationTerms, KeyDerivation, NotFollowed
from agent.evaluation.registry import find_checks
from agent.evaluation.run_looks import RunLooks
from agent.evaluation.shown_looks import DERIVED, looks_of_one
from agent.ledger.day_rows import DayResult
from agent.ledger.facts import Name
from agent.ledger.loads import Load
from agent.ledger.seen_items import SeenItems
from agent.register.agreed import agreements_in_force
from agent.register.book import BookEntry
from agent.report.own_rows import BeneficiaryPayload
from agent.report.seen_rows import ShownStretch, stretches

# What the judgements of one bundle may cost, in facts: a quarter of fifty hosts takes some six millions.
MOST_JUDGED = 12_000_000
_KNOWN_NAMES = 16

# Why a day was not derived.
NO_LOOKS = "no look of theirs is shown"
UNTOLD = "the looks around them are not shown whole"
DECLARED_OTHERWISE = "they were declared otherwise then"
NOT_OVER = "no look after them is shown yet"
BETTER = "the looks shown alone make them better than they were kept"
STOOD_FOR = "of their looks, which differ, one of each eight hours is shown"
TOO_MUCH = "more looks than are followed"
NO_ROW = "no row of theirs is kept"


@dataclass(slots=True)
class DerivedDays:
    """What was derived: how many days of each target, which differ, and how many could not be, by target and reason."""

    counted: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    left: Counter[tuple[str, str]] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    def damage(self, most: int) -> Iterator[str]:
        """Yield the days whose looks show something worse than was kept, so many at most."""
        yield from self.wrong[:most]
        if len(self.wrong) > most:
            yield f"{len(self.wrong) - most} more days are better than their looks show"

    def lines(self) -> Iterator[str]:
        """Yield what was derived and what was not, a line each."""
        if self.counted:
            every = ", ".join(f"{target} {count}" for target, count in sorted(self.counted.items()))
            yield f"derived again from the looks shown: {self.counted.total()} days ({every})"
        for (target, reason), count in sorted(self.left.items()):
            yield f"not derived from looks: {target}, {count} days: {reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDays:
    """What a bundle's rows say beside looks: loads, entries with their revisions, and the days that were kept."""

    loads: Sequence[Load]
    rows: Sequence[BookEntry]
    entries: tuple[RegisterEntry, ...]
    days: Mapping[Key, Mapping[date, DayResult]]
    zone: ZoneInfo


def derive(payloads: Sequence[BeneficiaryPayload], kept: KeptDays) -> DerivedDays:
    """Return what the looks of a bundle make of its days."""
    found = DerivedDays()
    try:
        shown = stretches(payloads, found.told)
    except LedgerError as error:
        # Each row is the signed one: another release may have written what this one does not know.
        found.told.append(f"what was seen cannot be read by this program, so that no day is derived: {error.message}")
        return found
    _Derivation(shown, kept, found).run()
    return found


class _Derivation:
    def __init__(self, shown: Sequence[ShownStretch], kept: KeptDays, found: DerivedDays) -> None:
        self._shown = shown
        self._kept = kept
        self._found = found
        self._checks: Mapping[str, Check] = find_checks()
        self._terms = DerivationTerms(
            loads=kept.loads,
            agreements=agreements_in_force(kept.rows, Inventory(), None, ()),
            entries=kept.entries,
            checks=self._checks,
            zone=kept.zone,
        )
        self._left = MOST_JUDGED

    def run(self) -> None:
        """Derive every day of every key."""
        keys = sorted((key for key in self._kept.days if key.target in DERIVED), key=lambda key: (key.subject, key))
        undone = {key: set(self._kept.days[key]) for key in keys}
        for stretch in self._shown:
            declared = [(at, items, _expected(items)) for at, items in stretch.items]
            known: dict[Name, RunLooks] = {}
            for key in keys:
                self._derive(key, stretch, declared, known, undone[key])
        for key, days in undone.items():
            if days:
                self._found.left[key.target, UNTOLD if self._shown else NO_LOOKS] += len(days)

    def _derive(
        self,
        key: Key,
        stretch: ShownStretch,
        declared: Sequence[tuple[datetime, SeenItems, Mapping[Key, Expected]]],
        known: dict[Name, RunLooks],
        undone: set[date],
    ) -> None:
        """Derive the days of one key within a stretch, and take them out of those that are not done."""
        own = [(at, items, every[key]) for at, items, every in declared if key in every]
        if not own:
            return
        _, items, one = own[-1]
        target = self._terms.target(key, stretch.ends)
        if target is None:
            return
        question = Question(
            item=one.item, inventory=items.inventory, target=target, now=stretch.ends, first_seen=stretch.begins
        )
        names = sorted(set(looks_of_one(self._checks[key.target], question)))
        days = sorted(day for day in undone if self._is_within(day, stretch, target.evidence_age))
        if not days or not any(name in stretch.pieces for name in names):
            self._leave(key, days, NO_LOOKS, undone)
            return
        since = _last_change(own, names)
        if since is not None:
            before = [day for day in days if day_start(day, self._kept.zone) < since + target.evidence_age]
            self._leave(key, before, DECLARED_OTHERWISE, undone)
            days = [day for day in days if day in undone]
        if self._left <= 0:
            self._leave(key, days, TOO_MUCH, undone)
            return
        try:
            looks = {name: self._looks(stretch, name, known) for name in names}
            self._hold(key, one, items, looks, stretch, days, undone)
        except NotFollowed:
            self._leave(key, days, TOO_MUCH, undone)
        except LedgerError as error:
            self._found.wrong.append(f"{key.target} {key.subject}: {error.message}")
            self._leave(key, days, UNTOLD, undone)

    def _looks(self, stretch: ShownStretch, name: Name, known: dict[Name, RunLooks]) -> RunLooks:
        if name not in known:
            while len(known) >= _KNOWN_NAMES:
                del known[next(iter(known))]
            known[name] = stretch.looks(name)
        return known[name]

    def _is_within(self, day: date, stretch: ShownStretch, evidence_age: timedelta) -> bool:
        begins, ends = day_start(day, self._kept.zone), day_end(day, self._kept.zone)
        return stretch.begins + evidence_age <= begins and ends <= stretch.ends

    def _leave(self, key: Key, days: Sequence[date], reason: str, undone: set[date]) -> None:
        if days:
            self._found.left[key.target, reason] += len(days)
            undone.difference_update(days)

    def _hold(
        self,
        key: Key,
        one: Expected,
        items: SeenItems,
        looks: Mapping[Name, RunLooks],
        stretch: ShownStretch,
        days: Sequence[date],
        undone: set[date],
    ) -> None:
        targets = {
            (at.collector, at.subject): LookTarget(digest=at.digest, repository=at.repository) for at in items.targets
        }
        derivation = KeyDerivation(one, items.inventory, looks, targets, self._terms, self._left)
        try:
            line = derivation.line(stretch.ends)
        finally:
            self._left -= derivation.cost
        last = max((at for own in looks.values() if (at := own.held(stretch.ends)) is not None), default=None)
        for day, states in derivation.days(line, days, stretch.ends):
            ends = day_end(day, self._kept.zone)
            kept = self._kept.days[key][day].measured
            undone.discard(day)
            if kept in states:
                self._found.counted[key.target] += 1
            elif key.target in DATED_EVIDENCE and (last is None or last < ends):
                self._found.left[key.target, NOT_OVER] += 1
            elif any(one.left_out(day_start(day, self._kept.zone), ends) for one in looks.values()):
                self._found.left[key.target, STOOD_FOR] += 1
            elif all(WORST_FIRST.index(kept) < WORST_FIRST.index(state) for state in states):
                self._found.left[key.target, BETTER] += 1
            else:
                said = " or ".join(sorted(state.value for state in states))
                self._found.wrong.append(
                    f"{day} {key.target} {key.subject} is kept as {kept.value}, and its looks show {said}"
                )


def _expected(items: SeenItems) -> Mapping[Key, Expected]:
    return {one.key: one for one in expected(items.inventory, None)}


def _last_change(own: Sequence[tuple[datetime, SeenItems, Expected]], names: Sequence[Name]) -> datetime | None:
    """Return since when an item is declared as it is now; None: it always was, as far as is shown."""
    changed: datetime | None = None
    before: object = None
    for at, items, one in own:
        targets = [target for target in items.targets if (target.collector, target.subject) in names]
        said = (replace(one, ends=None), targets, [place for place in items.places if place[0] == one.key.subject])
        changed = at if before is not None and said != before else changed
        before = said
    return changed
