"""Say what some files are at the moment. Its text is sent to where they lie, which needs Python 3.7 and nothing else.

Argument: the beginnings of the names of the extended attributes that count, with commas. Standard input: four fields a
file, each ended by NUL: its type (file, symlink), its size, its date in microseconds (-: any), its path. Answer: one
line a file, in the same order, and a last one. A file that is not of this size and date is not read:

    there SHA256 SHA256-OF-ATTRIBUTES sparse
    changed
    end 2

Nothing is written, and where it may be avoided not even the date of the last access.
"""

import contextlib
import errno
import hashlib
import os
import stat
import sys
from collections.abc import Callable
from typing import Any

CHUNK = 1024 * 1024
GONE = (errno.ENOENT, errno.ENOTDIR)
DENIED = (errno.EACCES, errno.EPERM)
FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
UNSEEN = FLAGS | getattr(os, "O_NOATIME", 0)
NONE = hashlib.sha256().hexdigest()


def digest_of(descriptor: int, size: int) -> str:
    """Return the SHA-256 of an open file of this size, from its beginning; of one that is longer, of a byte more."""
    # Room for a small file's own size: clearing a megabyte for each of a million costs more than hashing them.
    most = min(CHUNK, size + 1)
    part = os.read(descriptor, most)
    found, left = hashlib.sha256(part), size + 1 - len(part)
    while len(part) == most and left > 0:  # a regular file gives less at its end alone
        most = min(CHUNK, left)
        part = os.read(descriptor, most)
        found.update(part)
        left -= len(part)
    return found.hexdigest()


def look(
    path: bytes,
    kind: str,
    size: int,
    modified: "int | None",
    counted: "tuple[str, ...]",
    content_of: "Callable[[int, int], Any]" = digest_of,
) -> "tuple[Any, ...]":
    """Return the words of one file's line; `modified` is in microseconds since the epoch, None: any date will do.

    `content_of` returns what stands for the content of an open file of some size.
    """
    try:
        before = os.lstat(path)
        if not alike(before, kind, size, modified):
            return ("changed",)
        if kind == "file":
            content, named, after = read(path, size, counted, content_of)
        else:
            content, named = hashlib.sha256(os.readlink(path)).hexdigest(), attributes(path, counted)
            after = os.lstat(path)
    except OSError as error:
        return (why(error.errno or 0),)
    # A file may be written to, removed, or put in another's place, while it is read.
    if (after.st_ino, after.st_size, after.st_mtime_ns) != (before.st_ino, before.st_size, before.st_mtime_ns):
        return ("changed",)
    return ("there", content, named, "sparse" if sparse(after) else "full") if after.st_nlink else ("changed",)


def alike(status: os.stat_result, kind: str, size: int, modified: "int | None") -> bool:
    """Return whether a file is of this type, size and date; microseconds are as far as dates are told."""
    type_of = stat.S_ISREG if kind == "file" else stat.S_ISLNK
    sized = kind != "file" or status.st_size == size
    dated = modified is None or status.st_mtime_ns // 1000 == modified
    return type_of(status.st_mode) and sized and dated


def why(number: int) -> str:
    """Return the word for what kept a file from being read."""
    if number in GONE:
        return "gone"
    if number == errno.ELOOP:
        return "changed"
    return "denied" if number in DENIED else "unreadable"


def read(
    path: bytes, size: int, counted: "tuple[str, ...]", content_of: "Callable[[int, int], Any]"
) -> "tuple[Any, str, os.stat_result]":
    """Return what stands for a file's content, the SHA-256 of its attributes, and its status afterwards.

    Raises OSError.
    """
    try:
        descriptor = os.open(path, UNSEEN)
    except PermissionError:
        descriptor = os.open(path, FLAGS)
    try:
        return content_of(descriptor, size), attributes(descriptor, counted), os.fstat(descriptor)
    finally:
        os.close(descriptor)


def attributes(file: "bytes | int", counted: "tuple[str, ...]") -> str:
    """Return the SHA-256 of the extended attributes that count, names and values; of none where there are none.

    `file` is an open file, or a path whose last link is not followed.
    """
    follow = isinstance(file, int)
    try:
        listed = os.listxattr(file) if follow else os.listxattr(file, follow_symlinks=False)
        if not listed:
            return NONE
        names = sorted(name for name in listed if name.startswith(counted))
        values = [os.getxattr(file, name, follow_symlinks=follow) for name in names]
    except (OSError, AttributeError):
        return NONE
    if not names:
        return NONE
    found = hashlib.sha256()
    for name, value in zip(names, values):  # noqa: B905  # `strict` only from Python 3.10 on
        found.update(b"%d %s %d " % (len(os.fsencode(name)), os.fsencode(name), len(value)) + value)
    return found.hexdigest()


def sparse(status: os.stat_result) -> bool:
    """Return whether a file takes less than half of its size on its disk."""
    return status.st_blocks * 512 < status.st_size // 2


def main(arguments: "list[str]", asked: bytes, out: "Any") -> None:
    """Answer for each file that was asked about."""
    counted = tuple(arguments[0].split(","))
    fields = asked.split(b"\0")[:-1]
    for number in range(0, len(fields), 4):
        kind, size, modified, path = fields[number : number + 4]
        date = None if modified == b"-" else int(modified)
        print(*look(path, kind.decode(), int(size), date, counted), file=out, flush=True)
    print("end", len(fields) // 4, file=out, flush=True)


if __name__ == "__main__":
    with contextlib.suppress(OSError):
        os.nice(19)
    main(sys.argv[1:], sys.stdin.buffer.read(), sys.stdout)
