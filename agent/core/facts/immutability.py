"""How long a copy's files are protected from deletion, and which of them a deletion hides: facts of several looks.

`copy.immutable` (an Immutability), `copy.stale_locks` (their number, as of the oldest) and `repository.hidden` (a
HiddenFile, as of its deletion); subject `backup/copy`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.core.registered import registered

# The name of the collector, and of what it tells.
COLLECTOR = "immutability"
IMMUTABLE, STALE_LOCKS = "copy.immutable", "copy.stale_locks"
HIDDEN = "repository.hidden"
OBJECT_LOCK, ATTRIBUTES = "object-lock", "attributes"


@registered("copy.immutable")
@dataclass(frozen=True, slots=True, kw_only=True)
class Immutability:
    """What one look showed of the protection that is promised to each file for a time from its writing.

    `files` counts those whose time is not over; of these `held` are protected for all of it, `shorter` for less,
    `liftable` by a lock that an administrator may lift, `unlocked` by nothing, and `unasked` could not be asked.
    `ended` counts those whose time is over. `file` is the first that is not as promised, `shortest` the shortest
    protection that was found. `how` is OBJECT_LOCK or ATTRIBUTES.
    """

    promised: timedelta
    how: str
    files: int
    held: int
    shorter: int = 0
    liftable: int = 0
    unlocked: int = 0
    unasked: int = 0
    ended: int = 0
    file: str = ""
    shortest: timedelta | None = None


@registered("repository.hidden")
@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenFile:
    """A file of a repository that a delete marker hides while its bytes are still there; `file` as in a listing."""

    file: str
    written: datetime
