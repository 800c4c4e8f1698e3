"""Parse time stamps in the forms that loggers write. Pure.

A stamp without a zone is read in the zone given. A year that is left out, and whether the day or the month comes first,
is decided for a whole file: its lines stand in order, and none is after the time at which it was last written.
"""

import re
from collections.abc import Mapping, Sequence
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
# A step back of more than NEAR may be a clock that was wrong for a while: the runs before it are near again, and to
# believe them all would leave a gap of more than FAR.
FAR, NEAR, LOOKED_AT = timedelta(days=182), timedelta(days=31), 30

Dates = tuple[datetime | None, datetime | None]
Found = re.Match[str]

_CLOCK = r"(?P<hour>\d?\d):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
_NAMED = r"(?P<name>[A-Z][a-z]{2})"
_FRACTION_AND_ZONE = r"(?:[.,]\d{1,9})?(?: ?(?P<zone>Z|[+-]\d\d:?\d\d)(?!\d))?"
_DATE = r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
# 2026-03-01T10:00:01.123456+01:00 · 01/Mar/2026:10:00:01 +0100 · 2026/03/01 10:00:01 · 01-Mar-2026 10:00:01.123
# date=2026-03-01 time=10:00:01 · Mar 1, 2026 10:00:01 AM · 20260301T100001 · 03/01/26,10:00:01
_DATED = tuple(
    re.compile(form, re.ASCII)
    for form in (
        rf"{_DATE}[T ]{_CLOCK}{_FRACTION_AND_ZONE}",
        rf"(?P<day>\d\d)/{_NAMED}/(?P<year>\d{{4}}):{_CLOCK} (?P<zone>[+-]\d{{4}})",
        rf"(?P<year>\d{{4}})/(?P<month>\d\d)/(?P<day>\d\d)[T ]{_CLOCK}{_FRACTION_AND_ZONE}",
        rf"(?P<day>\d\d)-{_NAMED}-(?P<year>\d{{4}})[T :]{_CLOCK}",
        rf'date="?{_DATE}"?[ ,]time="?{_CLOCK}',
        rf"{_NAMED} (?P<day>\d?\d), (?P<year>\d{{4}}),? {_CLOCK}(?: (?P<half>[AP]M))?",
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)T(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?P<zone>Z)?",
        # Windows' DHCP server writes the month first, whatever the machine's language.
        rf"(?P<month>\d\d)/(?P<day>\d\d)/(?P<century>\d\d),{_CLOCK}",
    )
)
_OLD = re.compile(rf"{_NAMED} (?P<day>[ 0-3]\d) (?:(?P<year>\d{{4}}) )?{_CLOCK}", re.ASCII)
_LOCAL = re.compile(rf"(?P<one>\d\d)[/.](?P<two>\d\d)[/.](?P<year>\d{{4}})[T ,]{{1,2}}{_CLOCK}", re.ASCII)
_SECONDS = re.compile(r'(?:audit\(|"@?\w+": ?"?)?(\d{10})(?:\d{3}|\d{6})?[.: ),"}]', re.ASCII)
_MICROSECONDS = re.compile(r"\d{16}", re.ASCII)  # a journal's


def instants(stamps: Sequence[tuple[str, str]], zone: tzinfo, written: datetime) -> Sequence[Dates]:
    """Return what the first and last stamp of each run of a file give, in the file's order; None where one gives none.

    `written` is when the file was last written. Without a year, a run is of the newest year in which it is not after
    the run behind it.
    """
    reading = _Reading(zone, day_first=_day_first(stamps, zone, written))
    found: list[Dates] = []
    limit = written
    for place in range(len(stamps) - 1, -1, -1):
        first, last = stamps[place]
        end = reading.instant(last, limit)
        if end is not None and _yearless(last):
            if limit - end > NEAR and _is_wrong_clock(stamps, place, (limit, end), reading):
                end = reading.instant(last, written)
            else:
                limit = min(limit, end)
        found.append((reading.instant(first, end or limit), end))
    return found[::-1]


def instant_of(stamp: str, zone: tzinfo, latest: datetime, *, day_first: bool = True) -> datetime | None:
    """Return the instant that a stamp gives, to the second, or None; without a year it is not after `latest`."""
    return _Reading(zone, day_first=day_first).instant(stamp, latest)


