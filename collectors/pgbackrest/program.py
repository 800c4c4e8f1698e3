"""How pgBackRest is run: on the host that its copy names, with no log file, under a deadline.

`info`, `repo-ls`, `repo-get` and `verify` take no lock and write nothing but their log, which is turned off here
(pgBackRest 2.55: strace shows no file opened for writing).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from agent.core.collecting.collector import Look
from agent.core.deadline import Deadline
from agent.core.errors import Exited, LookError, ToolMissing, Unreadable, look_error
from agent.core.host import LARGE_OUTPUT, Host, Output
from agent.core.inventory import Copy
from agent.core.lines import one_line
from agent.core.reason import Reason
from agent.hosts.environment_file import read_environment
from agent.hosts.evidence import ending
from agent.hosts.program_version import ProgramVersion, dotted, version_said

# Debian 12's.
OLDEST: ProgramVersion = (2, 44, 0)
SAID_FIRST = 4096
_REPOSITORY = re.compile(r"(?:repo)?([1-9]\d{0,2})")
_ERROR = re.compile(r"ERROR: \[(\d{3})\]: (.*)")
# What `info` says of a repository that it cannot read, with exit 0.
_NAMED = re.compile(r"\[(\w+Error)\] ")
_BY_NAME = {"CryptoError": 95, "FormatError": 29, "HostConnectError": 49, "ServiceError": 103, "FileOpenError": 41}
# https://github.com/pgbackrest/pgbackrest/blob/main/src/build/error/error.yaml
_BY_CODE = {
    29: Reason.UNREADABLE,  # FormatError
    31: Reason.UNREADABLE,  # OptionInvalidError
    32: Reason.UNREADABLE,  # OptionInvalidValueError
    37: Reason.UNREADABLE,  # OptionRequiredError
    41: Reason.DENIED,  # FileOpenError
    42: Reason.UNREADABLE,  # FileReadError
    49: Reason.UNREACHABLE,  # HostConnectError
    55: Reason.UNREADABLE,  # FileMissingError
    83: Reason.TOOL_MISSING,  # a version of each side that is not the other's
    95: Reason.WRONG_PASSWORD,  # CryptoError
    102: Reason.UNREACHABLE,  # UnknownHost
    103: Reason.UNREACHABLE,  # ServiceError
    125: Reason.UNREACHABLE,  # the connection to the repository's host
}
_DENIED = re.compile(r"\[13\] Permission denied")
_HINTS = {
    Reason.DENIED: "let the account read pgbackrest.conf and the repository: put it in their group",
    Reason.WRONG_PASSWORD: "see repo-cipher-pass in pgbackrest.conf of that host",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PgBackRest:
    """Run pgBackRest for one copy's stanza; `deadline` is what all runs may cost together."""

    copy: Copy
    host: Host
    environment: Mapping[str, str]
    deadline: Deadline
    repository: str | None = None
    version: ProgramVersion = OLDEST

    def ask(self, command: str, *arguments: str, output_limit: int = LARGE_OUTPUT, level: str = "error") -> Output:
        """Run one command that must succeed. Raises a LookError."""
        output = self.run(command, *arguments, output_limit=output_limit, level=level)
        if output.status != 0:
            raise self.error(output)
        if output.truncated:
            raise Unreadable(f"{self.copy.subject}: pgbackrest {command} says more than {output_limit >> 20} MiB")
        return output

    def run(self, command: str, *arguments: str, output_limit: int = LARGE_OUTPUT, level: str = "error") -> Output:
        """Run one command and return what it said, whatever its status. Raises a LookError."""
        repository = () if self.repository is None else (f"--repo={self.repository}",)
        return self.host.run(
            *("pgbackrest", f"--stanza={self.copy.cluster}", *repository, "--log-level-console=off"),
            *("--log-level-file=off", f"--log-level-stderr={level}", "--log-timestamp=n", command, *arguments),
            timeout=timedelta(seconds=max(self.deadline.remaining(), 1.0)),
            environment=self.environment,
            accept=None,
            output_limit=output_limit,
        )

    def within(self, timeout: timedelta) -> "PgBackRest":
        """Return the same with a time of its own."""
        return replace(self, deadline=Deadline(timeout))

    def error(self, output: Output) -> LookError:
        """Return the error of a run that did not succeed."""
        subject = self.copy.subject
        if output.status < 0:
            return Exited(f"{subject}: pgbackrest {ending(output.status)}")
        # A configuration that it cannot take is told on standard output (2.55): no option was read by then.
        text = (output.stderr + b"\n" + output.stdout[:SAID_FIRST]).decode(errors="replace")
        return error_of(text.strip(), subject, output.status)


def error_of(text: str, subject: str, status: int = 0) -> LookError:
    """Return the error that pgBackRest's own words stand for; what has no number here is `exited`, never a guess."""
    found = _ERROR.search(text)
    code, said = (int(found[1]), found[2]) if found else (status, text)
    if named := _NAMED.match(said):
        code = _BY_NAME.get(named[1], code)
    reason = Reason.DENIED if _DENIED.search(said) else _BY_CODE.get(code, Reason.EXITED)
    if reason is Reason.DENIED and not _DENIED.search(said):
        reason = Reason.UNREADABLE
    return look_error(reason, f"{subject}: pgbackrest: {one_line(said) or f'exit {status}'}", _HINTS.get(reason, ""))


def prepare(copy: Copy, look: Look, timeout: timedelta) -> PgBackRest:
    """Return pgBackRest ready for one look at a copy.

    Raises ToolMissing where it is not installed or too old, and Missing, Denied or Unreadable for the environment file.
    """
    environment: Mapping[str, str] = {}
    if copy.environment_file is not None:
        environment = read_environment(look.here, copy.environment_file)
    host, deadline = look.host(copy.asked_at), Deadline(timeout)
    output = host.run("pgbackrest", "version", timeout=timeout, environment=environment)
    # It says `pgBackRest 2.55.1`, and 2.44 of Debian 12 `pgBackRest 2.44`.
    version = version_said("pgBackRest", output.stdout)
    if version < OLDEST:
        have = f"pgbackrest {dotted(version)} on {host.id}"
        raise ToolMissing(f"{have} is too old: {dotted(OLDEST)} is the oldest that will do", "upgrade pgbackrest")
    return PgBackRest(
        copy=copy,
        host=host,
        environment=environment,
        deadline=deadline,
        repository=_repository(copy),
        version=version,
    )


def _repository(copy: Copy) -> str | None:
    """Return which repository of its configuration a copy is; None: the first. Raises Unreadable."""
    named = next(iter(copy.repository.split(":")[3:]), "")
    if not named:
        return None
    match = _REPOSITORY.fullmatch(named)
    if match is None:
        hint = 'say which of its configuration: repository = "repo2"'
        raise Unreadable(f"{copy.subject}: {one_line(named)} is no repository of pgBackRest", hint)
    return match[1]
