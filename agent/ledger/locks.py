"""Locks between processes: flock(2) on a file in the state directory, let go by the kernel when its holder dies."""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from agent.core.errors import Denied, LedgerFull, Locked, UsageError

_PAUSE_SECONDS = 0.05
# Who asks whether a daemon works holds its lock for a moment.
_ASKED_FOR = timedelta(seconds=1)


@contextmanager
def daemon_lock(directory: Path) -> Iterator[None]:
    """Be the only daemon on a state directory. Raises UsageError where another one is, LedgerFull without room."""
    try:
        handle = _acquired(directory / "daemon.lock", _ASKED_FOR)
    except _Taken as taken:
        raise UsageError(
            f"another beffroi daemon works on {directory}{taken.by}",
            "stop that one first, or give this one another state_directory",
        ) from None
    except OSError as error:
        raise LedgerFull(
            f"cannot lock {directory}: {error.strerror}", "make room there, or make it writable"
        ) from error
    try:
        yield
    finally:
        os.close(handle)


def daemon_process(directory: Path) -> int | None:
    """Return the process of the daemon that works on a state directory; None: none does, or it cannot be told."""
    is_held, said = _asked(directory)
    return int(said) if is_held and said.isdecimal() else None


def is_daemon_gone(directory: Path) -> bool:
    """Return whether a daemon once worked on a state directory and none does now; False where it cannot be told."""
    is_held, _ = _asked(directory)
    return is_held is False


@contextmanager
def repository_lock(directory: Path, name: str, timeout: timedelta) -> Iterator[bool]:
    """Be the only one that looks at something named; wait for it as long as `timeout`. Raises Locked, Denied.

    Yield whether another one was waited for. The file's name is a digest: a repository's address has no place in a
    listing.
    """
    folder = directory / "locks"
    digest = hashlib.sha256(name.encode(errors="surrogateescape")).hexdigest()[:32]
    try:
        folder.mkdir(mode=0o750, exist_ok=True)
        handle, waited = _after_others(folder / digest, timeout)
    except _Taken as taken:
        raise Locked(
            f"another process has looked at it for more than {timeout.total_seconds():g} s{taken.by}"
        ) from None
    except OSError as error:
        raise Denied(f"cannot make a lock in {folder}: {error.strerror}") from error
    try:
        yield waited
    finally:
        os.close(handle)


@contextmanager
def setup_lock(directory: Path, timeout: timedelta) -> Iterator[None]:
    """Be the only one that makes or migrates the files of a state directory. Raises UsageError, LedgerFull."""
    try:
        handle = _locked(os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC), timeout)
    except _Taken as taken:
        raise UsageError(f"another process sets up {directory}{taken.by}", "try again when it has ended") from None
    except OSError as error:
        raise LedgerFull(
            f"cannot lock {directory}: {error.strerror}", "make room there, or make it writable"
        ) from error
    try:
        yield
    finally:
        os.close(handle)


def _asked(directory: Path) -> tuple[bool | None, str]:
    """Return whether a daemon holds its lock, None where that cannot be told, and what its holder wrote of itself."""
    try:
        handle = os.open(directory / "daemon.lock", os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return None, ""
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True, os.pread(handle, 20, 0).decode(errors="replace").strip()
    except OSError:
        return None, ""
    finally:
        os.close(handle)
    return False, ""


class _Taken(Exception):
    """Raised where someone else has the lock; `by` says who, as far as known, to be put after a message."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


def _after_others(path: Path, timeout: timedelta) -> tuple[int, bool]:
    """Return a lock, and whether another one had it first."""
    try:
        return _acquired(path, timedelta(0)), False
    except _Taken:
        return _acquired(path, timeout), True


def _acquired(path: Path, timeout: timedelta) -> int:
    handle = _locked(_open(path), timeout)
    _sign(handle)
    return handle


def _locked(handle: int, timeout: timedelta) -> int:
    try:
        _wait(handle, timeout)
    except BaseException:
        os.close(handle)
        raise
    return handle


def _open(path: Path) -> int:
    flags = os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        return os.open(path, flags | os.O_RDWR | os.O_CREAT, 0o640)
    except OSError:
        # A disk that takes nothing still lends the lock that was made before.
        if not path.exists():
            raise
        return os.open(path, flags | os.O_RDONLY)


def _wait(handle: int, timeout: timedelta) -> None:
    deadline = time.monotonic() + timeout.total_seconds()
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise _Taken(_holder(handle)) from None
        time.sleep(_PAUSE_SECONDS)


def _sign(handle: int) -> None:
    # Only for the message that the next one gets: a full disk must not cost the lock.
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
    except OSError:
        return


def _holder(handle: int) -> str:
    try:
        number = os.pread(handle, 20, 0).decode(errors="replace").strip()
    except OSError:  # a directory says nothing
        return ""
    return f" (process {number})" if number.isdigit() else ""
