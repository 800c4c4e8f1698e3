"""A machine behind SSH: one connection, a channel for each command.

Needs over there: an account with a shell, `sh`, `env` and `head`; nothing is installed. Variables given to a command
stand in that machine's process list: no secret may be among them. A command that outlived its deadline is ended with
its process group, as far as the connection still carries the order.
"""

import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import paramiko

from agent.core.deadline import Deadline, words
from agent.core.errors import (
    Denied,
    Exited,
    LookError,
    Missing,
    Stopped,
    TimedOut,
    ToolMissing,
    Unreachable,
    Unreadable,
)
from agent.core.files import shown as shown_path
from agent.core.host import Command, Host, Output
from agent.core.lines import last_line, one_line
from agent.hosts.evidence import hold_to
from agent.hosts.ssh.channel import ChannelResult, converse
from agent.hosts.ssh.command import answer, answer_begins, ending_command, remote_command
from agent.hosts.ssh.route import Client, DeclaredRoute
from agent.hosts.ssh.shared_connection import SharedConnection

# sshd allows ten sessions a connection (sshd_config(5), MaxSessions); two stay free to end what the others started.
CHANNELS = 8
# What may come on top of a deadline: ending what runs over there, or giving up on a library that waits for ever.
MARGIN = timedelta(seconds=3)
ENDING_SECONDS = 2.5  # a busy machine takes as long to start a session
# sshd counts a session until it has buried it, a moment after its end was heard here: how long it is asked again.
BURIAL = timedelta(seconds=5)
BURIAL_SECONDS = 0.02
# What the account's shell may say by itself, beside a file's bytes.
NOISE = 1024 * 1024

READ = 'if [ -e "$1" ] && [ ! -f "$1" ]; then exit 9; fi; exec head -c "$2" -- "$1"'
NOT_REGULAR = 9


class SshHost(Host):
    """Look at a machine over SSH; usable from several threads. `timeout` is what reaching it, or one read, may cost."""

    def __init__(self, id: str, asked: DeclaredRoute, *, timeout: timedelta, client: Client | None = None) -> None:
        self.id = id
        self._timeout = timeout
        self._connection = SharedConnection(id, asked, timeout=timeout, client=client)
        self._channels = threading.BoundedSemaphore(CHANNELS)

    def execute(self, command: Command) -> Output:
        """Run a command over there; see agent.core.host.Host. Raises HostKeyChanged and Unreadable too."""
        began, name, timeout = time.monotonic(), command.argv[0], command.timeout
        mark = secrets.token_hex(16)
        sent = remote_command(command.argv, command.environment, mark, reads=bool(command.stdin))
        question = _Question(name, sent, command.stdin, command.output_limit, mark, _Receiver(command.hear))
        deadline = Deadline(timeout)
        try:
            heard = self._ask(question, deadline)
        except _ConnectionLost:
            # Every question shares the connection: one that ends it must not end the others. What was passed on is not
            # taken back, and no second answer can go on from it.
            if question.receiver.was_given:
                raise
            heard = self._ask(question, deadline)
        if heard.late:
            raise TimedOut(f"{name} on {self.id} did not end within {words(timeout)}", "see what it waits for")
        output = self._output(command, heard, mark, timedelta(seconds=time.monotonic() - began))
        return hold_to(command, output, self.id)

    def read(self, path: str, *, limit: int) -> bytes:
        """Return a regular file's bytes. Raises Missing, Denied, Unreadable, and whatever `run` raises."""
        what = f"{shown_path(path)} on {self.id}"
        argv = ("sh", "-c", READ, "sh", path, str(limit + 1))
        output = self.run(*argv, timeout=self._timeout, accept=None, output_limit=limit + NOISE)
        if output.status == NOT_REGULAR:
            raise Unreadable(f"{what} is not a regular file")
        if output.truncated or len(output.stdout) > limit:
            raise Unreadable(f"{what} is larger than {limit} bytes")
        if output.status == 0:
            return output.stdout
        # head: cannot open '/x' for reading: No such file or directory
        said = output.stderr.rstrip()
        if said.endswith((b"No such file or directory", b"Not a directory")):
            raise Missing(f"{what} is not there")
        if said.endswith((b"Permission denied", b"Operation not permitted")):
            raise Denied(
                f"{what} may not be read by the account used there",
                f"let that account read it; as root there: cat {shown_path(path)}",
            )
        raise Unreadable(f"{what} cannot be read: {last_line(said)}")

    def reach(self) -> None:
        """Open the connection, if none is open; later requests find it open, or what kept it closed."""
        with suppress(LookError, Stopped), self._connection.use():
            pass

    def jump(self) -> str | None:
        """Return the jump host that the next connection leads through; None: there is none, or nothing is opened."""
        return self._connection.jump()

    def rest(self, *, keep: bool = False) -> None:
        """Close the connection unless someone uses it, or it is direct and to be kept; a question opens another."""
        self._connection.rest(keep=keep)

    def close(self) -> None:
        """Close the connection for good and at once; callers that wait for an answer get Stopped."""
        self._connection.close()

    def _ask(self, question: "_Question", deadline: Deadline) -> ChannelResult:
        with self._connection.use() as transport:
            exchange = _Exchange(transport, question, deadline)
            margin = timedelta(seconds=deadline.remaining()) + MARGIN
            try:
                return self._connection.within(margin, lambda: self._hear(exchange))
            except TimedOut:
                # The library itself waits, for an answer or for room to ask: nothing more will come this way.
                self._connection.abandon(transport)
                return ChannelResult(late=True)

    def _hear(self, exchange: "_Exchange") -> ChannelResult:
        program = exchange.question.program
        if not self._channels.acquire(timeout=exchange.deadline.remaining()):
            return ChannelResult(late=True)
        try:
            heard = exchange.carry_out()
            if heard.unfinished and not exchange.end_over_there(heard):
                self._connection.abandon(exchange.transport)
            # A lost connection and a killed shell both leave no status.
            if heard.status is None and not heard.unfinished:
                if exchange.is_connected():
                    raise Exited(f"{program} on {self.id} ended without a status: its shell was killed")
                raise _ConnectionLost(f"the connection to {self.id} was lost while {program} ran")
            return heard
        except paramiko.ChannelException as error:
            message = f"{self.id} opens no session for {program}: {one_line(str(error))}"
            raise Denied(message, "see MaxSessions and PermitTTY in its sshd_config") from error
        except (paramiko.SSHException, EOFError, OSError) as error:
            if exchange.deadline.passed:
                return ChannelResult(late=True)
            failure = Unreachable if exchange.is_connected() else _ConnectionLost
            raise failure(f"the connection to {self.id} was lost before {program} ran") from error
        finally:
            self._channels.release()

    def _output(self, command: Command, heard: ChannelResult, mark: str, duration: timedelta) -> Output:
        said = answer(bytes(heard.stdout), bytes(heard.stderr), mark)
        if said is None:
            words_instead = one_line(bytes(heard.stdout[:4096])) or last_line(bytes(heard.stderr)) or "nothing"
            raise Denied(
                f"the account on {self.id} runs no command of ours and says: {words_instead}",
                "it needs a shell such as /bin/sh, or as forced command the program of beffroi explain store or ssh",
            )
        if not said.found:
            raise ToolMissing(f"{command.argv[0]} is not installed on {self.id}", f"install {command.argv[0]} there")
        # env: 'x': Permission denied
        if heard.status == 126 and said.stderr.startswith(b"env: "):
            raise Denied(
                f"{command.argv[0]} on {self.id} may not be run by the account used there", "make it executable"
            )
        return Output.within(
            command.output_limit,
            stdout=said.stdout,
            stderr=said.stderr,
            status=-1 if heard.status is None else heard.status,
            duration=duration,
            truncated=heard.flooded,
        )


