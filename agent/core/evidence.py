"""What stands behind a reading: a command as it may be shown, and what it answered."""

import hashlib
import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from agent.core.errors import Exited
from agent.core.host import OUTPUT_LIMIT, Host, Output
from agent.core.model import Evidence


def evidence_of(argv: Sequence[str], output: Output, shown: str | None = None) -> Evidence:
    """Return the evidence that one command leaves; `shown` stands for an argv that must not be shown."""
    return Evidence(
        command=shown if shown is not None else shlex.join(argv),
        status=output.status,
        duration=output.duration,
        output_sha256=hashlib.sha256(output.stdout).hexdigest(),
    )


def hold_to(accept: Collection[int] | None, argv: Sequence[str], output: Output, host: str) -> Output:
    """Return an output whose exit code is an answer; raise Exited for any other."""
    if accept is None or output.status in accept:
        return output
    said = output.stderr.decode(errors="replace").strip().splitlines()
    raise Exited(f"{argv[0]} on {host} exited with {output.status}: {said[-1][:300] if said else 'it said nothing'}")


@dataclass(frozen=True, slots=True)
class RecordingHost:
    """Pass everything on to a host and note each command as evidence."""

    inner: Host
    evidence: list[Evidence]

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
    ) -> Output:
        """Run a program through the inner host, whatever it answers, then note it and hold it to `accept`."""
        output = self.inner.run(
            *argv,
            timeout=timeout,
            environment=environment,
            stdin=stdin,
            accept=None,
            output_limit=output_limit,
            shown=shown,
        )
        self.evidence.append(evidence_of(argv, output, shown))
        return hold_to(accept, argv, output, self.id)

    def read(self, path: str, *, limit: int) -> bytes:
        """Read a file through the inner host."""
        return self.inner.read(path, limit=limit)
