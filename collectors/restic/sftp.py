"""The ssh behind `sftp:` repositories: strict, never asking, never waiting without end."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from agent.core.deadline import Deadline
from agent.core.errors import LookError
from agent.core.host import Host
from agent.core.inventory import Copy
from collectors.restic.faults import Fault

CONNECT_SECONDS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Hold where an `sftp:` repository lies, as OpenSSH is told it."""

    host: str
    user: str | None = None
    port: int | None = None


def destination(repository: str) -> Destination | None:
    """Return where a repository's ssh goes, or None where no ssh goes anywhere.

    restic's two forms: `sftp:user@host:path` and `sftp://user@host:port/path`.
    """
    if not repository.startswith("sftp:"):
        return None
    if repository.startswith("sftp://"):
        return _from_url(repository)
    place = repository.removeprefix("sftp:").partition(":")[0]
    user, _, host = place.rpartition("@")
    return Destination(host=host, user=user or None) if host else None


def _from_url(repository: str) -> Destination | None:
    try:
        parts = urlsplit(repository)
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname:
        return None
    # Not `hostname`: it lowers the letters, and a name of ~/.ssh/config may have capitals.
    netloc = parts.netloc.rpartition("@")[2]
    host = netloc[1:].partition("]")[0] if netloc.startswith("[") else netloc.partition(":")[0]
    return Destination(host=host, user=unquote(parts.username) if parts.username else None, port=port)


def ssh_options(deadline: Deadline) -> tuple[str, ...]:
    """Return what every ssh of ours is told: no question, no unknown key, no endless wait."""
    connect = max(1, min(CONNECT_SECONDS, int(deadline.remaining() / 2)))
    settings = {
        "BatchMode": "yes",
        "StrictHostKeyChecking": "yes",
        "ConnectTimeout": str(connect),
        "ServerAliveInterval": "5",
        "ServerAliveCountMax": "3",
    }
    return tuple(part for key, value in settings.items() for part in ("-o", f"{key}={value}"))


def ssh_argv(there: Destination, deadline: Deadline) -> tuple[str, ...]:
    """Return the ssh command up to its destination, which `--` keeps from being an option."""
    port = () if there.port is None else ("-p", str(there.port))
    user = () if there.user is None else ("-l", there.user)
    return ("ssh", *ssh_options(deadline), *port, *user)


def command_option(there: Destination, deadline: Deadline) -> str:
    """Return restic's option with our ssh in place of its own.

    `sftp.command`, since `sftp.args` is not known to restic 0.14. Quoted twice: restic splits the command as a shell
    does, and reads `--option` as a row of comma-separated values.
    """
    command = shlex.join((*ssh_argv(there, deadline), "-s", "--", there.host, "sftp"))
    quoted = f"sftp.command={command}".replace('"', '""')
    return f'"{quoted}"'


def settle(
    copy: Copy, here: Host, fault: Fault, environment: Mapping[str, str], deadline: Deadline
) -> LookError | None:
    """Return what ssh itself says about a fault that restic told vaguely; None where ssh has nothing to say."""
    return None
