"""Derive the days of a bundle from the looks that it shows, and hold what was kept of each day to that."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from agent.accounting.days import DATED_EVIDENCE
from agent.accounting.recovery import LATE_DAYS
from agent.core.convention import CLAUSES
from agent.core.duties.entries import RegisterEntry
from agent.core.errors import LedgerError
from agent.core.inventory import Inventory
from agent.core.judging import wanted_change
from agent.core.judging.check import Check
from agent.core.judging.looked_at import LookTarget
from agent.core.look_runs import MOST_APART, SLOT_HOURS
from agent.core.model import WORST_FIRST, Key, State
from agent.core.period import day_end, day_of, day_start
from agent.core.version import VERSION
from agent.evaluation.derivation import KeyDerivation
from agent.evaluation.derivation_terms import DerivationTerms, NotFollowed, NotUnderstood
from agent.evaluation.registry import find_checks
from agent.evaluation.run_looks import RunLooks
from agent.evaluation.shown_names import DERIVED
from agent.ledger import entry_rows
from agent.ledger.day_rows import DayResult
from agent.ledger.fields import instant
from agent.ledger.load_rows import Load
from agent.ledger.reading_payload import Name
from agent.register.agreed import agreements_in_force
from agent.register.book import BookEntry, as_entries, entered_at
from agent.report.day_doubts import DayDoubts, set_back_in
from agent.report.declared_spells import (
    DeclaredRow,
    DeclaredSpell,
    declared_rows,
    expected_of,
    is_declared,
    spells_of,
    undeclared,
)
from agent.report.derived_days import (
    BETTER,
    DECLARED_OTHERWISE,
    HONEST,
    LACKING,
    NO_LOOKS,
    NOT_OVER,
    OTHER_RULES,
    STOOD_FOR,
    TOO_MUCH,
    TURNED_BETWEEN,
    TURNED_BRIEFLY,
    TURNED_UNSHOWN,
    UNREAD,
    UNTOLD,
    DerivedDays,
)
from agent.report.own_rows import BeneficiaryPayload
from agent.report.seen_rows import ShownStretch, stretches

# What the judgements of one bundle may cost, in facts: a quarter of fifty hosts takes some two millions.
MOST_JUDGED = 12_000_000
# Someone types each; the moments after each are judged by all that were there.
MOST_CHANGES = 2000
_KNOWN_NAMES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDays:
    """What a bundle's rows say beside looks: loads, the revisions of entries, and the days that were kept.

    `first_day` is the quarter's, `kept_at` when the last row of each day was kept.
    """

    loads: Sequence[Load]
    rows: Sequence[BookEntry]
    beneficiary: str
    first_day: date
    days: Mapping[Key, Mapping[date, DayResult]]
    kept_at: Mapping[tuple[Key, date], datetime]
    zone: ZoneInfo


def derive(payloads: Sequence[BeneficiaryPayload], kept: KeptDays) -> DerivedDays:
    """Return what the looks of a bundle make of its days."""
    found = DerivedDays()
    try:
        shown = stretches(payloads, found.told, kept.first_day)
    except LedgerError as error:
        # Each row is the signed one: another release may have written what this one does not know.
        found.told.append(f"what was seen cannot be read by this program, so that no day is derived: {error.message}")
        return found
    erased = [instant(one.instant) for one in payloads if one.kind == entry_rows.KIND and one.text is None]
    doubts = DayDoubts(
        loads=kept.loads,
        set_back=tuple(set_back_in([instant(one.instant) for one in payloads])),
        erased=min(erased, default=None),
    )
    _Derivation(shown, kept, found, doubts).run()
    return found


def changes_by(rows: Sequence[BookEntry], beneficiary: str) -> Callable[[datetime], tuple[RegisterEntry, ...]]:
    """Return what gives a beneficiary's changes of content, each in the last revision received by an instant.

    No other register tells of what is derived, and each restore of a sample has an entry.
    """
    changes = [row for row in rows if row.register == wanted_change.REGISTER]
    instants = sorted(map(entered_at, changes))

    @cache
    def received(count: int) -> tuple[RegisterEntry, ...]:
        if count > MOST_CHANGES:
            raise NotFollowed
        own = [row for row in changes if count and entered_at(row) <= instants[count - 1]]
        return tuple(one for one in as_entries(own) if one.beneficiary == beneficiary)

    return lambda now: received(bisect_right(instants, now))


class _Derivation:
    def __init__(self, shown: Sequence[ShownStretch], kept: KeptDays, found: DerivedDays, doubts: DayDoubts) -> None:
        self._doubts = doubts
        self._shown = shown
        self._kept = kept
        self._found = found
        self._checks: Mapping[str, Check] = find_checks()
        self._terms = DerivationTerms(
            loads=kept.loads,
            agreements=agreements_in_force(kept.rows, Inventory(), None, ()),
            entries_at=changes_by(kept.rows, kept.beneficiary),
            checks=self._checks,
            zone=kept.zone,
        )
        self._left = MOST_JUDGED

    def run(self) -> None:
        """Derive every day of every key."""
        keys = sorted((key for key in self._kept.days if key.target in DERIVED), key=lambda key: (key.subject, key))
        undone = {key: set(self._kept.days[key]) for key in keys}
        for stretch in self._shown:
            rows = declared_rows(stretch)
            known: dict[Name, RunLooks] = {}
            for key in keys:
                self._derive(key, stretch, rows, known, undone[key])
        for before, after in pairwise(self._shown):
            if any(self._is_good_between(key, day, before.ends, after.begins) for key in keys for day in undone[key]):
                self._found.told.append(
                    f"nothing is there of what was seen between {before.ends:%F %T} and {after.begins:%F %T} UTC,"
                    " and days of then are kept as met"
                )
        for stretch in self._shown:
            for since, until in sorted(stretch.told_late):
                if any(self._touches(day, since, until) for key in keys for day in self._met(key)):
                    self._found.told.append(
                        f"what was seen between {since:%F %T} and {until:%F %T} UTC is told by a row of after it alone,"
                        " which may be made up, and days of then are kept as met"
                    )
        for key, days in undone.items():
            good = sum(self._kept.days[key][day].measured is State.MET for day in days)
            if good and self._is_never_told(key):
                self._found.told.append(
                    f"no row of what was seen tells of {key.target} {key.subject}, which was declared, and {good} days"
                    " of it are kept as met"
                )
            self._leave(key, days, UNTOLD if self._shown else LACKING, days)

    def _is_good_between(self, key: Key, day: date, since: datetime, until: datetime) -> bool:
        """Return whether a day that lies between two instants is kept as met: an agent that was silent keeps none."""
        is_within = since <= day_start(day, self._kept.zone) and day_end(day, self._kept.zone) <= until
        return is_within and self._kept.days[key][day].measured is State.MET

    def _met(self, key: Key) -> Iterator[date]:
        return (day for day, came in self._kept.days[key].items() if came.measured is State.MET)

    def _is_never_told(self, key: Key) -> bool:
        """Return whether rows leave out a key that each load of then declares.

        One row may: it was kept by a process that had not loaded yet what another one had.
        """
        told = (items for stretch in self._shown for _, items in stretch.items)
        if any(key in expected_of(items) for items in told):
            return False
        rows = [at for stretch in self._shown for at, _ in stretch.programs]
        return sum(is_declared(key, self._kept.loads, at) for at in rows) > 1

    def _derive(
        self,
        key: Key,
        stretch: ShownStretch,
        rows: Sequence[DeclaredRow],
        known: dict[Name, RunLooks],
        undone: set[date],
    ) -> None:
        """Derive the days of one key within a stretch, and take them out of those that are not done."""
        target = self._terms.target(key, stretch.ends)
        spells = [] if target is None else spells_of(key, rows, stretch, self._checks[key.target], target)
        if not spells:
            return
        age = self._age(key)
        for begins, ends in undeclared(key, rows, stretch, self._kept.loads):
            self._leave(key, [day for day in undone if self._touches(day, begins, ends + age)], UNTOLD, undone)
        for spell in spells:
            days = sorted(day for day in undone if self._is_within(day, spell.begins + age, spell.ends))
            self._derive_spell(key, spell, stretch, days, known, undone)
        for pair in pairwise(spells):
            self._hold_around(key, pair, stretch, known, undone)
        within = [day for day in undone if self._is_within(day, stretch.begins + age, stretch.ends)]
        self._leave(key, within, DECLARED_OTHERWISE, undone)

    def _derive_spell(
        self,
        key: Key,
        spell: DeclaredSpell,
        stretch: ShownStretch,
        days: Sequence[date],
        known: dict[Name, RunLooks],
        undone: set[date],
    ) -> None:
        """Derive the days in which a key was declared alike."""
        if not any(name in stretch.pieces for name in spell.names):
            # Looks at the path of alerts are shown to no one.
            is_whole = key.subject == CLAUSES[key.target].whole
            self._leave(key, days, NO_LOOKS if is_whole else LACKING, undone)
            return
        if self._left <= 0:
            self._leave(key, days, TOO_MUCH, undone)
            return
        try:
            looks = {name: self._looks(stretch, name, known) for name in spell.names}
            self._hold(key, spell, looks, stretch, days, undone)
        except (NotUnderstood, LedgerError):
            # What is signed is told as it is: another release may have written what this one does not know.
            self._leave(key, days, UNREAD, undone)
        except NotFollowed:
            self._leave(key, days, TOO_MUCH, undone)

    def _looks(self, stretch: ShownStretch, name: Name, known: dict[Name, RunLooks]) -> RunLooks:
        if name not in known:
            while len(known) >= _KNOWN_NAMES:
                del known[next(iter(known))]
            known[name] = stretch.looks(name)
        return known[name]

    def _is_within(self, day: date, begins: datetime, ends: datetime) -> bool:
        return begins <= day_start(day, self._kept.zone) and day_end(day, self._kept.zone) <= ends

    def _touches(self, day: date, begins: datetime, ends: datetime) -> bool:
        return day_start(day, self._kept.zone) < ends and begins < day_end(day, self._kept.zone)

    def _leave(self, key: Key, days: Collection[date], reason: str, undone: set[date]) -> None:
        left = undone.intersection(days)
        if left:
            self._found.left[key.target, reason] += len(left)
            if reason not in HONEST:
                self._found.rested[key, reason] += sum(self._kept.days[key][day].measured is State.MET for day in left)
            undone.difference_update(left)

    def _hold_around(
        self,
        key: Key,
        spells: tuple[DeclaredSpell, DeclaredSpell],
        stretch: ShownStretch,
        known: dict[Name, RunLooks],
        undone: set[date],
    ) -> None:
        """Derive the days around a change by what is declared before and after it: where both agree, they are held."""
        before, after = spells
        age, zone = self._age(key), self._kept.zone
        days = sorted(day for day in undone if self._is_within(day, before.begins + age, after.ends))
        if not days:
            return
        since, until = day_start(days[0], zone) - age, min(day_end(days[-1], zone) + age, after.ends)
        kept_of = {day: self._kept.days[key][day].measured for day in days}
        try:
            told = [
                self._states(
                    spell, {name: self._looks(stretch, name, known) for name in spell.names}, kept_of, since, until
                )
                for spell in spells
            ]
        except (NotFollowed, LedgerError):
            return
        held = [day for day in days if all(kept_of[day] in states.get(day, ()) for states in told)]
        self._found.counted[key.target] += len(held)
        undone.difference_update(held)

    def _derivation(
        self, spell: DeclaredSpell, looks: Mapping[Name, RunLooks], *, by_looks_alone: bool = False
    ) -> KeyDerivation:
        targets = {
            (at.collector, at.subject): LookTarget(digest=at.digest, repository=at.repository)
            for at in spell.items.targets
        }
        return KeyDerivation(
            spell.expected,
            spell.items.inventory,
            looks,
            targets,
            self._terms,
            self._left,
            by_looks_alone=by_looks_alone,
        )

    def _states(
        self,
        spell: DeclaredSpell,
        looks: Mapping[Name, RunLooks],
        kept_of: Mapping[date, State],
        since: datetime,
        until: datetime,
        *,
        by_looks_alone: bool = False,
    ) -> Mapping[date, frozenset[State]]:
        """Return the states that looks between two instants allow each day."""
        made = self._derivation(spell, looks, by_looks_alone=by_looks_alone)
        try:
            return dict(made.days(made.line(until, since), kept_of, until))
        finally:
            self._left -= made.cost

    def _hold(
        self,
        key: Key,
        spell: DeclaredSpell,
        looks: Mapping[Name, RunLooks],
        stretch: ShownStretch,
        days: Sequence[date],
        undone: set[date],
    ) -> None:
        kept_of = {day: self._kept.days[key][day].measured for day in days}

        def days_of(until: datetime, *, by_looks_alone: bool) -> Mapping[date, frozenset[State]]:
            return self._states(spell, looks, kept_of, spell.begins, until, by_looks_alone=by_looks_alone)

        def states_at_looks(day: date) -> frozenset[State]:
            made = self._derivation(spell, looks)
            try:
                return made.at_looks(day_start(day, self._kept.zone), day_end(day, self._kept.zone))
            finally:
                self._left -= made.cost

        def days_by_dates() -> Mapping[date, frozenset[State]]:
            shown = {name: own.shown_alone() for name, own in looks.items()}
            return self._states(spell, shown, kept_of, spell.begins, spell.until)

        last = max((at for own in looks.values() if (at := own.held(spell.until)) is not None), default=None)
        by_dates: Mapping[date, frozenset[State]] | None = None
        by_looks: Mapping[date, frozenset[State]] | None = None
        found = days_of(spell.ends, by_looks_alone=False)
        if spell.until > spell.ends and any(kept_of[day] not in states for day, states in found.items()):
            # What was looked at until the row that declares it otherwise may tell of the days before.
            longer = days_of(spell.until, by_looks_alone=False)
            found = {day: states | longer.get(day, frozenset()) for day, states in found.items()}
        earlier = {
            # A later look that lists a point no longer takes no day away that was kept: only a miss does.
            day: states | days_of(min(self._kept.kept_at[key, day], spell.until), by_looks_alone=False).get(day, states)
            for day, states in found.items()
            if kept_of[day] is State.MET and states == {State.UNPROVEN} and self._had_waited(key, day, spell, looks)
        }
        for day, states in {**found, **earlier}.items():
            kept = kept_of[day]
            if kept in states:
                self._found.counted[key.target] += 1
                undone.discard(day)
                continue
            reason = self._undecided(key, day, states, looks, last, stretch)
            if reason is None:
                by_looks = days_of(spell.until, by_looks_alone=True) if by_looks is None else by_looks
                # No look shows it worse than it was kept: a short silence may have done so, and time alone still more.
                reason = (
                    self._turned(day, looks) if any(_is_no_better(kept, one) for one in by_looks.get(day, ())) else None
                )
            elif reason is STOOD_FOR:
                at_looks = states_at_looks(day)
                is_shown = bool(at_looks) and all(_is_no_better(kept, one) for one in at_looks)
                # The first look of a slot may have failed, and a run of looks goes on for some time.
                is_each = not self._is_sparse(day, looks, 2 * timedelta(hours=SLOT_HOURS) + MOST_APART)
                is_time_alone = is_shown and is_each
                if is_time_alone and self._outlive_slots(key, day):
                    # What the next shown look lists was there, whatever others saw between them.
                    by_dates = days_by_dates() if by_dates is None else by_dates
                    is_time_alone = any(_is_no_better(kept, one) for one in by_dates.get(day, ()))
                reason = TURNED_UNSHOWN if is_time_alone else STOOD_FOR
            if reason is not None:
                self._leave(key, [day], reason, undone)
                continue
            others = stretch.judged_by(*(cut(day, self._kept.zone) for cut in (day_start, day_end))) - {VERSION}
            if others:
                self._found.other_rules[" or ".join(sorted(one or "an earlier one" for one in others))] += 1
                self._leave(key, [day], OTHER_RULES, undone)
                continue
            undone.discard(day)
            said = " or ".join(sorted(state.value for state in states))
            self._found.wrong.append(
                f"{day} {key.target} {key.subject} is kept as {kept.value}, and its looks show {said}"
            )

    def _had_waited(self, key: Key, day: date, spell: DeclaredSpell, looks: Mapping[Name, RunLooks]) -> bool:
        """Return whether the row of a met day waited, as each does, for a look after its end, or as long as one counts.

        Of a row of before, none bears it out: it may have been kept so that what the next ones show would not count.
        Late evidence is any look that was due, a first row waits for the one that speaks for the verdict.
        """
        at, ends = self._kept.kept_at[key, day], day_end(day, self._kept.zone)
        if key.target not in DATED_EVIDENCE or at < ends:
            return False
        if day_of(at, self._kept.zone) > day + timedelta(days=LATE_DAYS):
            return True
        if not self._kept.days[key][day].late:
            made = self._derivation(spell, looks)
            try:
                last = made.looked_at(at)
            finally:
                self._left -= made.cost
            return last is not None and last >= ends
        newest = (own.newest(at, at) for name, own in looks.items() if name in spell.asked)
        seen = (one.observation for one in newest if one is not None and one.observation is not None)
        return any(one.ended >= ends for one in seen)

    def _turned(self, day: date, looks: Mapping[Name, RunLooks]) -> str:
        """Return what to call it that time alone made a day worse: between looks far apart it rests on a word."""
        return TURNED_BETWEEN if self._is_sparse(day, looks, MOST_APART) else TURNED_BRIEFLY

    def _is_sparse(self, day: date, looks: Mapping[Name, RunLooks], most: timedelta) -> bool:
        begins, ends = day_start(day, self._kept.zone), day_end(day, self._kept.zone)
        return any(one.is_sparse(begins, ends, most) for one in looks.values() if not one.is_empty)

    def _undecided(
        self,
        key: Key,
        day: date,
        states: frozenset[State],
        looks: Mapping[Name, RunLooks],
        last: datetime | None,
        stretch: ShownStretch,
    ) -> str | None:
        """Return why the states that looks show of a day are not held to what was kept; None: they are."""
        begins, ends = day_start(day, self._kept.zone), day_end(day, self._kept.zone)
        age, kept = self._age(key), self._kept.days[key][day].measured
        # A look that came as late evidence is told by the next row of looks.
        is_untold = self._kept.days[key][day].late and self._kept.kept_at[key, day] > stretch.ends
        if key.target in DATED_EVIDENCE and (last is None or last < ends or is_untold):
            return NOT_OVER
        if any(one.left_out(begins - age, ends) for one in looks.values()):
            return STOOD_FOR
        if all(WORST_FIRST.index(kept) < WORST_FIRST.index(state) for state in states):
            return BETTER
        return self._doubts.of(key, begins, ends, age, stretch.set_back)

    def _outlive_slots(self, key: Key, day: date) -> bool:
        """Return whether points have dates of their own that reach from one shown look to the next one.

        A limit that is shorter than what one look stands for passes in between, whatever comes.
        """
        target = self._terms.target(key, day_start(day, self._kept.zone))
        if key.target not in DATED_EVIDENCE or target is None:
            return False
        return timedelta(seconds=target.limit or 0) + target.run_allowance >= timedelta(hours=SLOT_HOURS)

    def _age(self, key: Key) -> timedelta:
        """Return the greatest age of evidence that any load sets for a key's target."""
        ages = (load.targets[key.target].evidence_age for load in self._kept.loads if key.target in load.targets)
        return max(ages, default=timedelta(0))


def _is_no_better(kept: State, shown: State) -> bool:
    return WORST_FIRST.index(kept) <= WORST_FIRST.index(shown)
