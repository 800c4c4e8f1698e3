"""Ways to hosts: opened by threads of their own, few through one jump host, closed after the last task behind them.

A host that does not answer holds up its own tasks, and keeps no worker from the others.
"""

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable
from typing import Generic, TypeVar

log = logging.getLogger("beffroi.workers")

# How many ways are opened at once: they mostly wait.
OPENERS = 64
# How many ways stay open at once, but for those that are being opened: a connection costs a thread and some memory.
OPEN = 64
# How many connections lead through one jump host at once: as many as hosts are looked at at least (contract).
THROUGH_ONE_JUMP = 16

Waiting = TypeVar("Waiting")
Answer = TypeVar("Answer")


class Ways(Generic[Waiting]):
    """Open a way when something waits behind it, pass on what waits, close the way when all of it is finished.

    `open_way` and `close_way` raise nothing; `jump_of` names the jump host that a way leads through; None: it is
    direct. Each `ready` must be followed by one `finished` of its way.
    """

    def __init__(
        self,
        *,
        open_way: Callable[[str], None],
        close_way: Callable[[str], None],
        jump_of: Callable[[str], str | None],
        ready: Callable[[Waiting], None],
    ) -> None:
        self._open_way = open_way
        self._close_way = close_way
        self._jump_of = jump_of
        self._ready = ready
        self._lock = threading.Lock()
        self._behind: dict[str, list[Waiting]] = {}
        self._closed: deque[str] = deque()
        self._aside: dict[str, deque[str]] = {}
        self._left: dict[str, int] = {}
        self._jumps: dict[str, str] = {}
        self._through: Counter[str] = Counter()
        self._openers = 0

    def put_behind(self, way: str, waiting: Waiting) -> None:
        """Pass something on as soon as its way is open, or could not be opened."""
        with self._lock:
            if way not in self._left:
                if way in self._behind:
                    self._behind[way].append(waiting)
                    return
                self._behind[way] = [waiting]
                self._closed.append(way)
                self._begin_opener()
                return
            self._left[way] += 1
        self._ready(waiting)

    def finished(self, way: str) -> None:
        """Note that one thing behind a way is finished; the way is closed after the last one."""
        with self._lock:
            self._left[way] -= 1
            if self._left[way]:
                return
        # It keeps its place meanwhile. What comes behind it now opens the connection anew by its first question.
        self._guarded(self._close_way, way)
        with self._lock:
            if self._left.get(way) == 0:
                self._give_up_place(way)

    def _give_up_place(self, way: str) -> None:
        del self._left[way]
        jump = self._jumps.pop(way, None)
        if jump is not None:
            self._through[jump] -= 1
            if self._aside.get(jump):
                self._closed.appendleft(self._aside[jump].popleft())
        if self._closed:
            self._begin_opener()

    def _begin_opener(self) -> None:
        if self._openers < OPENERS and len(self._left) < OPEN:
            self._openers += 1
            threading.Thread(target=self._open, name="opener", daemon=True).start()

    def _open(self) -> None:
        while (way := self._next()) is not None:
            if not self._has_place(way, self._guarded(self._jump_of, way)):
                continue
            self._guarded(self._open_way, way)
            with self._lock:
                behind = self._behind.pop(way)
                self._left[way] = len(behind)
            for waiting in behind:
                self._ready(waiting)

    def _next(self) -> str | None:
        with self._lock:
            if self._closed and len(self._left) < OPEN:
                return self._closed.popleft()
            self._openers -= 1
            return None

    def _has_place(self, way: str, jump: str | None) -> bool:
        if jump is None:
            return True
        with self._lock:
            if self._through[jump] >= THROUGH_ONE_JUMP:
                self._aside.setdefault(jump, deque()).append(way)
                return False
            self._through[jump] += 1
            self._jumps[way] = jump
            return True

    def _guarded(self, call: Callable[[str], Answer], way: str) -> Answer | None:
        try:
            return call(way)
        except Exception:
            log.exception("connection to %s could not be opened or closed", way)
            return None
