"""Open every file of a restored tree: which ones fail, and whether the copy is the cause."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path

from agent.core.deadline import Deadline
from agent.core.errors import LookError
from agent.core.host import Host
from agent.hosts.live_files import FileQuery, Live
from agent.restores.comparison import Comparison, told
from agent.restores.deep_folders import entries
from agent.restores.openers.opener import ContentKind
from agent.restores.opening import BATCH, OpenedFile, Opening, open_files
from agent.restores.restored_files import holds_as

# What opening the files of a whole source may take; what is not opened by then is unknown.
TIME = timedelta(hours=2)
# Names of what is compressed, and of what is a compressed dump.
PACKED = (b".gz", b".tgz", b".xz", b".txz", b".bz2", b".zst", b".zip")
DUMPS = tuple(kind + packed for kind in (b".sql", b".dump") for packed in (b".gz", b".xz", b".bz2", b".zst"))


def open_all(here: Host, folder: Path, live: Live, comparison: Comparison, *, writable: bool) -> None:
    """Open the files below a folder, and tell in the comparison what does not open.

    A database or a dump that does not is a difference; anything else may have been so in its source, and is named.
    `writable`: a database may recover from its journal there.
    """
    root, deadline = os.fsencode(folder), Deadline(TIME)
    files = (entry.path for entry in entries(root) if not entry.is_dir(follow_symlinks=False))
    # All paths of a whole source at once would weigh as much as the list of its point.
    while paths := tuple(islice(files, BATCH)):
        left = timedelta(seconds=deadline.remaining())
        for one in (*open_files(here, folder, paths, left, writable=writable), *_of_no_length(paths)):
            _count(one, paths[one.number], root, live, comparison)
    comparison.opening_cut = deadline.passed


def _count(one: OpenedFile, path: bytes, root: bytes, live: Live, comparison: Comparison) -> None:
    if one.kind:
        comparison.opened += one.opening is Opening.OPENED
        comparison.unopened += one.opening is Opening.BROKEN
    if one.opening is not Opening.BROKEN:
        return
    inner = path[len(root) :]
    if _blamed(_named(one, path), path, live, inner):
        comparison.differs(told(inner), "opening")
    else:
        comparison.does_not_open(told(inner))


def _of_no_length(paths: Sequence[bytes]) -> Iterator[OpenedFile]:
    """Yield the files that are called compressed and hold nothing, which no content tells: none of them unpacks."""
    for number, path in enumerate(paths):
        if path.lower().endswith(PACKED) and _length(path) == 0:
            yield OpenedFile(number=number, kind="packed", holds=ContentKind.DOCUMENT, opening=Opening.BROKEN)


def _named(one: OpenedFile, path: bytes) -> OpenedFile:
    """Return a file that does not open as the dump that its name says it is, where its content no longer tells."""
    return replace(one, holds=ContentKind.DUMP) if path.lower().endswith(DUMPS) else one


def _length(path: bytes) -> int | None:
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _blamed(one: OpenedFile, path: bytes, live: Live, inner: bytes) -> bool:
    source = live.path_of(inner)
    if source is None:
        return one.blames(as_in_source=False)
    try:
        wanted = FileQuery(path=source, type="file", size=os.lstat(path).st_size, modified=None)
        (found,) = live.eye([wanted])
        as_in_source = holds_as(path, found)
    except (OSError, LookError):
        as_in_source = False
    return one.blames(as_in_source=as_in_source)
