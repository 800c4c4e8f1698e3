"""Messages of restic as plain lines; some versions wrap them in JSON."""

import json

# What is said where the cache cannot be used: restic goes on without it.
_HARMLESS = (
    "unable to open cache:",
    "unable to create cache directory",
    "unable to create temporary directory for cache",
    "subprocess ssh: Warning: Permanently added",
)


def spoken(stderr: bytes) -> str:
    """Return what was said on standard error, one message after another, without what does no harm.

    restic from 0.17 on writes `{"message_type":"exit_error","code":10,"message":"…"}` among plain lines.
    """
    return "\n".join(line for line in said_at_all(stderr).split("\n") if not line.startswith(_HARMLESS))


def said_at_all(output: bytes) -> str:
    """Return everything that was said on an output, one message after another, without empty lines."""
    # Not splitlines: a name may hold what else ends a line for it.
    lines = (line for raw in output.decode(errors="replace").split("\n") for line in _message(raw).split("\n"))
    return "\n".join(line.rstrip("\r") for line in lines if line.strip())


def _message(line: str) -> str:
    if not line.startswith("{"):
        return line
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return line
    message = said.get("message") if isinstance(said, dict) else None
    return message if isinstance(message, str) else line
