"""Backups of a real MariaDB by mariadb-backup: as folders, dated by the file that it writes last, and as streams.

Skipped where Debian's mariadb-server or mariadb-backup is not installed: the run needs neither for anything else.
"""

import gzip
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from tests.parts.folders import DAY, DIGESTS, HOUR, LISTING, FolderSite, dated
from tests.parts.postgresql import as_nobody
from tests.parts.processes import wait_until
from tests.parts.unprivileged import NOBODY, open_folder

PROGRAMS = ("mariadbd", "mariadb-install-db", "mariadb-backup", "mariadb")
pytestmark = [
    pytest.mark.programs,
    pytest.mark.network,
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not all(map(shutil.which, PROGRAMS)), reason="mariadb-server, mariadb-backup are not installed"),
]

# The name of the file that ends a backup, since MariaDB 11; before it was `xtrabackup_info`.
ENDS = ("mariadb_backup_info", "xtrabackup_info")
FOLDERS = '{ id = "ended", match = "*/*_info" }, { id = "space", match = "*/ibdata1" }'
STREAMS = '{ id = "streams", match = "*.xb*" }'
TOO_OLD, CHANGED = "missed too-old", "missed content-changed"


@dataclass(frozen=True, kw_only=True)
class Made:
    """A backup in a folder, and the same as a compressed stream."""

    folder: Path
    stream: bytes


@pytest.fixture(scope="module")
def made() -> Iterator[Made]:
    """Return backups of a running server with one table."""
    with tempfile.TemporaryDirectory(prefix="mdb-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        place.chmod(0o755)
        if os.geteuid() == 0:
            os.chown(place, NOBODY, NOBODY)
        where = (f"--datadir={place}/data", f"--socket={place}/s")
        run("mariadb-install-db", "--no-defaults", where[0], "--auth-root-authentication-method=normal")
        own = ("--skip-networking", "--innodb-buffer-pool-size=16M", "--innodb-flush-log-at-trx-commit=0")
        server = subprocess.Popen(
            (*as_nobody(), "mariadbd", "--no-defaults", *where, *own),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            ask = ("mariadb", "--no-defaults", "--user=root", where[1])
            assert wait_until(lambda: run(*ask, "-e", "select 1", check=False).returncode == 0)
            run(
                *ask,
                "-e",
                "create database shop; use shop; create table sales engine=InnoDB as select seq from seq_1_to_5000",
            )
            back = ("mariadb-backup", "--no-defaults", "--backup", "--user=root", *where)
            run(*back, f"--target-dir={place}/full")
            streamed = run(*back, "--stream=xbstream", f"--target-dir={place}/other").stdout
            yield Made(folder=place / "full", stream=gzip.compress(streamed, 1))
        finally:
            server.terminate()
            server.wait(60)


def run(*words: str, check: bool = True) -> "subprocess.CompletedProcess[bytes]":
    """Run a program as an unprivileged user."""
    return subprocess.run(
        (*as_nobody(), *words), check=check, capture_output=True, stdin=subprocess.DEVNULL, timeout=120, cwd="/"
    )


Plant = Callable[[Path], object]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault, and the verdicts of `backup-rpo` and `backup-offsite` then; `newest`: how old the newest backup is."""

    plant: Plant
    rpo: str = "met"
    offsite: str = "met"
    sets: str = FOLDERS
    newest: timedelta = HOUR


def flipped(name: str) -> Plant:
    """Return what changes a byte of a file of the oldest backup, and leaves its date."""

    def plant(folder: Path) -> None:
        file = next((folder / "full-2").rglob(name))
        status = file.stat()
        with file.open("r+b") as opened:
            opened.seek(status.st_size // 2)
            (byte,) = opened.read(1)
            opened.seek(status.st_size // 2)
            opened.write(bytes([byte ^ 1]))
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))

    return plant


def interrupted(folder: Path) -> None:
    """Leave a newest backup that was killed: without the file that is written last."""
    shutil.copytree(folder / "full-0", folder / "full-new")
    for name in ENDS:
        (folder / "full-new" / name).unlink(missing_ok=True)
    for file in (folder / "full-new").rglob("*"):
        dated(file, timedelta(minutes=1))


def newest(data: Callable[[bytes], bytes]) -> Plant:
    """Return what leaves a newest stream made of the one before."""
    return lambda folder: dated(_written(folder / "new.xb.gz", data((folder / "0.xb.gz").read_bytes())), HOUR / 2)


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


FAULTS = {
    "folders": Fault(plant=lambda folder: None),
    "folder-interrupted": Fault(plant=interrupted, newest=30 * HOUR, rpo=TOO_OLD, offsite=TOO_OLD),
    "folder-space-flipped": Fault(plant=flipped("ibdata1"), rpo=CHANGED),
    # Of a file that no set names nothing is known, and nothing is said.
    "folder-table-flipped": Fault(plant=flipped("sales.[in]*")),
    "folder-removed": Fault(plant=lambda folder: shutil.rmtree(folder / "full-1"), offsite="missed vanished"),
    "streams": Fault(plant=lambda folder: None, sets=STREAMS),
    "stream-cut": Fault(plant=newest(lambda data: data[: -len(data) // 10]), sets=STREAMS, offsite="missed truncated"),
    "stream-of-a-failed-backup": Fault(plant=newest(lambda data: gzip.compress(b"")), sets=STREAMS, rpo="missed empty"),
    "stream-shrunk": Fault(
        plant=newest(lambda data: gzip.compress(gzip.decompress(data)[:4000])), sets=STREAMS, rpo="missed shrunk"
    ),
}


def laid_down(made: Made, folder: Path, fault: Fault) -> None:
    """Leave a backup of each of the last days."""
    for number in range(3):
        age = fault.newest + number * DAY
        if fault.sets == STREAMS:
            dated(_written(folder / f"{number}.xb.gz", made.stream + gzip.compress(bytes([number]))), age)
            continue
        # The server's own tables and logs are left out: nothing here looks at them, and each fault has its copies.
        left_out = shutil.ignore_patterns("mysql", "sys", "performance_schema", "undo*", "aria_*", "ib_logfile*")
        shutil.copytree(made.folder, folder / f"full-{number}", ignore=left_out)
        for file in (folder / f"full-{number}").rglob("*"):
            dated(file, age)


def test_each_fault_gives_its_verdict_and_no_more_is_said_than_is_known(made: Made) -> None:
    with open_folder() as place:
        site = FolderSite(place)
        folders = {
            name: site.declare(name, sets=fault.sets, backup='retention = "30d"') for name, fault in FAULTS.items()
        }
        for name, fault in FAULTS.items():
            laid_down(made, folders[name], fault)
        site.look(LISTING, DIGESTS)
        before = site.verdicts()
        stale = {name for name, fault in FAULTS.items() if fault.newest > DAY}
        assert {name for name, told in before.items() if told != ("met", "met")} == stale
        for name, fault in FAULTS.items():
            fault.plant(folders[name])
        site.look(LISTING, DIGESTS, LISTING)
        found = site.verdicts()
    assert found == {name: (fault.rpo, fault.offsite) for name, fault in FAULTS.items()}
