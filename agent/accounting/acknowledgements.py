"""Silence the alert on a verdict that someone has taken in hand, until an instant. Pure.

An acknowledgement is an entry of the register `acknowledgement`, made by `beffroi alert acknowledge`. It silences the
state that was acknowledged and better ones: a worse state rings at once. A miss that comes after its verdict had
recovered is another fault, and rings.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent.core.model import Key, State, Verdict

REGISTER = "acknowledgement"
LONGEST = timedelta(hours=72)
# How bad a state is; only these ring.
_RANK = {State.UNPROVEN: 1, State.MISSED: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """One acknowledgement: who took a verdict in hand, in which state it was, and until when its alert is silent."""

    id: str
    key: Key
    state: State
    entered_at: datetime
    until: datetime
    author: str
    reason: str | None = None

    def covers(self, state: State) -> bool:
        """Return True for a state that rings and is no worse than the one acknowledged."""
        return 0 < _RANK.get(state, 0) <= _RANK.get(self.state, 0)

    def silences(self, key: Key, state: State, now: datetime) -> bool:
        """Return True while the alert on a state of a key is silent."""
        return self.covers(state) and self.key == key and self.entered_at <= now < self.until


def rings(state: State) -> bool:
    """Return True for a state that can be acknowledged: one that rings."""
    return state in _RANK


def after_recovery(
    found: Iterable[Acknowledgement], changes: Callable[[datetime, Key], Iterable[Verdict]], now: datetime
) -> tuple[Acknowledgement, ...]:
    """Return acknowledgements, those in force whose verdict recovered since for what is unproven alone.

    `changes` gives a verdict's rows since an instant. What cannot be looked at now and then stays silent.
    """

    def still(one: Acknowledgement) -> Acknowledgement:
        is_over = one.until <= now or one.state is not State.MISSED
        if is_over or all(rings(verdict.state) for verdict in changes(one.entered_at, one.key)):
            return one
        return replace(one, state=State.UNPROVEN)

    return tuple(still(one) for one in found)


def silencing(found: Iterable[Acknowledgement], key: Key, state: State, now: datetime) -> Acknowledgement | None:
    """Return the acknowledgement that silences a state of a key the longest, or None."""
    covering = [one for one in found if one.silences(key, state, now)]
    return max(covering, key=lambda one: one.until, default=None)


def lapsed(found: Iterable[Acknowledgement], now: datetime) -> Mapping[Key, Acknowledgement]:
    """Return for each key the last of its acknowledgements that are over."""
    ended: dict[Key, Acknowledgement] = {}
    for one in sorted(found, key=lambda one: one.until):
        if one.until <= now:
            ended[one.key] = one
    return ended
