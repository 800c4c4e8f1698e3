"""How restic is run: without a lock, with a password file, in English, under a deadline, reading only.

Options are those of restic 0.14 (Debian 12) and later.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from agent.core.collecting.collector import Look
from agent.core.deadline import Deadline
from agent.core.errors import Exited, LookError, TimedOut, ToolMissing
from agent.core.host import LARGE_OUTPUT, Host, Output
from agent.core.inventory import Copy
from agent.core.lines import last_line
from agent.core.reason import Reason
from agent.hosts.environment_file import read_environment
from agent.hosts.evidence import ending
from agent.hosts.program_version import ProgramVersion, dotted, version_asked
from agent.hosts.ssh.probe import sftp_place
from collectors.restic import caches
from collectors.restic.faults import ResticFault, error_of, fault_of
from collectors.restic.logins import try_login
from collectors.restic.sftp import asked_of_ssh, command_option
from collectors.restic.words import spoken

OLDEST: ProgramVersion = (0, 14, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restic:
    """Run restic on one copy's repository.

    `folder` is its private cache; `deadline` what all runs of one look may cost together. `before` stands before restic
    on its command line.
    """

    copy: Copy
    here: Host
    version: ProgramVersion
    folder: Path
    environment: Mapping[str, str]
    deadline: Deadline
    before: tuple[str, ...] = ()

    def ask(
        self, *arguments: str, output_limit: int = LARGE_OUTPUT, hear: Callable[[bytes], None] | None = None
    ) -> Output:
        """Run one command of restic that must succeed; `hear` is given what it says as it comes.

        Raises RepositoryAbsent, and a LookError for every other way of not answering: what ssh refused is told by ssh.
        """
        output = self.run(*arguments, output_limit=output_limit, hear=hear)
        if output.status != 0 and not output.truncated:
            raise self.error(output)
        return output

    def run(
        self,
        *arguments: str,
        output_limit: int = LARGE_OUTPUT,
        shown: str | None = None,
        hear: Callable[[bytes], None] | None = None,
    ) -> Output:
        """Run one command of restic and return what it said, whatever its exit code.

        `shown` is the command as evidence may show it, where that is not the one that is run.

        Raises ToolMissing, Denied and TimedOut; where it was still trying when its time was up, the reason it gave.
        """
        place = sftp_place(self.copy.repository)
        if place is not None:
            try_login(self.copy.repository, place, self.environment, self.deadline)
        argv = (*self.before, "restic", *arguments, *self._options())
        timeout = timedelta(seconds=self.deadline.remaining())
        try:
            return self.here.run(
                *argv,
                timeout=timeout,
                environment=self.environment,
                accept=None,
                output_limit=output_limit,
                shown=shown,
                hear=hear,
            )
        except TimedOut as late:
            raise self._still_trying(late) from late

    def error(self, output: Output) -> LookError:
        """Return the error of a run that did not succeed. Raises RepositoryAbsent where there is no repository."""
        subject = self.copy.subject
        if output.status < 0:
            said = last_line(output.stderr)
            return Exited(f"{subject}: restic {ending(output.status)}{': ' if said else ''}{said}")
        fault = fault_of(status=output.status, stderr=output.stderr, version=self.version)
        found = asked_of_ssh(self.copy.repository, self.environment, self.deadline) if fault.vague else None
        return error_of(fault, subject) if found is None else found

    def _still_trying(self, late: TimedOut) -> LookError:
        # restic tries again for fifteen minutes after most refusals (0.14 after all), and says why each time.
        fault = fault_of(status=1, stderr=late.said, version=self.version)
        if not spoken(late.said) or fault.reason in (Reason.EXITED, Reason.ABSENT):
            return late
        told = ResticFault(reason=fault.reason, said=f"{fault.said} ({late.message})")
        return error_of(told, self.copy.subject)

    def _options(self) -> tuple[str, ...]:
        options = (
            "--repo",
            self.copy.repository,
            "--password-file",
            str(self.copy.password_file),
            "--no-lock",
            "--cache-dir",
            str(self.folder),
        )
        place = sftp_place(self.copy.repository)
        return options if place is None else (*options, "--option", command_option(place, self.deadline))


def prepare(copy: Copy, look: Look, timeout: timedelta) -> Restic:
    """Return restic ready for one look at a copy.

    Raises ToolMissing where it is not installed or too old, Missing, Denied or Unreadable for the environment file.
    """
    environment: Mapping[str, str] = {}
    if copy.environment_file is not None:
        environment = read_environment(look.here, copy.environment_file)
    folder = look.folder / "restic"
    # Without a cache restic still answers, and says so: a full disk must not cost the look.
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
    caches.of_copy(copy, look)[folder] = None
    return Restic(
        copy=copy,
        here=look.here,
        version=hold_to_oldest(version_asked(look.here, "restic", "version", environment=environment), look.here.id),
        folder=folder,
        environment=environment,
        deadline=Deadline(timeout),
    )


def hold_to_oldest(version: ProgramVersion, where: str) -> ProgramVersion:
    """Return a version that will do. Raises ToolMissing, naming both, for one that is too old."""
    if version < OLDEST:
        have = f"restic {dotted(version)} on {where}"
        raise ToolMissing(f"{have} is too old: {dotted(OLDEST)} is the oldest that will do", "upgrade restic")
    return version
