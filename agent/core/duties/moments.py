"""Dates as registers hold them: an instant with its zone, or a whole civil day in Paris."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from agent.core.period import FIRST_YEAR, LAST_YEAR, PARIS, day_end, day_of, day_start

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,6})?)?([Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CivilMoment:
    """An instant (`begins` equals `ends`), or a civil day from its first instant to the next day's."""

    text: str
    begins: datetime
    ends: datetime

    @property
    def day(self) -> date:
        """Return the civil day in Paris."""
        return day_of(self.begins)

    @property
    def value(self) -> date | datetime:
        """Return the instant, or the civil day, as findings carry it."""
        return self.begins if self.begins == self.ends else self.day


def read_when(text: str, zone: ZoneInfo = PARIS) -> CivilMoment:
    """Return the instant or the civil day that a text names.

    Raises ValueError, with a line that completes "KEY …" and never repeats the text.
    """
    if not (_DATE.fullmatch(text) or _INSTANT.fullmatch(text)):
        raise ValueError("is neither an instant nor a date")
    try:
        day = date.fromisoformat(text[:10])
        instant = datetime.fromisoformat(text.upper()) if len(text) > 10 else None
    except ValueError as error:
        raise ValueError("is no day or no time of day") from error
    if not FIRST_YEAR < day.year < LAST_YEAR:
        raise ValueError(f"lies outside the years {FIRST_YEAR + 1} to {LAST_YEAR - 1}")
    if instant is None:
        return CivilMoment(text=text, begins=day_start(day, zone), ends=day_end(day, zone))
    if instant.tzinfo is None:
        raise ValueError("is a time without a zone")
    return CivilMoment(text=instant.isoformat(), begins=instant, ends=instant)
