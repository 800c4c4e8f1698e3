"""Debian packages that this machine lacks, and those that a configuration asks for."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from agent.config.load import load
from agent.core.errors import UsageError
from agent.installation.programs import carried_out

APT = ("apt-get", "-qq", "-y", "--no-install-recommends", "install")
# Asks for timestamps and holds their tokens (agent.publishing.timestamps).
OPENSSL = "openssl"


def bring_packages(names: Sequence[str], what_for: str, say: Callable[[str], None]) -> None:
    """Install those of some packages that are missing. Raises UsageError."""
    lacking = [name for name in names if not _is_installed(name)]
    if lacking:
        say(f"{what_for}: installing the Debian packages {' '.join(lacking)}")
        carried_out("env", "DEBIAN_FRONTEND=noninteractive", *APT, *lacking, timeout=timedelta(minutes=15))


def bring_configured(configuration: Path, say: Callable[[str], None]) -> None:
    """Install what a configuration needs of this machine; what cannot be had is said, with the command."""
    if load(configuration, strict=False).evidence.timestamp is None:
        return
    try:
        bring_packages((OPENSSL,), "timestamps", say)
    except UsageError as error:
        say(f"timestamps: no checkpoint can be stamped: {error.message}")
        say(f"hint: apt-get install {OPENSSL}")


def _is_installed(package: str) -> bool:
    query = ("dpkg-query", "--show", "--showformat=${db:Status-Status}", package)
    return carried_out(*query, accept=(0, 1)) == "installed"
