"""Bounded reads of regular files; never blocks on a pipe."""

import errno
import grp
import os
import pwd
import stat
from collections.abc import Iterator
from pathlib import Path

from agent.core.errors import Denied, LookError, Missing, Unreadable
from agent.core.lines import one_line

CHUNK = 1024 * 1024
SERVICE_USER = "beffroi"

# As many links as Linux follows in one path (path_resolution(7)).
LINKS = 40


def read_file(path: Path | str, *, limit: int, follow: bool = True, held: bool = False) -> bytes:
    """Return a regular file's bytes.

    `limit` is in bytes; `follow` and `held` are those of open_regular. Raises Missing, Denied, and Unreadable for
    whatever is no regular file, is larger than the limit, or fails.
    """
    descriptor = open_regular(path, limit=limit, follow=follow, held=held)
    try:
        return _read(descriptor, path, limit)
    except OSError as error:
        raise refusal(path, error) from error
    finally:
        os.close(descriptor)


def open_regular(path: Path | str, *, limit: int | None = None, follow: bool = True, held: bool = False) -> int:
    """Open a regular file for reading; return its descriptor, which the caller closes.

    Without `follow`, a symbolic link in the last place of the path is refused; `held` refuses a file that others than
    root and the agent's user may change or replace. Raises as read_file does.
    """
    try:
        # A look before opening, since opening a device can do something; the one that counts comes after.
        _hold_to_regular(path, os.stat(path, follow_symlinks=follow))
        # O_NONBLOCK: a pipe that took the file's place meanwhile must not wait for a writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW))
    except (OSError, ValueError) as error:
        raise refusal(path, error) from error
    try:
        _hold(descriptor, path, limit=limit, held=held)
    except OSError as error:
        os.close(descriptor)
        raise refusal(path, error) from error
    except LookError:
        os.close(descriptor)
        raise
    return descriptor


def _hold(descriptor: int, path: Path | str, *, limit: int | None, held: bool) -> None:
    status = os.fstat(descriptor)
    _hold_to_regular(path, status)
    if limit is not None and status.st_size > limit:
        raise _too_large(path, limit)
    # By the open file: its name may have led to another one a moment ago.
    writers = _changers(status, path) if held else None
    if writers is not None:
        name = shown(path)
        raise Unreadable(f"{name} may be written by {writers}", f"chown root {name} and chmod go-w {name}")


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
    """Return who but root and the agent's user may change a file, or put another in its place; None: no one.

    Also None where there is no such file. Every folder and link on the way counts, since who may write in one decides
    what stands at the end. As OpenSSH judges its own files, a user's private group (of the same name, without further
    members) is the user; in a sticky folder everyone has what is theirs alone.
    """
    try:
        return _changers(os.stat(path), path)
    except (OSError, ValueError):
        return None


def _changers(status: os.stat_result, path: Path | str) -> str | None:
    return foreign_owner(status) or _writers(status) or changers_of_way(path)


def changers_of_way(path: Path | str) -> str | None:
    """Return who but root and the agent's user may change where a path leads, by a folder or link on its way.

    A sticky folder is its owner's alone to change. Raises OSError.
    """
    for place, passed in _way(path):
        bound = stat.S_ISLNK(passed.st_mode) or passed.st_mode & stat.S_ISVTX
        through = foreign_owner(passed) or (None if bound else _writers(passed))
        if through is not None:
            kind = "link" if stat.S_ISLNK(passed.st_mode) else "folder"
            return f"{through}, through the {kind} {shown(place)}"
    return None


def _way(path: Path | str) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the folders and links through which a path leads, from the root on. Raises OSError."""
    place, left, links = "/", [*reversed(Path(path).absolute().parts[1:])], 0
    yield place, os.lstat(place)
    while left:
        name = left.pop()
        if name == "..":
            place = os.path.dirname(place)
            continue
        there = os.path.join(place, name)
        status = os.lstat(there)
        if stat.S_ISLNK(status.st_mode):
            links += 1
            if links > LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
            yield there, status
            target = Path(os.readlink(there))
            place = "/" if target.is_absolute() else place
            left += reversed(target.parts[1:] if target.is_absolute() else target.parts)
        elif stat.S_ISDIR(status.st_mode):
            yield there, status
            place = there


def foreign_owner(status: os.stat_result) -> str | None:
    """Return the owner, who may give themselves every right; None: root, this process's user or the service's."""
    if status.st_uid in (0, os.geteuid()):
        return None
    try:
        name = pwd.getpwuid(status.st_uid).pw_name
    except KeyError:
        return f"the user {status.st_uid}"
    return None if name == SERVICE_USER else f"the user {name}"


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
        # Its rights and those of each folder above it: the content may be a secret.
        hint = f"let the agent's user read it; as root: namei -l {shown(path)}"
        return Denied(f"{shown(path)} may not be read by this user", hint)
    if error.errno == errno.ELOOP:
        return Unreadable(f"{shown(path)} is a symbolic link, not a regular file")
    return Unreadable(f"{shown(path)} cannot be read: {os.strerror(error.errno or 0).lower()}")
