"""One command's channel: fed, drained on both sides at once, bounded, and left at its deadline."""

import select
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import paramiko

from agent.core.deadline import Deadline

CHUNK = 32768
# How often the channel is asked for what wakes no one: its exit status, and room to send.
SLICE_SECONDS = 0.05
# So much is taken before what waits for it is given it.
AT_ONCE = 4 * 1024 * 1024
# A child that holds the outputs after the command's end is not waited for any longer than this.
QUIET = timedelta(seconds=0.5)


@dataclass(slots=True)
class ChannelResult:
    """What a channel carried, and how it ended; `status` is None where the far side sent none.

    `held`: the command ended, and something that it started still holds its outputs. `passed` is how many bytes were
    passed on as they came, which `stdout` does not hold.
    """

    stdout: bytearray = field(default_factory=bytearray)
    stderr: bytearray = field(default_factory=bytearray)
    status: int | None = None
    flooded: bool = False
    late: bool = False
    held: bool = False
    passed: int = 0

    @property
    def unfinished(self) -> bool:
        """Return whether something may still run over there."""
        return self.flooded or self.late or self.held


def converse(
    channel: paramiko.Channel,
    stdin: bytes,
    limit: int,
    deadline: Deadline,
    pass_on: Callable[[bytearray], int] = lambda stdout: 0,
) -> ChannelResult:
    """Return what a started command said up to its end, its deadline or the limit (bytes, both outputs together).

    `pass_on` is given the output as it grows; it may take bytes off its end, and returns how many.
    """
    heard = ChannelResult()
    unsent = memoryview(stdin)
    if not unsent:
        # A command of ours reads /dev/null; a forced command may wait for the end of its input.
        channel.shutdown_write()
    quiet: Deadline | None = None
    poller = select.poll()
    poller.register(channel.fileno(), select.POLLIN)
    while not deadline.passed:
        if unsent:
            unsent = _send(channel, unsent)
        _wait(channel, poller, deadline)
        # Asked before the outputs are taken: what came before the end is then among them.
        ended = channel.closed or (channel.exit_status_ready() and channel.eof_received)
        took = _take(channel, heard, limit)
        heard.passed += pass_on(heard.stdout)
        if heard.passed + len(heard.stdout) + len(heard.stderr) > limit:
            heard.flooded = True
            return heard
        if ended and not channel.recv_ready():
            heard.status = _status(channel)
            return heard
        if took or not channel.exit_status_ready():
            quiet = None
        elif quiet is None:
            quiet = Deadline(QUIET)
        elif quiet.passed:
            heard.status, heard.held = _status(channel), True
            return heard
    heard.late = True
    return heard


def _wait(channel: paramiko.Channel, poller: select.poll, deadline: Deadline) -> None:
    seconds = min(SLICE_SECONDS, deadline.remaining())
    if channel.eof_received:  # the descriptor stays readable from here on
        channel.status_event.wait(seconds)
    else:
        poller.poll(seconds * 1000)


def _send(channel: paramiko.Channel, unsent: memoryview) -> memoryview:
    try:
        if channel.send_ready():
            unsent = unsent[channel.send(bytes(unsent[:CHUNK])) :]
    except OSError:  # it does not want to hear the rest
        return memoryview(b"")
    if not unsent:
        channel.shutdown_write()
    return unsent


def _take(channel: paramiko.Channel, heard: ChannelResult, limit: int) -> bool:
    took = False
    most = len(heard.stdout) + AT_ONCE
    while len(heard.stdout) <= min(limit, most) and channel.recv_ready():
        heard.stdout += channel.recv(CHUNK)
        took = True
    while len(heard.stderr) <= limit and channel.recv_stderr_ready():
        heard.stderr += channel.recv_stderr(CHUNK)
        took = True
    return took


def _status(channel: paramiko.Channel) -> int | None:
    # The status may come before the last of the outputs: where the connection was lost between them, it says nothing.
    connected = channel.transport is not None and channel.transport.is_active()
    if channel.closed and not channel.eof_received and not connected:
        return None
    # paramiko's word for "none was sent".
    status = channel.recv_exit_status() if channel.exit_status_ready() else -1
    return None if status < 0 else status
