"""The process in which files are opened: bounded in memory, core dumps and time, since what it reads is hostile.

It is told the files on standard input, each path ended by a null byte, and answers a line for each of a known type:
`at NUMBER` before it is opened, then `NUMBER KIND HOLDS RESULT`; at the end `done NUMBER`, the number of files that it
got through. Numbers count from 0.
"""

import importlib
import os
import pkgutil
import resource
import signal
import stat
import sys
import time
from collections.abc import Iterator, Sequence

import agent.core.openers
from agent.core.openers.opener import HEAD_BYTES, Broken, Budget, NotTold, Opener

MEMORY = 1024 * 1024 * 1024
SECONDS_A_FILE = 60.0
ALARM_SECONDS = 90
# What one file may unpack to: no disk here is meant to take more.
BYTES_A_FILE = 16 * 1024**3


def openers() -> tuple[Opener, ...]:
    """Return every opener of this package, those that know a narrow kind first."""
    found = [
        one
        for module in pkgutil.iter_modules(agent.core.openers.__path__, f"{agent.core.openers.__name__}.")
        if module.name != __name__
        and isinstance(one := getattr(importlib.import_module(module.name), "OPENER", None), Opener)
    ]
    return tuple(sorted(found, key=lambda one: (not one.first, one.kind)))


def opened(path: bytes, known: Sequence[Opener], at: int, *, writable: bool) -> Iterator[str]:
    """Yield what is to be said of one file; nothing where its type is not known."""
    try:
        opener = _knowing(path, known)
    except OSError:
        return
    if opener is None:
        return
    yield f"at {at}"
    signal.alarm(ALARM_SECONDS)  # what does not heed its budget, deep in a library, takes this process along
    budget = Budget(seconds=SECONDS_A_FILE, bytes=BYTES_A_FILE, writable=writable)
    holds, result = opener.holds, "opened"
    try:
        opener.opens(path, budget)
    except Broken as broken:
        holds, result = broken.holds or holds, "broken"
    except (NotTold, MemoryError, RecursionError, OSError):
        result = "not-told"
    except Exception:  # noqa: BLE001  # a hostile file found an error of ours: nothing is known of the file
        result = "not-told"
    signal.alarm(0)
    yield f"{at} {opener.kind} {holds.value} {result}"


def _knowing(path: bytes, known: Sequence[Opener]) -> Opener | None:
    # Of two hundred thousand files most are of no known type: what is done for each counts.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        head = os.read(descriptor, HEAD_BYTES)
    finally:
        os.close(descriptor)
    suffix = os.path.splitext(path)[1].decode(errors="replace").lower()
    return next((one for one in known if head and one.knows(head, suffix)), None)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(arguments: Sequence[str]) -> None:
    """Open the files named on standard input; arguments: how long to go on, in seconds, and `writable` or not."""
    seconds, writable = float(arguments[0]), arguments[1] == "writable"
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ends = time.monotonic() + seconds
    paths = sys.stdin.buffer.read().split(b"\0")[:-1]
    known = openers()
    number = 0
    for number, path in enumerate(paths, start=1):
        for line in opened(path, known, number - 1, writable=writable):
            _say(line)
        if time.monotonic() > ends:
            break
    _say(f"done {number}")
