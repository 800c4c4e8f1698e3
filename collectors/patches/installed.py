"""The packages that dpkg has installed, each with the date of its files."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from agent.core.errors import Unreadable
from agent.core.lines import one_line
from collectors.patches.versions import Version

# `db-fsys:Last-Modified` is when dpkg last wrote the package's list of files: its installation or newest upgrade.
ARGV = (
    "dpkg-query",
    "--show",
    "--showformat",
    r"${Package}\t${Architecture}\t${Version}\t${db:Status-Abbrev}\t${db-fsys:Last-Modified}\n",
)
NAME = re.compile(r"[a-z0-9][a-z0-9+.-]{0,200}", re.ASCII)
_ARCHITECTURE = re.compile(r"[a-z0-9][a-z0-9-]{0,40}", re.ASCII)
_VERSION = re.compile(r"[0-9A-Za-z.+:~-]{1,200}", re.ASCII)
# How finely it is remembered what was installed: a package that changes takes one part in so many of the others along.
PARTS = 256
PART_LENGTH = 8
# Files of an image may bear a date of no meaning, such as one second after 1970.
_BELIEVED_FROM = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One installed package; `held`: dpkg was told to leave it. `since` None: not known."""

    name: str
    architecture: str
    version: Version
    held: bool
    since: datetime | None

    @property
    def id(self) -> str:
        """Return the name with the architecture, as dpkg writes it."""
        return f"{self.name}:{self.architecture}"


Installed = Mapping[str, Package]


# openssl	amd64	3.5.7-1~deb13u2	ii 	1763913600
# linux-image-6.12.41+deb13-amd64	amd64	6.12.41-1	hi 	1757923200
# nano	amd64	8.4-1	rc
def parse(said: bytes, where: str) -> Installed:
    """Return what is installed, by id. Raises Unreadable for anything that is no such list, and for an empty one."""
    packages = {}
    for line in said.decode(errors="replace").split("\n"):
        if not line:
            continue
        fields = line.split("\t")
        if len(fields) != 5 or not NAME.fullmatch(fields[0]):
            raise Unreadable(f"dpkg-query on {where} lists an entry that is no package: {one_line(line)}")
        name, architecture, version, status, since = fields
        if status[1:2] in ("n", "c", ""):  # not there, or only its settings are
            continue
        if not _ARCHITECTURE.fullmatch(architecture) or not _VERSION.fullmatch(version):
            raise Unreadable(f"dpkg-query on {where} lists an entry that is no package: {one_line(line)}")
        package = Package(
            name=name,
            architecture=architecture,
            version=Version(version),
            held=status.startswith("h"),
            since=_instant(since),
        )
        packages[package.id] = package
    if not packages:
        raise Unreadable(f"dpkg on {where} has no package installed", "see whether /var/lib/dpkg/status is whole")
    return packages


def native_of(packages: Installed) -> str:
    """Return the architecture of most packages, which is the machine's own."""
    architectures = [one.architecture for one in packages.values() if one.architecture != "all"]
    return max(set(architectures), key=architectures.count, default="all")


def _instant(text: str) -> datetime | None:
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        return None
    try:
        instant = datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return instant if instant >= _BELIEVED_FROM else None


def digests(packages: Installed) -> str:
    """Return PARTS digests, joined, of what is installed; a package's name decides the part that it belongs to."""
    parts = [hashlib.sha256() for _ in range(PARTS)]
    for id, package in sorted(packages.items()):
        parts[_part(id)].update(f"{id} {package.version.text}\n".encode())
    return "".join(part.hexdigest()[:PART_LENGTH] for part in parts)


def unchanged(packages: Installed, before: str) -> frozenset[str]:
    """Return the ids of packages that surely lay there in the same version when `before` was taken by `digests`."""
    now = digests(packages)
    if len(before) != len(now):
        return frozenset()

    def same(id: str) -> bool:
        place = slice(_part(id) * PART_LENGTH, (_part(id) + 1) * PART_LENGTH)
        return before[place] == now[place]

    return frozenset(id for id in packages if same(id))


def _part(id: str) -> int:
    return hashlib.sha256(id.encode()).digest()[0]
