"""Bring what reports need to be written as PDFs: WeasyPrint into the release, Pango from Debian.

It is an extra: what cannot be brought is said, with the command that brings it, and the installation goes on.
"""

import hashlib
from datetime import timedelta
from pathlib import Path

from agent.core.errors import UsageError
from agent.installation import release as releases
from agent.installation.programs import carried_out
from agent.installation.release import Release, Say

LOCK = "requirements/pdf.txt"
PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-urw-base35")
# Says in the release which locked libraries were brought.
MARK = "pdf"
APT = ("apt-get", "-qq", "-y", "--no-install-recommends", "install")


def bring(release: Release, source: Path, wheels: Path | None, say: Say) -> None:
    """Bring the libraries and the packages that are not there yet."""
    lock, mark = source / LOCK, release.folder / MARK
    if not lock.exists():
        return
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    try:
        if not mark.exists() or mark.read_text() != wanted:
            releases.install_libraries(release.folder, lock, wheels)
            releases.open_to_all(release.folder)
            mark.write_text(wanted)
            say("PDF: its libraries are in the release")
        lacking = [name for name in PACKAGES if not _is_installed(name)]
        if lacking:
            carried_out("env", "DEBIAN_FRONTEND=noninteractive", *APT, *lacking, timeout=timedelta(minutes=15))
            say(f"PDF: {', '.join(lacking)} installed")
    except UsageError as error:
        say(f"PDF: reports are written without one: {error.message}")
        say(f"hint: apt-get install {' '.join(PACKAGES)}, then sudo ./beffroi install again; or install --without-pdf")


def _is_installed(package: str) -> bool:
    query = ("dpkg-query", "--show", "--showformat=${db:Status-Status}", package)
    return carried_out(*query, accept=(0, 1)) == "installed"
