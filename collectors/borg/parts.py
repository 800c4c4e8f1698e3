"""Which share of which archive is read next, and what of earlier nights still holds. Pure.

An archive never changes. One that is larger than the budget is read in parts: its files are dealt out by a digest of
their paths, and each night reads the parts that fit.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from agent.core.ahead import lies_ahead
from agent.core.facts.archive_parts import PART, ArchivePart
from agent.core.model import Observation

# A part is one of so many at the most: of a larger archive a part takes more than a night's budget.
PARTS_AT_MOST = 256


def part_of(path: bytes, of: int) -> int:
    """Return which part of an archive a file is in."""
    return zlib.crc32(path) % of


def parts_for(size: int, budget: int | None) -> int:
    """Return into how many parts an archive of so many bytes is dealt: a power of two."""
    if budget is None or size <= budget:
        return 1
    if budget <= 0:
        return PARTS_AT_MOST
    return min(PARTS_AT_MOST, 1 << (-(-size // budget) - 1).bit_length())


def read_before(previous: Observation | None, now: datetime) -> dict[ArchivePart, datetime]:
    """Return when each part was last read and sound; one that was read ahead of now counts as never read."""
    if previous is None:
        return {}
    parts = ((fact.value, fact.as_of) for fact in previous.named(PART) if isinstance(fact.value, ArchivePart))
    return {part: at for part, at in parts if not lies_ahead(at, now)}


def complete_since(archive: str, read: Mapping[ArchivePart, datetime]) -> datetime | None:
    """Return since when all of an archive has been read: the oldest reading of its parts; None where one is lacking."""
    dealt: dict[int, dict[int, datetime]] = {}
    for part, at in read.items():
        if part.archive == archive:
            dealt.setdefault(part.of, {})[part.number] = at
    wholes = [min(numbers.values()) for of, numbers in dealt.items() if len(numbers) == of]
    return max(wholes, default=None)


def in_turn(archives: Sequence[str], read: Mapping[ArchivePart, datetime]) -> list[str]:
    """Return archives in the order in which they are to be read: what was never read whole first, then the oldest.

    `archives` are newest first; among those that were never read, one that was begun goes on.
    """
    since = {id: complete_since(id, read) for id in archives}
    begun = {part.archive for part in read}
    never = [id for id in archives if since[id] is None]
    read_once = sorted((at, id) for id, at in since.items() if at is not None)
    return [*sorted(never, key=lambda id: id not in begun), *(id for _, id in read_once)]


def next_parts(archive: str, of: int, read: Mapping[ArchivePart, datetime]) -> list[int]:
    """Return the numbers of an archive's parts, those that were not read first, then the oldest."""
    known = {part.number: at for part, at in read.items() if part.archive == archive and part.of == of}
    never = [number for number in range(of) if number not in known]
    return [*never, *sorted(known, key=lambda number: known[number])]


def still_needed(read: Mapping[ArchivePart, datetime], archives: Iterable[str]) -> dict[ArchivePart, datetime]:
    """Return the parts of archives that are still there."""
    there = frozenset(archives)
    return {part: at for part, at in read.items() if part.archive in there}
