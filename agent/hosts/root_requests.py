"""The closed list of requests that need root on a machine, and the ways to make them.

The text that answers (root.sh) is one, wherever it runs: as root itself; behind the socket of this machine's privileged
reader; as the program of one sudoers line over SSH; else with the rights that the account has, where it says what it
may not see. Head, with the version, and end tell a whole answer:

    beffroi-root 15
    …
    == end
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from importlib import resources

from agent.core.deadline import Deadline
from agent.core.errors import Exited, Unreadable
from agent.core.facts.installed_programs import ROOT
from agent.core.host import Host, Output
from agent.core.lines import last_line
from agent.hosts.evidence import RecordingHost

PROGRAM = ROOT.path
SOCKET = "/run/beffroi-reader.socket"
PROC = "/proc"
LIMIT = 32 * 1024 * 1024
# Answers of earlier versions are understood too, but for the requests that had another form (`Request.since`).
HEADS = {version: b"beffroi-root %d\n" % version for version in range(2, ROOT.version + 1)}
HEAD, END = HEADS[ROOT.version], b"== end\n"
# The program looks for its tools where root keeps them, whatever sudo hands on, and takes no argument, whatever the
# line for sudo allows: one would be the folder that it takes for /proc.
SAFE = """#!/bin/sh
PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
export PATH LC_ALL
[ $# = 0 ] || { echo "beffroi-root takes no argument" >&2; exit 2; }
"""
CLIENT = """
import socket, sys
with socket.socket(socket.AF_UNIX) as reader:
    reader.connect(sys.argv[1])
    reader.sendall(sys.stdin.buffer.read())
    reader.shutdown(socket.SHUT_WR)
    while said := reader.recv(65536):
        sys.stdout.buffer.write(said)
"""
# sudo is not asked where nothing was set up: it would write to the log, and mail root, about each attempt.
ASK = """
[ "$(id -u)" != 0 ] || exec sh -c "$1" sh "$2"
[ ! -S "$3" ] || [ ! -w "$3" ] || exec python3 -I -c "$4" "$3"
[ ! -x "$5" ] || exec sudo -n -- "$5"
exec sh -c "$1" sh "$2"
"""


class RootRequest(StrEnum):
    """What may be asked; nothing else is answered."""

    PROCESSES = "processes"
    FIREWALL = "firewall"
    ACCOUNTS = "accounts"
    SUDO = "sudo"
    DOORS = "doors"
    POLICIES = "policies"
    KEYS = "keys"
    TRACES = "traces"
    COVERAGE = "coverage"

    @property
    def since(self) -> int:
        """Return the first version whose answer is understood: those before left things out without a word."""
        if self is RootRequest.COVERAGE:
            return 8
        return 4 if self in (RootRequest.PROCESSES, RootRequest.DOORS, RootRequest.POLICIES, RootRequest.KEYS) else 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RootAnswer:
    """What stands between head and end; `refused` is what a door said that was set up and did not answer."""

    body: bytes
    refused: str = ""

    @property
    def text(self) -> str:
        """Return it as text, whatever its bytes are."""
        return self.body.decode("utf-8", "replace")

    def denial(self, what: str) -> str:
        """Return what may not be seen, with what refused it where something was set up."""
        return f"{what} ({self.refused})" if self.refused else what


def script() -> str:
    """Return the text as it is sent to a machine, and as the privileged reader runs it."""
    return resources.files("agent.hosts").joinpath("root.sh").read_text()


def program() -> str:
    """Return the text as it is installed for sudo."""
    return SAFE + script()


def ask(host: Host, request: RootRequest, timeout: timedelta, *, lines: Iterable[str] = ()) -> RootAnswer:
    """Return what a machine answers to one request, within `timeout` in all; `lines` are questions for sshd.

    Raises Unreadable for an answer that is too long, Exited for one that is none, and what the host raises.
    """
    deadline = Deadline(timeout)
    stdin = "".join(f"{line}\n" for line in (request.value, *lines)).encode()
    output = _asked(host, request, stdin, timeout, (PROC, SOCKET, CLIENT, PROGRAM))
    body, version = whole(output), version_of(output)
    if 0 < version < ROOT.version and isinstance(host, RecordingHost):
        host.note_outdated(ROOT.name)
    if body is not None and version >= request.since:
        return RootAnswer(body=body)
    other = f"the outdated version {version} of {ROOT.name}" if body is not None else "something else"
    refused = f"{output.status}: {last_line(output.stderr) or other}"
    left = timedelta(seconds=max(deadline.remaining(), 1.0))
    own = _asked(host, request, stdin, left, (PROC, "", "", ""))
    body = whole(own)
    if body is not None:
        return RootAnswer(body=body, refused=f"the door to root's rights answers with {refused}")
    if own.truncated or len(own.stdout) >= LIMIT:
        raise Unreadable(f"{host.id} has more of its {request} than one answer may hold")
    raise Exited(f"{host.id} does not show its {request}: {last_line(own.stderr) or refused}")


def _asked(host: Host, request: RootRequest, stdin: bytes, timeout: timedelta, doors: tuple[str, ...]) -> Output:
    argv = ("sh", "-c", ASK, "sh", script(), *doors)
    return host.run(
        *argv, timeout=timeout, stdin=stdin, accept=None, output_limit=LIMIT, shown=f"beffroi-root: {request}"
    )


def whole(output: Output) -> bytes | None:
    """Return what stands between head and end; None where it is no answer, or not a whole one."""
    version, said = version_of(output), output.stdout
    if output.status != 0 or output.truncated or version == 0 or not said.endswith(END):
        return None
    return said.removeprefix(HEADS[version]).removesuffix(END)


def version_of(output: Output) -> int:
    """Return the version of what answered; 0 where it is none that is understood here."""
    return next((version for version, head in HEADS.items() if output.stdout.startswith(head)), 0)
