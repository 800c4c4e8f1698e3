"""Compare restored files with their recovery point, and with the live source where it has not changed."""

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from agent.core.collecting.backup_program import Node
from agent.core.errors import LookError
from agent.core.reason import Reason
from agent.hosts.live_files import FileDigest, FileQuery, Live, LiveComparison, counted, microseconds
from agent.restores.deep_folders import entries
from agent.restores.leading_folders import leading
from agent.restores.restored_dates import date_of
from agent.restores.restored_files import unlike

# So many live files are looked at together: what is lost with a link is one such look.
AT_ONCE, AT_ONCE_BYTES = 2000, 1024**3
# So many differences are named; beyond them they are counted.
SHOWN_AT_MOST = 100
# A restore sets dates in nanoseconds of 64 bits (Go, time.UnixNano): what lies outside comes back as another date.
FIRST_DATE = microseconds(datetime(1677, 9, 22, tzinfo=UTC))
LAST_DATE = microseconds(datetime(2262, 4, 11, tzinfo=UTC))

# What has a content that its live source may be asked for.
_WITH_CONTENT = ("file", "symlink")
_TYPES = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "dir",
    stat.S_IFLNK: "symlink",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
    stat.S_IFBLK: "dev",
    stat.S_IFCHR: "chardev",
}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class EntryDifference:
    """What of one entry is not what it should be.

    `what` is one of absent, unreadable, type, size, mode, owner, time, link (a hard link became two files), target (of
    a symbolic link), attributes, content, count, opening (a database or a dump that does not open).
    """

    file: str
    what: str


@dataclass(slots=True, kw_only=True)
class Comparison:
    """Gather the result of a comparison: what was there, what differs, and what could not be held against the source.

    `compared` counts the files whose bytes were held against the live ones, `changed_since` those whose live size or
    date is no longer the point's, or that are gone, `unread_live` those that could not be looked at. `opened` and
    `unopened` count the files of a known type that open as what they are, and that do not; those that do not are
    differences only where the copy is to blame for it, else the first of them are named in `not_opening`.
    `opening_cut`: there was no time for all of them. `too_deep` counts the entries whose path below the folder is
    longer than the kernel takes: whether they come back is not known.
    """

    entries: int = 0
    too_deep: int = 0
    files: int = 0
    bytes: int = 0
    compared: int = 0
    changed_since: int = 0
    unread_live: int = 0
    unread_because: Reason | None = None
    differing: int = 0
    filled: int = 0
    opened: int = 0
    unopened: int = 0
    opening_cut: bool = False
    not_opening: list[str] = field(default_factory=list)
    differences: list[EntryDifference] = field(default_factory=list)

    def differs(self, file: str, what: str) -> None:
        """Count one difference, and name it among the first ones."""
        self.differing += 1
        if len(self.differences) < SHOWN_AT_MOST:
            self.differences.append(EntryDifference(file=file, what=what))

    def does_not_open(self, file: str) -> None:
        """Name a file that does not open, and for which the copy is not to blame, among the first ones."""
        if len(self.not_opening) < SHOWN_AT_MOST:
            self.not_opening.append(file)

    def unread(self, reason: Reason, number: int) -> None:
        """Count live files that could not be looked at; the first reason is kept."""
        self.unread_live += number
        self.unread_because = self.unread_because or reason

    def join(self, other: "Comparison") -> None:
        """Take in the result of another part of the same restore."""
        self.entries += other.entries
        self.too_deep += other.too_deep
        self.files += other.files
        self.bytes += other.bytes
        self.compared += other.compared
        self.changed_since += other.changed_since
        if other.unread_because is not None:
            self.unread(other.unread_because, other.unread_live)
        self.differing += other.differing
        self.filled += other.filled
        self.opened += other.opened
        self.unopened += other.unopened
        self.opening_cut = self.opening_cut or other.opening_cut
        self.not_opening += other.not_opening[: SHOWN_AT_MOST - len(self.not_opening)]
        self.differences += other.differences[: SHOWN_AT_MOST - len(self.differences)]


