"""A pool of threads that run tasks: each task once at a time, and watched against its deadline.

Threads are daemonic: a look stuck in the kernel (a dead mount) may cost its thread, never the end of the process.
What leads to a task (the connection to a host) is opened by threads apart: a host that does not answer holds up its
own tasks, and keeps no worker from the others.
"""

import logging
import queue
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from agent.core.clock import Clock
from agent.core.errors import Stopped

log = logging.getLogger("beffroi.workers")

# At least 16 hosts are looked at at once (contract, «Hosts in particular»).
NUMBER = 32
# How many ways are opened at once: they mostly wait.
WAYS = 64

Task = TypeVar("Task")
Result = TypeVar("Result")
# A task's name, the task, and its deadline in seconds.
_Queued = tuple[tuple[str, str], Task, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningTask:
    """For how long a task has been running, in seconds, and how long it may."""

    name: tuple[str, str]
    seconds: float
    deadline: float


class Workers(Generic[Task, Result]):
    """Carry out tasks on `number` threads; `done` is called on the worker's thread with each result.

    `way_of` names what must be opened before a task, `open_way` opens it and raises nothing; None: nothing must.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        run_task: Callable[[Task], Result],
        done: Callable[[Task, Result], None],
        way_of: Callable[[Task], str | None] = lambda task: None,
        open_way: Callable[[str], None] = lambda way: None,
        number: int = NUMBER,
    ) -> None:
        self._clock = clock
        self._run_task = run_task
        self._done = done
        self._way_of = way_of
        self._open_way = open_way
        self._queue: queue.SimpleQueue[_Queued[Task] | None] = queue.SimpleQueue()
        self._closed_ways: deque[str] = deque()
        self._behind: dict[str, list[_Queued[Task]]] = {}
        self._openers = 0
        self._lock = threading.Lock()
        self._waiting: set[tuple[str, str]] = set()
        self._running: dict[tuple[str, str], tuple[float, float]] = {}
        self._threads = [
            threading.Thread(target=self._work, name=f"worker-{index}", daemon=True) for index in range(number)
        ]
        for thread in self._threads:
            thread.start()

    def offer(self, name: tuple[str, str], task: Task, deadline: float) -> bool:
        """Queue a task unless one of that name waits or runs already; return whether it was queued."""
        with self._lock:
            if name in self._waiting or name in self._running:
                return False
            self._waiting.add(name)
        queued, way = (name, task, deadline), self._way_of(task)
        if way is None:
            self._queue.put(queued)
        else:
            self._put_behind(way, queued)
        return True

    def _put_behind(self, way: str, queued: "_Queued[Task]") -> None:
        with self._lock:
            if way in self._behind:
                self._behind[way].append(queued)
                return
            self._behind[way] = [queued]
            self._closed_ways.append(way)
            if self._openers == WAYS:
                return
            self._openers += 1
        threading.Thread(target=self._open, name="opener", daemon=True).start()

    def _open(self) -> None:
        while (way := self._next_way()) is not None:
            try:
                self._open_way(way)
            except Exception:
                log.exception("connection to %s could not be opened", way)
            with self._lock:
                behind = self._behind.pop(way)
            for queued in behind:
                self._queue.put(queued)

    def _next_way(self) -> str | None:
        with self._lock:
            if self._closed_ways:
                return self._closed_ways.popleft()
            self._openers -= 1
            return None

    def underway(self) -> tuple[RunningTask, ...]:
        """Return what is running now."""
        now = self._clock.monotonic()
        with self._lock:
            return tuple(
                RunningTask(name=name, seconds=now - begun, deadline=deadline)
                for name, (begun, deadline) in self._running.items()
            )

    def idle(self) -> bool:
        """Return whether nothing waits and nothing runs."""
        with self._lock:
            return not self._waiting and not self._running

    def stop(self, timeout: float) -> None:
        """Take no more tasks and wait that many seconds at most for those that run."""
        for _ in self._threads:
            self._queue.put(None)
        end = self._clock.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, end - self._clock.monotonic()))

    def _work(self) -> None:
        while (queued := self._queue.get()) is not None:
            name, task, deadline = queued
            with self._lock:
                self._waiting.discard(name)
                self._running[name] = (self._clock.monotonic(), deadline)
            try:
                self._done(task, self._run_task(task))
            except Stopped:
                continue  # this program ends, and so does every look
            except Exception:
                log.exception("result of %s on %s could not be processed", *name)
            finally:
                with self._lock:
                    self._running.pop(name, None)
