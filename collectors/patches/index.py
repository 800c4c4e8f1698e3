"""What a security index offers: the newest version of each package, from the very list that its archive signed."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent.core.errors import Unreadable
from collectors.patches.installed import NAME, Installed, Package
from collectors.patches.release import IndexEntry
from collectors.patches.versions import Version

# apt's own reader, since lists lie there as apt likes (lz4, xz, plain); the digest comes first, on a line of its own.
SCRIPT = (
    '"$1" cat-file "$2" | sha256sum || exit 3; '
    '"$1" cat-file "$2" | grep -a -E \'^(Package|Architecture|Version): |^$\' | cut -b 1-300; exit 0'
)
READER = "/usr/lib/apt/apt-helper"
LIMIT = 48 * 1024 * 1024
EMPTY = hashlib.sha256(b"").hexdigest()

Offers = Mapping[tuple[str, str], Version]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A security update that an installed package lacks."""

    package: Package
    version: Version


def argv(file: str) -> tuple[str, ...]:
    """Return the command that reads one list on the far side."""
    return ("sh", "-c", SCRIPT, "sh", READER, file)


# c5a90f343133fd4fdd4d76c519c982247bf9636999fb1ff683a7a9b196c4c2a6  -
# Package: openssl
# Architecture: amd64
# Version: 3.5.7-1~deb13u3
def parse(said: bytes, listed: IndexEntry | None, where: str) -> Offers:
    """Return the newest version of each package and architecture that a list offers.

    `listed` is what the signed index says of it; None: it names a compressed form only, and nothing is compared.
    Raises Unreadable where it is another list, and where it holds an entry that is no package.
    """
    head, _newline, body = said.partition(b"\n")
    digest = head.split(b" ")[0].decode(errors="replace")
    if listed is not None and digest != listed.sha256:
        # A list of nothing is what apt makes of one that it could not fetch.
        what = "is empty" if digest == EMPTY else "is not the one that its archive signed"
        raise Unreadable(f"{where} {what}", "fetch the lists anew: apt-get update")
    offers: dict[tuple[str, str], Version] = {}
    for stanza in body.decode(errors="replace").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in stanza.split("\n") if ": " in line)
        if not fields:
            continue
        name, architecture, version = (fields.get(key, "") for key in ("Package", "Architecture", "Version"))
        if not NAME.fullmatch(name) or not architecture or not version:
            raise Unreadable(f"{where} holds an entry that is no package", "fetch the lists anew: apt-get update")
        offered = Version(version.strip())
        known = offers.get((name, architecture))
        if known is None or known < offered:
            offers[name, architecture] = offered
    return offers


def fixes(installed: Installed, offers: Offers) -> Iterable[Fix]:
    """Yield what is installed and offered in a newer version, from any origin."""
    anywhere: dict[str, Version] = {}
    for (name, _architecture), version in offers.items():
        anywhere[name] = max(version, anywhere.get(name, version))
    for package in installed.values():
        offered = [offers.get((package.name, package.architecture)), offers.get((package.name, "all"))]
        if package.architecture == "all":  # one that has become a package of each architecture
            offered.append(anywhere.get(package.name))
        newest = max((version for version in offered if version is not None), default=None)
        if newest is not None and package.version < newest:
            yield Fix(package=package, version=newest)
