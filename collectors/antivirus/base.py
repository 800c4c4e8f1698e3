"""When ClamAV's signatures were built: as clamd tells it of what it has loaded, and as the file on disk says.

Both are pure. clamd tells its own local time without a zone; a file's header has the second itself.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from agent.core.errors import Unreadable

# Local time is at most 14 hours ahead of UTC, and 12 behind it.
ANY_ZONE = timedelta(hours=14)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# ClamAV 1.4.6/27812/Mon Nov 23 08:27:15 2026
# ClamAV 1.4.6                                  (no daily base is loaded)
_VERSION = re.compile(
    r"ClamAV [0-9][^/ ]{0,40}"
    r"(?:/(?P<number>[0-9]{1,9})"
    r"/(?P<date>[A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}[0-9]{1,2} [0-9]{2}:[0-9]{2}:[0-9]{2} [0-9]{4}))?"
)

# ClamAV-VDB:23 Nov 2026 08-27 +0000:27812:2075000:90:1eb0…:UmwQ…:raynman:1795422435
_HEADER = re.compile(
    r"ClamAV-VDB:[^:]{0,60}:(?P<number>[0-9]{1,9}):[0-9]{1,12}:[0-9]{1,9}:[^:]{0,64}:[^:]{0,1024}:[^:]{0,128}"
    r":(?P<built>[0-9]{1,11}) *"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """Which base it is and when it was built, `within` how much either way."""

    number: int
    built: datetime
    within: timedelta = timedelta(0)


def loaded(version: str) -> Base | None:
    """Return the base that clamd says it has loaded; None where it tells of none. Raises Unreadable."""
    told = _VERSION.fullmatch(version)
    if told is None:
        raise Unreadable(f"clamd gives no valid version: {version[:80]!r}")
    if told["number"] is None:
        return None
    _weekday, month, day, time, year = told["date"].split()
    try:
        hour, minute, second = (int(part) for part in time.split(":"))
        built = datetime(int(year), MONTHS.index(month) + 1, int(day), hour, minute, second, tzinfo=UTC)
    except ValueError as error:
        raise Unreadable(f"clamd dates its base by no date: {version[:80]!r}") from error
    return Base(number=int(told["number"]), built=built, within=ANY_ZONE)


def on_disk(heads: bytes) -> Base | None:
    """Return the newest daily base among the headers of files, a line each; None where none is one."""
    found = [one for one in map(_base, heads.decode("latin-1").splitlines()) if one is not None]
    return max(found, key=lambda one: one.number, default=None)


def _base(line: str) -> Base | None:
    told = _HEADER.fullmatch(line)
    if told is None:
        return None
    try:
        return Base(number=int(told["number"]), built=datetime.fromtimestamp(int(told["built"]), UTC))
    except (OverflowError, OSError, ValueError):
        return None


def settled(told: Base, exact: Iterable[Base]) -> Base:
    """Return the loaded base with its exact date, where one of the same number is known to the second.

    One that lies outside every zone is not the same base, whatever its number.
    """
    same = (one for one in exact if one.number == told.number and abs(one.built - told.built) <= ANY_ZONE)
    return next(same, told)
