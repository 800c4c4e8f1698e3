"""One evaluation round: judge everything that is expected from the newest readings, and store the result.

Looking is in tasks.py, comparing in evaluate.py, counting in agent.accounting; this module only leads one to the next,
the same way for the daemon and for every command.
"""

import logging
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import repeat
from typing import Any

from agent.accounting.agreements import Agreements
from agent.accounting.timeline import CLOCK_TOLERANCE
from agent.core.alert_state import rings_after
from agent.core.duties.entries import RegisterEntry
from agent.core.duties.expected import Expected
from agent.core.errors import LedgerError
from agent.core.followed_time import Turns
from agent.core.inventory import Inventory
from agent.core.judging.check import Question, SuccessfulLook, not_remembered
from agent.core.judging.wanted_change import REGISTER, newest_entry
from agent.core.model import Key, Observation, Reading, State, Verdict
from agent.core.period import day_of
from agent.evaluation.copy_looks import Looks
from agent.evaluation.day_accounting import account_for
from agent.evaluation.due_keys import Foundation, Name
from agent.evaluation.evaluate import EvaluationContext, NewestLooks, has_lapsed, judge
from agent.evaluation.former_names import FormerNames, LooksOnce
from agent.evaluation.host_share import kept_refusal, within_share
from agent.evaluation.judged_stretch import JudgedItem as Account
from agent.evaluation.judged_stretch import observation_of
from agent.evaluation.kept_looks import looks_in, readable_looks
from agent.evaluation.newest_looks import taken_as_newest, taken_at
from agent.evaluation.past_days import PastDayInputs
from agent.evaluation.round_basis import RoundBasis, agreements_of
from agent.evaluation.session import Session, entered
from agent.evaluation.shown_looks import keep_shown
from agent.evaluation.tasks import Task, takes_long, tasks_of
from agent.evaluation.verdict_parts import AskedNames, VerdictParts
from agent.ledger.append import RECENT_ROWS
from agent.ledger.ledger import Ledger
from agent.register.book import as_entries

log = logging.getLogger("beffroi.look")
# A quarter is kept until the end of the next one, as `keep_personal` is at least.
_STILL_REPORTED = timedelta(days=184)


