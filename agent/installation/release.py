"""A release: the program and its locked libraries in a virtual environment, identified by its content.

Reads:  the checkout that the running program lies in: its packages, dashboards/, docs/runbooks/,
        docs/shell/, requirements/runtime.txt, systemd/.
Needs:  root, and pip's index or a directory of wheels.
Blind:  whether the release works: that is asked of the service.
"""

import hashlib
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from agent.core.errors import UsageError
from agent.core.ownership import PACKAGES
from agent.core.version import VERSION
from agent.installation.places import Places
from agent.installation.programs import carried_out

LOCK = "requirements/runtime.txt"
UNITS = "systemd"
# What the program reads beside its packages.
DATA = ("dashboards", "docs/runbooks")
# The manual page and what shells complete by; agent.installation.shell links to them in the release's folder.
SHELL = "docs/shell"
SHELL_IN_RELEASE = "shell"
COMPLETE = "complete"
WELL = "well"
Say = Callable[[str], None]

STARTER = """\
#!/bin/sh
[ -x {folder}/bin/python ] || {{
    echo "the Python that beffroi was installed with is gone" >&2
    echo "hint: ./beffroi install, in its checkout, makes it anew" >&2
    exit 2
}}
exec {folder}/bin/python -I -m agent "$@"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One release that lies in its folder."""

    folder: Path

    @property
    def name(self) -> str:
        """Return its version, and a digest of what it is made of."""
        return self.folder.name

    @property
    def is_complete(self) -> bool:
        """Return whether it was made to its end."""
        return (self.folder / COMPLETE).exists()

    @property
    def has_been_well(self) -> bool:
        """Return whether the service has ever said that it is well with it: only such a one is gone back to."""
        return (self.folder / WELL).exists()

    def was_well(self) -> None:
        """Note that the service is well with it."""
        (self.folder / WELL).touch()

    @property
    def units(self) -> Path:
        """Return what it gives to systemd."""
        return self.folder / UNITS


def current(places: Places) -> Release | None:
    """Return the release in use; None where there is none."""
    release = Release(folder=places.releases / places.current.readlink().name) if places.current.is_symlink() else None
    return release if release is not None and release.is_complete else None


def proven(places: Places) -> Release | None:
    """Return the release to go back to: the one in use, else the newest other, that the service has been well with."""
    used = current(places)
    return used if used is not None and used.has_been_well else former(places, used)


def former(places: Places, release: Release | None) -> Release | None:
    """Return the newest release but one that the service has been well with; None where there is none."""
    folders = places.releases.glob("*") if places.releases.is_dir() else ()
    others = [Release(folder=folder) for folder in folders if release is None or folder.name != release.name]
    well = [one for one in others if one.is_complete and one.has_been_well]
    return max(well, key=lambda one: (one.folder / WELL).stat().st_mtime_ns, default=None)


def make(places: Places, source: Path, wheels: Path | None, say: Say) -> Release:
    """Make the release of a checkout, unless it is there; raise UsageError where that fails, with nothing left."""
    python = Path(sys.executable).resolve()
    _require_source(source)
    _require_for_all(python)
    release = Release(folder=places.releases / name_of(source, python))
    if release.is_complete:
        say(f"release {release.name}: is there already")
        return release
    shutil.rmtree(release.folder, ignore_errors=True)
    places.releases.mkdir(mode=0o755, parents=True, exist_ok=True)
    try:
        _fill(release, source, python, wheels)
    except BaseException:
        shutil.rmtree(release.folder, ignore_errors=True)
        raise
    origin = f"from {wheels}" if wheels else "from pip's index"
    say(f"release {release.name}: made in {release.folder}, its libraries {origin} with the hashes that are locked")
    return release


def name_of(source: Path, python: Path) -> str:
    """Return the version and twelve digits that change with any byte of the program, its lock or its Python."""
    digest = hashlib.sha256(f"{python} {platform.python_version()}\n".encode())
    for file in sorted(files_of(source)):
        content = (source / file).read_bytes()
        digest.update(f"{file} {len(content)}\n".encode() + content)
    return f"{VERSION}-{digest.hexdigest()[:12]}"


