"""A recovery point, whatever program made it."""

import re
from dataclasses import dataclass
from datetime import datetime

from agent.core.empty_files import holds_nothing
from agent.core.registered import registered

# What stands behind a base backup's id for the newest instant to which it is replayed, and behind that of a mirror.
REPLAYED, MIRRORED = "+wal", "+mirror"
# restic names a point by the beginning of its id as well.
_DIGITS = re.compile(r"[0-9a-f]+")


def is_instant(point: "Point") -> bool:
    """Return whether a point is an instant that moves on, of WAL or of a mirror, and no backup that stays."""
    return point.id.endswith((REPLAYED, MIRRORED))


def is_of_point(name: str, id: str) -> bool:
    """Return whether a name, as of a damaged file, is a point's id, the beginning of it, or what it is replayed from.

    A label is no beginning: that of a full backup stands before those of all that build on it, sound or not.
    """
    return name in (id, id.removesuffix(REPLAYED)) or bool(_DIGITS.fullmatch(name) and id.startswith(name))


@registered("point")
@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One recovery point of a backup copy.

    `files` and `bytes` are those of the source at that moment; None where the program does not say.
    `added_bytes` is what the run added, `packed_bytes` the same once compressed.
    """

    id: str
    time: datetime
    host: str
    paths: tuple[str, ...]
    tags: tuple[str, ...] = ()
    tree: str | None = None
    original: str | None = None
    files: int | None = None
    bytes: int | None = None
    added_bytes: int | None = None
    packed_bytes: int | None = None
    files_new: int | None = None
    files_changed: int | None = None

    @property
    def is_empty(self) -> bool:
        """Return whether it holds no file, or none with a byte in it, as of a dump that failed.

        One that is a compressor's stream of nothing alone is known by its name. A mirror holds what its source does, to
        which it is compared.
        """
        if self.files == 0 or self.bytes is None or is_instant(self):
            return self.files == 0
        is_one = self.files == 1 and len(self.paths) == 1
        return holds_nothing(self.paths[0], self.bytes) if is_one else self.bytes == 0