class Round:
    """Take readings in, judge, keep. `not_kept` says why something could not be kept; None: all was.

    A turn belongs to one thread.
    """

    def __init__(
        self,
        session: Session,
        *,
        clock_doubt: str | None = None,
        now: datetime | None = None,
        parts: VerdictParts | None = None,
    ) -> None:
        """Begin a round; `now` is its instant where that is fixed already, `parts` is known from earlier rounds."""
        self._session = session
        self._fixed = now
        self._asked = AskedNames()
        self._parts = parts
        # What each verdict rests on, as its judgement showed.
        self.foundations: dict[Key, Foundation] = {}
        self._fresh: dict[tuple[str, str], NewestLooks] = {}
        self._kept: dict[tuple[str, str], NewestLooks | None] = {}
        self._once = None if session.known is None else LooksOnce(session.known)
        self._names = FormerNames(
            ledger=session.known,
            once=self._once,
            inventory=session.configuration.inventory,
            note=self._note,
            targets=session.targets,
        )
        # Looks that were taken at something else than what is declared under that name now.
        self.taken_elsewhere: set[Name] = set()
        self.now = now or session.clock.now()
        self.not_kept = session.not_kept
        self.clock_doubt = clock_doubt or clock_doubt_from(session.known, self.now)

    def take(self, *readings: Reading) -> None:
        """Keep the readings that came back, and judge by them from now on."""
        self._forget_looks()
        names = [(one.collector, one.subject) for one in readings]
        before = {**readable_looks(self._session.known, names), **self._fresh}
        for reading, evidence_id in self._stored(readings):
            name = (reading.collector, reading.subject)
            before[name] = self._fresh[name] = taken_as_newest(reading, evidence_id, before.get(name))

    def _forget_looks(self) -> None:
        if self._once is not None:
            self._once.forget()

    def _stored(self, readings: Sequence[Reading]) -> Iterator[tuple[Reading, str]]:
        """Yield each reading as it was kept, with its id; one that could not be kept is judged all the same."""
        ledger = self._session.ledger
        kept: Sequence[str | LedgerError | None] = (None,) * len(readings)
        if ledger is not None and readings:
            readings = [within_share(reading, ledger) for reading in readings]
            try:
                known = [kept_refusal(reading, ledger) for reading in readings]
                fresh = [reading for reading, id in zip(readings, known, strict=True) if id is None]
                stored = iter(ledger.keep_readings(fresh))
                kept = [next(stored) if id is None else id for id in known]
            except LedgerError as error:
                kept = (error,) * len(readings)
        for reading, id in zip(readings, kept, strict=True):
            if isinstance(id, LedgerError):
                self.not_kept = id.message
            yield reading, id if isinstance(id, str) else f"unkept-{reading.collector}-{reading.subject}"

    def seen(self, collector: str, subject: str) -> NewestLooks | None:
        """Return the newest readings of one collector at one subject, as it is declared now."""
        name = (collector, subject)
        self._asked.names.add(name)
        newest = self._newest(name)
        found = taken_at(self._session.targets.get(name), newest)
        if found is not newest:
            self.taken_elsewhere.add(name)
        return found

    def _newest(self, name: Name) -> NewestLooks | None:
        fresh = self._fresh.get(name)
        if fresh is not None:
            return fresh
        # Rules ask for the same looks many times.
        if name not in self._kept:
            self._kept[name] = looks_in(self._session.known, [name]).get(name)
        return self._kept[name]

    def last_look(self, collector: str, subject: str) -> Observation | None:
        """Return the newest look that succeeded, under whatever name the repository had."""
        return self._names.seen(collector, subject) or observation_of(self.seen(collector, subject))

    def judge(
        self,
        wanted: Sequence[Expected],
        *,
        basis: RoundBasis | None = None,
        closing: Collection[Key] | None = None,
        names: Collection[Name] | None = None,
    ) -> tuple[Verdict, ...]:
        """Return the verdict on each thing that is wanted, kept in the ledger with its line of states and past days.

        `basis`: what is known already of what all verdicts rest on. `closing`: the keys whose days that are over can be
        closed; None: all. `names`: the looks that will be asked for, as far as they are known; None: any.
        """
        session = self._session
        self._forget_looks()
        self.now = self._fixed or session.clock.now()
        basis = basis or RoundBasis.of(session, self.now)
        if names is None:
            names = [task.name for task in tasks_of(session.registry, basis.inventory)]
        self._kept = self._read_at_once(names)
        bench = EvaluationContext(
            inventory=basis.inventory,
            readings=self.seen,
            formerly=self._names.seen,
            now=self.now,
            doubtful_clock=self.clock_doubt,
            entries=basis.entries_of,
            signed=session.configuration.convention.signed,
            looks=self._looks,
            remembered=self._remembered,
            ran_ahead=self._ran_ahead,
            hosts=basis.watched_since,
            objective=basis.objective_on,
            grace=lambda target: rings_after(target, session.configuration.targets),
        )
        entries = [self._judged(one, basis, bench) for one in wanted]
        if session.ledger is not None:
            try:
                books = PastDayInputs(agreements=basis.agreements, entries=basis.entries or ())
                looks = Looks(seen=self.seen, last_look=self.last_look)
                account_for(entries, ledger=session.ledger, books=books, looks=looks, now=self.now, closing=closing)
                keep_shown(session, self.now)
                session.ledger.sign_heads(self.now)
            except LedgerError as error:
                self.not_kept = error.message
        return tuple(entry.verdict for entry in entries)

    def _read_at_once(self, names: Collection[Name]) -> dict[Name, NewestLooks | None]:
        """Return the newest looks under some names: one by one they would take longer than the judgement."""
        names = [name for name in names if name not in self._fresh]
        try:
            return {**dict.fromkeys(names), **looks_in(self._session.known, names)}
        except LedgerError:
            # Who asks for what is damaged is told so; the others are not.
            return {**readable_looks(self._session.known, names)}

    def _judged(self, one: Expected, basis: RoundBasis, bench: EvaluationContext) -> Account:
        """Return the verdict on one thing, and note what it rests on."""
        self._asked, turns = AskedNames(), Turns(self.now)
        parts = None if self._parts is None else self._parts.of(one.key, self._asked, turns)
        target, since = basis.target_of(one), basis.expected_since(one, self.now)
        check = self._session.registry.checks.get(one.key.target)
        first_seen = basis.first_seen(one.key) or self.now
        verdict = judge(one, check, target, first_seen, bench, since, turns, parts)
        lapsed = has_lapsed(verdict, one, check, target, first_seen, bench, since, turns)
        names = frozenset(self._asked.names)
        self.foundations[one.key] = Foundation(names=names, turn=turns.next, restless=turns.restless)
        verdict = accepted(verdict, basis.agreements, basis.day)
        return Account(expected=one, expected_from=since, target=target, verdict=verdict, lapsed=lapsed)

    def _note(self, collector: str, subject: str) -> None:
        self._asked.names.add((collector, subject))

    def _ran_ahead(self, evidence: str) -> bool:
        return self._session.known is not None and self._session.known.ran_ahead(evidence)

    def _remembered(
        self, collector: str, subjects: Sequence[str], what: Hashable, work: Callable[[str], Any]
    ) -> dict[str, Any]:
        if self._parts is None:
            return not_remembered(collector, subjects, what, work)
        self._asked.names.update(zip(repeat(collector), subjects))
        return self._parts.drawn(collector, subjects, what, work)

    def _looks(self, collector: str, subject: str, since: datetime, until: datetime) -> tuple[SuccessfulLook, ...]:
        """Return the looks that succeeded between two instants, and the newest one, whether it could be kept or not."""
        ledger, newest = self._session.known, self.seen(collector, subject)
        kept = () if ledger is None else ledger.looks(collector, subject, since, until)
        looks = {one.evidence_id: one.reading for one in kept}
        if newest is not None and newest.observation is not None and newest.observation.ended >= since:
            looks[newest.observation_id or newest.evidence_id] = newest.observation
        return tuple(SuccessfulLook(look=one, evidence=id) for id, one in looks.items() if isinstance(one, Observation))


