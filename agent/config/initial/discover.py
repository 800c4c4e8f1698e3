"""Look at a machine, changing nothing, for what a first configuration can say of it.

Reads:  units, cron, the files of resticprofile, autorestic, borgmatic, vzdump, pgBackRest, Barman and clamd; which
        sockets, folders and programs there are.
Needs:  nothing; what may not be read is not found.
Blind:  a password file is never opened, and no secret that stands beside a repository's address is kept.
"""

import re
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

from agent.config.initial.borgmatic import borgmatic_jobs
from agent.config.initial.clues import settled
from agent.config.initial.folders import OtherBackup, other_backups
from agent.config.initial.profiles import profile_jobs
from agent.config.initial.units import Job, jobs, text_of, within
from agent.config.leaks import without_password

_SOCKETS = ("/run/clamav/clamd.ctl", "/var/run/clamav/clamd.ctl", "/run/clamd.scan/clamd.sock")
_FOLDERS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRepository:
    """One repository that this machine backs up to; None and () are what could not be settled.

    `remarks` say what the administrator must know of it, and repeat nothing secret.
    """

    name: str
    origin: str
    repository: str | None
    password_file: str | None
    environment_file: str | None
    paths: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    program: str = "restic"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveredMachine:
    """What was found on a machine."""

    name: str
    repositories: tuple[FoundRepository, ...] = ()
    others: tuple[OtherBackup, ...] = ()
    antivirus_socket: str | None = None
    antivirus_database: str | None = None
    journal: str | None = None
    apt: bool = False


def discover(root: Path = Path("/"), name: str | None = None) -> DiscoveredMachine:
    """Return what a machine shows; `root` is where its file tree begins, `name` its own name (left out: this one's)."""
    scheduled = tuple(jobs(root))
    named = frozenset(job.configuration for job in scheduled if job.configuration and job.configuration.startswith("/"))
    found = [job for job in scheduled if job.tool == "restic"] + list(profile_jobs(root, named))
    found += borgmatic_jobs(root)
    repositories = dict.fromkeys(_repository(root, job) for job in found)
    clamd = text_of(within(root, "/etc/clamav/clamd.conf"))
    return DiscoveredMachine(
        name=name or socket.gethostname(),
        repositories=_without_repeats(tuple(repositories)),
        others=tuple(dict.fromkeys(other_backups(root, scheduled))),
        antivirus_socket=_setting(clamd, "LocalSocket") or _first_there(root, _SOCKETS),
        antivirus_database=_setting(clamd, "DatabaseDirectory"),
        journal=_first_there(root, ("/var/log/journal",)),
        apt=shutil.which("apt-get", path=_path_below(root)) is not None,
    )


def _path_below(root: Path) -> str:
    return ":".join(str(within(root, folder)) for folder in _FOLDERS.split(":"))


def _first_there(root: Path, paths: tuple[str, ...]) -> str | None:
    return next((path for path in paths if within(root, path).exists()), None)


def _setting(text: str, key: str) -> str | None:
    matched = re.search(rf"^{key}[ \t]+(\S+)[ \t]*$", text, re.MULTILINE)
    return matched[1] if matched and matched[1].startswith("/") and settled(matched[1]) else None


def _repository(root: Path, job: Job) -> FoundRepository:
    clues, remarks = job.clues, []
    address = clues.repository
    if address is None and clues.repository_file is not None:
        written = text_of(within(root, clues.repository_file)).strip()
        address = written if settled(written) else None
    cleaned = None if address is None else without_password(address)
    if cleaned != address:
        remarks.append(
            "its address holds a user or a password: write them, as RESTIC_REST_USERNAME and RESTIC_REST_PASSWORD"
            " or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in a file and name that as environment_file"
        )
    if clues.password_file is None and clues.names & {"RESTIC_PASSWORD", "BORG_PASSPHRASE"}:
        remarks.append("its password stands beside the job: write it in a file of its own for password_file")
    if job.tool != "restic" and clues.names - {"RESTIC_PASSWORD", "BORG_PASSPHRASE"}:
        remarks.append(f"{job.tool} sets variables for it: write those of the storage in a file for environment_file")
    return FoundRepository(
        name=job.name,
        origin=job.origin,
        repository=cleaned,
        password_file=clues.password_file,
        environment_file=job.environment_file,
        paths=clues.paths,
        remarks=tuple(remarks),
        program=job.program,
    )


def _without_repeats(found: tuple[FoundRepository, ...]) -> tuple[FoundRepository, ...]:
    # A nightly `restic forget` on the repository of a nightly backup says nothing new.
    known = {one.repository for one in found if one.paths}
    kept = (one for one in found if one.paths or one.repository is None or one.repository not in known)
    return tuple(
        {(one.repository, one.paths, one.origin if one.repository is None else ""): one for one in kept}.values()
    )
