"""Bounded reads: a regular file, never more than a limit, and never a wait for a pipe's other end."""

import errno
import grp
import os
import pwd
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


def other_writers(path: Path | str) -> str | None:
    """Return who but root and its owner may change a file, or put another in its place; None: no one, or no such file.

    As OpenSSH judges its own files, a user's private group (of the same name, without further members) is the user.
    """
    try:
        writers = _writers(os.stat(path))
        folder = os.stat(Path(path).absolute().parent)
    except (OSError, ValueError):
        return None
    if writers is not None or folder.st_mode & stat.S_ISVTX:
        return writers
    through = _writers(folder)
    return None if through is None else f"{through}, through its folder"


def _writers(status: os.stat_result) -> str | None:
    if status.st_mode & stat.S_IWOTH:
        return "everyone on this machine"
    if not status.st_mode & stat.S_IWGRP or status.st_gid == 0:
        return None
    try:
        group = grp.getgrgid(status.st_gid)
        owner = pwd.getpwuid(status.st_uid).pw_name
    except KeyError:
        return f"the group {status.st_gid}"
    private = group.gr_name == owner and not set(group.gr_mem) - {owner}
    return None if private else f"the group {group.gr_name}"


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
