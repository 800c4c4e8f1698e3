"""Read restored files, each opened once, and hold them against what their live sources are."""

import errno
import hashlib
import os
import stat

from agent.core.collecting.backup_program import Node
from agent.hosts.live_files import FileDigest, content_of
from agent.hosts.live_files_program import FLAGS, UNSEEN, attributes, digest_of


def unlike(node: Node, path: bytes, size: int, found: FileDigest, names: tuple[str, ...]) -> str | None:
    """Return what of an entry of this size is not as in its live source; None: nothing. `names`: as `counted`."""
    try:
        if node.type == "symlink":
            if hashlib.sha256(os.readlink(path)).hexdigest() != found.content:
                return "target"
            held = attributes(path, names)
        else:
            descriptor = _opened(path, own=True)
            try:
                if _content(descriptor, size, found) != found.content:
                    return "content"
                held = attributes(descriptor, names)
            finally:
                os.close(descriptor)
    except OSError:
        return "unreadable"
    return None if found.attributes in (None, held) else "attributes"


def _content(descriptor: int, size: int, found: FileDigest) -> str | bytes:
    """Return what stands for an open file's content where that of its live source is told as it is."""
    return content_of(descriptor, size) if isinstance(found.content, bytes) else digest_of(descriptor, size)


def holds_as(path: bytes, found: FileDigest) -> bool:
    """Return whether a restored file holds what its live source does. Raises OSError."""
    descriptor, size = _regular(path, own=True)
    try:
        return _content(descriptor, size, found) == found.content
    finally:
        os.close(descriptor)


def digest(path: bytes, *, own: bool) -> str:
    """Return the SHA-256 of a regular file, without leaving a trace in its access time where that may be avoided.

    `own`: a file that was restored here, hence one that may be opened up to be read. Raises OSError.
    """
    descriptor, size = _regular(path, own=own)
    try:
        return digest_of(descriptor, size)
    finally:
        os.close(descriptor)


def _regular(path: bytes, *, own: bool) -> tuple[int, int]:
    """Return the descriptor of a regular file opened to be read, and its size; the caller closes it."""
    descriptor = _opened(path, own=own)
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise OSError(errno.ELOOP, "another kind of file by now")
    return descriptor, status.st_size


def _opened(path: bytes, *, own: bool) -> int:
    """Return the descriptor of a file opened to be read; the caller closes it. `own`: as in `digest`."""
    try:
        return os.open(path, UNSEEN)
    except PermissionError:
        try:
            return os.open(path, FLAGS)
        except PermissionError:
            if not own:
                raise
            os.chmod(path, 0o600)
            return os.open(path, FLAGS)