def compare(nodes: Sequence[Node], folder: Path, live: Live, *, whole: bool) -> Comparison:
    """Return the result of comparing a folder into which a point was restored; `whole`: with nothing else in it.

    `nodes` are all its entries, folders before what they hold; `live` reaches their source, if there is one to look at.
    Ownership and set-user bits are compared where this user is root.
    """
    entry_by_entry = _Compared(nodes, os.fsencode(folder), live)
    comparison = entry_by_entry.comparison
    for batch in _batches(nodes):
        entry_by_entry.take(batch)
    there = comparison.entries - comparison.too_deep + leading(nodes, os.fsencode(folder))
    if whole and not comparison.differing:
        found = sum(1 for _ in entries(os.fsencode(folder)))
        if found != there and found != there - _repeated(nodes):
            comparison.differs("", "count")
    return comparison


def _repeated(nodes: Sequence[Node]) -> int:
    """Return how many entries stand there again: borg keeps one for each of its own paths that reaches it."""
    paths = [node.path for node in nodes if "\ufffd" not in node.path]
    return len(paths) - len(set(paths))


def _batches(nodes: Sequence[Node]) -> Iterator[Sequence[Node]]:
    """Yield the entries in parts, each of as many as are looked at together in the live source."""
    begin = number = size = 0
    for end, node in enumerate(nodes, 1):
        if node.type in _WITH_CONTENT:
            number += 1
            size += node.size
        if number >= AT_ONCE or size >= AT_ONCE_BYTES:
            yield nodes[begin:end]
            begin, number, size = end, 0, 0
    yield nodes[begin:]


class _Links:
    """Which files of a point are one file, and whether they came back as one.

    Only inodes that stand there more than once are kept: a table of all would weigh half as much as the point's list.
    """

    def __init__(self, nodes: Sequence[Node]) -> None:
        seen: set[int] = set()
        self._shared: set[int] = set()
        for node in nodes:
            if node.type == "file":
                (self._shared if node.inode in seen else seen).add(node.inode)
        self._shared.discard(0)
        self._restored: dict[tuple[int, int, datetime | None], int] = {}

    def broken(self, node: Node, status: os.stat_result) -> bool:
        """Return whether a file is no longer the same as the one that it was linked to."""
        if node.inode not in self._shared:
            return False
        # Inodes of two disks may be the same; with size and date they are not.
        name = (node.inode, node.size, node.modified)
        return self._restored.setdefault(name, status.st_ino) != status.st_ino


class _Names:
    """Find an entry's bytes on the disk from its path as the point's list tells it."""

    def __init__(self, folder: bytes) -> None:
        self._folder = folder
        self._parent: tuple[str, bytes] = ("", folder)
        self._odd: dict[bytes, list[bytes]] = {}
        self._known: dict[str, bytes] = {}

    def path_of(self, path: str) -> bytes:
        if "\ufffd" not in path:
            return self._folder + path.encode(errors="surrogateescape")
        parent, _, name = path.rpartition("/")
        folder = self._known.get(parent) or (self.path_of(parent) if parent else self._folder)
        if "\ufffd" not in name:
            return folder + b"/" + name.encode()
        # Two names may look alike in the list, and two folders: they stand in it in the order of their bytes, as taken
        # here, each folder before what it holds.
        alike = folder + b"/" + name.encode()
        waiting = self._odd.get(alike)
        if waiting is None:
            with suppress(OSError):
                waiting = sorted(one for one in os.listdir(folder) if told(one) == name)
            waiting = self._odd.setdefault(alike, waiting or [])
        found = folder + b"/" + (waiting.pop(0) if waiting else name.encode())
        self._known[path] = found
        return found


def told(name: bytes) -> str:
    """Return a name as a list in JSON tells it: each byte that is no UTF-8 becomes U+FFFD."""
    return "".join("\ufffd" if "\udc80" <= one <= "\udcff" else one for one in name.decode(errors="surrogateescape"))