class _ConnectionLost(Unreachable):
    """The connection ended under a question."""


@dataclass(frozen=True, slots=True)
class _Question:
    """A command, and what is sent to it; asked again where the connection was lost under it."""

    program: str
    command: str
    stdin: bytes
    limit: int
    mark: str
    receiver: "_Receiver"

    def pass_on(self, stdout: bytearray) -> int:
        """Give what the program itself said to its receiver, and take it off the output."""
        if self.receiver.hear is None:
            return 0
        begin = answer_begins(stdout, self.mark)
        if begin is None or len(stdout) == begin:
            return 0
        said = bytes(stdout[begin:])
        del stdout[begin:]
        self.receiver.was_given = True
        self.receiver.hear(said)
        return len(said)


@dataclass(slots=True)
class _Receiver:
    """What hears an output as it comes (None: it is kept), and whether it was given anything."""

    hear: Callable[[bytes], None] | None
    was_given: bool = False


class _Exchange:
    """One command, from its channel's opening to its end."""

    def __init__(self, transport: paramiko.Transport, question: _Question, deadline: Deadline) -> None:
        self.transport = transport
        self.question = question
        self.deadline = deadline

    def is_connected(self) -> bool:
        """Return False if the connection is lost: its thread ends with it, a moment later."""
        self.transport.join(ENDING_SECONDS)
        return self.transport.is_alive()

    def carry_out(self) -> ChannelResult:
        """Return what was heard up to the command's end, its deadline or its limit."""
        channel = self._open_session()
        try:
            channel.exec_command(self.question.command)
            return converse(channel, self.question.stdin, self.question.limit, self.deadline, self.question.pass_on)
        finally:
            channel.close()

    def _open_session(self) -> paramiko.Channel:
        patience = Deadline(BURIAL)
        while True:
            try:
                return self.transport.open_session(timeout=self.deadline.remaining())
            except paramiko.SSHException as error:
                # paramiko holds one refusal at a time: of two that come together, one loses its class and its words.
                refused = isinstance(error, paramiko.ChannelException) or self.transport.is_active()
                if not refused or patience.passed or self.deadline.passed:
                    raise
                time.sleep(BURIAL_SECONDS)

    def end_over_there(self, heard: ChannelResult) -> bool:
        """Order the end of what the command started; return whether the order could be given."""
        said = answer(bytes(heard.stdout), bytes(heard.stderr), self.question.mark)
        if said is None:
            return True  # nothing of ours was started
        try:
            ending = self.transport.open_session(timeout=ENDING_SECONDS)
            ending.exec_command(ending_command(said.group))
            ending.close()
        except paramiko.ChannelException:
            return True  # no further session: the connection itself is well
        except (paramiko.SSHException, EOFError, OSError):
            return False
        return True
