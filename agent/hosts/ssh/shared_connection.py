"""One connection to a host, shared by everyone who asks it something, opened when first needed."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

import paramiko

from agent.core.deadline import Deadline, begin
from agent.core.errors import LookError, Stopped, TimedOut
from agent.hosts.ssh.config import PATIENCE
from agent.hosts.ssh.connection import close, connect
from agent.hosts.ssh.route import Client, DeclaredRoute, Endpoint, route, this_client

T = TypeVar("T")
# A host that stays away is asked less and less often, at least this often.
LONGEST_PAUSE = timedelta(minutes=30)
SLICE_SECONDS = 0.1
# A firewall forgets a connection on which nothing passes, and a lost one is found by what is sent.
KEEPALIVE_SECONDS = 60


class SharedConnection:
    """The way to one host open; usable from several threads.

    A failed attempt is remembered for as long as `timeout`, so that a mute host costs that once and not once for each
    question; each further one for twice as long as the one before, so that it costs little and locks no account out.
    After `close`, everything that waits or comes raises Stopped.
    """

    def __init__(self, id: str, asked: DeclaredRoute, *, timeout: timedelta, client: Client | None) -> None:
        self.id = id
        self._asked = asked
        self._timeout = timeout
        self._client = client
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._transports: tuple[paramiko.Transport, ...] = ()
        self._users = 0
        self._failure: tuple[Deadline, LookError] | None = None
        self._failures = 0
        self._next_way: tuple[Endpoint, ...] | None = None

    def jump(self) -> str | None:
        """Return the jump host that the next connection leads through first; None: it is direct, open or put off."""
        with self._lock:
            if self._closed.is_set() or self._is_open() or self._is_put_off():
                return None
            try:
                self._next_way = way = self._route()
            except LookError:
                return None  # who asks something says why
        return None if len(way) == 1 else f"{way[0].address}:{way[0].port}"

    @contextmanager
    def use(self) -> Iterator[paramiko.Transport]:
        """Yield the connection, opened anew where it was lost. Raises what `connect` and `route` raise, and Stopped."""
        with self._lock:
            transport = self._transport()
            self._users += 1
        try:
            yield transport
        finally:
            with self._lock:
                self._users -= 1

    def within(self, timeout: timedelta, call: Callable[[], T]) -> T:
        """Return what a call returns, or raise what it raises; TimedOut where it takes longer, Stopped at `close`."""
        future = begin(call)
        self._await(future, Deadline(timeout))
        if not future.done():
            raise TimedOut(f"{self.id} did not answer")
        return future.result()

    def abandon(self, transport: paramiko.Transport) -> None:
        """Give up on a connection that does not answer any more, unless it was replaced already; wait for nothing."""
        if self._transports and self._transports[-1] is transport:
            self._hang_up()

    def rest(self, *, keep: bool = False) -> None:
        """Close the connection unless someone uses it; the next question opens another.

        `keep` leaves a direct one open: one through a jump host would keep a place there that others wait for.
        """
        with self._lock:
            if not self._users and not (keep and len(self._transports) == 1):
                self._hang_up()

    def close(self) -> None:
        """Close the connection for good, even while it is in use; return at once."""
        self._closed.set()
        self._hang_up()

    def _hang_up(self) -> None:
        transports, self._transports = self._transports, ()
        if transports:
            begin(lambda: close(transports))

    def _await(self, future: Future[T], deadline: Deadline) -> None:
        while not (future.done() or deadline.passed):
            wait([future], min(SLICE_SECONDS, deadline.remaining()))
            self._hold_to_open()

    def _hold_to_open(self) -> None:
        if self._closed.is_set():
            raise Stopped(f"the door to {self.id} is closed")

    def _transport(self) -> paramiko.Transport:
        self._hold_to_open()
        if self._is_open():
            return self._transports[-1]
        if self._failure is not None and self._is_put_off():
            raise type(self._failure[1])(self._failure[1].message, self._failure[1].hint)
        self._hang_up()
        try:
            self._transports = self._connect()
        except LookError as error:
            named = type(error)(f"{error.message} (host {self.id})", error.hint)
            self._failures += 1
            self._failure = (Deadline(pause_after(self._failures, self._timeout)), named)
            raise named from error
        self._failure, self._failures = None, 0
        for transport in self._transports:
            transport.set_keepalive(KEEPALIVE_SECONDS)
        return self._transports[-1]

    def _is_open(self) -> bool:
        return bool(self._transports) and all(transport.is_active() for transport in self._transports)

    def _is_put_off(self) -> bool:
        return self._failure is not None and not self._failure[0].passed

    def _route(self) -> tuple[Endpoint, ...]:
        return route(self._asked, self._client or this_client(), min(PATIENCE, self._timeout))

    def _connect(self) -> tuple[paramiko.Transport, ...]:
        way, self._next_way = self._next_way or self._route(), None
        connecting = begin(lambda: connect(way, self._timeout))
        try:
            while not connecting.done():  # it keeps to its deadline by itself
                wait([connecting], SLICE_SECONDS)
                self._hold_to_open()
        except BaseException:
            connecting.add_done_callback(_close_result)
            raise
        return connecting.result()


def pause_after(failures: int, timeout: timedelta) -> timedelta:
    """Return for how long a host is not tried again after so many attempts in a row that failed."""
    return max(timeout, min(LONGEST_PAUSE, timeout * (1 << min(failures - 1, 16))))


def _close_result(connecting: Future[tuple[paramiko.Transport, ...]]) -> None:
    if connecting.exception() is None:
        close(connecting.result())
