"""Find the civil days that are over and have no row yet, however long ago they were. Pure."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from agent.accounting.expectation import (
    Expectation,
    Loading,
    dropped_at,
    expectation,
    expected_from,
    first_loaded,
    keys_of,
    present_since,
)
from agent.accounting.recovery import LATE_DAYS
from agent.core.model import Key
from agent.core.period import ONE_DAY, day_of, each_day

# Before its first load no look was taken of a key; of these days, those that late evidence can still change get a row.
BEFORE_FIRST_LOAD = timedelta(days=LATE_DAYS + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDaySpan:
    """The days of one key that have a row: the first, the last, and how many."""

    first: date
    last: date
    count: int

    @property
    def whole(self) -> bool:
        """Return True if no day between the first and the last is without a row."""
        return self.count == (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDays:
    """The open days of one key, the oldest first, and the moment from which the key is expected.

    `dropped` is when the configuration dropped it. `closed` is the day after which only what was seen missed counts.
    `again` is when it was declared again, once it had ended.
    """

    expected_from: datetime
    days: tuple[date, ...]
    dropped: datetime | None = None
    closed: date | None = None
    again: datetime | None = None

    def expected_on(self, day: date) -> datetime:
        """Return the moment from which the key is expected, as it counts for one of its days."""
        return self.expected_from if self.again is None or day < day_of(self.again) else self.again


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDays:
    """The rows that exist: a summary for each key, and a way to ask for the days of one, used where it has a gap."""

    summary: Mapping[Key, StoredDaySpan]
    days_of: Callable[[Key], Set[date]]

    def lacks(self, key: Key, first: date, last: date) -> Iterator[date]:
        """Yield the days from the first to the last, both included, for which a key has no row."""
        known = self.summary.get(key)
        if known is None:
            yield from each_day(first, last)
        elif known.whole:
            yield from each_day(first, min(last, known.first - ONE_DAY))
            yield from each_day(max(first, known.last + ONE_DAY), last)
        else:
            rows = self.days_of(key)
            yield from (day for day in each_day(first, last) if day not in rows)


def open_days(
    loads: Sequence[Loading], kept: StoredDays, today: date, keys: Collection[Key] | None = None
) -> dict[Key, OpenDays]:
    """Return the days before `today` that are expected of each declared key, or of some, and have no row."""
    found: dict[Key, OpenDays] = {}
    owed = _Owed(loads)
    for key in keys_of(loads) if keys is None else sorted(keys):
        begins, loaded = expected_from(key, loads), first_loaded(key, loads)
        if begins is None or loaded is None:
            continue
        first = max(day_of(begins), min(day_of(loaded), today - BEFORE_FIRST_LOAD))
        days = tuple(owed.of(key, kept.lacks(key, first, today - timedelta(days=1))))
        if days:
            again = present_since(key, loads)
            again = None if again == begins else again
            found[key] = OpenDays(expected_from=begins, days=days, dropped=dropped_at(key, loads), again=again)
    return found


class _Owed:
    """Answer which days a key owes; keys that every load declares alike are asked about once."""

    def __init__(self, loads: Sequence[Loading]) -> None:
        self._loads = loads
        self._known: dict[tuple[object, ...], dict[date, bool]] = {}

    def of(self, key: Key, days: Iterator[date]) -> Iterator[date]:
        alike: dict[date, bool] | None = None
        for day in days:
            if alike is None:
                alike = self._known.setdefault(tuple(load.declared.get(key) for load in self._loads), {})
            if day not in alike:
                alike[day] = expectation(key, day, self._loads) is Expectation.DECLARED
            if alike[day]:
                yield day
