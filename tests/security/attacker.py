"""An opener that was taken over by the file that it reads: it does what the file says, and reports what succeeded.

A file is `ATTACK`, a line end, then the name of an act and its arguments, one a line; with `ATTACK APART` it asks to be
opened by the process that may write. A refused act is *not-told*, one that succeeded *broken*, `nothing` is *opened*.
"""

import ctypes
import fcntl
import os
import resource
import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence

from agent.restores.openers import child
from agent.restores.openers.opener import BrokenFile, Budget, Opener, OpenSeparately

SYSCALL = ctypes.CDLL(None, use_errno=True).syscall


def _write(path: str) -> None:
    os.write(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), b"taken")


def _append(path: str) -> None:
    os.write(os.open(path, os.O_WRONLY | os.O_APPEND), b"taken")


def _cut(path: str) -> None:
    os.open(path, os.O_RDONLY | os.O_TRUNC)


def _read(path: str) -> None:
    with open(path, "rb") as file:
        file.read(1)


def _list(path: str) -> None:
    os.listdir(path)


def _tcp(port: str) -> None:
    socket.create_connection(("127.0.0.1", int(port)), timeout=5).close()


def _listen(_port: str) -> None:
    socket.create_server(("127.0.0.1", 0)).close()


def _udp(port: str) -> None:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"taken", ("127.0.0.1", int(port)))


def _unix(path: str) -> None:
    socket.socket(socket.AF_UNIX).connect(path.replace("@", "\0"))


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _run(path: str) -> None:
    os.execv("/bin/sh", ["/bin/sh", "-c", f"echo taken > {path}"])


def _signal(process: str) -> None:
    os.kill(int(process), signal.SIGURG)


def _signal_by_kernel(process: str) -> None:
    fcntl.fcntl(0, fcntl.F_SETOWN, int(process))


def _limit(process: str) -> None:
    resource.prlimit(int(process), resource.RLIMIT_CORE, (0, 0))


def _thread() -> None:
    threading.Thread(target=time.monotonic).start()


def _called(number: int, *arguments: object) -> None:
    if SYSCALL(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")


def _memory() -> None:
    bytearray(2 * 1024**3)


def _descriptors() -> None:
    for _ in range(1000):
        os.open(os.path.dirname(os.__file__), os.O_RDONLY)


def _loop() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))
    while True:
        pass


ACTS: dict[str, Callable[..., None]] = {
    "nothing": lambda: None,
    "write": _write,
    "append": _append,
    "cut": _cut,
    "truncate": lambda path: os.truncate(path, 0),
    "delete": os.unlink,
    "rename": lambda path, to: os.rename(path, to),
    "link": lambda path, to: os.link(path, to),
    "point": lambda path, to: os.symlink(path, to),
    "make a folder": os.mkdir,
    "make a pipe": os.mkfifo,
    "change the mode": lambda path: os.chmod(path, 0o777),
    "change the date": lambda path: os.utime(path, (0, 0)),
    "change the owner": lambda path: os.chown(path, 1, 1),
    "read": _read,
    "list": _list,
    "connect by TCP": _tcp,
    "listen by TCP": _listen,
    "send by UDP": _udp,
    "connect by a socket file": _unix,
    "fork": _fork,
    "run": _run,
    "signal": _signal,
    "signal by the kernel": _signal_by_kernel,
    "limit another": _limit,
    "start a thread": _thread,
    "make a ring": lambda: _called(425, 4, ctypes.create_string_buffer(120)),  # io_uring_setup
    "make a namespace": lambda: _called(272, 0x10000000),  # unshare, CLONE_NEWUSER
    "take memory": _memory,
    "open without end": _descriptors,
    "loop": _loop,
}


def _opens(path: bytes, budget: Budget) -> None:
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        head, act, *arguments = file.read().split("\n")
    if head == "ATTACK APART" and not budget.writable:
        raise OpenSeparately("it asks for it")
    if act == "write beside itself":
        _write(os.path.join(os.path.dirname(os.fsdecode(path)), "made"))
    else:
        ACTS[act](*arguments)
    if act != "nothing":
        raise BrokenFile("it succeeded")


OPENER = Opener(kind="attack", knows=lambda head, suffix: head.startswith(b"ATTACK"), opens=_opens)


def main(arguments: Sequence[str]) -> None:
    """Be the process in which files are opened, with this opener among the others; the alarm comes after a second."""
    own = child.openers()
    child.ALARM_SECONDS = 1
    child.openers = lambda: (OPENER, *own)
    child.main(arguments)


CODE = "import sys; sys.path.insert(0, sys.argv[1]); from tests.security.attacker import main; main(sys.argv[2:])"
