"""Ask a store's host for the files of one restic repository, and to hash some of them."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from agent.core.collecting.collector import Look
from agent.core.errors import Unreadable
from agent.core.host import Output
from agent.core.inventory import Copy, Store
from agent.hosts.store_program import StoreProgram
from collectors.restic.store.answers import HashResult, StoreListing, hashed, listing, written_in

UNKNOWN = "-"
REMEMBERED = "listing"


class RemoteStore:
    """Ask one copy's store; what its host listed last is remembered in the look's folder: a change alone costs."""

    def __init__(self, copy: Copy, look: Look) -> None:
        if copy.store is None:
            raise Unreadable(f"{copy.subject} has no store")
        self.store: Store = copy.store
        self.where = f"{copy.store.path} on {copy.store.host}"
        self._program = StoreProgram(look.host(copy.store.host))
        self._remembered = look.folder / REMEMBERED
        # When each file of the list before was last written, once there is another list.
        self.written_before: Mapping[str, datetime] = {}

    def list(self, timeout: timedelta) -> StoreListing:
        """Return every file that the host lists. Raises a LookError."""
        body = self._remembered.read_bytes() if self._remembered.is_file() else None
        known = UNKNOWN if body is None else hashlib.sha256(body).hexdigest()
        output = self._program.ask("list", known, self.store.path, timeout=timedelta(seconds=timeout.total_seconds()))
        found = listing(output, self.where)
        if found.body is None and body is not None:
            return listing(_filled(output, body), self.where)
        if found.body is None:
            raise Unreadable(f"{self.where} says that its list is the one known here, and none is")
        if body is not None:
            self.written_before = written_in(body)
        self._remembered.write_bytes(found.body)
        return found

    def hash(self, names: Sequence[str], timeout: timedelta) -> HashResult:
        """Return which of some files are bad or could not be read. Raises a LookError."""
        asked = "".join(f"{name}\n" for name in names).encode()
        return hashed(self._program.ask("hash", self.store.path, timeout=timeout, stdin=asked), names, self.where)


def _filled(output: Output, body: bytes) -> Output:
    """Return an answer that says `same`, with what it is the same as."""
    head, _, end = output.stdout.partition(b"same\n")
    words = end.split()
    sizes = [int(line.split(b" ")[1]) for line in body.split(b"\n") if line.startswith(b"f ")]
    end = b"end %d %d 0 %s\n" % (len(sizes), sum(sizes), words[-1])
    return Output(stdout=head + body + end, stderr=output.stderr, status=output.status, duration=output.duration)