class _Reading:
    """How the stamps of one file are read."""

    def __init__(self, zone: tzinfo, *, day_first: bool) -> None:
        self.zone, self.day_first = zone, day_first

    def instant(self, stamp: str, latest: datetime) -> datetime | None:
        """Return the instant that a stamp gives, or None."""
        try:
            if _MICROSECONDS.fullmatch(stamp):
                return datetime.fromtimestamp(int(stamp) / 1_000_000, UTC)
            for form in _DATED:
                if found := form.match(stamp):
                    return self._dated(found)
            if found := _OLD.match(stamp):
                return self._dated(found) if found["year"] else self._without_year(found, latest)
            if found := _LOCAL.match(stamp):
                one, two = int(found["one"]), int(found["two"])
                day, month = (one, two) if self.day_first else (two, one)
                return self._at(int(found["year"]), month, day, found)
            if found := _SECONDS.match(stamp):
                return datetime.fromtimestamp(int(found[1]), UTC)
        except (ValueError, KeyError, OverflowError):
            return None
        return None

    def _dated(self, found: Found) -> datetime:
        parts = found.groupdict()
        year = int(parts["year"]) if parts.get("year") else 2000 + int(parts["century"])
        return self._at(year, _month(parts), int(parts["day"]), found)

    def _without_year(self, found: Found, latest: datetime) -> datetime | None:
        month, day = MONTHS[found["name"]], int(found["day"])
        # Eight years hold a 29 February in any century of ours.
        for year in range((latest + AHEAD).year, (latest + AHEAD).year - 9, -1):
            try:
                told = self._at(year, month, day, found)
            except ValueError:
                continue
            if told <= latest + AHEAD:
                return told
        return None

    def _at(self, year: int, month: int, day: int, found: Found) -> datetime:
        parts = found.groupdict()
        hour = int(parts["hour"])
        if parts.get("half"):
            hour = hour % 12 + (12 if parts["half"] == "PM" else 0)
        second = min(int(parts["second"] or 0), 59)
        zone = _zone(parts["zone"]) if parts.get("zone") else self.zone
        return datetime(year, month, day, hour, int(parts["minute"]), second, tzinfo=zone).astimezone(UTC)


def _month(parts: Mapping[str, str | None]) -> int:
    return MONTHS[str(parts["name"])] if parts.get("name") else int(str(parts["month"]))


def _yearless(stamp: str) -> bool:
    found = _OLD.match(stamp)
    return found is not None and not found["year"]


def _is_wrong_clock(
    stamps: Sequence[tuple[str, str]], place: int, step: tuple[datetime, datetime], reading: _Reading
) -> bool:
    """Return True if a run steps back (from, to) and runs before it are near to where it stepped from."""
    limit, end = step
    widest = limit - end
    for _, stamp in reversed(stamps[max(place - LOOKED_AT, 0) : place]):
        if not _yearless(stamp) or (believed := reading.instant(stamp, end)) is None:
            continue
        widest, end = max(widest, end - believed), min(end, believed)
        nearest = reading.instant(stamp, limit)
        if nearest is not None and limit - nearest <= NEAR:
            return widest > FAR
    return False


def _day_first(stamps: Sequence[tuple[str, str]], zone: tzinfo, written: datetime) -> bool:
    """Return True if a file writes `30/11/2026`, False if it writes `11/30/2026`."""
    local = [last for _, last in stamps if _LOCAL.match(last)]
    if not local:
        return True

    def fitting(day_first: bool) -> tuple[int, float]:
        reading = _Reading(zone, day_first=day_first)
        told = [reading.instant(stamp, written) for stamp in local]
        possible = [one for one in told if one is not None and one <= written + AHEAD]
        return len(possible), -abs((written - possible[-1]).total_seconds()) if possible else 0.0

    return max((True, False), key=fitting)


@lru_cache(maxsize=256)
def _zone(text: str) -> tzinfo:
    if text == "Z":
        return UTC
    return datetime.strptime(text.replace(":", ""), "%z").tzinfo or UTC
