"""The instant that a log line's own stamp tells: RFC 3339, RFC 3164 without a year, a web server's, seconds. Pure.

A stamp without a zone is read in the zone given. One without a year is of the newest year in which it is not after
the time at which the file was last written.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
    )
}
# A sender's clock and zone may put an event this far after its reception.
AHEAD = timedelta(hours=26)

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,]\d{1,9})?(?: ?(Z|[+-]\d\d:?\d\d)(?!\d))?", re.ASCII
)
_OLD = re.compile(r"([A-Z][a-z]{2}) ([ 0-3]\d) (?:(\d{4}) )?(\d\d):(\d\d):(\d\d)", re.ASCII)
_WEB = re.compile(r"(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-]\d{4})", re.ASCII)
_SECONDS = re.compile(r"(?:audit\()?(\d{10})[.: )]", re.ASCII)


# 2026-03-01T10:00:01.123456+01:00 fw-1 …
# Mar  1 10:00:01 fw-1 …
# 01/Mar/2026:10:00:01 +0100]
# 1772355601.123 …
def instant_of(stamp: str, zone: tzinfo, written: datetime) -> datetime | None:
    """Return the instant that a stamp tells, to the second; None where it tells none."""
    try:
        if found := _ISO.match(stamp):
            year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
            told = _zone(found[7]) if found[7] else zone
            return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=told).astimezone(UTC)
        if found := _OLD.match(stamp):
            return _without_year(found, zone, written)
        if found := _WEB.match(stamp):
            day, year, hour, minute, second = (int(found[place]) for place in (1, 3, 4, 5, 6))
            month = MONTHS[found[2]]
            return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=_zone(found[7])).astimezone(UTC)
        if found := _SECONDS.match(stamp):
            return datetime.fromtimestamp(int(found[1]), UTC)
    except (ValueError, KeyError, OverflowError):
        return None
    return None


def _without_year(found: "re.Match[str]", zone: tzinfo, written: datetime) -> datetime | None:
    month, day = MONTHS[found[1]], int(found[2])
    hour, minute, second = (int(found[place]) for place in (4, 5, 6))
    latest = written + AHEAD
    # Eight years hold a 29 February wherever they begin.
    years = (int(found[3]),) if found[3] else range(latest.year, latest.year - 9, -1)
    for year in years:
        try:
            told = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone).astimezone(UTC)
        except ValueError:
            continue
        if found[3] or told <= latest:
            return told
    return None


@lru_cache(maxsize=256)
def _zone(text: str) -> tzinfo:
    if text == "Z":
        return UTC
    return datetime.strptime(text.replace(":", ""), "%z").tzinfo or UTC
