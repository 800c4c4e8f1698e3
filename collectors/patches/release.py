"""A suite's signed index: whose it is, when it was made, until when it may be believed, and which lists it names."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from agent.core.errors import Unreadable

_BEGIN = b"-----BEGIN PGP SIGNED MESSAGE-----"
_END = b"\n-----BEGIN PGP SIGNATURE-----"
_FIELD = re.compile(r"([A-Za-z0-9-]+):[ \t]*(.*)", re.ASCII)
_LISTED = re.compile(r" ([0-9a-f]{64})[ \t]+(\d{1,15})[ \t]+(\S+)", re.ASCII)

UBUNTU = ("Ubuntu", "UbuntuESM", "UbuntuESMApps")


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexEntry:
    """What a signed index says of one list: its SHA-256 and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteIndex:
    """A suite's signed index; `date` is when the archive made it.

    `all_apart`: apt fetches packages for all architectures as a list of their own. Debian names such a list without
    having it fetched: each architecture's list holds them too (Release, No-Support-for-Architecture-all).
    """

    origin: str
    label: str
    suite: str
    codename: str
    date: datetime
    valid_until: datetime | None
    lists: Mapping[str, IndexEntry]
    all_apart: bool

    @property
    def security(self) -> bool:
        """Return whether the suite holds security updates, by what its archive says of itself."""
        if self.label == "Debian-Security":
            return True
        return self.origin in UBUNTU and self.suite.endswith("-security")

    @property
    def extends_support(self) -> bool:
        """Return whether it goes on with the system's own packages beyond their support; UbuntuESMApps does not."""
        return self.origin == "UbuntuESM"

    @property
    def system(self) -> str:
        """Return the codename of the system that it is made for: `trixie` for `trixie-security`."""
        return self.codename.removesuffix("-security").removesuffix("/updates")


# -----BEGIN PGP SIGNED MESSAGE-----
# Hash: SHA256
#
# Origin: Debian
# Label: Debian-Security
# Suite: stable-security
# Codename: trixie-security
# Date: Mon, 23 Nov 2026 11:22:38 UTC
# Valid-Until: Mon, 30 Nov 2026 11:22:38 UTC
# SHA256:
#  c5a90f343133fd4fdd4d76c519c982247bf9636999fb1ff683a7a9b196c4c2a6  2249735 main/binary-amd64/Packages
def parse(content: bytes, where: str, *, detached: bool = False) -> SuiteIndex:
    """Return what a suite's index says inside its signature, which apt verified when it fetched it.

    `detached`: the signature lies beside it. Raises Unreadable where it is not signed, or says no date.
    """
    text = (content if detached else _signed(content, where)).decode(errors="replace")
    fields: dict[str, str] = {}
    lists: dict[str, IndexEntry] = {}
    section = ""
    for line in text.split("\n"):
        line = line.rstrip("\r")
        if line.startswith(" "):
            listed = _LISTED.fullmatch(line) if section == "SHA256" else None
            if listed is not None:
                lists[listed[3]] = IndexEntry(sha256=listed[1], size=int(listed[2]))
            continue
        field = _FIELD.fullmatch(line)
        if field is not None:
            section = field[1]
            fields.setdefault(section, field[2].strip())
    return SuiteIndex(
        origin=fields.get("Origin", ""),
        label=fields.get("Label", ""),
        suite=fields.get("Suite", ""),
        codename=fields.get("Codename", ""),
        date=_instant(fields.get("Date"), "Date", where),
        valid_until=_instant(fields["Valid-Until"], "Valid-Until", where) if "Valid-Until" in fields else None,
        lists=lists,
        all_apart="all" in fields.get("Architectures", "").split()
        and "Packages" not in fields.get("No-Support-for-Architecture-all", "").split(),
    )


def _signed(content: bytes, where: str) -> bytes:
    """Return what a clear signature covers (RFC 9580, 7): from the first empty line to the signature."""
    if not content.startswith(_BEGIN):
        raise Unreadable(f"{where} is not signed", "sign the archive, or leave out what no one signs")
    _armour, empty, rest = content.replace(b"\r\n", b"\n").partition(b"\n\n")
    body, end, _signature = rest.partition(_END)
    if not empty or not end:
        raise Unreadable(f"the signature of {where} is cut short", "fetch the lists anew: apt-get update")
    return b"\n".join(_undashed(body))


def _undashed(body: bytes) -> Iterator[bytes]:
    for line in body.split(b"\n"):
        yield line.removeprefix(b"- ")


def _instant(text: str | None, name: str, where: str) -> datetime:
    try:
        instant = parsedate_to_datetime(text or "")
        # Debian writes UTC, Ubuntu too; a date with no zone is taken as what both mean.
        return (instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        raise Unreadable(f"{where} says no {name}", "fetch the lists anew: apt-get update") from error
