"""The state directory's backup: everything that cannot be made again, as one archive, while others go on writing.

Reads:  the ledger, the outbox of alerts, and every other file of the state directory: keys, `.ssh`, drills, reports.
Needs:  the directory's owner, and room in it for a second ledger for as long as this takes.
Blind:  whether what is written to is kept; what lies outside the directory, such as the configuration.

A plain copy of a database that is being written to is not sound, and lacks its log (https://sqlite.org/howtocorrupt.html,
1.2); SQLite's own backup is.
"""

import os
import sqlite3
import stat
import tarfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from agent.core.clock import Clock
from agent.core.errors import NoLedger
from agent.ledger.anchor import FILE_NAME as ANCHOR_NAME
from agent.ledger.database import FILE_NAME, file_of, translated
from agent.ledger.disk_errors import room
from agent.ledger.keys import CHANGES_NAME, PRIVATE_NAME, PUBLIC_NAME
from agent.ledger.ledger import ChainOutcome, ChainVerification, Ledger
from agent.restores.scratch import NAME as SCRATCH
from agent.restores.scratch import scratch

# The outbox's own module lies above this one, and a test holds the two names together.
OUTBOX_NAME = "alerts.sqlite"
LOCK_NAMES = frozenset({"daemon.lock", "locks", SCRATCH})
# A centre's copies of its agents' ledgers, by the name that the fleet's own module gives the folder.
COPIES_NAME = "agents"
# Locks, caches, copies and the answer to a reload are made anew.
MADE_ANEW = LOCK_NAMES | {COPIES_NAME, "cache", ".cache", "reload.json", "lost+found"}
# What SQLite keeps beside a database, and what an upgrade leaves beside the ledger.
_OF_DATABASES = (f"{FILE_NAME}-", f"{FILE_NAME}.", f"{OUTBOX_NAME}-")


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenBackup:
    """What a walk over the ledger in an archive found, and what the archive does not hold, each with the reason."""

    found: ChainVerification
    lacks: tuple[str, ...]


def write(directory: Path, out: IO[bytes], clock: Clock) -> WrittenBackup:
    """Write an archive of a state directory; return what a walk over the ledger as it lies in there found.

    Raises NoLedger, LedgerFull without room for the copy, LedgerDamaged for a file that is no ledger any more.
    """
    path = file_of(directory)
    if not path.exists():
        raise NoLedger(f"there is no ledger in {directory}", "name another configuration with --config")
    lacks: list[str] = []
    with room(path), scratch(directory) as folder:
        # Before the ledger: a day that is signed meanwhile is then in the copy, and the copy continues the anchor.
        for name in (ANCHOR_NAME, PUBLIC_NAME, CHANGES_NAME):
            if (directory / name).exists():
                (folder / name).write_bytes((directory / name).read_bytes())
        lacks.extend(_copy_outbox(directory, folder))
        with translated(path):
            _copy(path, folder / FILE_NAME)
        with Ledger.open(folder, clock=clock, readonly=True) as ledger:
            found = _with_key(ledger.verify(), directory)
        lacks.extend(_write(folder, directory, out))
    return WrittenBackup(found=found, lacks=tuple(lacks))


def _with_key(found: ChainVerification, directory: Path) -> ChainVerification:
    """Return what a walk found, damaged where the signing key is gone: an older archive holds it."""
    key = directory / PRIVATE_NAME
    if os.path.lexists(key) or not (directory / PUBLIC_NAME).exists():
        return found
    gone = f"the signing key {key} is gone: keep the archive that holds it (beffroi explain ledger-damaged)"
    return replace(found, outcome=ChainOutcome.DAMAGED, damage=(*found.damage, gone))


def _copy(path: Path, copy: Path) -> None:
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE").close()  # the copy is one file for any reader


def _copy_outbox(directory: Path, folder: Path) -> Iterator[str]:
    path = directory / OUTBOX_NAME
    if not path.exists():
        return
    try:
        _copy(path, folder / OUTBOX_NAME)
    except sqlite3.Error as error:
        (folder / OUTBOX_NAME).unlink(missing_ok=True)
        yield f"{path}: {error}; alerts that still waited are lost, and others may be repeated"


def _write(folder: Path, directory: Path, out: IO[bytes]) -> list[str]:
    """Write the copies in `folder` in the place of their originals, and all else as it lies; return what is left out.

    The ledger is the first member: a restore sees at once what it was given.
    """
    copies = [name for name in (FILE_NAME, ANCHOR_NAME, OUTBOX_NAME) if (folder / name).exists()]
    lacks: list[str] = []
    with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        archive.dereference = True  # else the second name of one file would be a link; links are left out by us
        for name in copies:
            _add(archive, folder / name, name, os.stat(directory / name))
        for name in sorted(os.listdir(directory)):
            if name not in MADE_ANEW and name not in (*copies, OUTBOX_NAME) and not name.startswith(_OF_DATABASES):
                lacks.extend(_add_all(archive, directory, name))
    return lacks


def _add_all(archive: tarfile.TarFile, directory: Path, name: str) -> Iterator[str]:
    path = directory / name
    try:
        status = os.lstat(path)
        if stat.S_ISDIR(status.st_mode):
            inside = sorted(os.listdir(path))
            _add(archive, path, name, status)
            for one in inside:
                yield from _add_all(archive, directory, f"{name}/{one}")
        elif stat.S_ISREG(status.st_mode):
            _add(archive, path, name, status)
        else:
            yield f"{path}: {'a link, which is not followed' if path.is_symlink() else 'no file and no folder'}"
    except PermissionError as error:
        yield f"{path}: {error.strerror}"
    except FileNotFoundError:
        return  # it went while we looked: nothing that is there is left out


def _add(archive: tarfile.TarFile, path: Path, name: str, status: os.stat_result) -> None:
    """Add one file or folder, with the owner and mode of a status: a copy has those of its original."""
    if stat.S_ISDIR(status.st_mode):
        _as_original(archive.gettarinfo(path, name), status, archive, None)
        return
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        _as_original(archive.gettarinfo(path, name, file), status, archive, file)


def _as_original(
    member: tarfile.TarInfo, status: os.stat_result, archive: tarfile.TarFile, file: IO[bytes] | None
) -> None:
    member.mode, member.uid, member.gid = stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid
    archive.addfile(member, file)
