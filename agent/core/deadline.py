"""Deadlines for what knows none of its own: a name's resolution, a file on a hung disk, a library that only waits."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from datetime import timedelta
from typing import TypeVar

from agent.core.errors import TimedOut

T = TypeVar("T")


class Deadline:
    """Count down from some time, on a clock that never goes back."""

    def __init__(self, timeout: timedelta) -> None:
        self._end = time.monotonic() + timeout.total_seconds()

    def remaining(self) -> float:
        """Return the seconds that are left, never less than none."""
        return max(0.0, self._end - time.monotonic())

    @property
    def passed(self) -> bool:
        """Return whether nothing is left."""
        return self.remaining() <= 0


def words(timeout: timedelta) -> str:
    """Return a limit as a message says it: `60 s`, `0.5 s`; what is left of a longer one is rounded."""
    return f"{round(timeout.total_seconds(), 2):g} s"


def begin(call: Callable[[], T]) -> Future[T]:
    """Start a call on a thread of its own, which never keeps this program from ending."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            result = call()
        except BaseException as error:  # noqa: BLE001 - passed on to the waiting thread
            future.set_exception(error)
        else:
            future.set_result(result)

    threading.Thread(target=run, daemon=True).start()
    return future


def within(timeout: timedelta, what: str, call: Callable[[], T]) -> T:
    """Return what a call returns, or raise what it raises; leave it behind where it takes longer.

    Raises TimedOut, whose message names `what` and the limit. The call goes on, on its own thread, until it ends.
    """
    future = begin(call)
    wait([future], timeout.total_seconds())
    if not future.done():
        raise TimedOut(f"{what} did not answer within {words(timeout)}")
    return future.result()
