"""The date that an entry of a point should have, exactly, although its program may tell it rounded."""

import os
from contextlib import suppress

from agent.core.collecting.backup_program import Node
from agent.hosts.live_files import microseconds


def date_of(node: Node, path: bytes) -> int | None:
    """Return an entry's date in microseconds since the epoch; None where its point tells none.

    One that the program rounded is what came back with the restored file at `path`, if that is no more than a
    microsecond away.
    """
    if node.modified is None:
        return None
    told = microseconds(node.modified)
    if node.rounded:
        with suppress(OSError):
            restored = os.lstat(path).st_mtime_ns // 1000
            return restored if abs(restored - told) <= 1 else told
    return told
