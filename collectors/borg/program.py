"""How borg is run: without a lock, with a password file, in English, under a deadline, writing in our folder alone.

Options are those of borg 1.2.4 (Debian 12) and later.
"""

import os
import shlex
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from agent.core.collecting.collector import Look
from agent.core.deadline import Deadline
from agent.core.errors import Exited, LookError, ToolMissing
from agent.core.host import LARGE_OUTPUT, Host, Output
from agent.core.inventory import Copy
from agent.core.lines import last_line
from agent.hosts.environment_file import read_environment
from agent.hosts.evidence import ending
from agent.hosts.program_version import ProgramVersion, dotted, version_asked
from agent.hosts.ssh.probe import SftpPlace
from agent.hosts.ssh.strict import connect_seconds, strict_options
from agent.restores.confinement.changes import held_to
from collectors.borg.address import BorgAddress, address_of
from collectors.borg.faults import closed, error_of, is_closed, messages_in, said_far_away
from collectors.borg.view import refreshed

OLDEST: ProgramVersion = (1, 2, 4)
# 2.0 has another kind of repository, and other commands.
FIRST_OTHER: ProgramVersion = (2, 0, 0)
_ABOUT_A_REPOSITORY = Path(".config/borg/security")


@dataclass(frozen=True, slots=True, kw_only=True)
class Borg:
    """Run borg on one copy's repository.

    `folder` is our own: borg's settings, and the view of a repository on this machine. `deadline` is what all runs may
    cost together. `before` stands before borg on its command line. `keyed` holds `True` once the repository showed that
    its archives are signed with a key and not encrypted (`authenticated`): for borg it is one without encryption.
    """

    copy: Copy
    here: Host
    version: ProgramVersion
    folder: Path
    address: BorgAddress
    environment: Mapping[str, str]
    deadline: Deadline
    before: tuple[str, ...] = ()
    keyed: list[bool] = field(default_factory=list)

    def ask(
        self,
        *arguments: str,
        archive: str | None = None,
        paths: Sequence[str] = (),
        output_limit: int = LARGE_OUTPUT,
        hear: Callable[[bytes], None] | None = None,
    ) -> Output:
        """Run one command of borg that must succeed; `hear` is given what it says as it comes.

        Raises RepositoryAbsent, and a LookError for every other way of not answering.
        """
        output = self.run(*arguments, archive=archive, paths=paths, output_limit=output_limit, hear=hear)
        if output.status != 0 and not output.truncated:
            raise self.error(output)
        return output

    def run(
        self,
        *arguments: str,
        archive: str | None = None,
        paths: Sequence[str] = (),
        output_limit: int = LARGE_OUTPUT,
        shown: str | None = None,
        hear: Callable[[bytes], None] | None = None,
    ) -> Output:
        """Run one command of borg, at the repository or at one archive, and return what it said, whatever its status.

        `shown` is the command as evidence may show it, where that is not the one that is run. Raises RepositoryAbsent
        where the view shows no repository, ToolMissing, Denied, Unreadable, TimedOut.
        """
        # What it remembers of repositories is ours to judge: a folder that moved, and one that was rolled back.
        shutil.rmtree(self.folder / _ABOUT_A_REPOSITORY, ignore_errors=True)
        place = self.opened() if archive is None else f"{self.opened()}::{placeholders_escaped(archive)}"
        argv = ("borg", "--log-json", *arguments, "--", place, *paths)
        return self.here.run(
            *(*self._held(), *argv),
            timeout=timedelta(seconds=self.deadline.remaining()),
            environment={**self.environment, **self._settings()},
            accept=None,
            output_limit=output_limit,
            shown=shlex.join(argv) if shown is None else shown,
            hear=hear,
        )

    def error(self, output: Output) -> LookError:
        """Return the error of a run that did not succeed. Raises RepositoryAbsent where there is no repository."""
        subject = self.copy.subject
        if output.status < 0:
            said = last_line(output.stderr)
            return Exited(f"{subject}: borg {ending(output.status)}{': ' if said else ''}{said}")
        messages = messages_in(output.stderr)
        if self.address.far is not None and is_closed(messages) and not said_far_away(messages):
            return self._asked_of_ssh(self.address.far)
        return error_of(output.stderr, subject, self.address.far)

    def _asked_of_ssh(self, far: SftpPlace) -> LookError:
        """Return what ssh itself says of a way that ended before borg had heard why."""
        place = (*(("-p", str(far.port)) if far.port else ()), *(("-l", far.user) if far.user else ()), "--", far.host)
        program = self.environment.get("BORG_REMOTE_PATH", "borg")
        try:
            output = self.here.run(
                *shlex.split(self._ssh()), *place, shlex.join((program, "--version")),
                timeout=timedelta(seconds=self.deadline.remaining()), environment=self.environment, accept=None,
            )  # fmt: skip
        except LookError as error:
            return error
        return closed(output.stderr.decode(errors="replace"), output.status, self.copy.subject, far)

    def opened(self) -> str:
        """Return what borg is to open: the repository's address, or the view of one on this machine.

        Each command sees the repository as it is then: one that is written meanwhile has other files.
        """
        if self.address.far is not None:
            return self.copy.repository
        timeout = timedelta(seconds=self.deadline.remaining())
        return placeholders_escaped(str(refreshed(self.address.folder, self.folder / "view", timeout)))

    def within(self, timeout: timedelta) -> "Borg":
        """Return the same with a time of its own."""
        return replace(self, deadline=Deadline(timeout))

    def _held(self) -> tuple[str, ...]:
        """Return what stands before it: with a repository of this machine, borg writes beside links to its files."""
        return self.before or (held_to(self.folder) if self.address.far is None else ())

    def _settings(self) -> Mapping[str, str]:
        settings = {
            "BORG_BASE_DIR": str(self.folder),
            "BORG_RELOCATED_REPO_ACCESS_IS_OK": "yes",
            # One without encryption that answers where a passphrase is declared is not the one that was meant.
            "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes"
            if self.copy.password_file is None or self.keyed
            else "no",
            "TZ": "UTC",
        }
        if self._held():
            # It may write nowhere else; one that is a single file unpacks itself there.
            settings["TMPDIR"] = str(self.folder)
        if self.copy.password_file is None:
            settings["BORG_PASSPHRASE"] = ""
        else:
            settings["BORG_PASSCOMMAND"] = shlex.join(("cat", "--", str(self.copy.password_file)))
        if self.address.far is not None:
            settings["BORG_RSH"] = self._ssh()
        return settings

    def _ssh(self) -> str:
        words = shlex.split(self.environment.get("BORG_RSH", "ssh")) or ["ssh"]
        # ssh takes the first word on anything: ours come before those of the environment file.
        strict = strict_options(connect_seconds(self.deadline)) if os.path.basename(words[0]) == "ssh" else ()
        return shlex.join((words[0], *strict, *words[1:]))


