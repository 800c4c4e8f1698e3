"""Bring what reports need to be written as PDFs: WeasyPrint into the environment, Pango from Debian.

It is an extra: what cannot be brought is said, with the command that brings it, and everything else goes on. An
installation brings it into its release; in a checkout the first report does.
"""

import fcntl
import hashlib
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path

from agent.core.errors import UsageError
from agent.core.ownership import HOME
from agent.installation import release as releases
from agent.installation.programs import carried_out
from agent.installation.release import Release, Say

LOCK = "requirements/pdf.txt"
# What signs a PDF, brought where the configuration names a certificate.
SIGNATURE_LOCK = "requirements/signature.txt"
PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-urw-base35")
# Says in the release which locked libraries were brought.
MARK, SIGNATURE_MARK = "pdf", "signature"
APT = ("apt-get", "-qq", "-y", "--no-install-recommends", "install")


def bring(release: Release, source: Path, wheels: Path | None, say: Say, *, signed: bool = False) -> None:
    """Bring the libraries and the packages that are not there yet; `signed`: those of signatures too."""
    if not (source / LOCK).exists():
        return

    def locked(lock: str, mark: str) -> Callable[[], None]:
        return partial(_bring_locked, release, source / lock, release.folder / mark, wheels, say)

    without, packages = "reports are written without one", f"apt-get install {' '.join(PACKAGES)}"
    if not _brought(locked(LOCK, MARK), without, _cure(LOCK, wheels), say):
        return
    if signed:
        _brought(locked(SIGNATURE_LOCK, SIGNATURE_MARK), "they are not signed", _cure(SIGNATURE_LOCK, wheels), say)
    _brought(partial(_bring_packages, say), without, packages, say)


def _brought(work: Callable[[], None], otherwise: str, cure: str, say: Say) -> bool:
    """Return whether a part could be brought; what could not is said, with its cure."""
    try:
        work()
    except UsageError as error:
        say(f"PDF: {otherwise}: {error.message}")
        say(f"hint: {cure}, then run the same command again; or install --without-pdf")
        return False
    return True


def _cure(lock: str, wheels: Path | None) -> str:
    """Return how what a lock names can be had."""
    if wheels is None:
        return "let pip reach its index, or give --wheels DIR"
    return (
        "on a machine with a network, python3 -m pip download --require-hashes --no-deps --only-binary :all: "
        f"--dest {wheels} --requirement {lock}"
    )


def _bring_locked(release: Release, lock: Path, mark: Path, wheels: Path | None, say: Say) -> None:
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if not mark.exists() or mark.read_text() != wanted:
        releases.install_libraries(release.folder, lock, wheels)
        releases.open_to_all(release.folder)
        mark.write_text(wanted)
        say("PDF: its libraries are in the release" if mark.name == MARK else "PDF: what signs it is in the release")


def set_up(wheels: Path | None, say: Say, *, signed: bool = False) -> None:
    """Bring what a PDF needs into the environment that this program runs in, where that is a checkout's own.

    What this user may not change stays as it is: the report then says what is missing.
    """
    environment = Path(sys.prefix)
    if environment != HOME / ".venv" or not (HOME / LOCK).exists() or not os.access(environment, os.W_OK):
        return
    try:
        for module, name in (("weasyprint", LOCK), *((("pyhanko", SIGNATURE_LOCK),) if signed else ())):
            if find_spec(module) is not None:
                continue
            say(f"first PDF: installing what {name} locks")
            with (HOME / name).open("rb") as held:
                fcntl.flock(held, fcntl.LOCK_EX)  # of two first reports one installs, and the other finds it done
                releases.install_libraries(environment, HOME / name, wheels)
            invalidate_caches()
        if os.geteuid() == 0:
            _bring_packages(say)
    except UsageError as error:
        say(error.message)


def _bring_packages(say: Say) -> None:
    """Install the Debian packages that are missing. Raises UsageError."""
    lacking = [name for name in PACKAGES if not _is_installed(name)]
    if lacking:
        say(f"PDF: installing the Debian packages {' '.join(lacking)}")
        carried_out("env", "DEBIAN_FRONTEND=noninteractive", *APT, *lacking, timeout=timedelta(minutes=15))


def _is_installed(package: str) -> bool:
    query = ("dpkg-query", "--show", "--showformat=${db:Status-Status}", package)
    return carried_out(*query, accept=(0, 1)) == "installed"
