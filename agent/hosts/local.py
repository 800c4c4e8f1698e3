"""This machine, with the same interface as a remote host."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from datetime import timedelta

from agent.core.deadline import begin, words
from agent.core.errors import LookError, TimedOut
from agent.core.files import read_file, shown
from agent.core.host import Command, Host, Output
from agent.hosts.evidence import hold_to
from agent.hosts.run import run_program


class LocalHost(Host):
    """Look at this machine; usable from several threads. `timeout` is what a read from a hung disk may cost."""

    def __init__(self, id: str, *, timeout: timedelta = timedelta(seconds=60)) -> None:
        self.id = id
        self._timeout = timeout
        self._hung: dict[str, Future[bytes]] = {}
        self._lock = threading.Lock()

    def execute(self, command: Command) -> Output:
        """Run a command here; see agent.hosts.run and agent.core.host.Host."""
        with _naming(self.id):
            output = run_program(command)
        return hold_to(command, output, self.id)

    def read(self, path: str, *, limit: int) -> bytes:
        """Return a regular file's bytes; see agent.core.files. Raises TimedOut too, where its disk does not answer."""
        with self._lock:
            # A thread that waits for a hung disk cannot be ended: one for each file is enough.
            reading = self._hung.get(path)
            if reading is not None and not reading.done():
                raise TimedOut(f"{shown(path)} on {self.id} still does not answer", "see whether its disk hangs")
            self._hung.pop(path, None)
        reading = begin(lambda: read_file(path, limit=limit))
        wait([reading], self._timeout.total_seconds())
        if not reading.done():
            with self._lock:
                self._hung[path] = reading
            message = f"{shown(path)} on {self.id} did not answer within {words(self._timeout)}"
            raise TimedOut(message, "see whether its disk hangs")
        with _naming(self.id):
            return reading.result()


@contextmanager
def _naming(id: str) -> Iterator[None]:
    """Add the host's name to whatever error a look at it raises."""
    try:
        yield
    except LookError as error:
        named = type(error)(f"{error.message} on {id}", error.hint)
        named.said = error.said
        raise named from error
