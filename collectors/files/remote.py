"""Ask the host of a copy's folder for its files and for their digests."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from agent.core.collecting.collector import Look
from agent.core.errors import Unreadable
from agent.core.host import Host
from agent.core.inventory import Copy
from agent.hosts.store_program import StoreProgram
from collectors.files.answers import FolderFile, FolderListing, FolderSums, sums, tree

UNKNOWN = "-"
REMEMBERED = "tree"
# One question: a link that is lost costs what was asked last, and no more.
AT_ONCE_BYTES = 16 * 1024**3
AT_ONCE_FILES = 20_000
STEP = timedelta(minutes=30)
SLOWEST_BYTES_PER_SECOND = 4 * 1024 * 1024
# A longer path fits into no question.
LONGEST_PATH = 2000


class RemoteFolder:
    """Ask a host for one of its folders; what was listed last is remembered in the file that is named.

    `whole`: names that begin with a dot are listed too.
    """

    def __init__(self, *, host: Host, path: str, where: str, remembered: Path, whole: bool = False) -> None:
        self.path = path
        self.where = where
        self._program = StoreProgram(host)
        self._remembered = remembered
        self._verb = "whole" if whole else "tree"

    @classmethod
    def of(cls, copy: Copy, look: Look) -> "RemoteFolder":
        """Return the folder of a copy's store. Raises Unreadable where it has none."""
        if copy.store is None:
            raise Unreadable(f"{copy.subject} has no store")
        host, path = copy.store.host, copy.store.path
        where, remembered = f"{path} on {host}", look.folder / REMEMBERED
        return cls(host=look.host(host), path=path, where=where, remembered=remembered, whole=copy.mirror)

    def known(self) -> bytes | None:
        """Return the body of what was listed last; None where that is not remembered."""
        return self._remembered.read_bytes() if self._remembered.is_file() else None

    def tree(self, timeout: timedelta) -> FolderListing:
        """Return every file that the host lists. Raises a LookError."""
        body = self.known()
        known = UNKNOWN if body is None else hashlib.sha256(body).hexdigest()
        found = tree(self._program.ask(self._verb, known, self.path, timeout=timeout), self.where, body)
        if found.complaints:
            # What could not be listed is told at each look, and an answer that nothing changed tells none of it.
            self._remembered.unlink(missing_ok=True)
        elif found.body is not None:
            self._remembered.write_bytes(found.body)
        return found

    def sums(self, files: Sequence[FolderFile]) -> FolderSums:
        """Return the digests of some files. Raises a LookError."""
        asked = [file.path for file in files if len(file.path.encode(errors="surrogateescape")) <= LONGEST_PATH]
        stdin = b"".join(path.encode(errors="surrogateescape") + b"\n" for path in asked)
        size = sum(file.size for file in files)
        timeout = STEP + timedelta(seconds=size / SLOWEST_BYTES_PER_SECOND)
        output = self._program.ask("sums", self.path, timeout=timeout, stdin=stdin)
        return sums(output, (file.path for file in files), self.where)


def steps(files: Sequence[FolderFile]) -> list[tuple[FolderFile, ...]]:
    """Return files in groups of what one question asks about, in their order."""
    groups: list[list[FolderFile]] = [[]]
    size = 0
    for file in files:
        if groups[-1] and (size + file.size > AT_ONCE_BYTES or len(groups[-1]) == AT_ONCE_FILES):
            groups.append([])
            size = 0
        groups[-1].append(file)
        size += file.size
    return [tuple(group) for group in groups if group]
