"""Which days are expected of which subject, read from every load of the configuration that was kept.

The inventory is itself evidence: a subject that disappears without `ends` stays expected, and a `starts` moved later
acts from the day it was written, never before (convention, «From verdicts to a quarter»).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from zoneinfo import ZoneInfo

from agent.core.model import Key
from agent.core.period import PARIS, day_of, day_start


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Hold the days that one load expects of a key, both included; `starts` None: from the moment of its first load."""

    starts: date | None = None
    ends: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """Hold what one load of the configuration declared."""

    at: datetime
    declared: Mapping[Key, Days]


class Expectation(Enum):
    """Tell what a day owes for a key."""

    NOT_EXPECTED = "not-expected"
    DECLARED = "declared"
    NO_LONGER_DECLARED = "no-longer-declared"


def keys_of(loads: Sequence[Loading]) -> tuple[Key, ...]:
    """Return every key that any load ever declared, in order."""
    return tuple(sorted({key for load in loads for key in load.declared}))


def first_loaded(key: Key, loads: Sequence[Loading]) -> datetime | None:
    """Return when a key was first declared, or None; `loads` are in the order of time."""
    return next((load.at for load in loads if key in load.declared), None)


def expectation(key: Key, day: date, loads: Sequence[Loading], zone: ZoneInfo = PARIS) -> Expectation:
    """Return what a day owes for a key; `loads` are in the order of time.

    A day is ruled by the last load up to its end, or by the first that declares the key for the days before that. A
    later load can add days that lie behind it, and take none away.
    """
    first = first_loaded(key, loads)
    if first is None:
        return Expectation.NOT_EXPECTED
    ruling = [load for load in loads if load.at <= first or day_of(load.at, zone) <= day]
    last_declared = next(load.declared[key] for load in reversed(ruling) if key in load.declared)
    if key in ruling[-1].declared:
        if _within(day, last_declared, first, zone):
            return Expectation.DECLARED
    elif _begun(day, last_declared, first, zone) and not _ended(last_declared, day):
        return Expectation.NO_LONGER_DECLARED
    later = [load.declared[key] for load in loads if load not in ruling and key in load.declared]
    added = any(_within(day, days, first, zone) for days in later)
    return Expectation.DECLARED if added else Expectation.NOT_EXPECTED


def expected_from(key: Key, loads: Sequence[Loading], zone: ZoneInfo = PARIS) -> datetime | None:
    """Return the first moment expected of a key: the earliest that any load says; None: it was never declared."""
    first = first_loaded(key, loads)
    if first is None:
        return None
    starts = [load.declared[key].starts for load in loads if key in load.declared]
    return min(first if day is None else day_start(day, zone) for day in starts)


def _begun(day: date, days: Days, first: datetime, zone: ZoneInfo) -> bool:
    return day >= (days.starts if days.starts is not None else day_of(first, zone))


def _within(day: date, days: Days, first: datetime, zone: ZoneInfo) -> bool:
    return _begun(day, days, first, zone) and (days.ends is None or day <= days.ends)


def _ended(days: Days, day: date) -> bool:
    return days.ends is not None and day > days.ends
