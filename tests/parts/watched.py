"""A configuration with real restic repositories behind it, and what the tests do to them."""

import os
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.parts.cheap_keys import new_repository
from tests.parts.ports import free_port

HEAD = """\
[agent]
state_directory = "{state}"
listen = "127.0.0.1:{port}"
timeout = "{timeout}"
demonstration = {demonstration}

[convention]
starts = {starts}

[[beneficiary]]
id = "scota"
name = "SCOTA"

[[host]]
id = "srv-1"
transport = "local"
site = "arras"
collect = []
"""

BACKUP = """
[[backup]]
id = "{name}"
host = "srv-1"
paths = ["{source}"]
snapshot_host = "srv-1"
{more}
"""

COPY = """
[[backup.copy]]
id = "{id}"
repository = "{repository}"
password_file = "{password_file}"
site = "{site}"
{more}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One declared copy of a backup; left out: the folder's own password file, no country."""

    id: str = "offsite"
    repository: str
    password_file: Path | None = None
    site: str = "cambrai"
    country: str | None = "FR"
    more: str = ""


@dataclass(slots=True)
class Watched:
    """A folder with sources, repositories and the configuration that watches them.

    `demonstration`: the sites of its copies are believed, although all of them lie on this machine.
    """

    folder: Path
    timeout: str = "20s"
    starts: str = "2026-01-01"
    port: int = field(default_factory=free_port)
    backups: str = ""
    demonstration: bool = True

    @property
    def password_file(self) -> Path:
        """Return the file that holds every repository's password."""
        path = self.folder / "password"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text("correct horse\n")
        return path

    @property
    def configuration(self) -> Path:
        """Return the configuration, written anew."""
        path = self.folder / "beffroi.toml"
        head = HEAD.format(
            state=self.folder / "state",
            port=self.port,
            timeout=self.timeout,
            starts=self.starts,
            demonstration=str(self.demonstration).lower(),
        )
        path.write_text(head + self.backups)
        return path

    def source(self, name: str) -> Path:
        """Return a source folder, with something in it."""
        source = self.folder / "sources" / name
        if not source.exists():
            source.mkdir(parents=True)
            (source / "letter.txt").write_text(f"{name}\n" * 50)
            (source / "image.bin").write_bytes(os.urandom(200_000))
        return source

    def repository(self, name: str) -> Path:
        """Return where a repository of that name lies."""
        return self.folder / "elsewhere" / name

    def declare(self, name: str, *copies: Copy, source: Path | None = None, more: str = "") -> None:
        """Declare a backup of a folder; without one, of its own; without a copy, one of the same name off site."""
        self.backups += BACKUP.format(name=name, source=source or self.source(name), more=more)
        for copy in copies or (Copy(repository=str(self.repository(name))),):
            self.backups += COPY.format(
                id=copy.id,
                repository=copy.repository,
                password_file=copy.password_file or self.password_file,
                site=copy.site,
                more="\n".join(line for line in (copy.country and f'country = "{copy.country}"', copy.more) if line),
            )

    def restic(self, repository: str, *arguments: str) -> str:
        """Run restic on a repository; return what it printed."""
        done = subprocess.run(
            ["restic", "--repo", repository, "--password-file", str(self.password_file), "--no-cache", *arguments],
            capture_output=True,
            check=True,
            timeout=60,
        )
        return done.stdout.decode()

    def make(self, name: str, *ages: timedelta, host: str = "srv-1", into: str | None = None) -> Path:
        """Make a repository with a snapshot of each age, or add them to that of another source; return it."""
        repository = self.repository(into or name)
        if not repository.exists():
            new_repository(repository, self.password_file.read_text().rstrip("\n"))
        for age in ages:
            made = (datetime.now(UTC) - age).astimezone().strftime("%Y-%m-%d %H:%M:%S")
            source = str(self.source(name))
            self.restic(str(repository), "backup", "--quiet", "--host", host, "--time", made, source)
        return repository

    def pack(self, name: str) -> Path:
        """Return the largest data file of a repository."""
        files = [file for file in (self.repository(name) / "data").rglob("*") if file.is_file()]
        return max(files, key=lambda file: file.stat().st_size)
