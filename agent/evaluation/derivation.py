"""Derive the state of days again from the looks that a bundle shows, by the rules that judged them. Pure.

Between two looks of one run the same was seen: a moment within it is judged as if a look had just ended. A day is
derived where every look of it is shown, and of the time before it as far as evidence may be that old.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from agent.accounting.days import account_day
from agent.accounting.expectation import declared_since, expected_from, present_since
from agent.accounting.timeline import Timeline, after, merged
from agent.core.duties.entries import RegisterEntry
from agent.core.duties.expected import Expected
from agent.core.inventory import Inventory
from agent.core.judging.check import SuccessfulLook
from agent.core.judging.looked_at import LookTarget
from agent.core.judging.moving import add_moved
from agent.core.model import Observation, State, Target
from agent.core.period import day_end, day_of, day_start
from agent.core.reason import Reason
from agent.evaluation.combining import bears_evidence
from agent.evaluation.copy_looks import Looks
from agent.evaluation.derivation_terms import DerivationTerms, NotFollowed, NotUnderstood
from agent.evaluation.derived_line import (
    Judged,
    LaterTurns,
    LineSoFar,
    Turn,
    bears,
    in_rounds,
    is_good,
    put_off,
    same,
    standing,
)
from agent.evaluation.evaluate import EvaluationContext, NewestLooks, has_lapsed, judge
from agent.evaluation.judged_stretch import JudgedItem, rule_of, stretch_of
from agent.evaluation.newest_looks import taken_at
from agent.evaluation.run_looks import RunLooks
from agent.ledger.reading_payload import Name

# What one judgement costs beside its facts, in facts.
_OF_ONE = 25
# A state that turns between two looks is dated as finely as this.
_FINE = timedelta(minutes=1)
# A judgement may be so much later than its look: a state of a day's first or last minutes may be of the day beside it.
_JUDGED_WITHIN = timedelta(minutes=5)


class KeyDerivation:
    """Derive the line of one key: `expected` is what is declared of it, `looks` are its looks by name.

    `by_looks_alone`: nothing was judged but when a look ended, as by an agent that stood still between: what
    time alone turned is seen at the look after, if that one shows it, and not before the looks beside it have ended.
    """

    def __init__(
        self,
        expected: Expected,
        inventory: Inventory,
        looks: Mapping[Name, RunLooks],
        targets: Mapping[Name, LookTarget],
        terms: DerivationTerms,
        most: int,
        *,
        by_looks_alone: bool = False,
    ) -> None:
        self._expected = expected
        self._inventory = inventory
        self._looks = looks
        self._shown = [one for one in looks.values() if not one.is_empty]
        self._targets = targets
        self._terms = terms
        self._key = expected.key
        self._check = terms.checks[expected.key.target]
        self._since = present_since(self._key, terms.loads, terms.zone)
        self._first_seen = declared_since(self._key, terms.loads, terms.zone)
        # What its judgements cost so far, in facts, so that a reader can bound them.
        self.cost, self._most = 0, most
        self._by_looks_alone = by_looks_alone
        moving = self._check.moving
        self._skips = bool(moving.facts) and not any(one.shows(moving.unless) for one in looks.values())
        self._weight = _OF_ONE + sum(one.most_facts for one in looks.values())
        # When the newest judgement would be another one by time alone, while its looks go on.
        self._turns: Sequence[Turn] = ()
        self._acts_from = sorted(load.acts_from for load in terms.loads)
        # The target that was asked for last, and from when to when it is in force for certain.
        self._in_force: tuple[datetime, datetime, Target] | None = None
        # The newest looks of the moment that was asked for last.
        self._asked: tuple[datetime, datetime | None] | None = None
        self._newest: dict[Name, NewestLooks | None] = {}

    def line(self, until: datetime, since: datetime) -> Timeline:
        """Return its line of states between two instants."""
        kept = LineSoFar()
        moments: dict[datetime, list[RunLooks]] = {since: []} if any(own.held(since) for own in self._shown) else {}
        for looks in self._shown:
            for at in looks.begins():
                moments.setdefault(at, []).append(looks)
        for at in sorted(at for at in moments if since <= at <= until):
            dates = self._moved(kept, at, moments[at])
            if dates is not None and self._stays_good(kept, at, dates):
                continue
            self._go_on(kept, at)
            if dates is not None and self._stays_good(kept, at, dates):
                continue
            judged = self._judged(at, at)
            kept.line = self._extended(kept.line, judged, at)
            self._stands(kept, judged, at)
        if kept.at is not None:
            self._go_on(kept, until)
        return in_rounds(kept.line, _JUDGED_WITHIN, self._is_round) if self._by_looks_alone else kept.line

    def at_looks(self, since: datetime, until: datetime) -> frozenset[State]:
        """Return what the looks that are shown themselves show of a day, between two instants.

        A look that failed and stands for others shows nothing of what those saw.
        """
        every = {at for looks in self._shown for at in (*looks.begins(), *looks.ends()) if since <= at < until}
        begun = [at for at in every if not any(looks.failed_for_others(at) for looks in self._shown)]
        return frozenset(self._judged(at, at).verdict.day_state for at in begun)

    def looked_at(self, at: datetime) -> datetime | None:
        """Return when the look ended that speaks for what is judged of a moment; None: none that succeeded does."""
        verdict = self._judged(at, at, of_day=False).verdict
        return verdict.observed_at if bears_evidence(verdict) else None

    def _is_round(self, since: datetime, until: datetime) -> bool:
        """Return whether looks between two instants may be of one round: none of a name after another of it."""
        return not any(looks.begins_twice(since, until) for looks in self._shown)

    def _stands(self, kept: LineSoFar, judged: Judged, at: datetime) -> None:
        kept.judged, kept.at = judged, at
        kept.turn_by(self._turns)
        kept.age = timedelta(0) if kept.line.stands_until is None else kept.line.stands_until - at
        kept.terms = self._terms_at(at)

    def _terms_at(self, at: datetime) -> tuple[Target, Sequence[RegisterEntry]]:
        """Return what a moment is judged by beside looks: the target in force, and what was entered up to then."""
        return self._target(at), self._terms.entries_at(at)

    def _moved(self, kept: LineSoFar, at: datetime, begun: Sequence[RunLooks]) -> Mapping[str, str] | None:
        """Return which dates became which, where all that is new at a moment moved as a good verdict lets it."""
        if not self._skips or not is_good(kept.judged) or kept.terms is None:
            return None
        self.cost += self._weight // 4
        if self.cost > self._most:
            raise NotFollowed
        dates: dict[str, str] = {}
        limit = timedelta(seconds=kept.terms[0].limit or 0)
        for looks in begun:
            found = looks.moved(at, self._check.moving, limit)
            if found is None:
                return None
            add_moved(dates, found.items())
        return dates

    def _stays_good(self, kept: LineSoFar, at: datetime, dates: Mapping[str, str]) -> bool:
        """Return whether neither time nor terms turn a good verdict up to a moment; dates that moved put that off."""
        if not is_good(kept.judged) or kept.turns_at <= at or self._terms_at(at) != kept.terms:
            return False
        if not self._goes_on(kept, at):
            return False
        if dates:
            kept.turn_by(put_off(kept.turns, dates, lambda date: any(one.names_date(date, at) for one in self._shown)))
        return True

    def _go_on(self, kept: LineSoFar, until: datetime) -> None:
        """Let what the looks of a run showed go on up to an instant, and turn by time where it does."""
        before_looks = until
        if self._by_looks_alone:
            until = self._last_held(until)
        if kept.at is None or kept.judged is None or until <= kept.at:
            return
        if self._goes_on(kept, until, before_looks):
            return
        # A look that ended then, and was passed over since it only moved, is the newest one.
        last = self._judged(until, until if until < before_looks else None)
        if same(last, kept.judged):
            kept.line = standing(kept.line, last, until)
            kept.at = until
            kept.turn_by(self._turns)
            kept.terms = self._terms_at(until)
            return
        if not bears(last) and not last.lapsed:
            self._until_stale(kept, until)
            ends = kept.line.stands_until
            if not self._by_looks_alone and ends is not None and kept.turns_at < ends < until:
                self._go_on(kept, ends)  # time turned what the last look showed before that had aged out
            kept.line = self._extended(kept.line, last, until)
            return
        before, turned = self._around(kept, until)
        while turned - before > _FINE:
            middle = before + (turned - before) / 2
            found = self._judged(middle, None)
            before, turned = (middle, turned) if same(found, kept.judged) else (before, middle)
        kept.line = standing(kept.line, kept.judged, before)
        if self._by_looks_alone:
            turned = min(until, turned + max(looks.apart(turned) for looks in self._looks.values()))
        # What looks that begin then show is judged with those that go on, once.
        is_judged = until < before_looks or not self._begin_at(before_looks)
        if turned < until or (self._by_looks_alone and turned == until and is_judged):
            found = self._judged(turned, None)
            kept.line = self._extended(kept.line, found, turned)
            self._stands(kept, found, turned)
            self._go_on(kept, until)

    def _begin_at(self, at: datetime) -> bool:
        return any(looks.begins_at(at) for looks in self._shown)

    def _around(self, kept: LineSoFar, until: datetime) -> tuple[datetime, datetime]:
        """Return two instants between which the state turned: about when its judgement noted, else the whole time."""
        at = kept.at or until
        turns = kept.turns_at
        if at < turns < until - _FINE:
            found = self._judged(turns + _FINE / 2, None)
            if not same(found, kept.judged):
                return max(at, turns - _FINE / 2), turns + _FINE / 2
        return at, until

    def _goes_on(self, kept: LineSoFar, until: datetime, before: datetime | None = None) -> bool:
        """Return whether nothing turns up to an instant, as its judgement noted, and its looks went on until then.

        `before`: looks of runs that began before that count; None: before the instant itself.
        """
        if kept.line.stands_until is None or kept.at is None or kept.turns_at < until:
            return False
        begun = before or until
        held = [looks.held(begun, until) for looks in self._shown if looks.goes_on(kept.at)]
        if not held or not bears(kept.judged):
            return False
        ends = min(at for at in held if at is not None) + kept.age
        if ends < until:
            return False
        if ends > kept.line.stands_until:
            kept.line = Timeline(starts=kept.line.starts, stands_until=ends)
        return True

    def _until_stale(self, kept: LineSoFar, until: datetime) -> None:
        """Let what was shown stand as long as its looks went on; what they left aged out from then on."""
        last = self._last_held(until)
        if kept.at is not None and kept.at <= last < until:
            # A look that ended then may be the first of its run, passed over since it only moved.
            found = self._judged(last, last)
            if same(found, kept.judged):
                # Where one of several looks is enough, the one that was taken last tells how long its points stand.
                told = standing(kept.line, found, last)
                kept.line = standing(self._extended(told, found, last) if self._check.best else told, found, last)

    def _last_held(self, until: datetime) -> datetime:
        """Return when the newest look ended before an instant; that instant itself where there was none."""
        held = [looks.held(until) for looks in self._looks.values()]
        return max((at for at in held if at is not None), default=until)

    def _judged(self, now: datetime, fresh: datetime | None, *, of_day: bool = True) -> Judged:
        """Return what is judged of a moment; `fresh`: the looks that ended then are new; None: none had ended yet."""
        self.cost += self._weight
        if self.cost > self._most:
            raise NotFollowed
        target = self._target(now)

        # What cannot be read is refused here: a rule that met it would be taken for one that breaks.
        newest = self._newest_at(now, fresh)
        context = EvaluationContext(
            inventory=self._inventory,
            readings=lambda collector, subject: newest.get((collector, subject)),
            now=now,
            entries={self._key.beneficiary: self._terms.entries_at(now)},
            looks=self._between,
            objective=self._terms.objective,
        )
        first_seen = self._first_seen or now
        ended = [now] if fresh is not None else [now, *self._followed_at(now)]
        turns = LaterTurns(now, {at + target.evidence_age: at for at in ended})
        verdict = judge(self._expected, self._check, target, first_seen, context, self._since, turns, of_day=of_day)
        if verdict.reason is Reason.BUG:
            raise NotUnderstood
        # What time alone turned behind a look that failed is seen by none.
        lapsed = not self._by_looks_alone and has_lapsed(
            verdict, self._expected, self._check, target, first_seen, context, self._since, turns
        )
        # What is of the moment of its look has no date there, and no movement tells how it goes on.
        dated = {
            turn.since
            for turn in turns.noted
            if turn.since is not None
            and any(one.names_date(turn.since, now, fresh=fresh is not None) for one in self._shown)
        }
        noted = [turn if turn.since in dated else Turn(turn.at, None) for turn in turns.noted]
        self._turns = [Turn(now, None)] if turns.restless else noted
        return Judged(verdict, target, lapsed)

    def _followed_at(self, now: datetime) -> Iterator[datetime]:
        """Yield when the newest looks before a moment ended, of the names of which one ends then."""
        for looks in self._looks.values():
            if looks.begins_at(now) and (ended := looks.held(now)) is not None:
                yield ended

    def _target(self, now: datetime) -> Target:
        """Return the target in force at an instant."""
        if self._in_force is None or not self._in_force[0] <= now < self._in_force[1]:
            target = self._terms.target(self._key, now)
            if target is None:
                raise NotFollowed
            day, place = day_of(now, self._terms.zone), bisect_right(self._acts_from, now)
            begins = max((day_start(day, self._terms.zone), *self._acts_from[:place][-1:]))
            ends = min((day_end(day, self._terms.zone), *self._acts_from[place:][:1]))
            self._in_force = begins, ends, target
        return self._in_force[2]

    def _newest_at(self, now: datetime, fresh: datetime | None) -> Mapping[Name, NewestLooks | None]:
        """Return the newest looks at a moment; `fresh`: those that ended then are new; None: none had ended yet."""
        if self._asked != (now, fresh):
            self._newest = {
                name: taken_at(self._targets.get(name), own.newest(now, fresh)) for name, own in self._looks.items()
            }
            self._asked = now, fresh
        return self._newest

    def _between(self, collector: str, subject: str, since: datetime, until: datetime) -> tuple[SuccessfulLook, ...]:
        return ()

    def _extended(self, line: Timeline, judged: Judged, at: datetime) -> Timeline:
        newest = self._newest_at(at, at)

        def last_look(collector: str, subject: str) -> Observation | None:
            found = newest.get((collector, subject))
            return None if found is None else found.observation

        entry = JudgedItem(
            expected=self._expected,
            expected_from=self._since or at,
            target=judged.target,
            verdict=judged.verdict,
            lapsed=judged.lapsed,
        )
        zone, terms = self._terms.zone, self._terms
        stretch = stretch_of(
            entry,
            line,
            Looks(seen=lambda collector, subject: newest.get((collector, subject)), last_look=last_look),
            lambda one: rule_of(one, loads=terms.loads, agreements=terms.agreements, now=at, zone=zone),
            at,
            zone,
        )
        if stretch is None:
            return line
        # What goes on needs no start of its own: a line is gone through at each of its moments.
        longer = after(line, stretch)
        return replace(longer, starts=merged(longer.starts))

    def days(
        self, line: Timeline, days: Mapping[date, State], until: datetime
    ) -> Iterator[tuple[date, frozenset[State]]]:
        """Yield each day with the states that its looks allow: its own, and that without its outermost minutes.

        `days` has what was kept of each; where the first state is that, the other is not asked for.
        """
        begins = expected_from(self._key, self._terms.loads, self._terms.zone)
        for day, kept in days.items():
            first, last = day_start(day, self._terms.zone), min(day_end(day, self._terms.zone), until)
            first = max(first, begins or first)
            # Of a day that had hardly begun by then, nothing is told.
            if first >= last - 2 * _JUDGED_WITHIN:
                continue
            found = set()
            for margin in (timedelta(0), _JUDGED_WITHIN):
                row = account_day(
                    self._key, day, line, expected_from=first + margin, now=last - margin, zone=self._terms.zone
                )
                found.add(row.measured)
                if row.measured is kept:
                    break
            yield day, frozenset(found)
