"""A small pool of threads that carry out errands: none twice at once, each watched against its deadline.

Threads are daemonic: a look stuck in the kernel (a dead mount) may cost its thread, never the end of the process.
"""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from agent.core.clock import Clock
from agent.core.errors import Stopped

log = logging.getLogger("beffroi.workers")

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Underway:
    """Tell for how long a task has been running, in seconds, and how long it may."""

    name: tuple[str, str]
    seconds: float
    deadline: float


class Workers(Generic[Task, Result]):
    """Carry out tasks on `number` threads; `done` is called on the worker's thread with each result."""

    def __init__(
        self,
        *,
        number: int,
        clock: Clock,
        carry_out: Callable[[Task], Result],
        done: Callable[[Task, Result], None],
    ) -> None:
        self._clock = clock
        self._carry_out = carry_out
        self._done = done
        self._queue: queue.SimpleQueue[tuple[tuple[str, str], Task, float] | None] = queue.SimpleQueue()
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
        self._queue.put((name, task, deadline))
        return True

    def underway(self) -> tuple[Underway, ...]:
        """Return what is running now."""
        now = self._clock.monotonic()
        with self._lock:
            return tuple(
                Underway(name=name, seconds=now - begun, deadline=deadline)
                for name, (begun, deadline) in self._running.items()
            )

    def idle(self) -> bool:
        """Tell whether nothing waits and nothing runs."""
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
                self._done(task, self._carry_out(task))
            except Stopped:
                continue  # this program ends, and so does every look
            except Exception:
                log.exception("what %s on %s came to could not be taken in", *name)
            finally:
                with self._lock:
                    self._running.pop(name, None)
