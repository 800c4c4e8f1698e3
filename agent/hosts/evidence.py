"""What stands behind a reading: a command as it may be shown, and what it answered."""

import hashlib
import shlex
import signal
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from agent.core.bounds import Bound, bound_of
from agent.core.errors import Exited, Unreadable
from agent.core.host import OUTPUT_LIMIT, Host, Output
from agent.core.lines import last_line, one_line
from agent.core.model import Evidence


def evidence_of(argv: Sequence[str], output: Output, shown: str | None = None, digest: str | None = None) -> Evidence:
    """Return the evidence that one command leaves; `shown` stands for an argv that must not be shown.

    `digest` is that of what was heard as it came; None: all of it is in the output.
    """
    return Evidence(
        command=shown if shown is not None else shlex.join(argv),
        status=output.status,
        duration=output.duration,
        output_sha256=digest or hashlib.sha256(output.stdout).hexdigest(),
    )


def hold_to(accept: Collection[int] | None, argv: Sequence[str], output: Output, host: str) -> Output:
    """Return an output whose exit code is an answer; raise Exited for any other, Unreadable for one cut short."""
    if accept is None:
        return output
    if output.truncated:
        raise Unreadable(
            f"{argv[0]} on {host} said more than it may and was ended", "run it by hand and read its output"
        )
    if output.status in accept:
        return output
    raise Exited(f"{argv[0]} on {host} {ending(output.status)}: {last_line(output.stderr) or 'it said nothing'}")


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


@dataclass(frozen=True, slots=True)
class RecordingHost:
    """Pass everything on to a host, and note each command as evidence and each outdated program that answered.

    `outdated` holds pairs: the host's id, the program's name (agent.core.facts.installed_programs).
    """

    inner: Host
    evidence: list[Evidence]
    outdated: set[tuple[str, str]] = field(default_factory=set)

    @property
    def id(self) -> str:
        """Return the declared host's id."""
        return self.inner.id

    def run(
        self,
        *argv: str,
        timeout: timedelta,
        environment: Mapping[str, str] | None = None,
        stdin: bytes = b"",
        accept: Collection[int] | None = (0,),
        output_limit: int = OUTPUT_LIMIT,
        shown: str | None = None,
        hear: Callable[[bytes], None] | None = None,
    ) -> Output:
        """Run a program through the inner host, note what it came to, and hold it to its bound and to `accept`.

        Raises Unreadable too, for more lines than the question may have (agent.core.bounds).
        """
        heard = hashlib.sha256()

        def noted(chunk: bytes) -> None:
            heard.update(chunk)
            if hear is not None:
                hear(chunk)

        bound = bound_of(argv, shown, output_limit)
        output = self.inner.run(
            *argv,
            timeout=timeout,
            environment=environment,
            stdin=stdin,
            accept=None,
            output_limit=bound.bytes,
            shown=shown,
            hear=None if hear is None else noted,
        )
        self.evidence.append(evidence_of(argv, output, shown, None if hear is None else heard.hexdigest()))
        self._hold_to_lines(bound, argv, shown, output)
        return hold_to(accept, argv, output, self.id)

    def _hold_to_lines(self, bound: Bound, argv: Sequence[str], shown: str | None, output: Output) -> None:
        if bound.lines is not None and output.stdout.count(b"\n") > bound.lines:
            command = shown if shown is not None else " ".join(argv[:2])
            raise Unreadable(
                f"{one_line(command, 80)} on {self.id} says more than {bound.lines} lines: none is believed",
                "run it by hand there and read its output",
            )

    def note_outdated(self, program: str) -> None:
        """Note that a program installed there is older than this agent's own."""
        self.outdated.add((self.id, program))

    def read(self, path: str, *, limit: int) -> bytes:
        """Read a file through the inner host."""
        return self.inner.read(path, limit=limit)
