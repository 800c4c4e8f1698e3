"""Finds the processes that a test left behind, anyone who adopted them."""

import os
import signal
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

MARK = "BEFFROI_TEST_MARK"
# What must merely come, on a machine however busy; a test whose subject is a time brings a clock of its own.
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Found:
    """One process: its id and its command line."""

    pid: int
    command: str


def wait_until(holds: Callable[[], bool], seconds: float = PATIENCE_SECONDS, *, step: float = 0.01) -> bool:
    """Return whether something came to hold within some seconds; `step` is how long to wait before asking again."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(step)
    return True


def _numbers() -> Iterator[int]:
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            yield int(entry)


def _read(pid: int, name: str) -> bytes:
    # Gone meanwhile, or someone else's.
    with suppress(OSError):
        return Path(f"/proc/{pid}/{name}").read_bytes()
    return b""


def _found(pid: int) -> Found:
    return Found(pid, _read(pid, "cmdline").replace(b"\0", b" ").decode(errors="replace").strip())


def with_mark(mark: str) -> list[Found]:
    """Return the living processes whose environment carries a mark (a zombie has no environment)."""
    wanted = f"{MARK}={mark}".encode()
    return [_found(pid) for pid in _numbers() if wanted in _read(pid, "environ").split(b"\0")]


def descendants(pid: int) -> list[Found]:
    """Return the living children of a process, their children, and so on."""
    parents: dict[int, list[int]] = {}
    for child in _numbers():
        # The name in parentheses may hold anything, so the fields are counted from its end.
        fields = _read(child, "stat").rpartition(b")")[2].split()
        if len(fields) > 1 and fields[0] != b"Z":
            parents.setdefault(int(fields[1]), []).append(child)
    waiting, seen = [pid], []
    while waiting:
        children = parents.get(waiting.pop(), [])
        seen += children
        waiting += children
    return [_found(child) for child in seen]


def end(pid: int) -> None:
    """Kill a process that may be gone already."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


@contextmanager
def no_process_left() -> Iterator[dict[str, str]]:
    """Yield variables for a program's environment; at the end, fail where a process that got them still lives."""
    mark = uuid.uuid4().hex
    try:
        yield {MARK: mark}
        assert wait_until(lambda: not with_mark(mark)), f"still running: {with_mark(mark)}"
    finally:
        for found in with_mark(mark):
            end(found.pid)
