"""How Barman is run: on the host that its copy names, by an account that it accepts, in JSON, under a deadline.

`list-backups`, `show-backup`, `list-files` and `verify-backup` write nothing but their lock file beside the server's
folder, which holds the number of the last process that took it (Barman 3.13: every date below barman_home compared).
`check` makes folders that lack, and `check-backup` writes the status of a backup: neither is run here.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.collecting.collector import Look
from agent.core.deadline import Deadline
from agent.core.errors import Exited, LookError, ToolMissing, Unreadable, look_error
from agent.core.host import LARGE_OUTPUT, Host, Output
from agent.core.inventory import Copy
from agent.core.lines import last_line, one_line
from agent.core.reason import Reason
from agent.hosts.environment_file import read_environment
from agent.hosts.evidence import ending
from agent.hosts.program_version import ProgramVersion, dotted

# Debian 12's; `show-backup` says the system identifier since 3, though not yet in JSON.
OLDEST: ProgramVersion = (3, 4, 0)
_VERSION = re.compile(rb"(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?")
_UNKNOWN_SERVER = re.compile(r"Unknown server '")
_DENIED = re.compile(r"[Pp]ermission denied|Operation not permitted|please run barman as", re.IGNORECASE)
_HINT = "Barman runs as its own user alone: reach its host by that account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Barman:
    """Run Barman for one copy's server; `deadline` is what all runs may cost together."""

    copy: Copy
    host: Host
    environment: Mapping[str, str]
    deadline: Deadline
    version: ProgramVersion = OLDEST

    @property
    def remaining(self) -> timedelta:
        """Return the time that is left."""
        return timedelta(seconds=max(self.deadline.remaining(), 1.0))

    def within(self, timeout: timedelta) -> "Barman":
        """Return the same with a time of its own."""
        return replace(self, deadline=Deadline(timeout))

    def ask(self, command: str, *arguments: str) -> Mapping[str, object]:
        """Run one command that must succeed. Raises RepositoryAbsent where it knows no such server, and a LookError."""
        output = self.run(command, *arguments)
        if output.status != 0:
            raise self.error(output)
        return answer(output, f"{self.copy.subject}: barman {command}")

    def text(self, command: str, *arguments: str) -> str:
        """Return what one command says to a person, which is more than its JSON before 3.13. Raises as `ask` does."""
        output = self.run(command, *arguments, form="console")
        if output.status != 0:
            raise self.error(output)
        return output.stdout.decode(errors="replace")

    def run(self, command: str, *arguments: str, form: str = "json") -> Output:
        """Run one command on the server and return what it said, whatever its status. Raises a LookError."""
        return self.host.run(
            *("barman", "--format", form, command, self.copy.cluster, *arguments),
            timeout=self.remaining,
            environment=self.environment,
            accept=None,
            output_limit=LARGE_OUTPUT,
        )

    def error(self, output: Output) -> LookError:
        """Return the error of a run that did not succeed. Raises RepositoryAbsent where it knows no such server."""
        subject = self.copy.subject
        if output.status < 0:
            return Exited(f"{subject}: barman {ending(output.status)}")
        said = errors_in(output) or last_line(output.stderr)
        if _UNKNOWN_SERVER.search(said):
            raise RepositoryAbsent(f"{subject}: {one_line(said)}")
        denied = _DENIED.search(f"{said} {last_line(output.stderr)}") is not None
        reason = Reason.DENIED if denied else Reason.EXITED
        return look_error(reason, f"{subject}: barman: {one_line(said)}", _HINT if denied else "")


def answer(output: Output, what: str) -> Mapping[str, object]:
    """Return what Barman said in JSON. Raises Unreadable for anything else."""
    try:
        told = None if output.truncated else json.loads(output.stdout)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{what} says no JSON: {one_line(output.stdout)}") from error
    if not isinstance(told, dict):
        raise Unreadable(f"{what} says something else: {one_line(output.stdout)}")
    return told


def errors_in(output: Output) -> str:
    """Return what Barman says is wrong, on one line; empty where it says nothing of it."""
    try:
        told = json.loads(output.stdout)
    except (ValueError, RecursionError):
        return ""
    said = [told.get(key) for key in ("_ERROR", "_EXCEPTION", "_CRITICAL")] if isinstance(told, dict) else []
    lines = [str(line) for one in said for line in (one if isinstance(one, list) else [one]) if line]
    return one_line(" ".join(lines))


def prepare(copy: Copy, look: Look, timeout: timedelta) -> Barman:
    """Return Barman ready for one look at a copy.

    Raises ToolMissing where it is not installed or too old, and Missing, Denied or Unreadable for the environment file.
    """
    environment: Mapping[str, str] = {}
    if copy.environment_file is not None:
        environment = read_environment(look.here, copy.environment_file)
    host = look.host(copy.asked_at)
    said = host.run("barman", "--version", timeout=timeout, environment=environment).stdout
    # `3.13.3 Barman by EnterpriseDB (www.enterprisedb.com)`
    match = _VERSION.match(said)
    if match is None:
        raise Unreadable(f"barman on {host.id} does not say its version: {one_line(said)}")
    version = (int(match[1]), int(match[2]), int(match[3] or 0))
    if version < OLDEST:
        have = f"barman {dotted(version)} on {host.id}"
        raise ToolMissing(f"{have} is too old: {dotted(OLDEST)} is the oldest that will do", "upgrade barman")
    return Barman(copy=copy, host=host, environment=environment, deadline=Deadline(timeout), version=version)
