"""The program with its imports paid once: a process that has imported all of it forks itself for each command.

A command then begins as one with an interpreter of its own does, with `agent/__main__.py` and the standard streams,
environment, folder and umask that it is given. What imports cost, and which modules a command imports, is not seen: a
test of these gives `beffroi` a wrapper or `anew`. A daemon is forked as well, and is a child of the one who asked.
"""

import atexit
import ctypes
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import NoReturn

from tests.parts.checkout import HOME

PACKAGES = ("agent", "collectors", "checks")
# What an interpreter reads of its environment when it starts, and never again.
READ_AT_START = ("PYTHON", "LD_", "LC_", "LANG", "MALLOC_", "GLIBC_", "FAKETIME")
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


class ForkedChild:
    """A child of this process that another one forked, as `subprocess.Popen` has it."""

    def __init__(self, number: int) -> None:
        self.pid = number
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return its code as soon as it has ended, None before."""
        if self.returncode is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Return its code once it has ended. Raises TimeoutExpired."""
        end = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired([str(self.pid)], timeout)
            time.sleep(0.01)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, where it has not ended."""
        if self.poll() is None:
            os.kill(self.pid, number)


class WarmStart:
    """Start commands from one process that has imported the program; it begins with the first of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._started_in: dict[str, str] = {}

    def run(
        self, arguments: Sequence[str], patience: float, extra: Mapping[str, str] = MappingProxyType({})
    ) -> tuple[int, bytes, bytes] | None:
        """Return the exit code of one command and what it wrote; None where it takes an interpreter of its own.

        It does while another one runs, and where the environment, or what is given `extra` to it, steers an
        interpreter's start.

        Raises TimeoutExpired, once the command is killed.
        """
        if read_at_start(extra) or not self._lock.acquire(blocking=False):
            return None
        try:
            if self._server is not None and self._started_in != read_at_start(os.environ):
                return None
            sys.audit("subprocess.Popen", sys.executable, arguments, None, None)  # for the guard
            with TemporaryDirectory(prefix="beffroi-warm-") as folder:
                out, err = Path(folder, "out"), Path(folder, "err")
                code = self._carry_out(wanted(arguments, extra, out, err), patience)
                return code, out.read_bytes(), err.read_bytes()
        finally:
            self._lock.release()

    def begin(
        self, arguments: Sequence[str], log: Path, patience: float, extra: Mapping[str, str]
    ) -> "ForkedChild | None":
        """Start a command that goes on by itself and writes to a file; None where it takes an interpreter of its own.

        The process that forks it ends at once; this one adopts what its children leave, and so becomes its parent.
        """
        if read_at_start(extra) or not self._lock.acquire(blocking=False):
            return None
        try:
            if self._server is not None and self._started_in != read_at_start(os.environ):
                return None
            sys.audit("subprocess.Popen", sys.executable, arguments, None, None)  # for the guard
            end = time.monotonic() + patience
            adopt_orphans(True)
            try:
                server = self._asked({**wanted(arguments, extra, log, log), "goes_on": True})
                process = self._answer(server, end)
                self._answer(server, end)
            finally:
                adopt_orphans(False)
            return ForkedChild(process)
        finally:
            self._lock.release()

    def _carry_out(self, command: Mapping[str, object], patience: float) -> int:
        end = time.monotonic() + patience
        server = self._asked(command)
        process = self._answer(server, end)
        try:
            return os.waitstatus_to_exitcode(self._answer(server, end))
        except TimeoutError as late:
            os.kill(process, signal.SIGKILL)
            self._answer(server, time.monotonic() + patience)
            raise subprocess.TimeoutExpired(str(command["arguments"]), patience) from late

    def _asked(self, command: Mapping[str, object]) -> "subprocess.Popen[bytes]":
        server = self._running()
        assert server.stdin is not None
        server.stdin.write(json.dumps(command).encode() + b"\n")
        server.stdin.flush()
        return server

    def _answer(self, server: "subprocess.Popen[bytes]", end: float) -> int:
        assert server.stdout is not None
        if not select.select([server.stdout], [], [], max(0.0, end - time.monotonic()))[0]:
            raise TimeoutError
        return int(server.stdout.readline())

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._server is None:
            self._started_in = read_at_start(os.environ)
            self._server = subprocess.Popen(
                [sys.executable, "-P", "-m", "tests.parts.warm"],
                env={**os.environ, "PYTHONPATH": str(HOME)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=HOME,
                bufsize=0,
            )
            atexit.register(self._end)
        return self._server

    def _end(self) -> None:
        if self._server is not None:
            self._server.communicate()


def read_at_start(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what steers the start of an interpreter."""
    return {name: value for name, value in environment.items() if name.startswith(READ_AT_START)}


def wanted(arguments: Sequence[str], extra: Mapping[str, str], out: Path, err: Path) -> dict[str, object]:
    """Return what `become` is given: the environment, folder and umask of this process, and where to write."""
    umask = os.umask(0)
    os.umask(umask)
    return {
        "arguments": arguments,
        "environment": {**os.environ, **extra, "PYTHONPATH": str(HOME)},
        "folder": os.getcwd(),
        "umask": umask,
        "streams": [os.devnull, str(out), str(err)],
    }


def adopt_orphans(adopt: bool) -> None:
    """Have what a descendant of this process leaves behind become a child of this one, or no longer."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_CHILD_SUBREAPER, int(adopt), 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


WARM = WarmStart()


def serve() -> None:
    """Fork for each line of standard input; write the child's number, then its status as waitpid(2) gives it."""
    import_everything()
    gc.collect()
    gc.freeze()
    while line := sys.stdin.buffer.readline():
        command = json.loads(line)
        child = os.fork()
        if child == 0 and command.get("goes_on"):
            orphan = os.fork()
            if orphan:
                answer(orphan)
                os._exit(0)
        if child == 0:
            become(command)
            end(code_of_program())
        if not command.get("goes_on"):
            answer(child)
        answer(os.waitpid(child, 0)[1])


def code_of_program() -> int:
    """Run the program; return the exit code that its interpreter would end with."""
    try:
        runpy.run_module("agent", run_name="__main__", alter_sys=True)
    except SystemExit as asked:
        if asked.code is None or isinstance(asked.code, int):
            return asked.code or 0
        print(asked.code, file=sys.stderr)
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def end(code: int) -> NoReturn:
    """End as an interpreter does, but leave its memory to the system.

    To take all modules apart takes 70 ms of processor, each page of them copied for it: ten times what the fork takes.
    """
    try:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except BaseException:
        traceback.print_exc()
        code = 120  # as of an interpreter whose output cannot be written
    os._exit(code & 0xFF)


def answer(number: int) -> None:
    """Write one number on a line of its own, at once."""
    os.write(1, b"%d\n" % number)


def import_everything() -> None:
    """Import all of the program, its beginning excepted."""
    for package in map(importlib.import_module, PACKAGES):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                importlib.import_module(found.name)


def become(given: Mapping[str, object]) -> None:
    """Take on what a command is given; nothing stays of the process that was forked, but what it has imported."""
    from agent.hosts.run import PROGRAMS

    PROGRAMS.__init__()  # type: ignore[misc]  # its alarm would be shared with every other command
    environment, arguments, umask = given["environment"], given["arguments"], given["umask"]
    streams = given["streams"]
    assert isinstance(environment, dict) and isinstance(arguments, list) and isinstance(umask, int)
    assert isinstance(streams, list)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    for number, path in enumerate(streams):
        opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w", buffering=1, errors="backslashreplace")  # noqa: SIM115
    os.chdir(str(given["folder"]))
    os.umask(umask)
    sys.argv[1:] = arguments


if __name__ == "__main__":
    serve()
