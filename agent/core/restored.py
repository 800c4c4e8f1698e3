"""What was restored, held against what its point says and against the live source where that has not changed since."""

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

CHUNK = 1024 * 1024
# So many differences are named; beyond them they are counted.
SHOWN_AT_MOST = 100

_TYPES = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "dir",
    stat.S_IFLNK: "symlink",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
    stat.S_IFBLK: "dev",
    stat.S_IFCHR: "chardev",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Hold one entry of a point's tree. `path` begins with `/`; bytes that are no UTF-8 stand there as U+FFFD, each.

    `modified` is None where the point tells no date that can be read.
    """

    path: str
    type: str
    mode: int
    uid: int
    gid: int
    size: int
    modified: datetime | None
    inode: int


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Difference:
    """Name what of one entry is not what it should be.

    `what` is one of absent, unreadable, type, size, mode, owner, time, link (a hard link became two files), target (of
    a symbolic link), attributes, content, count, opening (a database or a dump that does not open).
    """

    file: str
    what: str


@dataclass(slots=True, kw_only=True)
class Comparison:
    """Gather what a comparison came to: what was there, what differs, and what could not be held against the source.

    `compared` counts the files whose bytes were held against the live ones, `changed_since` those whose live size or
    date is no longer the point's, or that are gone. `opened` and `unopened` count the files of a known type that open
    as what they are, and that do not; those that do not are differences only where the copy is to blame for it.
    """

    entries: int = 0
    files: int = 0
    bytes: int = 0
    compared: int = 0
    changed_since: int = 0
    unread_live: int = 0
    differing: int = 0
    filled: int = 0
    opened: int = 0
    unopened: int = 0
    differences: list[Difference] = field(default_factory=list)

    def differs(self, file: str, what: str) -> None:
        """Count one difference, and name it among the first ones."""
        self.differing += 1
        if len(self.differences) < SHOWN_AT_MOST:
            self.differences.append(Difference(file=file, what=what))

    def join(self, other: "Comparison") -> None:
        """Take in what another part of the same restore came to."""
        self.entries += other.entries
        self.files += other.files
        self.bytes += other.bytes
        self.compared += other.compared
        self.changed_since += other.changed_since
        self.unread_live += other.unread_live
        self.differing += other.differing
        self.filled += other.filled
        self.opened += other.opened
        self.unopened += other.unopened
        self.differences += other.differences[: SHOWN_AT_MOST - len(self.differences)]


def compare(nodes: Iterable[Node], folder: Path, live: Callable[[bytes], bytes | None], *, whole: bool) -> Comparison:
    """Return what a folder into which a point was restored comes to; `whole`: with nothing else in it.

    `nodes` are all its entries, folders before what they hold; `live` gives the live path of an entry's path, None
    where there is no source to look at here. Ownership and set-user bits are compared where this user is root.
    """
    comparison = Comparison()
    names = _Names(os.fsencode(folder))
    linked: dict[tuple[int, int, datetime | None], int] = {}
    root = os.geteuid() == 0
    for node in nodes:
        comparison.entries += 1
        path = names.path_of(node.path)
        try:
            status = _status(path, os.fsencode(folder))
        except OSError:
            comparison.differs(node.path, "absent")
            continue
        for what in _wrong(node, status, linked, root=root):
            comparison.differs(node.path, what)
        if node.type == "file":
            comparison.files += 1
            comparison.bytes += status.st_size
        if node.type in ("file", "symlink"):
            _against_live(comparison, node, path, status, live(b"/" + os.path.relpath(path, os.fsencode(folder))))
    if whole and not comparison.differing and sum(1 for _ in _walked(os.fsencode(folder))) != comparison.entries:
        comparison.differs("", "count")
    return comparison


def live_path(prefixes: Mapping[str, str]) -> Callable[[bytes], bytes | None]:
    """Return what gives the live path of an entry's path; `prefixes` are the folders in which a point's tops hang."""
    live = {os.fsencode(name): os.fsencode(prefix) for name, prefix in prefixes.items()}

    def path_of(path: bytes) -> bytes | None:
        top = path.split(b"/", 2)[1]
        return live[top] + path if top in live else None

    return path_of


class _Names:
    """Find an entry's bytes on the disk from its path as the point's list tells it."""

    def __init__(self, folder: bytes) -> None:
        self._folder = folder
        self._parent: tuple[str, bytes] = ("", folder)
        self._odd: dict[str, list[bytes]] = {}
        self._known: dict[str, bytes] = {}

    def path_of(self, path: str) -> bytes:
        if "\ufffd" not in path:
            return self._folder + path.encode(errors="surrogateescape")
        parent, _, name = path.rpartition("/")
        folder = self._known.get(parent) or (self.path_of(parent) if parent else self._folder)
        if "\ufffd" not in name:
            return folder + b"/" + name.encode()
        # Two names may look alike in the list: they stand in it in the order of their bytes, as taken here.
        waiting = self._odd.get(path)
        if waiting is None:
            with suppress(OSError):
                waiting = sorted(one for one in os.listdir(folder) if told(one) == name)
            waiting = self._odd.setdefault(path, waiting or [])
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


def _wrong(
    node: Node, status: os.stat_result, linked: dict[tuple[int, int, datetime | None], int], *, root: bool
) -> Iterator[str]:
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
    if node.modified is not None and not _dated(status, node.modified):
        yield "time"
    # Inodes of two disks may be the same; with size and date they are not.
    if node.inode and linked.setdefault((node.inode, node.size, node.modified), status.st_ino) != status.st_ino:
        yield "link"


def _dated(status: os.stat_result, modified: datetime) -> bool:
    # Microseconds: as far as dates are read.
    seconds, rest = divmod(status.st_mtime_ns // 1000, 1_000_000)
    return (int(modified.replace(microsecond=0).timestamp()), modified.microsecond) == (seconds, rest)


def _against_live(
    comparison: Comparison, node: Node, path: bytes, status: os.stat_result, source: bytes | None
) -> None:
    if source is None:
        return
    try:
        live = os.lstat(source)
    except FileNotFoundError:
        comparison.changed_since += 1
        return
    except OSError:
        comparison.unread_live += 1
        return
    if not _unchanged(node, live):
        comparison.changed_since += 1
        return
    try:
        same = _same(node, path, source)
        if same is not None and not _unchanged(node, os.lstat(source)):
            comparison.changed_since += 1
            return
    except OSError:
        comparison.unread_live += 1
        return
    comparison.compared += 1
    if same is not None:
        comparison.differs(node.path, same)
    if live.st_blocks * 512 < live.st_size // 2 <= status.st_blocks * 512 // 2:
        comparison.filled += 1


def _unchanged(node: Node, live: os.stat_result) -> bool:
    alike = _TYPES.get(stat.S_IFMT(live.st_mode)) == node.type
    dated = node.modified is not None and _dated(live, node.modified)
    return alike and dated and (node.type != "file" or live.st_size == node.size)


def _same(node: Node, path: bytes, source: bytes) -> str | None:
    """Return what of an entry is not as in its live source; None: nothing."""
    if node.type == "symlink":
        return None if os.readlink(path) == os.readlink(source) else "target"
    if digest(path, own=True) != digest(source, own=False):
        return "content"
    return None if _attributes(path) == _attributes(source) else "attributes"


def digest(path: bytes, *, own: bool) -> str:
    """Return the SHA-256 of a regular file, without leaving a trace in its access time where that may be avoided.

    `own`: a file that was restored here, hence one that may be opened up to be read. Raises OSError.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags | os.O_NOATIME)
    except PermissionError:
        try:
            descriptor = os.open(path, flags)
        except PermissionError:
            if not own:
                raise
            os.chmod(path, 0o600)
            descriptor = os.open(path, flags)
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _attributes(path: bytes) -> dict[str, bytes]:
    wanted = ("user.", "system.posix_acl_", "security.capability") if os.geteuid() == 0 else ("user.",)
    try:
        names = os.listxattr(path, follow_symlinks=False)
        return {name: os.getxattr(path, name, follow_symlinks=False) for name in names if name.startswith(wanted)}
    except OSError:
        return {}


def _walked(folder: bytes) -> Iterator[bytes]:
    for place, folders, files in os.walk(folder):
        yield from (place + b"/" + name for name in (*folders, *files))
