"""Which days are expected of which subject, read from every load of the configuration that was kept.

The inventory is itself evidence: a subject that disappears without `ends` stays expected, and what has been seen on a
day is taken away by no `starts`, `ends`, removal or renaming written that day or later. They act from the next day
(convention, «From verdicts to a quarter» and «Declared, and when»).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from itertools import accumulate
from zoneinfo import ZoneInfo

from agent.core.model import Key
from agent.core.period import PARIS, day_of, day_start


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The days that one load expects of a key, both included; `starts` None: from the moment of its first load."""

    starts: date | None = None
    ends: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """What one load of the configuration declared; `sequence` is its first row in the ledger.

    `not_before`: an instant of a row before it, where the clock was set back; it takes nothing away before that one.
    `written` False: no load of the file, but what a retirement says from then on (agent.accounting.retirements).
    """

    at: datetime
    declared: Mapping[Key, Days]
    sequence: int = field(default=0, compare=False)
    not_before: datetime | None = None
    written: bool = True

    @property
    def acts_from(self) -> datetime:
        """Return from when on it can take anything away."""
        return self.at if self.not_before is None else max(self.at, self.not_before)


class Expectation(Enum):
    """What a day owes for a key."""

    NOT_EXPECTED = "not-expected"
    DECLARED = "declared"
    NO_LONGER_DECLARED = "no-longer-declared"


def keys_of(loads: Sequence[Loading]) -> tuple[Key, ...]:
    """Return every key that any load ever declared, in order."""
    return tuple(sorted({key for load in loads for key in load.declared}))


def first_loaded(key: Key, loads: Sequence[Loading]) -> datetime | None:
    """Return when a key was first declared, or None; `loads` are in the order of the ledger."""
    return min((load.at for load in loads if key in load.declared), default=None)


def expectation(key: Key, day: date, loads: Sequence[Loading], zone: ZoneInfo = PARIS) -> Expectation:
    """Return what a day owes for a key; `loads` are in the order of the ledger.

    A day is ruled by the load in force at its beginning and by each one written on it: it is expected where any of them
    says so. The days before a key's first load are ruled by that one. A later load can add days that lie behind it,
    and take none away; nor can one that a clock set back dates earlier than the load before it, or than what was seen.
    """
    first = first_loaded(key, loads)
    if first is None:
        return Expectation.NOT_EXPECTED
    earliest = next(number for number, load in enumerate(loads) if key in load.declared)
    loaded = accumulate((load.at for load in loads), max)
    acting = [max(at, load.acts_from) for at, load in zip(loaded, loads, strict=True)]
    # What a later load says stands in the place of what would act after it.
    instants = tuple(accumulate(reversed(acting), min))[::-1]
    ruling = [load for number, load in enumerate(loads) if number <= earliest or day_of(instants[number], zone) <= day]
    begins = day_start(day, zone)
    in_force = max((number for number in range(len(ruling)) if instants[number] < begins), default=0)
    if any(_within(day, days, first, zone) for days in _said(key, ruling[in_force:])):
        return Expectation.DECLARED
    for number in range(in_force, len(ruling)):
        before = _said(key, ruling[:number])
        if key not in ruling[number].declared and before and _within(day, before[-1], first, zone):
            return Expectation.NO_LONGER_DECLARED
    added = any(_within(day, days, first, zone) for days in _said(key, loads[len(ruling) :]))
    return Expectation.DECLARED if added else Expectation.NOT_EXPECTED


def dropped_at(key: Key, loads: Sequence[Loading]) -> datetime | None:
    """Return when the load in force dropped a key that was declared before; None: it declares it, or none ever did."""
    written = [load for load in loads if load.written]
    declares = [number for number, load in enumerate(written) if key in load.declared]
    if not declares or declares[-1] == len(written) - 1:
        return None
    return max(load.acts_from for load in written[: declares[-1] + 2])


def _said(key: Key, loads: Sequence[Loading]) -> tuple[Days, ...]:
    return tuple(load.declared[key] for load in loads if key in load.declared)


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
