"""The place in which backups are broken: one configuration, one folder, two repositories to begin from."""

import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from tests.parts.repositories import PASSWORD, Repository, fake_restic, make_repository, make_source, open_folder
from tests.parts.watched import Copy, Watched

RECENT = timedelta(minutes=10)
EARLIER = timedelta(hours=1)
OLD = timedelta(days=3)


@dataclass(slots=True, kw_only=True)
class Laboratory:
    """The configuration under test, a source, and repositories of it that are copied and never broken themselves.

    `bare` has no point, `sound` one of ten minutes ago.
    """

    watched: Watched
    source: Path
    bare: Repository
    sound: Repository

    def take(self, name: str, *, bare: bool = False) -> Repository:
        """Return a repository to be broken."""
        return (self.bare if bare else self.sound).duplicate(self.watched.repository(name))

    def there(self, name: str) -> Repository:
        """Return the repository of that name as it is now."""
        return replace(self.bare, folder=self.watched.repository(name))

    def made(self, name: str, *points: timedelta, host: str = "srv-1", source: Path | None = None) -> Repository:
        """Return a repository with points of these ages."""
        repository = self.take(name, bare=True)
        for age in points:
            repository.backup(source or self.source, datetime.now(UTC) - age, host=host)
        return repository

    def declare(self, name: str, *copies: Copy, source: Path | None = None, more: str = "") -> None:
        """Declare a backup of the source; without a copy, one of the same name off site."""
        self.watched.declare(name, *copies, source=source or self.source, more=more)

    def declare_one(self, name: str, more: str = "", **changes: str | Path | None) -> None:
        """Declare a backup with one copy, different from the usual one in what is given."""
        plain: dict[str, object] = {"repository": str(self.watched.repository(name)), "more": more}
        self.declare(name, Copy(**{**plain, **changes}))  # type: ignore[arg-type]  # mypy: dict of several types

    def environment_file(self, name: str, variables: Mapping[str, str]) -> str:
        """Return the configuration's line that gives a copy's restic some variables."""
        path = self.watched.folder / f"{name}.env"
        path.touch(mode=0o600)
        path.write_text("".join(f'{key}="{value}"\n' for key, value in variables.items()))
        return f'environment_file = "{path}"'

    def declare_with_restic(self, name: str, script: str) -> None:
        """Declare a sound backup whose restic is a shell script; `$RESTIC` in it is the real one."""
        self.take(name)
        real = shutil.which("restic")
        fake = fake_restic(self.watched.folder / "programs" / name, f"RESTIC={real}\n{script}")
        self.declare_one(name, more=self.environment_file(name, fake))

    def forget(self) -> None:
        """Take away what the program has kept."""
        shutil.rmtree(self.watched.folder / "state", ignore_errors=True)

    def clear(self) -> None:
        """Take away what was declared, the repositories and what the program has kept."""
        self.forget()
        self.watched.backups = ""
        for folder in ("elsewhere", "programs"):
            shutil.rmtree(self.watched.folder / folder)
            (self.watched.folder / folder).mkdir()

    def open_to_everybody(self) -> None:
        """Let every user read the repositories and their password, anyone who made them."""
        self.watched.password_file.chmod(0o644)
        for path in (self.watched.folder / "elsewhere").rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o444)

    def open_password_file(self) -> Path:
        """Return a file with the password that every user may read."""
        path = self.watched.folder / "open-password"
        path.write_text(PASSWORD + "\n")
        path.chmod(0o644)
        return path


Make = Callable[[Laboratory, str], None]


@cache
def restic_is_old() -> bool:
    """Return whether restic's points do not say how many files they hold: those of versions before 0.17 do not."""
    said = subprocess.run(["restic", "version"], capture_output=True, text=True, check=True).stdout
    return tuple(int(number) for number in said.split()[1].split(".")[:2]) < (0, 17)


@contextmanager
def laboratory(timeout: str = "60s") -> Iterator[Laboratory]:
    """Yield a laboratory in a folder that every user may pass through."""
    with open_folder() as folder:
        watched = Watched(folder, timeout=timeout)
        for below in ("templates", "elsewhere", "programs"):
            (folder / below).mkdir()
        bare = make_repository(folder / "templates" / "bare")
        sound = bare.duplicate(folder / "templates" / "sound")
        source = make_source(folder / "source")
        sound.backup(source, datetime.now(UTC) - RECENT)
        yield Laboratory(watched=watched, source=source, bare=bare, sound=sound)
