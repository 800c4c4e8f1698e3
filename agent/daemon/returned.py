"""Looks that came back, held for some moments: those that are kept together share a row of the ledger.

A crash loses what is held, as it loses the looks that run; a stop keeps it.
"""

import queue
from collections.abc import Iterator
from typing import Generic, TypeVar

from agent.core.clock import Clock

Result = TypeVar("Result")

# A thousand hosts give some ten looks a second while they are asked: forty to eighty then share a row.
HELD_SECONDS = 6.0


class ReturnedLooks(Generic[Result]):
    """Hold what workers put until the first has waited for so many seconds; `take` belongs to one thread."""

    def __init__(self, clock: Clock, held_seconds: float = HELD_SECONDS) -> None:
        self._clock = clock
        self._held_seconds = held_seconds
        self._queue: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self._since: float | None = None

    def put(self, result: Result) -> None:
        """Hold a result."""
        self._queue.put(result)

    def take(self, *, is_last: bool) -> list[Result]:
        """Return what is held, if it was held long enough, or if no more is under way (`is_last`); else nothing."""
        now = self._clock.monotonic()
        if self._queue.empty():
            return []
        if self._since is None:
            self._since = now
        if not is_last and now - self._since < self._held_seconds:
            return []
        self._since = None
        return list(self._drained())

    def _drained(self) -> Iterator[Result]:
        while True:
            try:
                yield self._queue.get_nowait()
            except queue.Empty:
                return
