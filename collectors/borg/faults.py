"""Interpret a failure of borg: by the name that it gives its message (`--log-json`), else by the words of ssh.

The names are those of borg's exception classes (borg's manual, «Internals», «Message IDs»), the same in 1.2 and 1.4.
What has no name here is `exited`, never a guess.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.errors import Denied, Exited, LookError, ToolMissing, look_error
from agent.core.lines import one_line
from agent.core.reason import Reason
from agent.hosts.ssh.probe import SSH_FAILED, SftpPlace, judge

NOT_THERE = "Archive.DoesNotExist"
# What says that something in the repository is not as it was written.
BAD = frozenset(
    {
        "IntegrityError",
        "FileIntegrityError",
        "DecompressionError",
        "Repository.ObjectNotFound",
        "Repository.CheckNeeded",
        "Manifest.NoManifestError",
        "NoManifestError",
        "UnsupportedPayloadError",
        "TAMInvalid",
        "TAMRequiredError",
        "ArchiveTAMInvalid",
        "ArchiveTAMRequiredError",
        # Of extract: a file that `borg check --repair` filled up with zeros, or that has another size than it had.
        "BackupError",
    }
)
# The same in borg 1.2, which gives such a warning no name.
_UNSOUND_FILE = re.compile(
    r": (?:File has damaged \(all-zero\) chunks\. Try running borg check --repair\."
    r"|Size inconsistency detected: size [0-9]+, chunks size [0-9]+)$",
    re.MULTILINE,
)
_BY_NAME = {
    "Repository.DoesNotExist": Reason.ABSENT,
    "Repository.InvalidRepository": Reason.ABSENT,
    "Repository.InvalidRepositoryConfig": Reason.UNREADABLE,
    "Repository.AtticRepository": Reason.UNREADABLE,
    "MandatoryFeatureUnsupported": Reason.UNREADABLE,
    "UnsupportedManifestError": Reason.UNREADABLE,
    "PassphraseWrong": Reason.WRONG_PASSWORD,
    "NoPassphraseFailure": Reason.WRONG_PASSWORD,
    "PasscommandFailure": Reason.UNREADABLE,
    "KeyfileNotFoundError": Reason.WRONG_PASSWORD,
    "KeyfileMismatchError": Reason.WRONG_PASSWORD,
    "KeyfileInvalidError": Reason.UNREADABLE,
    "RepoKeyNotFoundError": Reason.UNREADABLE,
    "Cache.CacheInitAbortedError": Reason.WRONG_REPOSITORY,
    "Cache.EncryptionMethodMismatch": Reason.WRONG_REPOSITORY,
    "LockTimeout": Reason.LOCKED,
    "LockFailed": Reason.LOCKED,
    "LockError": Reason.LOCKED,
    "PathNotAllowed": Reason.DENIED,
    "PermissionError": Reason.DENIED,
    **dict.fromkeys(BAD, Reason.UNREADABLE),
}
NO_KEY = (
    "a repository without encryption answers, and the configuration has a password_file: see "
    "who put it there; if that is meant, leave password_file out"
)
_HINTS = {
    Reason.DENIED: "let the agent's user read the repository, and nothing more; "
    "by its group: --umask 0027 of each borg that writes",
    Reason.LOCKED: "see which run holds the lock; the agent never removes one",
    Reason.WRONG_PASSWORD: "put this repository's passphrase into its password_file; a key file: BORG_KEY_FILE in "
    "environment_file",
    Reason.WRONG_REPOSITORY: NO_KEY,
    Reason.UNREADABLE: "try `borg list --bypass-lock` by hand on a copy of the repository",
}
_PASSWORD_FILE = "let the agent's user read it: chown root:beffroi, chmod 0640"
_CLOSED = ("ConnectionClosed", "ConnectionClosedWithHint", "ConnectionBrokenWithHint")
_REMOTE = "Remote: "
# What a shell exits with where it finds no such program.
NO_PROGRAM = 127
_NO_BORG = re.compile(r"borg: (?:command )?not found|: No such file or directory$", re.MULTILINE)
_KEPT_FROM = re.compile(r": Permission denied$")
# The last line of a trace, as Python prints it: an error that borg has no name for.
_REFUSED = re.compile(r"^PermissionError: ", re.MULTILINE)
_GONE = re.compile(r"^FileNotFoundError: .*/(data/[0-9]+/[0-9]+|(?:index|hints|integrity)\.[0-9]+)'$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class BorgMessage:
    """One message of borg: its name, empty where it has none, and its words."""

    name: str
    text: str


def messages_in(stderr: bytes) -> tuple[BorgMessage, ...]:
    """Return what was said on standard error; a line that is no JSON has no name."""
    return tuple(_message(line) for line in stderr.decode(errors="replace").split("\n") if line.strip())


# {"type": "log_message", "levelname": "ERROR", "name": "borg.archiver", "msgid": "PassphraseWrong", "message": "…", …}
def _message(line: str) -> BorgMessage:
    try:
        said = json.loads(line) if line.startswith("{") else None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        return BorgMessage(name="", text=line)
    name, text = said.get("msgid"), said.get("message")
    return BorgMessage(name=name if isinstance(name, str) else "", text=text if isinstance(text, str) else "")


def is_bad(messages: Iterable[BorgMessage]) -> bool:
    """Return whether these say that what the repository holds is not as it was written, or not there any more."""
    return any(
        one.name in BAD or _UNSOUND_FILE.search(one.text) or (one.name in _UNNAMED and _GONE.search(one.text))
        for one in _with_traces(messages)
    )


def refuses_plain(messages: Iterable[BorgMessage]) -> bool:
    """Return whether borg would not read a repository because nothing in it is encrypted."""
    return any(one.name == "Cache.CacheInitAbortedError" for one in messages)


def gone_in(messages: Iterable[BorgMessage]) -> frozenset[str]:
    """Return the files of a repository that went before they could be read."""
    return frozenset(name for one in _with_traces(messages) if one.name in _UNNAMED for name in _GONE.findall(one.text))


# An error of no class of borg's own: its trace follows as a message without a name.
_UNNAMED = frozenset({"Exception", "FileNotFoundError"})


def _with_traces(messages: Iterable[BorgMessage]) -> list[BorgMessage]:
    found: list[BorgMessage] = []
    for one in messages:
        if not one.name and found and found[-1].name:
            found[-1] = BorgMessage(name=found[-1].name, text=f"{found[-1].text}\n{one.text}")
        else:
            found.append(one)
    return found


def error_of(stderr: bytes, subject: str, far: SftpPlace | None) -> LookError:
    """Return the error of a run that gave no answer. Raises RepositoryAbsent where there is no repository."""
    messages = messages_in(stderr)
    named = [one for one in messages if one.name in _BY_NAME]
    if named:
        reason = _BY_NAME[named[-1].name]
        if reason is Reason.ABSENT:
            raise RepositoryAbsent(one_line(named[-1].text))
        if named[-1].name == "PasscommandFailure":
            # The program that prints the file says why it could not, beside what borg makes of it.
            if any(_KEPT_FROM.search(one.text) for one in messages if not one.name):
                reason = Reason.DENIED
            return look_error(reason, f"{subject}: its password_file could not be read", _PASSWORD_FILE)
        return look_error(reason, f"{subject}: {one_line(named[-1].text)}", _HINTS.get(reason, ""))
    if far is not None and is_closed(messages):
        return closed(said_far_away(messages), SSH_FAILED, subject, far)
    if any(one.name == "Exception" and _REFUSED.search(one.text) for one in _with_traces(messages)):
        return Denied(f"{subject}: some of the repository may not be read", _HINTS[Reason.DENIED])
    if is_bad(messages):
        return look_error(Reason.UNREADABLE, f"{subject}: a segment of the repository is not there")
    said = next((one.text for one in reversed(messages) if one.name), messages[-1].text if messages else "")
    return Exited(f"{subject}: borg failed: {one_line(said) or 'it said nothing'}")


def is_closed(messages: Iterable[BorgMessage]) -> bool:
    """Return whether the far side ended the connection."""
    return any(one.name in _CLOSED for one in messages)


def said_far_away(messages: Iterable[BorgMessage]) -> str:
    """Return what ssh and the far side said; borg may end before it has read any of it."""
    return "\n".join(one.text.removeprefix(_REMOTE) for one in messages if one.text.startswith(_REMOTE))


def closed(said: str, status: int, subject: str, far: SftpPlace) -> LookError:
    """Return why a connection ended, from what was said over there and the exit status of ssh."""
    if status == NO_PROGRAM or _NO_BORG.search(said):
        return ToolMissing(
            f"{subject}: {one_line(far.host)} has no borg", "install borgbackup there, or BORG_REMOTE_PATH"
        )
    if status != SSH_FAILED:
        return Exited(
            f"{subject}: borg on {one_line(far.host)} ended early", "see the account's shell and forced command"
        )
    return judge(far.host, status, said.encode()) or Exited(f"{subject}: {one_line(far.host)} hung up")
