"""What each verdict rests on, as its judgement showed it, and so which verdicts are due again."""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from agent.core.model import Key

# A collector and a subject; an empty subject: any that is not declared.
Name = tuple[str, str]
UNDECLARED = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundation:
    """What one verdict rests on: the looks that its judgement asked for, and the next instant that changes it.

    `restless`: it may change at any instant.
    """

    names: frozenset[Name]
    turn: datetime | None
    restless: bool = False


class DueKeys:
    """Answer which verdicts are due again, by what came in and by the time."""

    def __init__(self) -> None:
        self._foundations: dict[Key, Foundation] = {}
        self._resting: dict[Name, set[Key]] = {}
        self._turns: list[tuple[datetime, Key]] = []
        self._restless: set[Key] = set()

    def note(self, key: Key, foundation: Foundation) -> None:
        """Note what the newest verdict on a key rests on."""
        before = self._foundations.get(key)
        known = frozenset[Name]() if before is None else before.names
        for name in known - foundation.names:
            self._resting[name].discard(key)
        for name in foundation.names - known:
            self._resting.setdefault(name, set()).add(key)
        self._foundations[key] = foundation
        if foundation.restless:
            self._restless.add(key)
        else:
            self._restless.discard(key)
        if foundation.turn is not None and (before is None or before.turn != foundation.turn):
            heapq.heappush(self._turns, (foundation.turn, key))
        if len(self._turns) > 4 * len(self._foundations) + 100:
            self._turns = [(one.turn, key) for key, one in self._foundations.items() if one.turn is not None]
            heapq.heapify(self._turns)

    def keep_only(self, keys: Iterable[Key]) -> None:
        """Forget every key but these."""
        kept = frozenset(keys)
        for key in [key for key in self._foundations if key not in kept]:
            for name in self._foundations.pop(key).names:
                self._resting[name].discard(key)
            self._restless.discard(key)

    def names_of(self, key: Key) -> frozenset[Name]:
        """Return the names of the looks that a key's verdict rests on."""
        found = self._foundations.get(key)
        return frozenset() if found is None else found.names

    def resting_on(self, names: Iterable[Name]) -> frozenset[Key]:
        """Return the keys whose verdict rests on any of some looks."""
        return frozenset(key for name in names for key in self._resting.get(name, ()))

    def turned(self, now: datetime) -> frozenset[Key]:
        """Return the keys whose verdict time may have changed by an instant; each turn is returned once."""
        found = set(self._restless)
        while self._turns and self._turns[0][0] <= now:
            turn, key = heapq.heappop(self._turns)
            foundation = self._foundations.get(key)
            if foundation is not None and foundation.turn == turn:
                self._foundations[key] = replace(foundation, turn=None)
                found.add(key)
        return frozenset(found)
