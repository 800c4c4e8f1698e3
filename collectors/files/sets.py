"""Which files of a folder are recovery points of which set, and what dates them. Pure."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from agent.core.empty_files import holds_nothing
from agent.core.globs import path_expression
from agent.core.inventory import MTIME, Copy
from agent.core.name_dates import name_date
from agent.core.points import Point
from collectors.files.answers import FolderFile, FolderListing

# Names of what another program has not finished writing.
UNFINISHED = (".part", ".partial", ".tmp", ".filepart")
_STAMP = "%Y-%m-%dT%H:%M:%SZ"
# The last instant that datetime knows, in seconds since 1970.
_LAST = 253402300799
# A file's size and modification time: what stays when it is renamed.
Version = tuple[int, int]
# The path and the modification time of a file.
VersionKey = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """One file of a set, and the instant that dates it."""

    set: str
    file: FolderFile
    time: datetime

    @property
    def id(self) -> str:
        """Return what names this very version of it: the same path written anew is another point."""
        return version_id(self.file.shown, self.file.written)

    @property
    def key(self) -> VersionKey:
        """Return the same as `id`, as values."""
        return self.file.shown, self.file.written

    @property
    def version(self) -> Version:
        """Return what stays when it is renamed."""
        return self.file.size, self.file.written

    @property
    def empty(self) -> bool:
        """Return whether nothing is in it: what a dump that failed leaves behind a pipe into a compressor as well."""
        return holds_nothing(self.file.path, self.file.size)

    def point(self, host: str) -> Point:
        """Return it as a recovery point of its set; `packed_bytes` is its size."""
        return Point(
            id=self.id,
            time=self.time,
            host=host,
            paths=(self.set,),
            files=0 if self.empty else 1,
            packed_bytes=self.file.size,
        )


@dataclass(slots=True, kw_only=True)
class Arranged:
    """The files of a folder by set, newest first.

    `unsettled` are paths of files in which something changed of late, `undated` those whose name shows no date,
    `others` counts files of no set.
    """

    sets: dict[str, list[Archive]]
    unsettled: list[str] = field(default_factory=list)
    undated: list[str] = field(default_factory=list)
    others: int = 0

    def every(self) -> Iterable[Archive]:
        """Yield every archive that is judged."""
        return (one for archives in self.sets.values() for one in archives)


def version_id(path: str, written: int) -> str:
    """Return what names one version of a file."""
    return f"{path} ({instant(written):{_STAMP}})"


def path_of(id: str) -> str:
    """Return the path in the name of a version."""
    return id.rpartition(" (")[0]


def version_of(point: Point) -> Version | None:
    """Return what stays of a point's file when it is renamed; None for a point that no file of a folder is."""
    try:
        written = datetime.strptime(point.id.rpartition(" (")[2], f"{_STAMP})").replace(tzinfo=UTC)
    except ValueError:
        return None
    return point.packed_bytes or 0, round(written.timestamp())


def set_finder(copy: Copy) -> Callable[[str], str | None]:
    """Return what finds the set of a path: the first one that it matches; None: it is of none."""
    pattern = re.compile(
        "|".join(f"(?P<s{number}>{path_expression(one.match)})" for number, one in enumerate(copy.sets))
    )
    ids = {f"s{number}": one.id for number, one in enumerate(copy.sets)}

    def found(path: str) -> str | None:
        match = pattern.fullmatch(path)
        if match is None or match.lastgroup is None or path.lower().endswith(UNFINISHED):
            return None
        return ids[match.lastgroup]

    return found


def arranged(copy: Copy, listing: FolderListing, known: frozenset[Version]) -> Arranged:
    """Return the files of each set that can be judged.

    One is, once nothing has changed in it for the copy's `settle`; a known version that was only renamed is at once.
    """
    find, dated = set_finder(copy), _dating(copy)
    quiet = listing.clock - round(copy.settle.total_seconds())
    kept = Arranged(sets={one.id: [] for one in copy.sets})
    for file in listing.files:
        set = find(file.path)
        if set is None:
            kept.others += 1
            continue
        time = dated(file)
        if time is None:
            kept.undated.append(file.shown)
        elif _last_change(file, listing.clock) > quiet and (file.size, file.written) not in known:
            kept.unsettled.append(file.shown)
        else:
            kept.sets[set].append(Archive(set=set, file=file, time=time))
    for archives in kept.sets.values():
        archives.sort(key=lambda one: (one.time, one.file.path), reverse=True)
    return kept


def _last_change(file: FolderFile, clock: int) -> int:
    # A date of the future was given to it, and says nothing of when something changed.
    return max(file.changed, file.written) if file.written <= clock else file.changed


def _dating(copy: Copy) -> Callable[[FolderFile], datetime | None]:
    if copy.dated_by == MTIME:
        return lambda file: instant(file.written)
    dated = name_date(copy.dated_by, copy.timezone)
    return lambda file: dated(file.path.rpartition("/")[2])


def instant(seconds: int) -> datetime:
    """Return an instant from seconds since 1970, held to what can be said."""
    return datetime.fromtimestamp(min(max(seconds, 0), _LAST), UTC)
