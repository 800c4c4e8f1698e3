"""Ask a store's host: by the same script, installed there or sent along.

Which of the two it is, the host tells: an account with a shell has no such program, and gets the script as an argument;
an account whose key has the script as its forced command answers at once. Nothing is written over there.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from importlib import resources

from agent.core.collecting.collector import Look
from agent.core.errors import ToolMissing, Unreadable
from agent.core.facts.installed_programs import STORE
from agent.core.host import LARGE_OUTPUT, Output
from agent.core.inventory import Copy, Store
from agent.hosts.evidence import RecordingHost
from collectors.restic.store.answers import HashResult, StoreListing, hashed, listing, version_of

UNKNOWN = "-"
REMEMBERED = "listing"


def script() -> str:
    """Return the script, as it is installed on a store's host and as it is sent to one."""
    return resources.files("collectors.restic.store").joinpath("store.sh").read_text()


class RemoteStore:
    """Ask one copy's store; what the host listed last is remembered in the look's folder, so that a change alone costs.

    `forced` says whether the account answers by itself; None: not known yet.
    """

    def __init__(self, copy: Copy, look: Look) -> None:
        if copy.store is None:
            raise Unreadable(f"{copy.subject} has no store")
        self.store: Store = copy.store
        self.where = f"{copy.store.path} on {copy.store.host}"
        self.forced: bool | None = None
        self._host = look.host(copy.store.host)
        self._remembered = look.folder / REMEMBERED

    def list(self, timeout: timedelta) -> StoreListing:
        """Return every file that the host lists. Raises a LookError."""
        body = self._remembered.read_bytes() if self._remembered.is_file() else None
        known = UNKNOWN if body is None else hashlib.sha256(body).hexdigest()
        output = self._ask("list", known, self.store.path, timeout=timedelta(seconds=timeout.total_seconds()))
        found = listing(output, self.where)
        if found.body is None and body is not None:
            return listing(_filled(output, body), self.where)
        if found.body is None:
            raise Unreadable(f"{self.where} says that its list is the one known here, and none is")
        self._remembered.write_bytes(found.body)
        return found

    def hash(self, names: Sequence[str], timeout: timedelta) -> HashResult:
        """Return which of some files are bad or could not be read. Raises a LookError."""
        asked = "".join(f"{name}\n" for name in names).encode()
        return hashed(self._ask("hash", self.store.path, timeout=timeout, stdin=asked), names, self.where)

    def _ask(self, *words: str, timeout: timedelta, stdin: bytes = b"") -> Output:
        if self.forced is not False:
            try:
                output = self._run(STORE.name, *words, timeout=timeout, stdin=stdin)
            except ToolMissing:
                self.forced = False
            else:
                self.forced = True
                if version_of(output) < STORE.version and isinstance(self._host, RecordingHost):
                    self._host.note_outdated(STORE.name)
                return output
        shown = f"sh -c … {STORE.name} {' '.join(words)}"
        return self._run("sh", "-c", script(), STORE.name, *words, timeout=timeout, stdin=stdin, shown=shown)

    def _run(self, *argv: str, timeout: timedelta, stdin: bytes, shown: str | None = None) -> Output:
        return self._host.run(
            *argv, timeout=timeout, stdin=stdin, accept=None, output_limit=4 * LARGE_OUTPUT, shown=shown
        )


def _filled(output: Output, body: bytes) -> Output:
    """Return an answer that says `same`, with what it is the same as."""
    head, _, end = output.stdout.partition(b"same\n")
    words = end.split()
    sizes = [int(line.split(b" ")[1]) for line in body.split(b"\n") if line.startswith(b"f ")]
    end = b"end %d %d 0 %s\n" % (len(sizes), sum(sizes), words[-1])
    return Output(stdout=head + body + end, stderr=output.stderr, status=output.status, duration=output.duration)
