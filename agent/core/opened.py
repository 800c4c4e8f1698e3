"""Every file of a restored tree, opened as what it is: which ones do not open, and whether the copy is to blame."""

import os
from datetime import timedelta
from pathlib import Path

from agent.core.errors import LookError
from agent.core.host import Host
from agent.core.live import Live, Wanted
from agent.core.opening import Opened, Opening, open_files
from agent.core.restored import Comparison, digest, told

# What opening the files of a whole source may take; what is not opened by then is not told.
TIME = timedelta(hours=2)


def open_all(here: Host, folder: Path, live: Live, comparison: Comparison, *, writable: bool) -> None:
    """Open the files below a folder, and tell in the comparison what does not open.

    A database or a dump that does not is a difference; anything else may have been so in its source, and is counted.
    `writable`: a database may recover from its journal there.
    """
    root = os.fsencode(folder)
    paths = [place + b"/" + name for place, _, files in os.walk(root) for name in sorted(files)]
    for one in open_files(here, folder, paths, TIME, writable=writable):
        if one.kind:
            comparison.opened += one.opening is Opening.OPENED
            comparison.unopened += one.opening is Opening.BROKEN
        path = paths[one.number]
        if one.opening is Opening.BROKEN and _blamed(one, path, live, path[len(root) :]):
            comparison.differs(told(path[len(root) :]), "opening")


def _blamed(one: Opened, path: bytes, live: Live, inner: bytes) -> bool:
    source = live.path_of(inner)
    if source is None:
        return one.blames(as_in_source=False)
    try:
        wanted = Wanted(path=source, type="file", size=os.lstat(path).st_size, modified=None)
        (found,) = live.eye([wanted])
        as_in_source = found.content == digest(path, own=True)
    except (OSError, LookError):
        as_in_source = False
    return one.blames(as_in_source=as_in_source)
