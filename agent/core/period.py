"""Civil days, months and quarters in a zone, whatever the clock changes.

A quarter is counted in civil days, never in blocks of 24 hours: 2026-Q1 holds 90 days and Q4 holds 92, while the
days of 29 March and 25 October 2026 last 23 and 25 hours in Paris.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from agent.core.errors import UsageError

PARIS = ZoneInfo("Europe/Paris")
ONE_DAY = timedelta(days=1)

# Years that every sum of days below can stand; a date outside them is a slip of the keyboard.
FIRST_YEAR, LAST_YEAR = 1970, 9998


@lru_cache(4096)  # each key of a quarter asks for the same days
def day_start(day: date, zone: ZoneInfo = PARIS) -> datetime:
    """Return the first instant of a civil day, in UTC."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def day_end(day: date, zone: ZoneInfo = PARIS) -> datetime:
    """Return the instant at which a civil day is over, in UTC: the next day's first."""
    return day_start(day + ONE_DAY, zone)


def day_of(instant: datetime, zone: ZoneInfo = PARIS) -> date:
    """Return the civil day in which an aware instant falls."""
    return instant.astimezone(zone).date()


def each_day(first: date, last: date) -> Iterator[date]:
    """Yield every day from the first to the last, both included; none where the last comes first."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A civil month."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not (FIRST_YEAR <= self.year <= LAST_YEAR and 1 <= self.number <= 12):
            raise ValueError(f"no such month: {self.year}-{self.number}")

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Return the month that a text such as `2026-10` names. Raises UsageError."""
        match = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", text)
        if match is None or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
            raise UsageError(f"not a month: {text!r}", hint="write a year and a month, such as 2026-10")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> "Month":
        """Return the month of a day."""
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        """Return its first day."""
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """Return its last day."""
        return self.next.first - ONE_DAY if self != Month(LAST_YEAR, 12) else date(LAST_YEAR, 12, 31)

    @property
    def next(self) -> "Month":
        """Return the month after it."""
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    def days(self) -> Iterator[date]:
        """Yield its days."""
        return each_day(self.first, self.last)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A civil quarter."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not (FIRST_YEAR <= self.year <= LAST_YEAR and 1 <= self.number <= 4):
            raise ValueError(f"no such quarter: {self.year}-Q{self.number}")

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """Return the quarter that a text such as `2026-Q4` names. Raises UsageError."""
        match = re.fullmatch(r"([0-9]{4})-Q([1-4])", text)
        if match is None or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
            raise UsageError(f"not a quarter: {text!r}", hint="write a year and a quarter, such as 2026-Q4")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """Return the quarter of a day."""
        return cls(day.year, (day.month + 2) // 3)

    @property
    def first(self) -> date:
        """Return its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        """Return its last day."""
        return Month(self.year, 3 * self.number).last

    @property
    def length(self) -> int:
        """Return how many civil days it holds: 90 to 92."""
        return (self.last - self.first).days + 1

    def days(self) -> Iterator[date]:
        """Yield its days."""
        return each_day(self.first, self.last)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.year:04d}-Q{self.number}"


@dataclass(frozen=True, slots=True, order=True)
class HalfYear:
    """A civil half-year."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not (FIRST_YEAR <= self.year <= LAST_YEAR and self.number in (1, 2)):
            raise ValueError(f"no such half-year: {self.year}-{self.number}")

    @classmethod
    def parse(cls, text: str) -> "HalfYear":
        """Return the half-year that a text such as `2026-S1` names. Raises UsageError."""
        match = re.fullmatch(r"([0-9]{4})-S([12])", text)
        if match is None or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
            raise UsageError(f"not a half-year: {text!r}", hint="write a year and a half of it, such as 2026-S1")
        return cls(int(match[1]), int(match[2]))

    @property
    def quarters(self) -> tuple[Quarter, Quarter]:
        """Return its two quarters."""
        return Quarter(self.year, 2 * self.number - 1), Quarter(self.year, 2 * self.number)

    @property
    def first(self) -> date:
        """Return its first day."""
        return self.quarters[0].first

    @property
    def last(self) -> date:
        """Return its last day."""
        return self.quarters[1].last

    def __str__(self) -> str:
        return f"{self.year:04d}-S{self.number}"


@dataclass(frozen=True, slots=True, order=True)
class Year:
    """A civil year."""

    year: int

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise ValueError(f"no such year: {self.year}")

    @classmethod
    def parse(cls, text: str) -> "Year":
        """Return the year that a text such as `2026` names. Raises UsageError."""
        if not re.fullmatch(r"[0-9]{4}", text) or not FIRST_YEAR <= int(text) <= LAST_YEAR:
            raise UsageError(f"not a year: {text!r}", hint="write four digits, such as 2026")
        return cls(int(text))

    @property
    def months(self) -> tuple[Month, ...]:
        """Return its months."""
        return tuple(Month(self.year, number) for number in range(1, 13))

    @property
    def first(self) -> date:
        """Return its first day."""
        return date(self.year, 1, 1)

    @property
    def last(self) -> date:
        """Return its last day."""
        return date(self.year, 12, 31)

    def __str__(self) -> str:
        return f"{self.year:04d}"
