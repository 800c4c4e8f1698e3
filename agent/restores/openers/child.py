"""The process in which files are opened: confined to a folder, in memory, time and system calls.

What it reads is hostile.

It is given the files on standard input, each path ended by a null byte, and answers a line for each of a known type:
`at NUMBER` before it is opened, then `NUMBER KIND HOLDS RESULT`; at the end `done NUMBER`, the number of files that it
got through. Numbers count from 0. `apart` is the result of a file that a process of its own must open: one that may
write (Purpose.WRITE), or a program (Purpose.RUN), which this process then becomes.
"""

import importlib
import os
import pkgutil
import signal
import stat
import sys
import time
from collections.abc import Iterator, Sequence

import agent.restores.openers
from agent.restores.confinement import landlock
from agent.restores.confinement.process import Limits, confine
from agent.restores.confinement.system_calls import Purpose
from agent.restores.openers.opener import (
    BESIDE,
    HEAD_BYTES,
    BrokenFile,
    Budget,
    CutFile,
    Inconclusive,
    Opener,
    OpenSeparately,
)

MEMORY = 1024 * 1024 * 1024
SECONDS_A_FILE = 60.0
ALARM_SECONDS = 90
# What one file may unpack to: no disk here is meant to take more.
BYTES_A_FILE = 16 * 1024**3
# What a database may grow by while it recovers, beyond all that was restored of it.
GROWTH = 64 * 1024 * 1024
# What modules are imported from late: codecs.
_LIBRARY = os.path.dirname(os.__file__)
# What a program is loaded from.
_SYSTEM = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache")
MISSING = 127


def openers() -> tuple[Opener, ...]:
    """Return every opener of this package, those that know a narrow kind first."""
    found = [
        one
        for module in pkgutil.iter_modules(agent.restores.openers.__path__, f"{agent.restores.openers.__name__}.")
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
    if opener.opens is None:
        yield f"{at} {opener.kind} {opener.holds.value} apart"
        return
    signal.alarm(ALARM_SECONDS)  # what does not heed its budget, deep in a library, takes this process along
    budget = Budget(seconds=SECONDS_A_FILE, bytes=BYTES_A_FILE, writable=writable)
    holds, result = opener.holds, "opened"
    try:
        opener.opens(path, budget)
    except BrokenFile as broken:
        holds, result = broken.holds or holds, "cut" if isinstance(broken, CutFile) else "broken"
    except OpenSeparately:
        result = "apart"
    except (Inconclusive, MemoryError, RecursionError, OSError):
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
    """Open the files named on standard input.

    Arguments: how long to go on, in seconds; the purpose; the folder that alone may be read (Purpose.WRITE: changed).
    """
    seconds, purpose, folder = float(arguments[0]), Purpose(arguments[1]), arguments[2]
    paths = sys.stdin.buffer.read().split(b"\0")[:-1]
    known = openers()
    if purpose is Purpose.RUN:
        _become(paths[0], known, folder)
    written = max(map(_largest, paths), default=0) + GROWTH if purpose is Purpose.WRITE else 0
    limits = Limits(memory=MEMORY, seconds=int(seconds) + ALARM_SECONDS, written=written)
    granted = {_LIBRARY: landlock.READ, folder: landlock.WRITE if purpose is Purpose.WRITE else landlock.READ}
    confined = confine(limits, granted, purpose)
    # Where something could be written outside the folder, nothing is opened to be written to.
    writable = purpose is Purpose.WRITE and confined.whole
    _open_all(paths, known, seconds, writable=writable)


def _open_all(paths: Sequence[bytes], known: Sequence[Opener], seconds: float, *, writable: bool) -> None:
    ends = time.monotonic() + seconds
    number = 0
    for number, path in enumerate(paths, start=1):
        for line in opened(path, known, number - 1, writable=writable):
            _say(line)
        if time.monotonic() > ends:
            break
    _say(f"done {number}")


def _largest(path: bytes) -> int:
    """Return the bytes of a file and of what lies beside it, which it may take in."""
    sizes = [
        os.lstat(each).st_size for each in (path, *(path + one.encode() for one in BESIDE)) if os.path.lexists(each)
    ]
    return sum(sizes)


def _become(path: bytes, known: Sequence[Opener], folder: str) -> None:
    opener = _knowing(path, known)
    if opener is None or opener.program is None:
        sys.exit(MISSING)
    try:
        words = opener.program.words(os.fsdecode(path))
    except Inconclusive as missing:
        sys.stderr.write(f"{missing}\n")
        sys.exit(MISSING)
    if opener.program.holds is None:
        # pg_restore 17 appends to its output; setting that flag itself (F_SETFL) is refused.
        os.dup2(os.open(os.devnull, os.O_WRONLY | os.O_APPEND), sys.stdout.fileno())
    granted = {folder: landlock.READ, os.path.dirname(words[0]): landlock.RUN} | dict.fromkeys(_SYSTEM, landlock.RUN)
    purpose = Purpose.THREADS if opener.program.threads else Purpose.RUN
    confined = confine(Limits(memory=MEMORY, seconds=ALARM_SECONDS), granted, purpose)
    if purpose is Purpose.THREADS and not confined.whole:
        sys.exit(MISSING)  # nothing else holds it to threads
    os.execv(words[0], tuple(words))
