"""System programs that an installation runs; a failure is reported with the program's last line."""

import os
from datetime import timedelta

from agent.core.errors import LookError, UsageError
from agent.core.host import Command
from agent.core.lines import last_line, one_line
from agent.hosts.run import run_program

# How pip reaches its index is the machine's own business: what its administrator has set is handed on.
HANDED_ON = ("PIP_", "SSL_CERT_", "REQUESTS_CA_BUNDLE")
HINT = "fix the cause, then run the same command again: finished steps are not repeated"


def carried_out(
    *argv: str, timeout: timedelta = timedelta(minutes=2), accept: tuple[int, ...] = (0,), doing: str = ""
) -> str:
    """Return what a program printed; raise UsageError, with its telling words, where it failed."""
    try:
        output = run_program(Command(argv=argv, timeout=timeout, environment=handed_on()))
    except LookError as error:
        raise UsageError(error.message, error.hint) from error
    if output.status not in accept:
        said = telling(output.stderr) or telling(output.stdout) or f"status {output.status}"
        raise UsageError(f"{doing or ' '.join(argv[:3])} failed: {said}", HINT)
    return output.stdout.decode(errors="replace")


def telling(said: bytes) -> str:
    """Return the first line that a program itself calls an error, as pip does, else its last one."""
    errors = [line for line in said.splitlines() if line.startswith(b"ERROR:")]
    return one_line(errors[0]) if errors else last_line(said)


def handed_on() -> dict[str, str]:
    """Return the variables by which a machine's administrator says how registries are reached."""
    return {
        name: text
        for name, text in os.environ.items()
        if name.startswith(HANDED_ON) or name.lower() in ("http_proxy", "https_proxy", "no_proxy", "all_proxy")
    }
