"""The interface of a machine, the same locally and over SSH."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

# What a command may say whose caller names no limit; what lists or restores whole repositories and logs names this one.
OUTPUT_LIMIT = 8 * 1024 * 1024
LARGE_OUTPUT = 64 * 1024 * 1024
# A line is read into some hundred bytes, however short it is: beyond so many, each is of as many bytes of the limit.
MANY_LINES, BYTES_A_LINE = 1_000_000, 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What a program said; `truncated` where it was ended for saying more than the limit."""

    stdout: bytes
    stderr: bytes
    status: int
    duration: timedelta
    truncated: bool = False

    @classmethod
    def within(
        cls, limit: int, *, stdout: bytes, stderr: bytes, status: int, duration: timedelta, truncated: bool
    ) -> "Output":
        """Return what was said under a limit; of too many lines for it, the beginning alone."""
        most = max(MANY_LINES, limit // BYTES_A_LINE)
        if stdout.count(b"\n") + stderr.count(b"\n") > most:
            stdout, stderr, truncated = stdout[:most], stderr[:most], True
        return cls(stdout=stdout, stderr=stderr, status=status, duration=duration, truncated=truncated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A program to run, and how.

    `environment` is added to a fixed one (LC_ALL=C, PATH, HOME). `accept` lists the exit codes that are answers (None:
    all of them are); another one raises Exited. `output_limit` is in bytes, both outputs together. `shown` is the
    command as evidence may show it, where argv itself must not be shown. `hear` is given standard output as it comes,
    and Output.stdout is then empty: for what would fill memory.
    """

    argv: tuple[str, ...]
    timeout: timedelta
    environment: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes = b""
    accept: Collection[int] | None = (0,)
    output_limit: int = OUTPUT_LIMIT
    shown: str | None = None
    hear: Callable[[bytes], None] | None = None


class Host(ABC):
    """Reach one machine, by its declared host's id; every call has a deadline, each error is a LookError naming it."""

    id: str

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
        """Run a program and return what it said; the parameters are those of `Command`. Raises what `execute` does."""
        return self.execute(
            Command(
                argv=argv,
                timeout=timeout,
                environment=environment or {},
                stdin=stdin,
                accept=accept,
                output_limit=output_limit,
                shown=shown,
                hear=hear,
            )
        )

    @abstractmethod
    def execute(self, command: Command) -> Output:
        """Run a command and return what it said. Raises ToolMissing, TimedOut, Denied, Exited, Unreachable.

        A program may be started twice, where the connection is lost under it: it only reads, or does no harm the second
        time.
        """

    @abstractmethod
    def read(self, path: str, *, limit: int) -> bytes:
        """Return a regular file's bytes. Raises Unreadable where it is larger, or no regular file."""
