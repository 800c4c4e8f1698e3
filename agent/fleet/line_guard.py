"""A guard over the line to the database: it is cut where its time is up, or where more is answered than may be.

Reads:  the kernel's count of the bytes that came (tcp(7), TCP_INFO), since libpq holds an answer whole however long.
Needs:  Linux 4.1.
Blind:  to a Unix socket, which has no such count: its server is this machine's own.
"""

import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LOOKS_EVERY_SECONDS = 0.05
# tcpi_bytes_received in `struct tcp_info` (include/uapi/linux/tcp.h).
_RECEIVED_AT, _RECEIVED_SIZE = 128, 8


def received(descriptor: int) -> int:
    """Return how many bytes came over a connection; 0 where that is not counted. Raises OSError."""
    with socket.socket(fileno=os.dup(descriptor)) as line:
        if line.family == socket.AF_UNIX:
            return 0
        told = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _RECEIVED_AT + _RECEIVED_SIZE)
    return int(struct.unpack_from("=Q", told, _RECEIVED_AT)[0]) if len(told) == _RECEIVED_AT + _RECEIVED_SIZE else 0


class LineGuard:
    """Watch until `end`: `count` gives the bytes that came so far, `cut` ends the line."""

    def __init__(self, count: Callable[[], int], cut: Callable[[], None], *, seconds: float, most: int) -> None:
        """Prepare; nothing is watched yet."""
        self._count, self._cut = count, cut
        self._until, self._most = time.monotonic() + seconds, most
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="fleet line", daemon=True)
        # Whether more came than may.
        self.flooded = False

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def end(self) -> None:
        """Watch no longer."""
        self._ended.set()

    def _watch(self) -> None:
        before = self._count()
        while not self._ended.wait(LOOKS_EVERY_SECONDS):
            self.flooded = self._count() - before > self._most
            if self.flooded or time.monotonic() > self._until:
                self._cut()
                return


@contextmanager
def guarded(count: Callable[[], int], cut: Callable[[], None], *, seconds: float, most: int) -> Iterator[LineGuard]:
    """Watch a line for as long as the block runs."""
    guard = LineGuard(count, cut, seconds=seconds, most=most)
    guard.start()
    try:
        yield guard
    finally:
        guard.end()
