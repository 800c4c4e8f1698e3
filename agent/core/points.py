"""A recovery point, whatever program made it."""

from dataclasses import dataclass
from datetime import datetime

from agent.core.registered import registered


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
