"""Turns at what keeps the processor busy, so that clients who ask for more than is made leave the daemon its time.

One thread of Python's runs at a time: sixty pages at once would leave the loop a sixtieth, and its watchdog ends it.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from agent.export.http.request import RequestRefused

WAITING = 8
SECONDS = 5.0


class ClientTurns:
    """Give so many turns at once; eight requests may wait for theirs, and no longer than five seconds."""

    def __init__(self, at_once: int, refusal: str) -> None:
        """Begin with every turn free; `refusal` is what a request is told that gets none."""
        self._free = threading.Semaphore(at_once)
        self._waiting = threading.Semaphore(WAITING)
        self._refusal = refusal

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold a turn. Raises RequestRefused (503) where too many wait, or none comes in time."""
        if not self._waiting.acquire(blocking=False):
            raise RequestRefused(503, self._refusal)
        try:
            if not self._free.acquire(timeout=SECONDS):
                raise RequestRefused(503, self._refusal)
        finally:
            self._waiting.release()
        try:
            yield
        finally:
            self._free.release()
