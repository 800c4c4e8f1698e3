"""Forecast when a tree must first erase logs that it should keep: by free space and by configuration."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from agent.core.collecting.collector import Look
from agent.core.facts.logs import FreeSpace, RetainedRecords
from agent.core.inventory import Log
from collectors.logs.free_space import daily_bytes, disk_of, room_of
from collectors.logs.journal_size import allowed
from collectors.logs.pattern import Pattern
from collectors.logs.rotation import erased_after
from collectors.logs.tree import Tree

DAY = timedelta(days=1)


def room_at(log: Log, look: Look, seen: Tree, kept: Mapping[str, RetainedRecords], *, here: bool) -> FreeSpace | None:
    """Return how long a place can go on; None where nothing of it is known. Raises a LookError."""
    sizes = {path: file.size for source in seen.sources.values() for path, file in source.files.items()}
    if not sizes:
        return None
    host = look.host(log.host)
    oldest = {id: one.oldest for id, one in kept.items()}
    if log.kind == "files":
        folder = Pattern(path=log.path, sources=()).folder
        disk = disk_of(host, folder, look.timeout, here=here)
        daily = {id: daily_bytes(tuple(source.files.values()), look.now) for id, source in seen.sources.items()}
        return replace(room_of(daily, oldest, disk.free, look.now), age=erased_after(host, sizes.keys(), look.timeout))
    used = sum(sizes.values())
    disk = disk_of(host, log.path, look.timeout, here=here)
    may = allowed(host, log.path, disk, used, look.timeout)
    begins = [begin for begin in oldest.values() if begin is not None]
    # A journal's files hold everyone's entries: what a day takes is told by all of them together.
    span = max(look.now - min(begins), DAY) if begins else DAY
    first = min(begins, default=None)
    return replace(room_of({"journal": used / (span / DAY)}, {"journal": first}, may.free, look.now), age=may.age)
