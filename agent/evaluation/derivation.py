"""Derive the state of days again from the looks that a bundle shows, by the rules that judged them. Pure.

Between two looks of one run the same was seen: a moment within it is judged as if a look had just ended. A day is
derived where every look of it is shown, and of the time before it as far as evidence may be that old.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from agent.accounting.agreements import Agreements
from agent.accounting.days import DATED_EVIDENCE, account_day
from agent.accounting.expectation import declared_since, expected_from, present_since
from agent.accounting.timeline import Timeline, after
from agent.core.convention import CLAUSES
from agent.core.duties.entries import RegisterEntry
from agent.core.duties.expected import Expected
from agent.core.inventory import Inventory
from agent.core.judging.check import Check, SuccessfulLook
from agent.core.judging.looked_at import LookTarget
from agent.core.model import Key, Observation, State, Target, Verdict
from agent.core.period import day_end, day_of, day_start
from agent.evaluation.copy_looks import Looks
from agent.evaluation.day_accounting import JudgedItem, rule_of, stretch_of
from agent.evaluation.evaluate import EvaluationContext, NewestLooks, judge
from agent.evaluation.newest_looks import taken_at
from agent.evaluation.run_looks import RunLooks
from agent.ledger.facts import Name
from agent.ledger.loads import Load

# A state that turns between two looks is dated as finely as this.
_FINE = timedelta(minutes=1)
# A judgement may be so much later than its look: a state of a day's first or last minutes may be of the day beside it.
_JUDGED_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivationTerms:
    """What days are judged by beside looks: loads, agreements, entries, and the checks by target."""

    loads: Sequence[Load]
    agreements: Agreements
    entries: tuple[RegisterEntry, ...]
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
        return replace(target, limit=self.agreements.limit(limit, key, day_of(now, self.zone)))

    def objective(self, key: Key, day: date) -> float | None:
        """Return the limit of a key in force on a day."""
        target = self.target(key, day_end(day, self.zone))
        return CLAUSES[key.target].limit if target is None else target.limit


@dataclass(slots=True)
class LineSoFar:
    """The line of one key while it is derived, and the verdict at its newest moment; `unshown`: not all was shown."""

    line: Timeline = field(default_factory=Timeline)
    verdict: Verdict | None = None
    at: datetime | None = None


class KeyDerivation:
    """Derive the line of one key: `item` is what is declared of it, `looks` are its looks by name."""

    def __init__(
        self,
        expected: Expected,
        inventory: Inventory,
        looks: Mapping[Name, RunLooks],
        targets: Mapping[Name, LookTarget],
        terms: DerivationTerms,
    ) -> None:
        self._expected = expected
        self._inventory = inventory
        self._looks = looks
        self._targets = targets
        self._terms = terms
        self._key = expected.key
        self._check = terms.checks[expected.key.target]
        self._since = present_since(self._key, terms.loads, terms.zone)
        self._first_seen = declared_since(self._key, terms.loads, terms.zone)
        # Judgements made, so that a reader can bound them.
        self.judged = 0

    def line(self, until: datetime) -> Timeline:
        """Return its line of states up to an instant."""
        kept = LineSoFar()
        moments = sorted({at for looks in self._looks.values() for at in looks.begins() if at <= until})
        for at in moments:
            self._go_on(kept, at)
            verdict, target = self._judged(at, at)
            kept.line = self._extended(kept.line, verdict, target, at)
            kept.verdict, kept.at = verdict, at
        if kept.at is not None:
            self._go_on(kept, until)
        return kept.line

    def _go_on(self, kept: LineSoFar, until: datetime) -> None:
        """Let what the looks of a run showed go on up to an instant, and turn by time where it does."""
        if kept.at is None or kept.verdict is None or until <= kept.at:
            return
        last, target = self._judged(until, None)
        if _same(last, kept.verdict):
            kept.line = _standing(kept.line, last, until)
            return
        if not _bears(last):
            self._until_stale(kept, until)
            kept.line = self._extended(kept.line, last, target, until)
            return
        before, turned = kept.at, until
        while turned - before > _FINE:
            middle = before + (turned - before) / 2
            found, _ = self._judged(middle, None)
            before, turned = (middle, turned) if _same(found, kept.verdict) else (before, middle)
        kept.line = _standing(kept.line, kept.verdict, before)
        if turned < until:
            found, target = self._judged(turned, None)
            kept.line = self._extended(kept.line, found, target, turned)
            kept.verdict, kept.at = found, turned
            self._go_on(kept, until)

    def _until_stale(self, kept: LineSoFar, until: datetime) -> None:
        """Let what was shown stand as long as its looks went on; what they left aged out from then on."""
        held = [looks.held(until) for looks in self._looks.values()]
        last = max((at for at in held if at is not None), default=None)
        if last is not None and kept.at is not None and kept.at < last < until:
            found, _ = self._judged(last, None)
            if _same(found, kept.verdict):
                kept.line = _standing(kept.line, found, last)

    def _judged(self, now: datetime, fresh: datetime | None) -> tuple[Verdict, Target]:
        """Return the verdict of a moment; `fresh`: the looks that ended then are new; None: none had ended yet."""
        self.judged += 1
        target = self._terms.target(self._key, now)
        if target is None:
            raise LookupError(f"no load sets {self._key.target}")

        def seen(collector: str, subject: str) -> NewestLooks | None:
            own = self._looks.get((collector, subject))
            found = None if own is None else own.newest(now, fresh)  # without `fresh`: just before that moment
            return taken_at(self._targets.get((collector, subject)), found)

        context = EvaluationContext(
            inventory=self._inventory,
            readings=seen,
            now=now,
            entries={self._key.beneficiary: self._terms.entries},
            looks=self._between,
            objective=self._terms.objective,
        )
        first_seen = self._first_seen or now
        return judge(self._expected, self._check, _of_day(target), first_seen, context, self._since), target

    def _between(self, collector: str, subject: str, since: datetime, until: datetime) -> tuple[SuccessfulLook, ...]:
        return ()

    def _extended(self, line: Timeline, verdict: Verdict, target: Target, at: datetime) -> Timeline:
        def seen(collector: str, subject: str) -> NewestLooks | None:
            own = self._looks.get((collector, subject))
            found = None if own is None else own.newest(at, at)
            return taken_at(self._targets.get((collector, subject)), found)

        def last_look(collector: str, subject: str) -> Observation | None:
            found = seen(collector, subject)
            return None if found is None else found.observation

        entry = JudgedItem(expected=self._expected, expected_from=self._since or at, target=target, verdict=verdict)
        zone, terms = self._terms.zone, self._terms
        stretch = stretch_of(
            entry,
            line,
            Looks(seen=seen, last_look=last_look),
            lambda one: rule_of(one, loads=terms.loads, agreements=terms.agreements, now=at, zone=zone),
            at,
            zone,
        )
        return line if stretch is None else after(line, stretch)

    def days(self, line: Timeline, days: Sequence[date], until: datetime) -> Iterator[tuple[date, frozenset[State]]]:
        """Yield each day with the states that its looks allow: its own, and that without its outermost minutes."""
        begins = expected_from(self._key, self._terms.loads, self._terms.zone)
        for day in days:
            first, last = day_start(day, self._terms.zone), day_end(day, self._terms.zone)
            if begins is not None and begins >= last - 2 * _JUDGED_WITHIN:
                continue
            found = set()
            for margin in (timedelta(0), _JUDGED_WITHIN):
                since = max(first, begins or first) + margin
                row = account_day(
                    self._key, day, line, expected_from=since, now=min(last, until) - margin, zone=self._terms.zone
                )
                found.add(row.measured)
            yield day, frozenset(found)


def _of_day(target: Target) -> Target:
    """Return a target as a day is held to it; of a copy, which may have a limit of its own, the rule adds the rest."""
    if target.limit is None or target.id not in DATED_EVIDENCE:
        return target
    return replace(target, limit=target.limit + target.run_allowance.total_seconds(), run_allowance=timedelta(0))


def _same(one: Verdict, other: Verdict | None) -> bool:
    return other is not None and one.day_state is other.day_state and _bears(one) == _bears(other)


def _bears(verdict: Verdict) -> bool:
    return verdict.day_state is not State.UNPROVEN or verdict.stands_until is not None


def _standing(line: Timeline, verdict: Verdict, until: datetime) -> Timeline:
    """Return a line whose end stands at least until an instant, and as long as a verdict of then."""
    if line.stands_until is None or not _bears(verdict):
        return line
    ends = max(line.stands_until, verdict.stands_until or until)
    return replace(line, stands_until=ends)