def files_of(source: Path) -> Iterator[Path]:
    """Yield every file of a checkout that a release is made of, relative to it."""
    for name in (*PACKAGES, *DATA, SHELL, UNITS):
        for path in (source / name).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path.relative_to(source)
    yield Path(LOCK)


def switch(places: Places, release: Release) -> None:
    """Make a release the one in use, in one step."""
    beside = places.current.with_name("current.new")
    beside.unlink(missing_ok=True)
    beside.symlink_to(Path(places.releases.name, release.name))
    beside.replace(places.current)
    places.program.parent.mkdir(mode=0o755, exist_ok=True)
    if not places.program.is_symlink():
        places.program.symlink_to("../current/bin/beffroi")


def remove_others(places: Places, release: Release, before: Release | None, say: Say) -> None:
    """Remove every release but one and the one before it, or else the newest other that the service was well with."""
    kept = before if before is not None and before.name != release.name else former(places, release)
    for folder in sorted(places.releases.iterdir()):
        if kept is not None and folder.name == kept.name:
            say(f"release {folder.name}: kept, so that going back to it takes no network")
        elif folder.name != release.name:
            shutil.rmtree(folder)
            say(f"release {folder.name}: removed")


def _require_source(source: Path) -> None:
    if not (source / LOCK).exists() or not (source / UNITS).is_dir():
        raise UsageError(
            f"{source} is no checkout: run it from the checkout to install",
            "run ./beffroi install in a checkout of the version that you want",
        )


def _require_for_all(python: Path) -> None:
    closed = [folder for folder in python.parents if not folder.stat().st_mode & 0o001]
    if closed:
        raise UsageError(
            f"the service's user may not enter {closed[0]}, where Python lies",
            "install the system's python3, remove .venv, and start again",
        )


def _fill(release: Release, source: Path, python: Path, wheels: Path | None) -> None:
    folder = release.folder
    carried_out(str(python), "-I", "-m", "venv", "--without-pip", str(folder))
    install_libraries(folder, source / LOCK, wheels)
    site = next(folder.glob("lib/python*/site-packages"))
    for name in (*PACKAGES, *DATA):
        shutil.copytree(source / name, site / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(source / UNITS, release.units)
    shutil.copytree(source / SHELL, folder / SHELL_IN_RELEASE)
    starter = folder / "bin/beffroi"
    starter.write_text(STARTER.format(folder=folder))
    carried_out(str(folder / "bin/python"), "-I", "-m", "compileall", "-q", str(site), timeout=timedelta(minutes=10))
    open_to_all(folder)
    starter.chmod(0o755)
    carried_out(str(starter), "--help")
    # All of it is on the disk before the mark that says so.
    carried_out("sync", "--file-system", str(folder), timeout=timedelta(minutes=10))
    (folder / COMPLETE).write_text(f"{release.name}\n")


def install_libraries(folder: Path, lock: Path, wheels: Path | None) -> None:
    """Install what a lock names into the environment in a folder, with its hashes. Raises UsageError."""
    where = () if wheels is None else ("--no-index", "--find-links", str(wheels.absolute()))
    options = (
        "--quiet",
        "--no-input",
        "--disable-pip-version-check",
        "--no-deps",
        "--no-compile",
        "--no-warn-script-location",
    )
    carried_out(
        sys.executable,
        *("-I", "-m", "pip", "--python", str(folder / "bin/python"), "install", *options),
        *("--require-hashes", "--only-binary", ":all:", *where, "--requirement", str(lock)),
        timeout=timedelta(minutes=20),
        doing=f"installing what {lock.parent.name}/{lock.name} locks",
    )


def open_to_all(folder: Path) -> None:
    """Let every user read it, whatever the mask and the modes of the checkout."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)
