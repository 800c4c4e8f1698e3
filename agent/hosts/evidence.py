"""Record the evidence behind a reading: a command as it may be shown, and its answer."""

import hashlib
import shlex
import signal
from dataclasses import replace

from agent.core.bounds import OutputBound, bound_of
from agent.core.errors import Exited, Unreadable
from agent.core.host import Command, Host, Output
from agent.core.lines import last_line, one_line
from agent.core.model import Evidence


def evidence_of(command: Command, output: Output, digest: str | None = None) -> Evidence:
    """Return the evidence that one command leaves.

    `digest` is that of what was heard as it came; None: all of it is in the output.
    """
    return Evidence(
        command=command.shown if command.shown is not None else shlex.join(command.argv),
        status=output.status,
        duration=output.duration,
        output_sha256=digest or hashlib.sha256(output.stdout).hexdigest(),
    )


def hold_to(command: Command, output: Output, host: str) -> Output:
    """Return an output whose exit code is an answer; raise Exited for any other, Unreadable for one cut short."""
    if command.accept is None:
        return output
    name = command.argv[0]
    if output.truncated:
        raise Unreadable(f"{name} on {host} said more than it may and was ended", "run it by hand and read its output")
    if output.status in command.accept:
        return output
    raise Exited(f"{name} on {host} {ending(output.status)}: {last_line(output.stderr) or 'it said nothing'}")


def ending(status: int) -> str:
    """Return how a program ended, in words, from a status as `Output` holds it."""
    if status < 0:
        return f"was killed by {_signal_name(-status)}"
    # What a shell makes of a signal: all that is left of it behind SSH.
    if status - 128 in signal.valid_signals():
        return f"exited with {status}, as after {_signal_name(status - 128)}"
    return f"exited with {status}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


class RecordingHost(Host):
    """Pass everything on to a host, and note each command as evidence and each outdated program that answered.

    `outdated` holds pairs: the host's id, the program's name (agent.core.facts.installed_programs).
    """

    def __init__(self, inner: Host, evidence: list[Evidence], outdated: set[tuple[str, str]] | None = None) -> None:
        self.id = inner.id
        self.inner = inner
        self.evidence = evidence
        self.outdated = set() if outdated is None else outdated

    def execute(self, command: Command) -> Output:
        """Run a command through the inner host, note the result, and hold it to its bound and to `accept`.

        Raises Unreadable too, for more lines than the question may have (agent.core.bounds).
        """
        heard, hear = hashlib.sha256(), command.hear

        def noted(chunk: bytes) -> None:
            heard.update(chunk)
            if hear is not None:
                hear(chunk)

        bound = bound_of(command.argv, command.shown, command.output_limit)
        bounded = replace(command, accept=None, output_limit=bound.bytes, hear=None if hear is None else noted)
        output = self.inner.execute(bounded)
        self.evidence.append(evidence_of(command, output, None if hear is None else heard.hexdigest()))
        self._hold_to_lines(bound, command, output)
        return hold_to(command, output, self.id)

    def _hold_to_lines(self, bound: OutputBound, command: Command, output: Output) -> None:
        if bound.lines is not None and output.stdout.count(b"\n") > bound.lines:
            shown = command.shown if command.shown is not None else " ".join(command.argv[:2])
            raise Unreadable(
                f"{one_line(shown, 80)} on {self.id} says more than {bound.lines} lines: none is believed",
                "run it by hand there and read its output",
            )

    def note_outdated(self, program: str) -> None:
        """Note that a program installed there is older than this agent's own."""
        self.outdated.add((self.id, program))

    def read(self, path: str, *, limit: int) -> bytes:
        """Read a file through the inner host."""
        return self.inner.read(path, limit=limit)
