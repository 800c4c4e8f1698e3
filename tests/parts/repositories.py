"""Real restic repositories with points of chosen dates, machines and paths, and the faults that befall them.

Needs restic, and restic-rest-server for those behind HTTP. Everything lies in a folder that every user may pass
through, since some faults only show to a user who is not root.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.parts.cheap_keys import new_repository
from tests.parts.ports import free_port
from tests.parts.processes import wait_until
from tests.parts.sshd import LOOPBACK

PASSWORD = "correct horse"
NOBODY = 65534
CUTTING = """\
import os, signal, subprocess
server = subprocess.Popen(["{server}"], stdin=0, stdout=subprocess.PIPE)
left = {after}
while left > 0 and (said := os.read(server.stdout.fileno(), min(left, 4096))):
    left -= len(said)
    while said:
        said = said[os.write(1, said):]
server.kill()
os.kill(os.getppid(), signal.SIGKILL)
"""
REST_SERVERS = ("rest-server", "restic-rest-server")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """One restic repository on this machine's disk; `program` is the restic that makes its points."""

    folder: Path
    password_file: Path
    program: str = "restic"

    def run(self, *arguments: str) -> str:
        """Run restic on it as anyone who makes the backups would, and return what it printed."""
        argv = [
            self.program,
            "--repo",
            str(self.folder),
            "--password-file",
            str(self.password_file),
            "--no-cache",
            *arguments,
        ]
        environment = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
        done = subprocess.run(argv, capture_output=True, text=True, env=environment, timeout=120, check=False)
        assert done.returncode == 0, f"{argv}: {done.returncode}: {done.stderr}"
        return done.stdout

    def backup(self, source: Path, at: datetime, *, host: str = "srv-1", tags: tuple[str, ...] = ()) -> str:
        """Make a point of a folder, dated as asked, and return its id."""
        before = set(self.names("snapshots"))
        marks = [part for tag in tags for part in ("--tag", tag)]
        when = f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
        self.run("backup", "--quiet", "--host", host, "--time", when, *marks, str(source))
        (made,) = set(self.names("snapshots")) - before
        return made

    def names(self, kind: str) -> list[str]:
        """Return the names of its files of one kind (`snapshots`, `index`, `keys`, `data`), sorted."""
        return sorted(path.name for path in (self.folder / kind).rglob("*") if path.is_file())

    def locks(self) -> list[str]:
        """Return the names of its locks, those left out that are still being written."""
        return [name for name in self.names("locks") if len(name) == 64]

    def packs(self) -> list[Path]:
        """Return its packs, the largest first: data before trees."""
        found = [path for path in (self.folder / "data").rglob("*") if path.is_file()]
        return sorted(found, key=lambda path: path.stat().st_size, reverse=True)

    def file(self, kind: str) -> Path:
        """Return the first file of one kind."""
        return next(path for path in sorted((self.folder / kind).rglob("*")) if path.is_file())

    def repository_id(self) -> str:
        """Return its id."""
        return self.run("cat", "config").partition('"id": "')[2].partition('"')[0]

    def duplicate(self, folder: Path) -> "Repository":
        """Return a copy of it in another folder, to be broken."""
        shutil.copytree(self.folder, folder)
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o444)
        return Repository(folder=folder, password_file=self.password_file, program=self.program)


def make_repository(folder: Path, *, program: str = "restic") -> Repository:
    """Return a new, empty repository that opens at once; its password file lies beside it."""
    password_file = folder.with_name(f"{folder.name}.password")
    password_file.write_text(PASSWORD + "\n")
    repository = Repository(folder=folder, password_file=password_file, program=program)
    new_repository(folder, PASSWORD, program)
    return repository


def make_source(folder: Path, *, size: int = 300_000) -> Path:
    """Return a folder of a few files, one of which holds bytes that do not compress."""
    (folder / "letters").mkdir(parents=True, exist_ok=True)
    (folder / "plan.bin").write_bytes(os.urandom(size))
    for number in range(5):
        (folder / "letters" / f"{number}.txt").write_text(f"letter {number}\n" * 20)
    return folder


