"""Errors of the system about a disk that takes nothing, as errors of the ledger."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.core.errors import LedgerError, LedgerFull

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG, errno.EIO})


@contextmanager
def room(path: Path) -> Iterator[None]:
    """Turn what the system says of a disk that takes nothing into LedgerFull."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise LedgerFull(
                f"nothing can be written in {path.parent}: {error.strerror}", "make room, or make the disk writable"
            ) from error
        raise LedgerError(f"cannot write in {path.parent}: {error.strerror}") from error
