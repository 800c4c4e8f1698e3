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
from typing import Any

CHUNK = 1024 * 1024
GONE = (errno.ENOENT, errno.ENOTDIR)
DENIED = (errno.EACCES, errno.EPERM)
NONE = hashlib.sha256().hexdigest()


def look(path: bytes, kind: str, size: int, modified: "int | None", counted: "tuple[str, ...]") -> "tuple[str, ...]":
    """Return the words of one file's line; `modified` is in microseconds since the epoch, None: any date will do."""
    try:
        before = os.lstat(path)
        if not alike(before, kind, size, modified):
            return ("changed",)
        content = digest(path) if kind == "file" else hashlib.sha256(os.readlink(path)).hexdigest()
        named = attributes(path, counted)
        after = os.lstat(path)
    except OSError as error:
        return (why(error.errno or 0),)
    # A file may be written to, or put in another's place, while it is read.
    if (after.st_ino, after.st_size, after.st_mtime_ns) != (before.st_ino, before.st_size, before.st_mtime_ns):
        return ("changed",)
    return ("there", content, named, "sparse" if sparse(after) else "full")


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


def digest(path: bytes) -> str:
    """Return the SHA-256 of a regular file."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags | getattr(os, "O_NOATIME", 0))
    except PermissionError:
        descriptor = os.open(path, flags)
    try:
        return digest_of(descriptor)
    finally:
        os.close(descriptor)


def digest_of(descriptor: int) -> str:
    """Return the SHA-256 of an open regular file, from its beginning."""
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.ELOOP, "another kind of file by now")
    found = hashlib.sha256()
    # Room for a small file's own size: clearing a megabyte for each of a million costs more than hashing them.
    most = min(CHUNK, status.st_size + 1)
    part = os.read(descriptor, most)
    found.update(part)
    while len(part) == most:  # a regular file gives less at its end alone
        part = os.read(descriptor, most)
        found.update(part)
    return found.hexdigest()


def attributes(path: bytes, counted: "tuple[str, ...]") -> str:
    """Return the SHA-256 of the extended attributes that count, names and values; of none where there are none."""
    try:
        listed = os.listxattr(path, follow_symlinks=False)
        names = sorted(name for name in listed if name.startswith(counted)) if listed else []
        values = [os.getxattr(path, name, follow_symlinks=False) for name in names]
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