def placeholders_escaped(text: str) -> str:
    """Return a name as borg has to be given it, which else replaces `{now}` and the like."""
    return text.replace("{", "{{").replace("}", "}}")


def prepare(copy: Copy, look: Look, timeout: timedelta) -> Borg:
    """Return borg ready for one look at a copy.

    Raises ToolMissing where it is not installed, too old or too new, and Missing, Denied or Unreadable for the
    environment file.
    """
    environment: Mapping[str, str] = {}
    if copy.environment_file is not None:
        environment = read_environment(look.here, copy.environment_file)
    folder = look.folder / "borg"
    folder.mkdir(mode=0o700, exist_ok=True)
    return Borg(
        copy=copy,
        here=look.here,
        version=hold_to_known(version_asked(look.here, "borg", "--version", environment=environment), look.here.id),
        folder=folder,
        address=address_of(copy.repository),
        environment=environment,
        deadline=Deadline(timeout),
    )


def hold_to_known(version: ProgramVersion, where: str) -> ProgramVersion:
    """Return a version that will do. Raises ToolMissing, naming both, for one that is too old or too new."""
    have = f"borg {dotted(version)} on {where}"
    if version < OLDEST:
        raise ToolMissing(f"{have} is too old: {dotted(OLDEST)} is the oldest that will do", "upgrade borgbackup")
    if version >= FIRST_OTHER:
        raise ToolMissing(f"{have} has another kind of repository", "install borgbackup 1.4")
    return version
