"""Private folders for temporary data, removed at the end or, after a kill, at the next start.

Each has a lock file beside it that its maker holds: what no one holds any more is swept away.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.restores.deep_folders import remove

NAME = "scratch"
_SUFFIX = ".lock"


@contextmanager
def scratch(directory: Path) -> Iterator[Path]:
    """Give a new folder of mode 0700 below a state directory, and remove it with all its content.

    Raises OSError where it cannot be made.
    """
    place = directory / NAME
    place.mkdir(mode=0o700, exist_ok=True)
    folder = place / secrets.token_hex(8)
    lock = folder.with_name(folder.name + _SUFFIX)
    with _alone(place):
        holding = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(holding, fcntl.LOCK_EX)
        folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        remove(folder)
        os.unlink(lock)
        os.close(holding)


def sweep(directory: Path) -> int:
    """Remove the folders whose makers are gone; return how many. One that is still in use stays."""
    place = directory / NAME
    if not place.is_dir():
        return 0
    # Removing may take minutes: others may make folders of their own meanwhile.
    with _alone(place):
        abandoned = [(folder, held) for folder in _folders(place) if (held := _taken(folder)) is not None]
        for lock in place.glob(f"*{_SUFFIX}"):
            if not lock.with_suffix("").exists():
                lock.unlink()
    for folder, held in abandoned:
        try:
            remove(folder)
            folder.with_name(folder.name + _SUFFIX).unlink()
        finally:
            os.close(held)
    return len(abandoned)


def _folders(place: Path) -> list[Path]:
    return sorted(entry for entry in place.iterdir() if entry.suffix != _SUFFIX)


def _taken(folder: Path) -> int | None:
    """Return the lock of a folder that no one holds, now held by us; None where its maker lives."""
    handle = os.open(folder.with_name(folder.name + _SUFFIX), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    handle = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
