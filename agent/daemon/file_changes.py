"""Run a collector early when a file that it depends on has changed.

Only of this machine: over SSH, asking each minute would cost a connection for what the next look shows anyway.
"""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from functools import partial

from agent.core.deadline import begin
from agent.core.inventory import DeclaredHost
from agent.evaluation.tasks import Task

# Of each file: when it changed, its number and its size; None: it is not there.
Token = tuple[tuple[int, int, int] | None, ...]


class Changes:
    """Remember the files behind each look from one call to the next.

    An upgrade changes them for minutes: a look is due once they have stayed the same from one call to the next.
    """

    def __init__(self) -> None:
        self._settled: dict[tuple[str, str], Token] = {}
        self._newest: dict[tuple[str, str], Token] = {}
        self._reading: dict[tuple[str, str], Future[Token]] = {}

    def due(self, tasks: Iterable[Task]) -> Iterator[Task]:
        """Yield the looks whose files have changed and settled since; waits for no disk."""
        for task in tasks:
            if not task.collector.watches or not is_of_this_machine(task):
                continue
            if self._is_due(task.name):
                yield task
            if task.name not in self._reading:
                self._reading[task.name] = begin(partial(token_of, task.collector.watches))

    def _is_due(self, name: tuple[str, str]) -> bool:
        reading = self._reading.get(name)
        if reading is None or not reading.done():
            return False
        token = self._reading.pop(name).result()
        before, self._newest[name] = self._newest.get(name), token
        # What was there at the start was looked at then.
        changed = self._settled.setdefault(name, token) != token
        if not changed or before != token:
            return False
        self._settled[name] = token
        return True


def is_of_this_machine(task: Task) -> bool:
    """Return whether a look is at the machine that the agent runs on."""
    return isinstance(task.item, DeclaredHost) and task.item.transport == "local"


def token_of(paths: Iterable[str]) -> Token:
    """Return what says whether any of some files or folders has changed."""
    return tuple(_stamp(path) for path in paths)


def _stamp(path: str) -> tuple[int, int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino, status.st_size
