"""The ssh behind `sftp:` repositories: strict, never asking, never waiting without end."""

import shlex
from collections.abc import Mapping
from datetime import timedelta

from agent.core.deadline import Deadline
from agent.core.errors import LookError
from agent.hosts.ssh.probe import SftpPlace, ask_ssh

CONNECT_SECONDS = 15


def command_option(place: SftpPlace, deadline: Deadline) -> str:
    """Return restic's option that puts our ssh in place of its own.

    `sftp.command`, since `sftp.args` is not known to restic 0.14. Quoted twice: restic splits the command as a shell
    does, and reads `--option` as a row of comma-separated values.
    """
    command = shlex.join(ssh_argv(place, connect_seconds(deadline)))
    quoted = f"sftp.command={command}".replace('"', '""')
    return f'"{quoted}"'


def connect_seconds(deadline: Deadline) -> int:
    """Return how long ssh may take to get in: less than half of what is left, so that its reason can still be asked."""
    return max(1, min(CONNECT_SECONDS, int(deadline.remaining() * 0.4)))


def ssh_argv(place: SftpPlace, connect: int, command: str | None = None) -> tuple[str, ...]:
    """Return the ssh command: no question, no unknown key, no endless wait for a link that is dead.

    `command` is one line for the account's shell; None: sftp is asked for.
    """
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
    port = () if place.port is None else ("-p", str(place.port))
    user = () if place.user is None else ("-l", place.user)
    asked = ("-s", "--", place.host, "sftp") if command is None else ("--", place.host, command)
    return ("ssh", "-T", "-a", "-x", *options, *port, *user, *asked)


def asked_of_ssh(repository: str, environment: Mapping[str, str], deadline: Deadline) -> LookError | None:
    """Return what ssh itself says about a repository that restic did not reach; None where it has nothing to say."""
    if deadline.remaining() < 1:
        return None
    timeout = timedelta(seconds=connect_seconds(deadline))
    return ask_ssh(repository, timeout=timeout, environment=environment)
