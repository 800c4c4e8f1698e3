"""Ask the program that lists and hashes a store on its host: installed there or sent along.

Which of the two it is, the host tells: an account with a shell has no such program, and gets the script as an argument;
an account whose key has the script as its forced command answers at once. Nothing is written over there.
"""

import re
from datetime import timedelta
from importlib import resources

from agent.core.errors import ToolMissing
from agent.core.facts.installed_programs import STORE
from agent.core.host import LARGE_OUTPUT, Host, Output
from agent.hosts.evidence import RecordingHost


def script() -> str:
    """Return the script, as it is installed on a store's host and as it is sent to one."""
    return resources.files("agent.hosts").joinpath("store.sh").read_text()


class StoreProgram:
    """Ask one host; `forced` says whether its account answers by itself; None: not known yet."""

    def __init__(self, host: Host) -> None:
        self.forced: bool | None = None
        self._host = host

    def ask(self, *words: str, timeout: timedelta, stdin: bytes = b"") -> Output:
        """Return what it answers to a verb and its arguments, whatever its exit code. Raises a LookError."""
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


def version_of(output: Output) -> int:
    """Return the version of the program that answered; 1 where it is too old to say any."""
    head = output.stdout[:4096].split(b"\n")[:2]
    said = re.fullmatch(rb"version ([0-9]{1,6})", head[1]) if len(head) == 2 else None
    return 1 if said is None else int(said[1])
