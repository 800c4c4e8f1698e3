"""The ssh behind `sftp:` repositories: strict, never asking, never waiting without end."""

import shlex
from collections.abc import Mapping
from datetime import timedelta

from agent.core.deadline import Deadline
from agent.core.errors import LookError
from agent.hosts.ssh.probe import SftpPlace, ask_ssh
from agent.hosts.ssh.strict import connect_seconds, ssh_argv


def command_option(place: SftpPlace, deadline: Deadline) -> str:
    """Return restic's option that puts our ssh in place of its own.

    `sftp.command`, since `sftp.args` is not known to restic 0.14. Quoted twice: restic splits the command as a shell
    does, and reads `--option` as a row of comma-separated values.
    """
    command = shlex.join(ssh_argv(place, connect_seconds(deadline)))
    quoted = f"sftp.command={command}".replace('"', '""')
    return f'"{quoted}"'


def asked_of_ssh(repository: str, environment: Mapping[str, str], deadline: Deadline) -> LookError | None:
    """Return what ssh itself says about a repository that restic did not reach; None where it has nothing to say."""
    if deadline.remaining() < 1:
        return None
    timeout = timedelta(seconds=connect_seconds(deadline))
    return ask_ssh(repository, timeout=timeout, environment=environment)
