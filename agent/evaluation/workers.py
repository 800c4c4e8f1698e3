"""A pool of threads that run tasks: each task once at a time, and watched against its deadline.

Threads are daemonic: a look stuck in the kernel (a dead mount) may cost its thread, never the end of the process.
What leads to a task (the connection to a host) is opened by threads apart (agent.evaluation.ways).
"""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from agent.core.clock import Clock
from agent.core.errors import Stopped
from agent.evaluation.ways import Ways

log = logging.getLogger("beffroi.workers")

# At least 16 hosts are looked at at once (contract, «Hosts in particular»).
NUMBER = 32

Task = TypeVar("Task")
Result = TypeVar("Result")
# A task's name, the task, its deadline in seconds, and the way behind which it stands.
_Queued = tuple[tuple[str, str], Task, float, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningTask:
    """For how long a task has been running, in seconds, and how long it may."""

    name: tuple[str, str]
    seconds: float
    deadline: float


class Workers(Generic[Task, Result]):
    """Carry out tasks on `number` threads; `done` is called on the worker's thread with each result.

    `way_of` names what must be opened before a task; None: nothing must. The other three are those of Ways.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        run_task: Callable[[Task], Result],
        done: Callable[[Task, Result], None],
        way_of: Callable[[Task], str | None] = lambda task: None,
        open_way: Callable[[str], None] = lambda way: None,
        close_way: Callable[[str], None] = lambda way: None,
        jump_of: Callable[[str], str | None] = lambda way: None,
        number: int = NUMBER,
    ) -> None:
        self._clock = clock
        self._run_task = run_task
        self._done = done
        self._way_of = way_of
        self._queue: queue.SimpleQueue[_Queued[Task] | None] = queue.SimpleQueue()
        self._ways: Ways[_Queued[Task]] = Ways(
            open_way=open_way, close_way=close_way, jump_of=jump_of, ready=self._queue.put
        )
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
        way = self._way_of(task)
        if way is None:
            self._queue.put((name, task, deadline, way))
        else:
            self._ways.put_behind(way, (name, task, deadline, way))
        return True

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
            name, task, deadline, way = queued
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
                if way is not None:
                    self._ways.finished(way)
