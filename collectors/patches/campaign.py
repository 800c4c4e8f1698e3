"""The last patch campaign: an upgrade that dpkg wrote down and that what is installed confirms.

apt's own history.log is not read: a dry run of unattended-upgrades writes upgrades there that never were.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agent.core.ahead import lies_ahead
from collectors.patches.installed import NAME, Installed
from collectors.patches.versions import Version

LOG = "/var/log/dpkg.log"
# Four months with Debian's rotation. Bounded three times: what is unpacked, a line's length, and only regular files.
SCRIPT = (
    'readlink -f /etc/localtime; date +%z; for f in "$1" "$1.1" "$1.2.gz" "$1.3.gz" "$1.2" "$1.3"; do '
    '[ -f "$f" ] || continue; [ -r "$f" ] || { echo denied >&2; continue; }; '
    'zcat -f -- "$f" 2>/dev/null | head -c 67108864 | cut -b 1-400 | awk \'NR == 1 || $3 == "upgrade"\'; done; exit 0'
)
ARGV = ("sh", "-c", SCRIPT, "sh", LOG)
DENIED = b"denied"
LIMIT = 16 * 1024 * 1024

_LINE = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (\S+)(?: (\S+) (\S+) (\S+))?", re.ASCII)
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)", re.ASCII)
ZONES = "/usr/share/zoneinfo/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrades:
    """What the log shows: since when it can be read, and the last upgrade that what is installed confirms."""

    readable_since: datetime | None
    last_confirmed: datetime | None
    unconfirmed: int


# /usr/share/zoneinfo/Europe/Paris
# +0100
# 2026-11-24 17:35:28 startup packages remove
# 2026-11-20 06:12:01 upgrade openssl:amd64 3.5.7-1~deb13u2 3.5.7-1~deb13u3
def parse(said: bytes, installed: Installed, now: datetime) -> Upgrades:
    """Return what the log shows, read in the machine's own zone; a line that is none is passed over.

    A line dated ahead of now was written under a clock that ran ahead: when it was written is not known.
    """
    place, offset, *lines = [*said.decode(errors="replace").split("\n"), "", ""]
    zone = _zone(place.strip(), offset.strip())
    oldest: datetime | None = None
    newest: datetime | None = None
    unconfirmed = 0
    for when, upgraded in _entries(lines, zone):
        if lies_ahead(when, now):
            continue
        oldest = when if oldest is None else min(oldest, when)
        if upgraded is None:
            continue
        id, before, after = upgraded
        if before == after:  # unpacked once more
            continue
        package = installed.get(id)
        # Downgrades are written down as upgrades too; a version that is not there any more confirms nothing.
        if not Version(before) < Version(after) or package is None or package.version < Version(after):
            unconfirmed += 1
        else:
            newest = when if newest is None else max(newest, when)
    return Upgrades(readable_since=oldest, last_confirmed=newest, unconfirmed=unconfirmed)


def _entries(lines: list[str], zone: tzinfo) -> Iterator[tuple[datetime, tuple[str, str, str] | None]]:
    for line in lines:
        found = _LINE.match(line)
        if found is None:
            continue
        try:
            when = datetime.fromisoformat(found[1]).replace(tzinfo=zone).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
        name = (found[3] or "").partition(":")[0]
        is_upgrade = found[2] == "upgrade" and found[5] is not None and NAME.fullmatch(name) is not None
        yield when, (found[3], found[4], found[5]) if is_upgrade else None


def _zone(place: str, offset: str) -> tzinfo:
    _folder, zones, name = place.partition(ZONES)
    if zones and name and ".." not in PurePosixPath(name).parts:
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass  # unknown here, or no zone at all: the offset of today will do
    found = _OFFSET.fullmatch(offset)
    if found is None:
        return UTC
    shift = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return UTC if shift >= timedelta(hours=24) else timezone(-shift if found[1] == "-" else shift)
