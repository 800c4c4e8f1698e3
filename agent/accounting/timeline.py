"""The line of states that a day is counted from: where each state begins, and what a later look showed about earlier moments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from agent.core.model import State
from agent.core.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Tell that from `at` on a state held, until the next start."""

    at: datetime
    state: State
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Hold what one evaluation adds to a line: its starts replace whatever stood there from `covers_from` on.

    `stands_until` is when the newest evidence behind its last start ages out; from then on the line is unproven.
    """

    covers_from: datetime
    starts: tuple[Start, ...]
    stands_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Hold the folded line of one key; no start at all: nothing was ever shown."""

    starts: tuple[Start, ...] = ()
    stands_until: datetime | None = None


def fold(stretches: Iterable[Stretch]) -> Timeline:
    """Return the line that a sequence of stretches, in the order of the ledger, comes to."""
    line: list[Start] = []
    stands_until: datetime | None = None
    for stretch in stretches:
        line = [start for start in line if start.at < stretch.covers_from] + list(stretch.starts)
        stands_until = stretch.stands_until
    return Timeline(starts=tuple(line), stands_until=stands_until)
