"""Run restores one after the other: each holds a point's list in memory and would slow a timed one."""

import threading
from collections.abc import Callable, Iterable

from agent.core.collecting.collector import Look
from agent.core.inventory import Copy
from agent.core.model import Fact, Gap

_TURN = threading.Lock()


def in_turn(collect: Callable[[Copy, Look], Iterable[Fact | Gap]], copy: Copy, look: Look) -> tuple[Fact | Gap, ...]:
    """Return all that a look yields, once no other look of this folder is under way. Raises what it raises."""
    with _TURN:
        return tuple(collect(copy, look))