def accepted(verdict: Verdict, agreements: Agreements, day: date) -> Verdict:
    """Return a verdict as `accepted` where an acceptance in force covers what is missed or unproven."""
    if verdict.measured not in (State.MISSED, State.UNPROVEN):
        return verdict
    acceptance = agreements.acceptance(verdict.key, day)
    return verdict if acceptance is None else replace(verdict, state=State.ACCEPTED, acceptance=acceptance.id)


def in_force(session: Session, now: datetime) -> tuple[str, ...]:
    """Return the ids of the entries that verdicts still rest on, or days whose quarter is still to be reported.

    They are spared when others expire. A backup that was meant to shrink stays below its level: its entry says so on.
    What is open would pass for settled by its age alone.
    """
    agreements, since = agreements_of(session), now - _STILL_REPORTED
    own = () if session.known is None else entered(session.known, session.configuration, now)
    return (
        *(one.id for one in agreements.acceptances if one.until >= day_of(since)),
        *(one.id for one in agreements.adaptations),
        *(one.id for one in agreements.exclusions if one.ends >= since),
        *(one.id for one in (() if session.known is None else session.known.retirements())),
        *(one.id for one in _changes_meant(session)),
        *(one.key.subject for one in own),
    )


def _changes_meant(session: Session) -> Iterator[RegisterEntry]:
    entries = () if session.known is None else as_entries(session.known.entries(REGISTER))
    for backup in session.inventory.backups:
        own = (entry for entry in entries if entry.beneficiary == backup.beneficiary)
        if (entry := newest_entry(own, backup.id)) is not None:
            yield entry


def clock_doubt_from(ledger: Ledger | None, now: datetime) -> str | None:
    """Say what is wrong with this machine's clock, judged by the newest row that was kept; None: nothing."""
    newest = ledger.newest_instant() if ledger is not None else None
    if newest is None or now >= newest - CLOCK_TOLERANCE:
        return None
    seconds, until = int((newest - now).total_seconds()), newest.isoformat(timespec="seconds")
    return (
        f"this machine's clock stands {seconds} s before the ledger's newest row ({until}): set the clock; if it ran "
        f"ahead then and is right now, this ends at that instant, or as soon as {RECENT_ROWS} rows are newer"
    )


def needed(wanted: Sequence[Expected], session: Session) -> tuple[Task, ...]:
    """Return the looks that the verdicts on these things rest on, but for those that are taken apart."""
    inventory, names = session.inventory, set[Name]()
    for one in wanted:
        names |= _names_of(one, session, inventory)
    return tuple(task for task in tasks_of(session.registry, inventory) if task.name in names and not takes_long(task))


def resting_on(looks: Sequence[Task], session: Session) -> tuple[Expected, ...]:
    """Return everything of which the verdict rests on any of some looks: what is kept of these counts for all of it."""
    inventory, names = session.inventory, {look.name for look in looks}
    return tuple(one for one in session.wanted if not names.isdisjoint(_names_of(one, session, inventory)))


def _names_of(one: Expected, session: Session, inventory: Inventory) -> frozenset[Name]:
    """Return the names of the looks that the verdict on a thing rests on."""
    check = session.registry.checks.get(one.key.target)
    if check is None:
        return frozenset()
    question = Question(
        item=one.item,
        inventory=inventory,
        target=session.configuration.targets[one.key.target],
        now=session.clock.now(),
        first_seen=session.clock.now(),
    )
    return frozenset((need.collector, need.subject) for need in check.needs(question))
