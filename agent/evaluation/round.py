"""One evaluation round: judge everything that is expected from the newest readings, and store the result.

Looking is in tasks.py, comparing in evaluate.py, counting in agent.accounting; this module only leads one to the next,
the same way for the daemon and for every command.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from agent.accounting.agreements import Agreements
from agent.accounting.expectation import Loading, expected_from, first_loaded
from agent.accounting.timeline import CLOCK_TOLERANCE
from agent.config.settings import Configuration
from agent.core.convention import CLAUSES
from agent.core.duties.entries import RegisterEntry, by_beneficiary
from agent.core.duties.expected import Expected
from agent.core.errors import LedgerError
from agent.core.judging.check import Question, SuccessfulLook
from agent.core.model import Key, Observation, Reading, State, Target, Verdict
from agent.core.period import PARIS, day_of, day_start
from agent.evaluation.copy_looks import Looks
from agent.evaluation.day_accounting import JudgedItem as Account
from agent.evaluation.day_accounting import account_for, observation_of
from agent.evaluation.evaluate import EvaluationContext, NewestLooks, judge
from agent.evaluation.former_names import FormerNames
from agent.evaluation.host_share import kept_refusal, within_share
from agent.evaluation.newest_looks import looks_in, readable_looks, taken_as_newest
from agent.evaluation.past_days import PastDayInputs
from agent.evaluation.session import Session, entries_in
from agent.evaluation.tasks import Task, takes_long, tasks_of
from agent.ledger.append import RECENT_ROWS
from agent.ledger.ledger import Ledger
from agent.ledger.loads import Load
from agent.register.agreed import agreements_in_force

log = logging.getLogger("beffroi.look")

# The targets of which every host whose accounts are watched is a subject.
_OF_ACCOUNTS = frozenset(clause.id for clause in CLAUSES.values() if clause.collect_word == "access")


class Round:
    """Take readings in, judge, keep. `not_kept` says why something could not be kept; None: all was.

    A turn belongs to one thread.
    """

    def __init__(self, session: Session, *, clock_doubt: str | None = None) -> None:
        self._session = session
        self._fresh: dict[tuple[str, str], NewestLooks] = {}
        self._kept: dict[tuple[str, str], NewestLooks | None] = {}
        self._names = FormerNames(ledger=session.known, inventory=session.configuration.inventory)
        self.now = session.clock.now()
        self.not_kept = session.not_kept
        self.clock_doubt = clock_doubt or clock_doubt_from(session.known, self.now)

    def take(self, *readings: Reading) -> None:
        """Keep the readings that came back, and judge by them from now on."""
        names = [(one.collector, one.subject) for one in readings]
        before = {**readable_looks(self._session.known, names), **self._fresh}
        for reading, evidence_id in self._stored(readings):
            name = (reading.collector, reading.subject)
            before[name] = self._fresh[name] = taken_as_newest(reading, evidence_id, before.get(name))

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
        """Return the newest readings of one collector at one subject."""
        name = (collector, subject)
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

    def judge(self, wanted: Sequence[Expected]) -> tuple[Verdict, ...]:
        """Return the verdict on each thing that is wanted, kept in the ledger with its line of states and past days."""
        session = self._session
        self.now = session.clock.now()
        self._kept.clear()
        zone = PARIS
        loads = session.known.loads() if session.known is not None else ()
        agreements = agreements_of(session)
        configuration = session.configuration
        entered = entries_in(session.known) if session.known is not None else ()
        bench = EvaluationContext(
            inventory=session.inventory,
            readings=self.seen,
            formerly=self._names.seen,
            now=self.now,
            doubtful_clock=self.clock_doubt,
            entries=None if session.known is None else by_beneficiary(entered),
            signed=configuration.convention.signed,
            looks=self._looks,
            hosts=lambda since: watched_since(loads, since, zone),
            objective=lambda key, day: objective_on(key, day, loads, configuration, agreements),
        )
        entries = []
        for one in wanted:
            # What is closed keeps the objective under which it was.
            ruling = (
                one.ends if isinstance(one.item, RegisterEntry) and one.ends is not None else day_of(self.now, zone)
            )
            target = target_in_force(one.key, configuration, agreements, ruling)
            since = self._since(one, loads, zone)
            check = session.registry.checks.get(one.key.target)
            known_since = first_loaded(one.key, loads) or self.now
            verdict = accepted(judge(one, check, target, known_since, bench, since), agreements, day_of(self.now, zone))
            entries.append(Account(expected=one, expected_from=since, target=target, verdict=verdict))
        if session.ledger is not None:
            try:
                books = PastDayInputs(agreements=agreements, entries=entered)
                looks = Looks(seen=self.seen, last_look=self.last_look)
                account_for(entries, ledger=session.ledger, books=books, looks=looks, now=self.now)
                session.ledger.sign_heads(self.now)
            except LedgerError as error:
                self.not_kept = error.message
        return tuple(entry.verdict for entry in entries)

    def _looks(self, collector: str, subject: str, since: datetime, until: datetime) -> tuple[SuccessfulLook, ...]:
        """Return the looks that succeeded between two instants, and the newest one, whether it could be kept or not."""
        ledger, newest = self._session.known, self.seen(collector, subject)
        kept = () if ledger is None else ledger.looks(collector, subject, since, until)
        looks = {one.evidence_id: one.reading for one in kept}
        if newest is not None and newest.observation is not None and newest.observation.ended >= since:
            looks[newest.observation_id or newest.evidence_id] = newest.observation
        return tuple(SuccessfulLook(look=one, evidence=id) for id, one in looks.items() if isinstance(one, Observation))

    def _since(self, one: Expected, loads: Sequence[Loading], zone: ZoneInfo) -> datetime:
        """Return the first moment that is expected of something; of an entry, that from which it was known."""
        if isinstance(one.item, RegisterEntry):
            return one.item.received_at
        loaded = expected_from(one.key, loads, zone)
        if loaded is None and one.starts is not None:
            return day_start(one.starts, zone)
        return loaded or self.now


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


def accepted(verdict: Verdict, agreements: Agreements, day: date) -> Verdict:
    """Return a verdict as `accepted` where an acceptance in force covers what is missed or unproven."""
    if verdict.measured not in (State.MISSED, State.UNPROVEN):
        return verdict
    acceptance = agreements.acceptance(verdict.key, day)
    return verdict if acceptance is None else replace(verdict, state=State.ACCEPTED, acceptance=acceptance.id)


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


def in_force(session: Session, now: datetime) -> tuple[str, ...]:
    """Return the ids of the agreements that verdicts still rest on: their entries are spared when others expire."""
    agreements, day = agreements_of(session), day_of(now)
    return (
        *(one.id for one in agreements.acceptances if one.until >= day),
        *(one.id for one in agreements.adaptations),
        *(one.id for one in agreements.exclusions if one.ends >= now),
        *(one.id for one in (() if session.known is None else session.known.retirements())),
    )


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
    inventory, names = session.inventory, set()
    for one in wanted:
        check = session.registry.checks.get(one.key.target)
        if check is None:
            continue
        question = Question(
            item=one.item,
            inventory=inventory,
            target=session.configuration.targets[one.key.target],
            now=session.clock.now(),
            first_seen=session.clock.now(),
        )
        names |= {(need.collector, need.subject) for need in check.needs(question)}
    return tuple(task for task in tasks_of(session.registry, inventory) if task.name in names and not takes_long(task))
