"""The newest look, verdict and state of everything, read once and then kept up by the ledger's tip.

What this process keeps is taken over as it was kept. What another process keeps is read: what has a row after the last
one that was seen, and verdicts that were renewed since, with a row or without.

Blind:  to a renewal without a row that another process dates ten minutes before the newest verdict, as under a clock
        that was set back. Until the key's next row the verdict before stands, as long as its own evidence does.
"""

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from agent.accounting.timeline import Start
from agent.core.model import Key, Reading, Verdict
from agent.ledger import encode, readings, state_lines, verdicts
from agent.ledger.append import Tip, tip
from agent.ledger.fields import instant
from agent.ledger.key_filter import key_of
from agent.ledger.reading_payload import Name
from agent.ledger.readings import LastRun
from agent.ledger.tables import KEY, STANDING

K = TypeVar("K", Name, Key)
V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestKnown:
    """What the ledger had up to row `seen`; `instants` are the newest of those at which verdicts were given.

    Never changed: led on.
    """

    seen: int = 0
    instants: frozenset[str] = frozenset()
    runs: Mapping[Name, LastRun] = field(default_factory=dict)
    standing: Mapping[Key, Verdict] = field(default_factory=dict)
    starts: Mapping[Key, Start] = field(default_factory=dict)

    def led_on(self, connection: Connection, announced: "Announced | None" = None) -> "NewestKnown":
        """Return what the ledger has now; of what this process has not just kept, only what changed is read."""
        newest = tip(connection)
        changed = self._changed()
        ends = connection.execute(select(func.min(STANDING.c.at), func.max(STANDING.c.at)).where(changed)).one()
        if newest.sequence == self.seen and ends[0] is None:
            return self
        if announced is not None and announced.is_all_since(self, newest, ends):
            return announced.step(self)
        known = self
        if newest.sequence != self.seen:
            fresh = readings.runs(connection, since=self.seen)
            runs = {(run.collector, run.subject): run for run in fresh}
            known = replace(known, seen=newest.sequence, runs=_with(known.runs, runs))
        return known if ends[0] is None else known._with_verdicts(connection, changed, whole=self.seen == 0)

    def _changed(self) -> ColumnElement[bool]:
        renewed = and_(STANDING.c.at > _floor(self.instants), STANDING.c.at.not_in(sorted(self.instants)))
        return or_(STANDING.c.sequence > self.seen, renewed)

    def _with_verdicts(self, connection: Connection, changed: ColumnElement[bool], *, whole: bool) -> "NewestKnown":
        rows = connection.execute(select(*(STANDING.c[name] for name in KEY), STANDING.c.at).where(changed)).all()
        keys = None if whole else [key_of(row) for row in rows]
        return replace(
            self,
            instants=_recent(self.instants, (row.at for row in rows)),
            standing=_with(self.standing, verdicts.standing(connection, keys)),
            starts=_with(self.starts, state_lines.last_starts(connection, keys)),
        )

    def with_readings(self, through: int, taken: Iterable[Reading]) -> "NewestKnown":
        """Return it with readings that this process kept, the rows up to `through`."""
        runs: dict[Name, LastRun] = {}
        for reading in taken:
            name = (reading.collector, reading.subject)
            runs[name] = readings.run_of(reading, runs.get(name) or self.runs.get(name))
        return replace(self, seen=through, runs=_with(self.runs, runs))

    def with_verdicts(self, through: int, judged: Sequence[Verdict], starts: Mapping[Key, Start]) -> "NewestKnown":
        """Return it with verdicts that this process kept, and the new starts of their lines of states."""
        return replace(
            self,
            seen=through,
            instants=_recent(self.instants, (encode.instant(one.at) for one in judged)),
            standing=_with(self.standing, {one.key: one for one in judged}),
            starts=_with(self.starts, starts),
        )


def _recent(known: frozenset[str], more: Iterable[str]) -> frozenset[str]:
    found = known.union(more)
    floor = _floor(found)
    return frozenset(one for one in found if one > floor)


def _floor(instants: Collection[str]) -> str:
    # A verdict is given some moments before it is kept; a round that lasts is over by then.
    return encode.instant(instant(max(instants)) - timedelta(minutes=10)) if instants else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What a transaction of this process adds: from row `before` on up to that with `link`, with verdicts of `at`."""

    before: int
    link: str
    step: Callable[[NewestKnown], NewestKnown]
    at: str | None = None

    def is_all_since(self, known: NewestKnown, newest: Tip, ends: Sequence[str | None]) -> bool:
        """Return True if this transaction is seen, and is all that was added to what is known.

        `ends` are the first and the last instant of the verdicts that are not known.
        """
        return self.before == known.seen and self.link == newest.link and tuple(ends) == (self.at, self.at)


def _with(known: Mapping[K, V], fresh: Mapping[K, V]) -> Mapping[K, V]:
    """Return a mapping with some values anew, in the order of its keys."""
    if not fresh:
        return known
    if all(key in known for key in fresh):
        return {**known, **fresh}
    return dict(sorted({**known, **fresh}.items(), key=lambda one: one[0]))


class KeptUp:
    """Keep what is the newest up, for all threads of a process; within `held`, a thread sees it of one instant."""

    def __init__(self) -> None:
        self._known = NewestKnown()
        self._announced: Announced | None = None
        self._lock = threading.Lock()
        self._own = threading.local()

    def read(self, ask: Callable[[Callable[[Connection], NewestKnown]], NewestKnown]) -> NewestKnown:
        """Return what is the newest; `ask` gives a reading its connection, whose transaction begins after this call."""
        held: NewestKnown | None = getattr(self._own, "known", None)
        if held is not None and self._own.is_read:
            return held
        base = held or self._known
        known = ask(lambda connection: base.led_on(connection, self._announced))
        with self._lock:
            if self._known is base:
                self._known = known
        if held is not None:
            self._own.known, self._own.is_read = known, True
        return known

    def announce(self, announced: Announced) -> None:
        """Say, within the transaction that writes, what it adds: a reader that sees it need not read it."""
        self._announced = announced

    def take(self, kept: Announced) -> None:
        """Take over what a transaction of this process has added, now that it is kept."""
        with self._lock:
            # Where rows of others lie between, the next reader reads on from there.
            if self._known.seen and self._known.seen == kept.before:
                self._known = kept.step(self._known)

    @property
    def seen(self) -> int | None:
        """Return the newest row of the transaction that this thread holds, once it has read anything; else None."""
        held: NewestKnown | None = getattr(self._own, "known", None)
        return held.seen if held is not None and self._own.is_read else None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let this thread see one state of it, from before a transaction that begins within this context."""
        if getattr(self._own, "known", None) is not None:
            yield
            return
        self._own.known, self._own.is_read = self._known, False
        try:
            yield
        finally:
            self._own.known = None