def _status(path: bytes, folder: bytes) -> os.stat_result:
    try:
        return os.lstat(path)
    except PermissionError:
        # Restored as it was: a folder that even its owner may not enter.
        parent = os.path.dirname(path)
        while len(parent) >= len(folder):
            with suppress(OSError):
                os.chmod(parent, stat.S_IMODE(os.lstat(parent).st_mode) | 0o700)
            parent = os.path.dirname(parent)
        return os.lstat(path)


def _wrong(node: Node, date: int | None, status: os.stat_result, links: _Links, *, root: bool) -> Iterator[str]:
    if _TYPES.get(stat.S_IFMT(status.st_mode)) != node.type:
        yield "type"
        return
    bits = 0o7777 if root else 0o777
    if node.type != "symlink" and (status.st_mode ^ node.mode) & bits:
        yield "mode"
    if root and (status.st_uid, status.st_gid) != (node.uid, node.gid):
        yield "owner"
    if node.type != "file":
        return
    if status.st_size != node.size:
        yield "size"
    # Microseconds: as far as dates are read.
    if date is not None and FIRST_DATE <= date < LAST_DATE and status.st_mtime_ns // 1000 != date:
        yield "time"
    if links.broken(node, status):
        yield "link"


class _Compared:
    """Compare entries: first the live sources of a batch, then what came back, each file at one go.

    The kernel still has at hand what it found of a file when that is opened.
    """

    def __init__(self, nodes: Sequence[Node], folder: bytes, live: Live) -> None:
        self.comparison = Comparison()
        self._folder = folder
        self._live = live
        self._names = _Names(folder)
        self._links = _Links(nodes)
        self._root = os.geteuid() == 0
        self._counted = counted()

    def take(self, nodes: Sequence[Node]) -> None:
        """Compare some entries."""
        paths = [self._names.path_of(node.path) for node in nodes]
        dates = [date_of(node, path) for node, path in zip(nodes, paths, strict=True)]
        sources = [self._source(node, path) for node, path in zip(nodes, paths, strict=True)]
        wanted = [
            FileQuery(source, node.type, node.size, date)
            for node, date, source in zip(nodes, dates, sources, strict=True)
            if source is not None and date is not None
        ]
        seen = iter(self._seen(wanted))
        for node, path, date, source in zip(nodes, paths, dates, sources, strict=True):
            found = None if source is None else FileDigest(LiveComparison.CHANGED) if date is None else next(seen)
            self._entry(node, path, date, found)

    def _source(self, node: Node, path: bytes) -> bytes | None:
        return self._live.path_of(path[len(self._folder) :]) if node.type in _WITH_CONTENT else None

    def _seen(self, wanted: Sequence[FileQuery]) -> Sequence[FileDigest | Reason]:
        """Return what each live file is, or why none was looked at."""
        try:
            return self._live.eye(wanted) if wanted else ()
        except LookError as error:
            return [error.reason] * len(wanted)

    def _entry(self, node: Node, path: bytes, date: int | None, found: FileDigest | Reason | None) -> None:
        comparison = self.comparison
        comparison.entries += 1
        try:
            status = _status(path, self._folder)
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                comparison.too_deep += 1
            else:
                comparison.differs(node.path, "absent")
            return
        for what in _wrong(node, date, status, self._links, root=self._root):
            comparison.differs(node.path, what)
        if node.type == "file":
            comparison.files += 1
            comparison.bytes += status.st_size
        if isinstance(found, Reason):
            comparison.unread(found, 1)
        elif found is not None:
            self._beside(node, path, status, found)

    def _beside(self, node: Node, path: bytes, status: os.stat_result, found: FileDigest) -> None:
        comparison = self.comparison
        if found.standing in (LiveComparison.GONE, LiveComparison.CHANGED):
            comparison.changed_since += 1
        elif found.standing is not LiveComparison.THERE:
            denied = found.standing is LiveComparison.DENIED
            comparison.unread(Reason.DENIED if denied else Reason.UNREADABLE, 1)
        else:
            comparison.compared += 1
            what = unlike(node, path, status.st_size, found, self._counted)
            if what is not None:
                comparison.differs(node.path, what)
            if found.sparse and status.st_size // 2 <= status.st_blocks * 512 // 2:
                comparison.filled += 1
