"""Interpret a failure of restic: by its exit code, else by its message on standard error.

From restic 0.17 on the exit codes 10, 11 and 12 name a missing repository, a lock and a wrong password; everything else
is a 1, and below 0.17 all of it is (restic's documentation, «Scripting»). The words were recorded with restic 0.14 and
0.18 for every fault, under LC_ALL=C; words that stand in no table are `exited`, never a guess.
"""

import re
from dataclasses import dataclass

from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.errors import (
    Denied,
    Exited,
    HostKeyChanged,
    HostKeyUnknown,
    Locked,
    LookError,
    TimedOut,
    ToolMissing,
    Unreachable,
    Unreadable,
    WrongPassword,
)
from agent.core.lines import one_line
from agent.core.reason import Reason
from collectors.restic.words import spoken

CODES_SINCE = (0, 17, 0)
CODES = {10: Reason.ABSENT, 11: Reason.LOCKED, 12: Reason.WRONG_PASSWORD}

# What a store says of the access key, and restic where it was given none.
_KEY = (
    r"signaturedoesnotmatch|invalidaccesskeyid|signature we calculated|access key id you provided|no credentials found"
)
_NO_BUCKET = r"nosuchbucket|specified bucket does not exist"

# In this order, since one text may hold the words of several: a refusal is told before what restic makes of it.
# `^(?>.*?A).*B`: see agent.hosts.ssh.probe.
_WORDS: tuple[tuple[Reason, str], ...] = (
    (Reason.HOST_KEY_CHANGED, r"remote host identification has changed|revoked host key"),
    (Reason.HOST_KEY_CHANGED, r"^(?>.*?host key for ).* has changed"),
    (Reason.HOST_KEY_UNKNOWN, r"no \S+ host key is known for"),
    (Reason.HOST_KEY_CHANGED, r"host key verification failed"),
    # A certificate that no known authority vouches for is a machine that cannot show who it is.
    (Reason.HOST_KEY_UNKNOWN, r"x509: |tls: failed to verify certificate"),
    (Reason.UNREADABLE, r"(?:unable to read|cannot parse) root certificate"),
    (Reason.TOOL_MISSING, r"^(?>.*?exec: ).*executable file not found"),
    (Reason.DENIED, r"permission denied|too many authentication failures|no more authentication methods"),
    (Reason.DENIED, r"\b401 unauthorized|\b403 forbidden|http response \(40[13]\)|access ?denied"),
    (Reason.DENIED, _KEY),
    (Reason.UNREACHABLE, r"timeout, server \S+ not responding"),
    (Reason.UNREACHABLE, r"connection refused|connection reset|connection timed out|operation timed out|broken pipe"),
    (Reason.UNREACHABLE, r"no route to host|network is unreachable|host is down|connection lost|connection closed by"),
    (Reason.UNREACHABLE, r"could not resolve hostname|no such host|temporary failure in name resolution"),
    (Reason.UNREACHABLE, r"i/o timeout|tls handshake timeout|context deadline exceeded|client\.timeout exceeded"),
    (Reason.UNREACHABLE, r"http response \(50[0-9]\)|\b50[234] (bad gateway|service unavailable|gateway time)"),
    (
        Reason.UNREACHABLE,
        r"unable to start the sftp session|ssh command exited|error dialing|kex_exchange_identification",
    ),
    (Reason.UNREACHABLE, r"server gave http response to https client"),
    # restic asks again for minutes, so that it is no answer about the repository.
    (Reason.UNREADABLE, _NO_BUCKET),
    (Reason.LOCKED, r"repository is already locked|unable to create lock in backend"),
    (Reason.UNREADABLE, r"resolving password failed"),
    (Reason.WRONG_PASSWORD, r"wrong password or no key found|an empty password is not"),
    (
        Reason.ABSENT,
        r"^(?>.*?unable to open config file: ).*"
        r"(no such file or directory|file does not exist|<config/[0-9a-f]*> does not exist|key does not exist)",
    ),
    (Reason.UNREADABLE, r"is damaged: ciphertext|ciphertext verification failed|invalid data returned|unmarshal: "),
    (
        Reason.UNREADABLE,
        r"config cannot be loaded|not a directory|unsupported repository version|invalid character",
    ),
    (Reason.UNREADABLE, r"config file has zero size"),
)
_OF_AN_ADDRESS = "correct the address of the repository"
# Words that show what to mend better than their reason does.
_HINTS_BY_WORDS = (
    (re.compile(_KEY, re.IGNORECASE), "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in environment_file"),
    (re.compile(_NO_BUCKET, re.IGNORECASE), _OF_AN_ADDRESS),
    (
        re.compile(r"resolving password failed.*permission denied", re.IGNORECASE),
        "let the agent's user read the password_file: chown root:beffroi, chmod 0640",
    ),
    (re.compile("server gave http response to https client", re.IGNORECASE), f"{_OF_AN_ADDRESS}: http:// there"),
)
# What restic says before each further attempt: the wait differs each time and tells nothing.
_AGAIN = re.compile(r"^.{1,200}? returned error, retrying after \S{1,40}: ")
_TABLE = tuple((reason, re.compile(words, re.IGNORECASE | re.MULTILINE)) for reason, words in _WORDS)

