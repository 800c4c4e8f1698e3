"""What a channel carried is whole, and a command without input reads its end at once."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event
from types import SimpleNamespace
from typing import cast

import paramiko

from agent.core.deadline import Deadline
from agent.hosts.ssh import channel as ssh_channel
from agent.hosts.ssh.channel import converse

SOON = timedelta(seconds=60)


class Scripted:
    """Be a channel whose far side does one thing each time that it is asked whether an output waits."""

    def __init__(self, readable: int, *acts: str, connected: bool = True) -> None:
        self.transport = SimpleNamespace(is_active=lambda: connected)
        self.status_event = Event()
        self.closed = self.eof_received = False
        self.told_end = 0
        self._readable = readable
        self._acts = list(acts)
        self._outputs = bytearray()
        self._status: int | None = None

    def fileno(self) -> int:
        return self._readable

    def shutdown_write(self) -> None:
        self.told_end += 1

    def recv_ready(self) -> bool:
        return bool(self._outputs)

    def recv_stderr_ready(self) -> bool:
        self._act()  # after stdout was taken, and before anyone asks whether this was the end
        return False

    def recv(self, size: int) -> bytes:
        taken, self._outputs = bytes(self._outputs[:size]), self._outputs[size:]
        return taken

    def exit_status_ready(self) -> bool:
        return self._status is not None

    def recv_exit_status(self) -> int:
        return -1 if self._status is None else self._status

    def _act(self) -> None:
        while self._acts:
            act = self._acts.pop(0)
            if act == "pause":
                return
            if act == "status":
                self._status = 0
            elif act == "eof":
                self.eof_received = True
            elif act == "close":
                self.closed = True
            else:
                self._outputs += act.encode()


@contextmanager
def channel(*acts: str, connected: bool = True) -> Iterator[Scripted]:
    readable, writable = os.pipe()
    os.write(writable, b"x")  # poll returns at once
    try:
        yield Scripted(readable, *acts, connected=connected)
    finally:
        os.close(readable)
        os.close(writable)


def heard_of(one: Scripted, stdin: bytes = b"") -> ssh_channel.ChannelResult:
    return converse(cast(paramiko.Channel, one), stdin, 1000, Deadline(SOON))


def test_what_comes_together_with_the_end_is_not_lost() -> None:
    with channel("pause", "the last line\n", "status", "eof", "close") as one:
        heard = heard_of(one)
    assert (bytes(heard.stdout), heard.status) == (b"the last line\n", 0)


def test_what_waits_for_an_input_hears_that_there_is_none() -> None:
    with channel("pause", "status", "eof") as one:
        heard = heard_of(one)
        assert (one.told_end, heard.status, heard.late) == (1, 0, False)


def test_a_connection_that_is_lost_between_status_and_outputs_tells_no_status() -> None:
    with channel("pause", "half a li", "status", "close", connected=False) as one:
        assert heard_of(one).status is None
    with channel("pause", "all of it\n", "status", "close") as one:  # a far side that says no end of its outputs
        assert heard_of(one).status == 0
