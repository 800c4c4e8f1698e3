"""Detect an installed kernel that is newer than the running one, and since when."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from collectors.patches.index import Fix, Offers
from collectors.patches.installed import Installed, Package
from collectors.patches.versions import Version

RELEASE = "/proc/sys/kernel/osrelease"
BANNER = "/proc/version"
# Debian's and Ubuntu's; Proxmox', whose packages are signed ones or not (proxmox-kernel-6.8.12-4-pve-signed).
IMAGE = re.compile(
    r"(?:linux-image-(?:unsigned-)?|proxmox-kernel-|pve-kernel-)(\d[0-9A-Za-z.+~-]*?)(?:-signed)?(?![0-9A-Za-z.+~-])",
    re.ASCII,
)
# The part of a kernel's release after its number: amd64, cloud-amd64, generic.
_FLAVOUR = re.compile(r"-([a-z][0-9a-z-]{0,63})$", re.ASCII)
# Linux version 6.1.0-40-amd64 (debian-kernel@lists.debian.org) (gcc-12 …) #1 SMP … Debian 6.1.153-1 (2025-09-20)
_BUILT = re.compile(r"Debian (\S+) \(\d{4}-", re.ASCII)
_OF_DISTRIBUTION = re.compile(r"debian-kernel@|\bDebian \d|Ubuntu|buildd@")
CONTAINER_SCRIPT = (
    "systemd-detect-virt --container 2>/dev/null; cat /run/systemd/container 2>/dev/null; "
    "ls -d /.dockerenv /run/.containerenv 2>/dev/null; exit 0"
)
CONTAINER = ("sh", "-c", CONTAINER_SCRIPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningKernel:
    """The kernel that runs: its release as `uname -r` says it, and the banner that names its build."""

    release: str
    banner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingKernel:
    """The newest kernel that waits for a restart; `since` when the first newer one was installed, if known."""

    newest: str
    since: datetime | None


def images(installed: Installed) -> dict[str, Package]:
    """Return the installed kernels by their release."""
    found = ((IMAGE.fullmatch(package.name), package) for package in installed.values())
    return {match[1]: package for match, package in found if match is not None}


def foreign(running: RunningKernel, installed: Installed) -> bool:
    """Return whether the kernel that runs is neither installed nor the distribution's own build."""
    return running.release not in images(installed) and not _OF_DISTRIBUTION.search(running.banner)


def in_container(said: bytes) -> bool:
    """Return whether a machine says that it is a container: `none` is systemd's word for one that is not."""
    return any(line.strip() not in (b"", b"none") for line in said.split(b"\n"))


def owed(running: RunningKernel, installed: Installed) -> PendingKernel | None:
    """Return the restart that a newer kernel asks for; None: the newest of its kind runs."""
    present = images(installed)
    own = present.get(running.release)
    build = _BUILT.search(running.banner)
    runs = Version(build[1]) if build else own.version if own else None
    newer = sorted(_newer(running, present, runs), key=lambda package: package.version)
    if not newer:
        return None
    since = min((package.since for package in newer if package.since is not None), default=None)
    match = IMAGE.fullmatch(newer[-1].name)
    return PendingKernel(newest=f"{match[1] if match else newer[-1].name} ({newer[-1].version.text})", since=since)


def without_metapackage(release: str, installed: Installed, offers: Offers) -> Fix | None:
    """Return the newer kernel of the running one's line, where no metapackage would bring it; None: there is none.

    Each kernel is a package of its own name, so that none of them is ever newer than itself. A line is what leads on
    from one to the next: the same flavour, and the same first two numbers, beside which Ubuntu offers other ones.
    """
    present = images(installed)
    own = present.get(release)
    if own is None or any(_is_metapackage(package.name, _flavour(release)) for package in installed.values()):
        return None
    newest = newest_of_line(own, installed)
    line = [
        version
        for (name, architecture), version in offers.items()
        if architecture == own.architecture and _line(name) == _line(own.name) and version > newest.version
    ]
    return Fix(package=newest, version=max(line)) if line else None


def newest_of_line(package: Package, installed: Installed) -> Package:
    """Return the newest installed kernel of a kernel's line; what is no kernel is its own line."""
    line = _line(package.name)
    kin = [one for one in installed.values() if line is not None and _line(one.name) == line]
    return max(kin, key=lambda one: one.version, default=package)


def _line(name: str) -> tuple[str, str] | None:
    found = IMAGE.fullmatch(name)
    numbers = re.match(r"\d+\.\d+", found[1]) if found else None
    return (numbers[0], _flavour(found[1])) if found and numbers else None


def _is_metapackage(name: str, flavour: str) -> bool:
    # linux-image-amd64, linux-image-generic, linux-image-generic-hwe-22.04
    return name.startswith(f"linux-image-{flavour}") and not IMAGE.fullmatch(name)


def _newer(running: RunningKernel, present: dict[str, Package], runs: Version | None) -> Iterator[Package]:
    """Yield the kernels of the running one's kind that are newer; where that one is gone, by the number in the name."""
    flavour = _flavour(running.release)
    for release, package in present.items():
        if _flavour(release) != flavour:
            continue
        if runs is not None:
            if package.version > runs:
                yield package
        elif Version(release) > Version(running.release):
            yield package


def _flavour(release: str) -> str:
    found = _FLAVOUR.search(release)
    return found[1] if found else ""
