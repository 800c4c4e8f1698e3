"""Decide from folder permissions whether an account may delete a repository's files; nothing is tried.

Deleting a file asks for the right to write in its folder. `find -writable` asks the kernel, hence counts groups, access
lists and read-only mounts too. On this machine a mount that is read-only shows nothing: the service's own sandbox makes
all of them so, for it alone.
"""

import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from agent.core.deadline import Deadline
from agent.core.errors import Denied, LookError, ToolMissing, Unreadable
from agent.core.host import Host, Output
from agent.core.lines import last_line
from agent.hosts.ssh.probe import SSH_FAILED, SftpPlace, judge, sftp_place
from agent.hosts.ssh.strict import connect_seconds, ssh_argv

# A repository of restic has its data in 256 folders, a large one of borg in as many.
OUTPUT_LIMIT = 256 * 1024
_LINE = re.compile(rb"([wr]) ([01]) ([0-7]{3,4})")


class SealedHere(Unreadable):
    """Folders that this process sees through a read-only mount, as no other process may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryFolders:
    """Where a repository is, and which folders of it hold its files; `far` None: on this machine."""

    folder: str
    kinds: tuple[str, ...]
    far: SftpPlace | None = None


def sftp_folder(address: str) -> tuple[str, SftpPlace] | None:
    """Return the folder behind an sftp address and the account that reaches it; None for one of another kind.

    Raises Unreadable where it names no host.
    """
    far = sftp_place(address)
    if far is None:
        return None
    url = address.startswith("sftp://")
    folder = unquote(urlsplit(address).path)[1:] if url else address.removeprefix("sftp:").partition(":")[2]
    return folder or ".", far


def may_delete(place: RepositoryFolders, here: Host, environment: Mapping[str, str], deadline: Deadline) -> bool:
    """Return whether the account may delete what is in the repository.

    Raises a LookError where that cannot be determined: Denied, Unreadable, SealedHere, ToolMissing, and what reaching
    a host raises.
    """
    argv = asked(place)
    if place.far is not None:
        argv = ssh_argv(place.far, connect_seconds(deadline), shlex.join(argv))
    output = here.run(
        *argv,
        timeout=timedelta(seconds=deadline.remaining()),
        environment=environment,
        accept=None,
        output_limit=OUTPUT_LIMIT,
    )
    deletable = told(output, place)
    if not deletable and place.far is None and _is_sealed(place):
        raise SealedHere(f"{place.folder} is read-only for this process: what the account may delete is not shown")
    return deletable


def _is_sealed(place: RepositoryFolders) -> bool:
    try:
        return any(os.statvfs(Path(place.folder, kind)).f_flag & os.ST_RDONLY for kind in place.kinds)
    except OSError as error:
        raise Unreadable(f"{place.folder}: {error.strerror}") from error


def asked(place: RepositoryFolders) -> tuple[str, ...]:
    """Return the command that tells of each folder whether it may be written to, how deep it is, and its mode."""
    # A path that begins with a dash would be an option.
    root = place.folder if place.folder.startswith("/") else f"./{place.folder}"
    folders = (f"{root.rstrip('/')}/{kind}" for kind in place.kinds)
    line = r" %d %m\n"
    test = ("-type", "d", "(", "-writable", "-printf", f"w{line}", "-o", "-printf", f"r{line}", ")")
    return ("find", *folders, "-maxdepth", "1", *test)


# w 0 700
# r 1 1777
def told(output: Output, place: RepositoryFolders) -> bool:
    """Return what the command said; raises a LookError where it does not tell."""
    lines = [match for line in output.stdout.splitlines() if (match := _LINE.fullmatch(line))]
    writable = [match for match in lines if match[1] == b"w"]
    # In a folder with the sticky bit only a file's own owner may delete it, which is unknown here.
    if any(not _sticky(match[3]) for match in writable):
        return True
    roots = sum(match[2] == b"0" for match in lines)
    if output.status != 0 or roots < len(place.kinds) or writable or output.truncated:
        raise untold(output, place, lines=len(lines), sticky=bool(writable))
    return False


def untold(output: Output, place: RepositoryFolders, *, lines: int, sticky: bool) -> LookError:
    """Return the error of an answer that does not tell whether something may be deleted."""
    where = place.folder if place.far is None else place.far.host
    if sticky:
        return Unreadable(f"{where}: owners of files in folders with the sticky bit are unknown")
    said = last_line(output.stderr)
    refused = None if place.far is None else judge(place.far.host, output.status, output.stderr)
    if refused is not None and output.status == SSH_FAILED:
        return refused
    # This service allows sftp connections only.
    if place.far is not None and not lines and not said:
        hint = "an account with a shell, or a rest-server, can be asked"
        return Unreadable(f"{where} allows this account sftp alone, which does not show what it may delete", hint)
    if "ermission denied" in said:
        return Denied(f"{where}: some folders of the repository may not be looked into")
    if output.status == 127:
        return ToolMissing(f"{where} has no find")
    return Unreadable(f"{where}: the folders of the repository are unknown: {said or 'nothing was said'}")


def _sticky(mode: bytes) -> bool:
    return len(mode) == 4 and bool(int(mode[:1], 8) & 1)
