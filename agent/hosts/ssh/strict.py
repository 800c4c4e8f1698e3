"""The ssh by which backup programs reach repositories: strict, never asking, never waiting without end."""

from agent.core.deadline import Deadline
from agent.hosts.ssh.probe import SftpPlace

CONNECT_SECONDS = 15


def connect_seconds(deadline: Deadline) -> int:
    """Return how long ssh may take to get in: less than half of what is left, so that its reason can still be asked."""
    return max(1, min(CONNECT_SECONDS, int(deadline.remaining() * 0.4)))


def ssh_argv(place: SftpPlace, connect: int, command: str | None = None) -> tuple[str, ...]:
    """Return the ssh command: no question, no unknown key, no endless wait for a link that is dead.

    `command` is one line for the account's shell; None: sftp is asked for.
    """
    port = () if place.port is None else ("-p", str(place.port))
    user = () if place.user is None else ("-l", place.user)
    asked = ("-s", "--", place.host, "sftp") if command is None else ("--", place.host, command)
    return ("ssh", *strict_options(connect), *port, *user, *asked)


def strict_options(connect: int) -> tuple[str, ...]:
    """Return the options by which ssh asks nothing, trusts no unknown key and waits for no dead link."""
    settings = {
        "BatchMode": "yes",
        "StrictHostKeyChecking": "yes",
        "ConnectTimeout": str(connect),
        "ServerAliveInterval": "5",
        "ServerAliveCountMax": "3",
        "ClearAllForwardings": "yes",
        "PermitLocalCommand": "no",
        "ControlMaster": "no",
        "LogLevel": "ERROR",  # without the host's banner, which could say anything
    }
    options = (part for key, value in settings.items() for part in ("-o", f"{key}={value}"))
    return ("-T", "-a", "-x", *options)
