"""The only module that starts programs: an argv, a fixed locale, a deadline, and nothing left running.

Every program gets a session of its own, and all of it is ended: TERM, two seconds, KILL. A signal to the program alone
is not enough: restic killed by itself leaves its ssh behind, and one that waits for ssh's greeting does not heed TERM
(measured with restic 0.18).
"""

import errno
import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import IO

from agent.core.deadline import Deadline, words
from agent.core.errors import Denied, Exited, LookError, Stopped, TimedOut, ToolMissing
from agent.core.host import Command, Output
from agent.hosts.interrupts import interrupts_deferred

GRACE_SECONDS = 2.0
# After KILL only a process that the kernel holds (a hung disk) is still there; it is left to itself.
KILL_SECONDS = 1.0
CHUNK = 65536
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class _End(Enum):
    """Why a program is no longer listened to."""

    EXITED = "it ended"
    DEADLINE = "its time was up"
    FLOOD = "it said too much"
    STOPPED = "this program ends"


class Programs:
    """Start programs, and end every one of them at once when asked; usable from several threads."""

    def __init__(self) -> None:
        self._running: set[int] = set()
        self._held: list[subprocess.Popen[bytes]] = []
        self._lock = threading.RLock()  # taken again by a signal's handler that calls stop_all
        self._stopping = threading.Event()
        self._alarm = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)

    def run(self, command: Command) -> Output:
        """Run a command to its end and return what it said; a status below zero is the signal that killed it.

        `accept` is its caller's affair. Beyond `output_limit` the program is ended and the output is `truncated`. What
        a child of the program says after the program's end is not waited for. Raises ToolMissing, Denied, TimedOut,
        Exited (it could not be started), Stopped (`stop_all` was called).
        """
        argv, timeout = command.argv, command.timeout
        began = time.monotonic()
        deadline = Deadline(timeout)
        process = None
        try:
            with interrupts_deferred():
                process = self._start(argv, fixed_environment() | dict(command.environment), command.stdin)
            with _Conversation(process, command, self._alarm) as conversation:
                end = conversation.listen(deadline)
        finally:
            if process is not None:
                self._finish(process)
        if end is _End.STOPPED or self._stopping.is_set():  # its end by our TERM may be heard before the alarm
            raise Stopped(f"{argv[0]} was ended: this program is stopping")
        if end is _End.DEADLINE:
            late = TimedOut(f"{argv[0]} did not end within {words(timeout)}", "see what it waits for, or allow it more")
            # What it waited for is often said there: restic tries again for a quarter of an hour, and tells each time.
            late.said = bytes(conversation.stderr)
            raise late
        return Output.within(
            command.output_limit,
            stdout=bytes(conversation.stdout),
            stderr=bytes(conversation.stderr),
            status=-signal.SIGKILL if process.returncode is None else process.returncode,
            duration=timedelta(seconds=time.monotonic() - began),
            truncated=end is _End.FLOOD,
        )

    def stop_all(self) -> None:
        """End every program that runs, refuse every other from now on, and return at once.

        Each call of `run` then raises Stopped, within three seconds. May be called by a signal's handler.
        """
        self._stopping.set()
        with self._lock:
            for group in self._running:
                _signal_group(group, signal.SIGTERM)
        os.eventfd_write(self._alarm, 1)

    def _start(self, argv: Sequence[str], environment: Mapping[str, str], stdin: bytes) -> subprocess.Popen[bytes]:
        if self._stopping.is_set():
            raise Stopped(f"{argv[0]} was not started: this program is stopping")
        with self._lock:
            self._held = [process for process in self._held if process.poll() is None]
        try:
            process = subprocess.Popen(
                list(argv),
                stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment,
                close_fds=True,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise _refusal(argv[0], error) from error
        with self._lock:
            self._running.add(process.pid)
        return process

    def _finish(self, process: subprocess.Popen[bytes]) -> None:
        # First, since the number may be someone else's as soon as the process is buried.
        with self._lock:
            self._running.discard(process.pid)
        if not _end_group(process):
            with self._lock:
                self._held.append(process)


class _Conversation:
    """Feed a program and listen to both its outputs at once, as no order of reading them one by one is safe."""

    def __init__(self, process: subprocess.Popen[bytes], command: Command, alarm: int) -> None:
        self.stdout = bytearray()
        self.stderr = bytearray()
        self._process = process
        self._stdin = memoryview(command.stdin)
        self._limit = command.output_limit
        self._alarm = alarm
        self._hear = command.hear
        self._heard = 0
        self._ended = os.pidfd_open(process.pid)
        self._selector = selectors.DefaultSelector()

    def __enter__(self) -> "_Conversation":
        return self

    def __exit__(self, *raised: object) -> None:
        self._selector.close()
        os.close(self._ended)
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()

    def listen(self, deadline: Deadline) -> _End:
        """Return why listening ended; what was said stands in `stdout` and `stderr`."""
        outputs = {
            _without_waiting(pipe): into
            for pipe, into in ((self._process.stdout, self.stdout), (self._process.stderr, self.stderr))
            if pipe is not None
        }
        for descriptor in (*outputs, self._ended, self._alarm):
            self._selector.register(descriptor, selectors.EVENT_READ)
        feed = None
        if self._process.stdin is not None:
            feed = _without_waiting(self._process.stdin)
            self._selector.register(feed, selectors.EVENT_WRITE)
        while not deadline.passed:
            ready = {key.fd for key, _ in self._selector.select(deadline.remaining())}
            if self._alarm in ready:
                return _End.STOPPED
            if feed is not None and feed in ready:
                self._feed(feed)
            for descriptor in outputs.keys() & ready:
                self._take(descriptor, outputs[descriptor])
            if self._said_too_much:
                return _End.FLOOD
            if self._ended in ready:
                return self._take_rest(outputs)
        return _End.DEADLINE

    @property
    def _said_too_much(self) -> bool:
        return self._heard + len(self.stdout) + len(self.stderr) > self._limit

    def _feed(self, descriptor: int) -> None:
        try:
            self._stdin = self._stdin[os.write(descriptor, self._stdin[:CHUNK]) :]
        except BlockingIOError:
            return
        except BrokenPipeError:  # it does not want to hear the rest
            self._stdin = memoryview(b"")
        if not self._stdin and self._process.stdin is not None:
            self._selector.unregister(descriptor)
            self._process.stdin.close()

    def _take(self, descriptor: int, into: bytearray) -> bool:
        """Take what is there; return whether there may be more."""
        try:
            chunk = os.read(descriptor, CHUNK)
        except BlockingIOError:
            return False
        if self._hear is not None and into is self.stdout:
            self._heard += len(chunk)
            self._hear(chunk)
        else:
            into += chunk
        if not chunk:
            with suppress(KeyError):
                self._selector.unregister(descriptor)
        return bool(chunk)

    def _take_rest(self, outputs: Mapping[int, bytearray]) -> _End:
        # All that the program itself said is in the pipes by now. Their end may never come: a child may hold them.
        for descriptor, into in outputs.items():
            while self._take(descriptor, into):
                if self._said_too_much:
                    return _End.FLOOD
        return _End.EXITED


def _without_waiting(pipe: IO[bytes]) -> int:
    os.set_blocking(pipe.fileno(), False)
    return pipe.fileno()


def fixed_environment() -> dict[str, str]:
    """Return the variables that every program gets, so that its words never depend on who started this one."""
    return {
        "LC_ALL": "C",
        "PATH": os.environ.get("PATH") or DEFAULT_PATH,
        "HOME": os.environ.get("HOME") or "/",
    }


def _refusal(program: str, error: OSError | ValueError) -> LookError:
    """Return why a program was not started."""
    if not isinstance(error, OSError):
        return Exited(f"{program} cannot be started: an argument holds a null byte or is no text")
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return ToolMissing(f"{program} is not installed", f"install it, or add its folder to PATH: {program}")
    if error.errno in (errno.EACCES, errno.EPERM):
        return Denied(f"{program} may not be run by this user", "make it executable for the agent's user")
    if error.errno == errno.ENOEXEC:
        return ToolMissing(f"{program} is no program for this machine", "install it anew")
    return Exited(f"{program} cannot be started: {os.strerror(error.errno or 0).lower()}")


def _signal_group(group: int, number: int) -> None:
    # Gone meanwhile, or another user's by now (sudo).
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _end_group(process: subprocess.Popen[bytes]) -> bool:
    """End what is left of a program's session, itself included; return whether it is gone."""
    _signal_group(process.pid, signal.SIGTERM)
    try:
        gone = _gone_within(process, GRACE_SECONDS)
    except BaseException:
        _signal_group(process.pid, signal.SIGKILL)
        process.poll()
        raise
    if gone:
        return True
    # Still the same group: its number is not given out again while it has a member.
    _signal_group(process.pid, signal.SIGKILL)
    return _gone_within(process, KILL_SECONDS)


def _gone_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    deadline = Deadline(timedelta(seconds=seconds))
    while process.poll() is None or _lives(process.pid):
        if deadline.passed:
            return False
        time.sleep(0.01)
    return True


def _lives(group: int) -> bool:
    """Return whether a group whose leader is gone still has a living member."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    # Perhaps only zombies that their adopter never reaps, as in a container without an init.
    return any(_group_of_living(entry) == group for entry in os.listdir("/proc") if entry.isdigit())


def _group_of_living(process: str) -> int | None:
    try:
        text = Path("/proc", process, "stat").read_bytes()
    except OSError:
        return None
    # `pid (name) state parent group …`, where the name may hold anything, parentheses too.
    state, _parent, group = text.rpartition(b")")[2].split()[:3]
    return None if state in (b"Z", b"X") else int(group)


PROGRAMS = Programs()
run_program = PROGRAMS.run
stop_all = PROGRAMS.stop_all
