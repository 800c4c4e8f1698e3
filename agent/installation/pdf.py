"""Bring what reports need to be written as PDFs: WeasyPrint into the environment, Pango from Debian.

It is an extra: what cannot be brought is said, with the command that brings it, and everything else goes on. An
installation brings it into its release; in a checkout the first report does.
"""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from agent.core.errors import UsageError
from agent.installation.extra import bring_locked, bring_module, is_own_checkout
from agent.installation.packages import bring_packages
from agent.installation.release import Release, Say

LOCK = "requirements/pdf.txt"
# What signs a PDF, brought where the configuration names a certificate.
SIGNATURE_LOCK = "requirements/signature.txt"
PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-urw-base35")
# Says in the release which locked libraries were brought.
MARK, SIGNATURE_MARK = "pdf", "signature"


def bring(release: Release, source: Path, wheels: Path | None, say: Say, *, signed: bool = False) -> None:
    """Bring the libraries and the packages that are not there yet; `signed`: those of signatures too."""
    if not (source / LOCK).exists():
        return

    def locked(lock: str, mark: str) -> Callable[[], None]:
        done = "PDF: its libraries are in the release" if mark == MARK else "PDF: what signs it is in the release"
        return partial(bring_locked, release, source / lock, mark, wheels, say, done)

    without, packages = "reports are written without one", f"apt-get install {' '.join(PACKAGES)}"
    if not _brought(locked(LOCK, MARK), without, _cure(LOCK, wheels), say):
        return
    if signed:
        _brought(locked(SIGNATURE_LOCK, SIGNATURE_MARK), "they are not signed", _cure(SIGNATURE_LOCK, wheels), say)
    _brought(partial(bring_packages, PACKAGES, "PDF", say), without, packages, say)


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


def set_up(wheels: Path | None, say: Say, *, signed: bool = False) -> None:
    """Bring what a PDF needs into the environment that this program runs in, where that is a checkout's own.

    What this user may not change stays as it is: the report then says what is missing.
    """
    if not is_own_checkout(LOCK):
        return
    try:
        for module, name in (("weasyprint", LOCK), *((("pyhanko", SIGNATURE_LOCK),) if signed else ())):
            bring_module(module, name, "first PDF", wheels, say)
        if os.geteuid() == 0:
            bring_packages(PACKAGES, "PDF", say)
    except UsageError as error:
        say(error.message)
