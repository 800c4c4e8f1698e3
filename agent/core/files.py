"""Bounded reads: a regular file, never more than a limit, and never a wait for a pipe's other end."""

import errno
import os
import stat
from pathlib import Path

from agent.core.errors import Denied, LookError, Missing, Unreadable
from agent.core.lines import one_line

CHUNK = 1024 * 1024


def read_file(path: Path | str, *, limit: int, follow: bool = True) -> bytes:
    """Return a regular file's bytes.

    `limit` is in bytes. Without `follow`, a symbolic link in the last place of the path is refused.
    Raises Missing, Denied, and Unreadable for whatever is no regular file, is larger than the limit, or fails.
    """
    try:
        # A look before opening, since opening a device can do something; the one that counts comes after.
        _hold_to_regular(path, os.stat(path, follow_symlinks=follow))
        # O_NONBLOCK: a pipe that took the file's place meanwhile must not wait for a writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW))
        try:
            status = os.fstat(descriptor)
            _hold_to_regular(path, status)
            if status.st_size > limit:
                raise _too_large(path, limit)
            return _read(descriptor, path, limit)
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        raise refusal(path, error) from error


def _hold_to_regular(path: Path | str, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable(f"{shown(path)} is {_kind(status.st_mode)}, not a regular file")


def _read(descriptor: int, path: Path | str, limit: int) -> bytes:
    # Not by the size that the file claims: /proc says 0 everywhere, and a log grows.
    content = bytearray()
    while chunk := os.read(descriptor, min(CHUNK, limit + 1 - len(content))):
        content += chunk
        if len(content) > limit:
            raise _too_large(path, limit)
    return bytes(content)


def _too_large(path: Path | str, limit: int) -> Unreadable:
    return Unreadable(f"{shown(path)} is larger than {limit} bytes")


def _kind(mode: int) -> str:
    kinds = {
        stat.S_IFDIR: "a folder",
        stat.S_IFLNK: "a symbolic link",
        stat.S_IFIFO: "a pipe",
        stat.S_IFSOCK: "a socket",
        stat.S_IFBLK: "a device",
        stat.S_IFCHR: "a device",
    }
    return kinds.get(stat.S_IFMT(mode), "something else")


def shown(path: Path | str) -> str:
    """Return a path as one line of a message may hold it."""
    return one_line(os.fsencode(path))


def refusal(path: Path | str, error: OSError | ValueError) -> LookError:
    """Return the error that says why a path could not be read."""
    if not isinstance(error, OSError):
        return Unreadable("a path holds a null byte or is no text")
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return Missing(f"{shown(path)} is not there")
    if error.errno in (errno.EACCES, errno.EPERM):
        return Denied(
            f"{shown(path)} may not be read by this user", f"let the agent's user read it; as root: cat {shown(path)}"
        )
    if error.errno == errno.ELOOP:
        return Unreadable(f"{shown(path)} is a symbolic link, not a regular file")
    return Unreadable(f"{shown(path)} cannot be read: {os.strerror(error.errno or 0).lower()}")
