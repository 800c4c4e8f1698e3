"""The tree that the tests stand in: what is committed there, and copies of it to harm."""

import shutil
import subprocess
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]
PACKAGES = ("agent", "collectors", "checks")


def committed() -> tuple[Path, ...]:
    """Return every committed file that is still there, relative to the top, in git's order."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "-C", str(HOME), "ls-files", "-z"],
        capture_output=True,
        check=True,
        timeout=60,
    )
    files = (Path(name) for name in listed.stdout.decode().split("\0") if name)
    return tuple(file for file in files if (HOME / file).is_symlink() or (HOME / file).exists())


def copy_to(folder: Path, *names: str) -> Path:
    """Copy files and folders of the top level, without what running leaves in them; return the folder."""
    for name in names:
        if (HOME / name).is_dir():
            shutil.copytree(HOME / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copy2(HOME / name, folder / name)
    return folder


def modules() -> tuple[Path, ...]:
    """Return every module of our packages, relative to the top, packages themselves left out."""
    found = (file.relative_to(HOME) for name in PACKAGES for file in (HOME / name).rglob("*.py"))
    return tuple(sorted(file for file in found if file.name != "__init__.py"))
