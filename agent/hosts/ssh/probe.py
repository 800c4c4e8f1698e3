"""Ask ssh itself why an sftp repository was not reached; restic does not always pass on its error.

restic starts `ssh HOST [-p PORT] [-l USER] -s sftp` for such a repository (restic 0.18, backend/sftp). The same is run
here, with the same configuration, to no other end than to see whether it gets in. What it says is on standard error:

    ssh: connect to host vault.example port 22: Connection refused
    Host key verification failed.
    agent@vault.example: Permission denied (publickey).

Blind: what the far side's sftp does after it began is not seen.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from agent.core.errors import (
    Denied,
    Exited,
    HostKeyChanged,
    HostKeyUnknown,
    LookError,
    ToolMissing,
    Unreachable,
    Unreadable,
)
from agent.core.host import Command
from agent.core.lines import last_line, one_line
from agent.hosts.run import run_program

# What a server that shuts the door before any login means (sshd_config(5), PerSourcePenalties).
REFUSING = "sshd there may be refusing this address for a while"
REFUSING_HINT = (
    "after failed logins sshd refuses an address for all accounts (PerSourcePenalties): mend the login that fails, "
    "then wait; on that host: journalctl -u ssh"
)
OUTPUT_LIMIT = 1024 * 1024
SSH_FAILED = 255

HOST_KEY = re.compile(rb"^(Host key verification failed\.|.*REMOTE HOST IDENTIFICATION HAS CHANGED)", re.MULTILINE)
REFUSED = re.compile(rb": Permission denied \([a-z0-9,@.-]+\)\.\s*$|Too many authentication failures", re.MULTILINE)
KEY_UNKNOWN = re.compile(rb"^No \S+ host key is known for ", re.MULTILINE)
NO_SUBSYSTEM = re.compile(rb"^subsystem request failed", re.MULTILINE)
# `A.*B` anywhere in a line is written `^(?>.*?A).*B`: the first A is enough, and a host that says A without end costs
# one look at each of them instead of one at all that follows.
HUNG_UP = re.compile(
    rb"kex_exchange_identification|Connection (?:closed|reset) by \S+ port|^(?>.*?banner exchange: ).*(?:reset|closed)",
    re.I | re.MULTILINE,
)
NO_ANSWER = re.compile(
    rb"Connection refused|Connection timed out|Operation timed out|No route to host|Network is unreachable"
    rb"|Could not resolve hostname|Connection (?:closed|reset) by|^(?>.*?Connection to ).* closed|Broken pipe"
    rb"|not reachable",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SftpPlace:
    """Where an sftp repository lies, as far as ssh is told; None: ssh's own configuration decides."""

    host: str
    user: str | None = None
    port: int | None = None


def sftp_place(address: str) -> SftpPlace | None:
    """Return where an sftp repository lies, read as restic reads it; None for an address of another kind.

    Known forms: `sftp:user@host:/path` and `sftp://user@host:port//path`. Raises Unreadable where it names no host.
    """
    if address.startswith("sftp://"):
        place = _of_url(address)
    elif address.startswith("sftp:"):
        user, _, host = address.removeprefix("sftp:").partition(":")[0].rpartition("@")
        place = SftpPlace(host=host, user=user or None)
    else:
        return None
    # A name that begins with a dash would be an option to ssh.
    if not place.host or place.host.startswith("-") or (place.user or "").startswith("-"):
        raise Unreadable("the repository's address names no host", "write sftp:user@host:/path")
    return place


def _of_url(address: str) -> SftpPlace:
    try:
        parts = urlsplit(address)
        user = unquote(parts.username) if parts.username else None
        return SftpPlace(host=parts.hostname or "", user=user, port=parts.port)
    except ValueError as error:
        # The address itself may hold a password.
        raise Unreadable("the repository's address is no URL", "write sftp://user@host:port//path") from error


def ask_ssh(
    address: str,
    *,
    timeout: timedelta,
    options: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> LookError | None:
    """Return why ssh does not get to an sftp repository, as the error to raise; None where it does.

    An address of another kind is not asked about: None too. `options` go to ssh before the host (`-F`,
    FILE). Costs `timeout` and a second at most; no key is learnt.
    """
    place = sftp_place(address)
    if place is None:
        return None
    seconds = max(1, int(timeout.total_seconds()))
    argv = (
        "ssh", *options, "-T", "-a", "-x",
        "-o", "BatchMode=yes",
        "-o", f"ConnectTimeout={seconds}",
        "-o", "StrictHostKeyChecking=yes",
        "-o", "UpdateHostKeys=no",
        "-o", "ControlMaster=no",
        "-o", "ClearAllForwardings=yes",
        "-o", "PermitLocalCommand=no",
        "-o", "LogLevel=ERROR",  # without the host's banner, which could say anything
        *(("-p", str(place.port)) if place.port else ()),
        *(("-l", place.user) if place.user else ()),
        "-s", "--", place.host, "sftp",
    )  # fmt: skip
    try:
        output = run_program(
            Command(
                argv=argv,
                timeout=timedelta(seconds=seconds + 1),
                environment=environment or {},
                output_limit=OUTPUT_LIMIT,
            )
        )
    except LookError as error:
        return error
    return judge(place.host, output.status, output.stderr)


def judge(host: str, status: int, said: bytes) -> LookError | None:
    """Return the failure that ssh's status and words show; an unknown text is Exited."""
    name = one_line(host)
    if status == 0:
        return None
    if status != SSH_FAILED:
        return Exited(f"{name} lets ssh in and ends sftp with {status}", "see the account's shell and forced command")
    if HOST_KEY.search(said):
        return _host_key(name, said)
    if REFUSED.search(said):
        hint = "see authorized_keys there, and that the key is readable by the agent's user alone"
        return Denied(f"{name} refuses ssh: {last_line(said)}", hint)
    if NO_SUBSYSTEM.search(said):
        return ToolMissing(f"{name} lets ssh in and offers no sftp", "enable the sftp subsystem in its sshd_config")
    if HUNG_UP.search(said):
        return Unreachable(f"{name} hung up on ssh: {last_line(said)}; {REFUSING}", REFUSING_HINT)
    if NO_ANSWER.search(said):
        return Unreachable(f"{name} is not reached by ssh: {last_line(said)}", "see whether it is up and sshd listens")
    if not said.strip():
        # At this level ssh has no word for a host that hangs up before or during the greeting.
        return Unreachable(f"{name} hung up on ssh; {REFUSING}", REFUSING_HINT)
    return Exited(f"ssh to {name} failed: {last_line(said)}")


def _host_key(name: str, said: bytes) -> HostKeyChanged | HostKeyUnknown:
    if b"REVOKED" in said:
        return HostKeyChanged(
            f"{name} shows a host key that is revoked", "ask the administrator of the host; do not connect"
        )
    compare = "compare its fingerprint on the host itself first"
    if b"HAS CHANGED" in said:
        return HostKeyChanged(
            f"{name} shows another host key than the one known",
            f"if it was renewed: ssh-keygen -R {name}, then ssh-keyscan {name} >> known_hosts; {compare}",
        )
    if not KEY_UNKNOWN.search(said):
        return HostKeyChanged(f"the host key of {name} does not verify: {last_line(said)}", compare)
    return HostKeyUnknown(
        f"{name} shows a host key that is in no known_hosts file",
        f"make it known: ssh-keyscan {name} >> known_hosts; {compare}",
    )
