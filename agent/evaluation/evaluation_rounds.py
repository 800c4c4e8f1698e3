"""Evaluation rounds of the daemon: each judges the verdicts that can have changed since the one before.

A verdict is due again where a look came in that its judgement asked for, where an answer that it drew from the time
turns, and where what all rest on changed: the day, a load, the registers. Then, at the start and after a clock was set
back, everything is judged, some hundred keys a round, so that the loop ticks on.

Every verdict is also renewed within some minutes though nothing says that it changed: figures that move stay right,
and each renewal is a comparison with what a full round says. Where they differ, every round is a full one from then on.
"""

import logging
import math
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from agent.accounting.days import DATED_EVIDENCE
from agent.core.duties.expected import Expected
from agent.core.model import Key, Reading, Verdict
from agent.core.period import day_of
from agent.evaluation.due_keys import UNDECLARED, DueKeys, Foundation, Name
from agent.evaluation.round import Round
from agent.evaluation.round_basis import RoundBasis
from agent.evaluation.session import Session
from agent.evaluation.tasks import tasks_of
from agent.evaluation.verdict_parts import VerdictParts
from agent.ledger.newer import NewerRows

log = logging.getLogger("beffroi.evaluate")

# So many keys of what is judged as a whole are judged in one round: an eighth of a second.
SLICE = 500
# Within this every verdict is given anew, though nothing says that it changed.
RENEWED_WITHIN = timedelta(minutes=5)
# Within this, what rules drew from the looks of each name is drawn anew: a verdict on a departure reads those of days.
DRAWN_ANEW_WITHIN = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationRound:
    """The outcome of one round: the verdicts for the notifier, and how much was judged.

    `is_whole`: a judgement of the whole ended with this round. `not_kept` says why something could not be kept.
    `differences` counts, from the start on, the verdicts that were out of date. `seconds` are of the processor.
    `taken_elsewhere` are looks that were taken at something else than what is declared under that name now.
    """

    now: datetime
    verdicts: tuple[Verdict, ...]
    basis: RoundBasis
    not_kept: str | None
    is_whole: bool
    judged: int
    differences: int
    seconds: float
    taken_elsewhere: frozenset[Name] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What a verdict says, without the figures that move."""

    words: tuple[object, ...]
    stands_until: datetime | None

    @classmethod
    def by(cls, verdict: Verdict) -> "_Said":
        rest = tuple((one.state, one.reason, one.evidence) for one in verdict.rest)
        states = (verdict.state, verdict.measured, verdict.day_state)
        words = (*states, verdict.reason, verdict.limit, verdict.unit, verdict.acceptance, verdict.evidence, rest)
        return cls(words=words, stands_until=verdict.stands_until)

    def differs_from(self, full: "_Said") -> bool:
        """Return True where a full judgement says something else, or that it stands for less long."""
        if self.words != full.words:
            return True
        return full.stands_until is not None and (self.stands_until is None or self.stands_until > full.stands_until)


class Evaluation:
    """Judge by one session, round after round; belongs to one thread."""

    def __init__(self, session: Session, former: "Evaluation | None" = None) -> None:
        """Begin; `former` judged by the configuration before this one, and knows which looks most verdicts ask for."""
        self._session = session
        self._known_names: DueKeys | None = None if former is None else former._due
        self._basis: RoundBasis | None = None
        self._wanted: dict[Key, Expected] = {}
        self._due: DueKeys = DueKeys()
        self._parts = VerdictParts()
        self._tip: int | None = None
        self._now: datetime | None = None
        self._renewed_at: datetime | None = None
        self._is_doubtful = False
        self._differences: int = 0 if former is None else former._differences
        # What came in while nothing could be judged, and what was judged and could not be kept.
        self._unnoted: set[Name] = set()
        self._again: set[Key] = set()
        # Of a judgement of the whole: what is left of it, and what its verdicts are so far, for the notifier.
        self._left: dict[Key, None] = {}
        self._held: dict[Key, Verdict] = {}
        # Of what was never judged, the looks at the subject of its name.
        self._looks_at: dict[str, set[Name]] = {}
        # In the order in which they were judged last.
        self._said: dict[Key, _Said] = {}
        self._judged: frozenset[Key] = frozenset()

    @property
    def is_busy(self) -> bool:
        """Return True while a judgement of the whole is under way."""
        return bool(self._left) and not self._again

    def standing(self) -> tuple[Verdict, ...]:
        """Return the newest verdict on everything that must have one. Raises LedgerError."""
        ledger = self._session.known
        return () if ledger is None else tuple(one for one in ledger.standing() if one.key in self._wanted)

    @property
    def wanted(self) -> Collection[Key]:
        """Return everything that must have a verdict."""
        return self._wanted.keys()

    def take_turn(self, readings: Sequence[Reading], *, clock_doubt: str | None = None) -> EvaluationRound:
        """Take what came back, and judge what can have changed by it or by now. Raises LedgerError."""
        begun, now = time.thread_time(), self._session.clock.now()
        turn = Round(self._session, clock_doubt=clock_doubt, now=now, parts=self._parts)
        self._unnoted |= {(one.collector, one.subject) for one in readings}
        turn.take(*readings)
        newer = self._newer(self._tip)
        basis = self._basis_of(newer, now, is_doubtful=turn.clock_doubt is not None)
        self._again |= self._changed(newer, now)
        part = tuple(islice((key for key in self._left if key not in self._again), SLICE))
        renewed = frozenset(self._to_renew(now)) - self._again
        chosen = self._again.union(part, renewed) & self._wanted.keys()
        is_last = bool(self._left) and self._left.keys() <= chosen
        closing = None if is_last else self._judged | chosen
        # Each renewal is a comparison with what a judgement in full says.
        self._parts.forget_verdicts(renewed)
        if renewed:
            self._parts.forget_oldest(_MINUTE / DRAWN_ANEW_WITHIN)
        names = {name for key in chosen for name in self._parts.unknown(key, self._named(key), now)}
        verdicts = turn.judge([self._wanted[key] for key in sorted(chosen)], basis=basis, closing=closing, names=names)
        differing = [one for one in verdicts if one.key in renewed and self._contradicts(one)]
        for verdict in verdicts:
            self._note(verdict, turn.foundations[verdict.key])
        self._report(differing, newer.tip)
        notified = self._to_notify(verdicts, frozenset(part))
        if not self._left:
            self._known_names = None
        self._tip, self._now, self._judged, self._unnoted = newer.tip, now, frozenset(chosen), set()
        self._again = set(chosen) if turn.not_kept else set()
        if turn.not_kept:
            self._parts.clear()
        return EvaluationRound(
            now=now,
            verdicts=notified,
            basis=basis,
            not_kept=turn.not_kept,
            is_whole=is_last,
            judged=len(verdicts),
            differences=self._differences,
            seconds=time.thread_time() - begun,
            taken_elsewhere=frozenset(turn.taken_elsewhere),
        )

    def _newer(self, sequence: int | None) -> NewerRows:
        ledger = self._session.known
        return NewerRows(tip=0, of_all=True) if ledger is None else ledger.newer(sequence)

    def _basis_of(self, newer: NewerRows, now: datetime, *, is_doubtful: bool) -> RoundBasis:
        """Return what all verdicts rest on; where that changed, everything is to be judged."""
        before = basis = self._basis
        if before is None or newer.of_all or before.day != day_of(now):
            found = RoundBasis.of(self._session, now)
            basis = before if found == before else found
        was_set_back = self._now is not None and now < self._now
        is_full = self._differences > 0 and self._is_minute(now)
        if basis is not before or newer.erased or is_doubtful is not self._is_doubtful or was_set_back or is_full:
            self._basis, self._is_doubtful = basis, is_doubtful
            self._wanted = {one.key: one for one in self._session.wanted}
            self._due.keep_only(self._wanted)
            self._said = {key: said for key, said in self._said.items() if key in self._wanted}
            self._held = {key: verdict for key, verdict in self._held.items() if key in self._wanted}
            self._left = dict.fromkeys(self._wanted)
            self._parts.clear()
            self._looks_at = {}
            for task in tasks_of(self._session.registry, self._session.inventory):
                self._looks_at.setdefault(task.subject, set()).add(task.name)
        return basis or RoundBasis.of(self._session, now)

    def _changed(self, newer: NewerRows, now: datetime) -> set[Key]:
        """Return the keys that what came in, or the time, may have changed."""
        declared = {copy.subject for copy in self._session.configuration.inventory.copies}
        names = {*newer.looks, *self._unnoted}
        names |= {(collector, UNDECLARED) for collector, subject in names if subject not in declared}
        self._parts.forget(names)
        dated = {key for key in newer.days if key.target in DATED_EVIDENCE}
        return {*self._due.resting_on(names), *self._due.turned(now), *dated}

    def _named(self, key: Key) -> Collection[Name]:
        """Return the looks that the judgement of a key will ask for, as far as that is known."""
        known = self._due.names_of(key)
        if not known and self._known_names is not None:
            known = self._known_names.names_of(key)
        return known or self._looks_at.get(key.subject, ())

    def _is_minute(self, now: datetime) -> bool:
        return self._renewed_at is None or not timedelta(0) <= now - self._renewed_at < _MINUTE

    def _to_renew(self, now: datetime) -> Iterable[Key]:
        """Return the keys that were judged longest ago: as many as the time since the last renewal asks for."""
        if not self._is_minute(now):
            return ()
        elapsed = _MINUTE if self._renewed_at is None else min(now - self._renewed_at, RENEWED_WITHIN)
        self._renewed_at = now
        share = math.ceil(len(self._said) * max(elapsed, _MINUTE) / (RENEWED_WITHIN - _MINUTE))
        return () if self._left else tuple(islice(self._said, share))

    def _contradicts(self, full: Verdict) -> bool:
        said = self._said.get(full.key)
        return said is not None and said.differs_from(_Said.by(full))

    def _note(self, verdict: Verdict, foundation: Foundation) -> None:
        self._due.note(verdict.key, foundation)
        self._said.pop(verdict.key, None)
        self._said[verdict.key] = _Said.by(verdict)
        self._left.pop(verdict.key, None)

    def _report(self, differing: Sequence[Verdict], tip: int) -> None:
        """Count the verdicts that nothing said would change, and that a full judgement gives otherwise."""
        newer = self._newer(tip) if differing else NewerRows(tip=tip)
        # What came in meanwhile may have changed them: the next round judges them by it.
        found = [one for one in differing if not newer.of_all and not self._due.names_of(one.key) & newer.looks]
        self._differences += len(found)
        for one in found:
            log.error(
                "the verdict on %s of %s was out of date: judged in full it is %s, %s; every round is a full one until "
                "the next start: please report this",
                *(one.target, one.subject, one.measured.value, one.reason.value),
            )

    def _to_notify(self, verdicts: Iterable[Verdict], part: frozenset[Key]) -> tuple[Verdict, ...]:
        """Return the verdicts for the notifier: those of a judgement of the whole once it is finished."""
        at_once = {one.key: one for one in verdicts if one.key not in part}
        self._held = {key: one for key, one in self._held.items() if key not in at_once}
        self._held |= {one.key: one for one in verdicts if one.key in part}
        if not self._left:
            at_once, self._held = at_once | self._held, {}
        return tuple(at_once.values())