@contextmanager
def open_folder() -> Iterator[Path]:
    """Yield a new folder that every user may pass through, unlike pytest's own, and remove it."""
    folder = Path(tempfile.mkdtemp(prefix="beffroi-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def flip_byte(path: Path, offset: int) -> None:
    """Change one bit of a file; an offset below zero counts from its end."""
    mode = path.stat().st_mode
    path.chmod(mode | 0o200)
    content = bytearray(path.read_bytes())
    content[offset] ^= 1
    path.write_bytes(content)
    path.chmod(mode)


def cut_short(path: Path, missing: int) -> None:
    """Take some bytes off a file's end."""
    path.chmod(path.stat().st_mode | 0o200)
    os.truncate(path, path.stat().st_size - missing)


def lose_index(repository: Repository, source: Path) -> None:
    """Leave packs behind that no index names, as a backup does that was killed before its end."""
    before = {kind: set(repository.names(kind)) for kind in ("index", "snapshots")}
    (source / "more.bin").write_bytes(os.urandom(5000))
    repository.backup(source, datetime.now(UTC))
    for kind, names in before.items():
        for name in set(repository.names(kind)) - names:
            (repository.folder / kind / name).unlink()


def hold_exclusively(repository: Repository) -> None:
    """Leave an exclusive lock behind, as a check or a prune does that was killed."""
    argv = [repository.program, "-r", str(repository.folder), "-p", str(repository.password_file), "--no-cache"]
    for _attempt in range(20):
        process = subprocess.Popen([*argv, "check", "--read-data"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            while process.poll() is None and not repository.locks():
                time.sleep(0.001)
        finally:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)
            process.communicate()
        if repository.locks():
            return
    raise AssertionError("no lock was left behind")


def as_nobody(folder: Path, program: str = "restic") -> dict[str, str]:
    """Return a PATH whose `restic` gives up being root; nothing where the tests do not run as root."""
    if os.geteuid() != 0:
        return {}
    found = shutil.which(program)
    assert found is not None
    return fake_restic(folder, f'exec setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups "{found}" "$@"')


def fake_restic(folder: Path, script: str) -> dict[str, str]:
    """Return a PATH whose `restic` is a shell script."""
    folder.mkdir(parents=True, exist_ok=True)
    wrapper = folder / "restic"
    wrapper.write_text(f"#!/bin/sh\n{script}\n")
    wrapper.chmod(0o755)
    return {"PATH": f"{folder}:{os.environ.get('PATH', os.defpath)}"}


def cutting_sftp(folder: Path, after: int) -> str:
    """Return an sftp server that cuts its connection once it has sent that many bytes."""
    server = next(path for path in ("/usr/lib/openssh/sftp-server", "/usr/libexec/sftp-server") if Path(path).exists())
    script = folder / "cutting-sftp"
    script.write_text(f"#!{sys.executable}\n" + CUTTING.format(server=server, after=after))
    script.chmod(0o755)
    return str(script)


@contextmanager
def rest_server(
    folder: Path, *, users: str | None = None, options: tuple[str, ...] = (), port: int | None = None
) -> Iterator[str]:
    """Yield the address of a rest-server for the repositories below a folder; `users` is a htpasswd file's text."""
    program = next((found for name in REST_SERVERS if (found := shutil.which(name))), None)
    assert program is not None, "restic-rest-server is not installed"
    port = port or free_port()
    access = ["--no-auth"]
    if users is not None:
        (folder / ".htpasswd").write_text(users)
        access = []
    argv = [program, "--path", str(folder), "--listen", f"{LOOPBACK}:{port}", *access, *options]
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert wait_until(lambda: _listens(port)), "rest-server does not start"
        yield f"rest:http{'s' if '--tls' in options else ''}://{LOOPBACK}:{port}/"
    finally:
        process.kill()
        process.wait()


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=60):
        return True
    return False
