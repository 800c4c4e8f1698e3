"""The entries of an archive as the nodes of a recovery point. Pure."""

import sys
from datetime import datetime

from agent.core.collecting.backup_program import Node
from collectors.borg.entries import BorgEntry, told_path
from collectors.borg.listing import instant

# As restic calls them, and the comparison of what was restored.
_TYPES = {"-": "file", "d": "dir", "l": "symlink", "p": "fifo", "s": "socket", "b": "dev", "c": "chardev"}
_SPECIAL = ((2, 0o4000), (5, 0o2000), (8, 0o1000))


def node_of(entry: BorgEntry) -> Node:
    """Return an entry as a node. Raises ValueError.

    borg tells a date that went through a floating number, and no inode.
    """
    return Node(
        path=told_path(entry.path),
        type=sys.intern(_TYPES.get(entry.type, "other")),
        mode=mode_in(entry.mode),
        uid=entry.uid,
        gid=entry.gid,
        size=entry.size,
        modified=_modified(entry.modified),
        inode=0,
        rounded=True,
    )


def _modified(told: str) -> datetime | None:
    try:
        return instant(told)
    except (ValueError, OverflowError):
        return None


def mode_in(told: str) -> int:
    """Return the permissions that `ls` would print so: `-rwxr-sr-t`. Raises ValueError."""
    letters = told[1:]
    if len(letters) != 9:
        raise ValueError("mode")
    mode = sum((letter not in "-ST") << (8 - place) for place, letter in enumerate(letters))
    for place, bit in _SPECIAL:
        mode |= bit if letters[place] in "sStT" else 0
    return mode
