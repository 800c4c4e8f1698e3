"""Bring the libraries of an extra: into a release while it is installed, into a checkout when they are first needed."""

import fcntl
import hashlib
import os
import sys
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path

from agent.core.ownership import HOME
from agent.installation import release as releases
from agent.installation.release import Release, Say


def bring_locked(release: Release, lock: Path, mark: str, wheels: Path | None, say: Say, done: str) -> None:
    """Bring what a lock names into a release, unless it is there; `done` is then said. Raises UsageError.

    The file `mark` of the release says which locked libraries were brought.
    """
    noted, wanted = release.folder / mark, hashlib.sha256(lock.read_bytes()).hexdigest()
    if not noted.exists() or noted.read_text() != wanted:
        releases.install_libraries(release.folder, lock, wheels)
        releases.open_to_all(release.folder)
        noted.write_text(wanted)
        say(done)


def is_own_checkout(lock: str) -> bool:
    """Return whether this program runs in a checkout's own environment, which this user may change."""
    environment = Path(sys.prefix)
    return environment == HOME / ".venv" and (HOME / lock).exists() and os.access(environment, os.W_OK)


def bring_module(module: str, lock: str, what: str, wheels: Path | None, say: Say) -> None:
    """Bring a module into the environment of a checkout, unless it is there. Raises UsageError."""
    if find_spec(module) is not None:
        return
    say(f"{what}: installing what {lock} locks")
    with (HOME / lock).open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # of two first uses one installs, and the other finds it done
        releases.install_libraries(Path(sys.prefix), HOME / lock, wheels)
    invalidate_caches()