# What is quoted may be a file's name, hence anyone's words. A quote that never ends quotes nothing.
_QUOTED = re.compile(r'"(?>(?:[^"\\]|\\.)*)("?)')

# Words that hide which of several faults of the link it was: what ssh itself says then counts.
_VAGUE = re.compile(r"unable to start the sftp session|ssh command exited|error dialing", re.IGNORECASE)

_ERRORS: dict[Reason, type[LookError]] = {
    Reason.HOST_KEY_UNKNOWN: HostKeyUnknown,
    Reason.HOST_KEY_CHANGED: HostKeyChanged,
    Reason.TOOL_MISSING: ToolMissing,
    Reason.DENIED: Denied,
    Reason.TIMED_OUT: TimedOut,
    Reason.UNREACHABLE: Unreachable,
    Reason.LOCKED: Locked,
    Reason.WRONG_PASSWORD: WrongPassword,
    Reason.UNREADABLE: Unreadable,
}

_HINTS = {
    Reason.HOST_KEY_UNKNOWN: "compare its fingerprint on the host itself, then put it into known_hosts; "
    "of a certificate, name its authority as RESTIC_CACERT in environment_file",
    Reason.HOST_KEY_CHANGED: "find out why the key differs, then put the right one into known_hosts",
    Reason.TOOL_MISSING: "install the program that restic needs for this kind of repository",
    Reason.DENIED: "let the agent's user read the repository, and nothing more",
    Reason.TIMED_OUT: "see whether the store answers at all",
    Reason.UNREACHABLE: "see whether the store is up and the way to it open",
    Reason.LOCKED: "see which run holds the lock; the agent never removes one",
    Reason.WRONG_PASSWORD: "put this repository's password into its password_file",
    Reason.UNREADABLE: "try `restic cat config` by hand with the same password_file",
}

ACCESS = frozenset(
    {
        Reason.HOST_KEY_UNKNOWN,
        Reason.HOST_KEY_CHANGED,
        Reason.TOOL_MISSING,
        Reason.DENIED,
        Reason.TIMED_OUT,
        Reason.UNREACHABLE,
        Reason.LOCKED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResticFault:
    """Why restic gave no answer; `vague` where another cause may hide behind its words."""

    reason: Reason
    said: str
    vague: bool = False


def fault_of(*, status: int, stderr: bytes, version: tuple[int, int, int]) -> ResticFault:
    """Return why a run of restic that ended with this status gave no answer; EXITED where nothing here knows."""
    text = spoken(stderr)
    coded = CODES.get(status) if version >= CODES_SINCE else None
    reason = reason_in(text) if coded is None else coded
    said = _words_for(reason, text)
    if coded is not None:
        return ResticFault(reason=coded, said=said)
    if reason is None:
        return ResticFault(
            reason=Reason.EXITED, said=said or f"restic exited with {status} and said nothing", vague=True
        )
    return ResticFault(reason=reason, said=said, vague=_VAGUE.search(text) is not None and reason is Reason.UNREACHABLE)


def reason_in(text: str) -> Reason | None:
    """Return the reason that some words of restic or ssh name, or None for words that no one here knows."""
    unquoted = _QUOTED.sub(lambda quoted: '""' if quoted[1] else quoted[0], text)
    return next((reason for reason, words in _TABLE if words.search(unquoted)), None)


def error_of(fault: ResticFault, subject: str) -> LookError:
    """Return the error that a fault is raised as. Raises RepositoryAbsent where there is no repository."""
    if fault.reason is Reason.ABSENT:
        raise RepositoryAbsent(fault.said)
    message = f"{subject}: {fault.said}"
    by_reason = _HINTS.get(fault.reason, "run the command of the evidence by hand to see more")
    hint = next((hint for words, hint in _HINTS_BY_WORDS if words.search(fault.said)), by_reason)
    return _ERRORS.get(fault.reason, Exited)(message, hint)


def _words_for(reason: Reason | None, text: str) -> str:
    """Return the line that says most: the last one that names the reason, else restic's `Fatal`, else the last one."""
    lines = [line for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if reason is not None and reason_in(line) is reason]
    fatal = [line for line in lines if line.startswith("Fatal: ")]
    said = (telling or fatal or lines or [""])[-1]
    return one_line(_AGAIN.sub("", said.removeprefix("subprocess ssh: ").removeprefix("Fatal: ")))
