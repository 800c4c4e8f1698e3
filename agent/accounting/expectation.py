"""Which days are expected of which subject, read from every load of the configuration that was kept.

The inventory is itself evidence: a subject that disappears without `ends` stays expected, and what has been seen on a
day is taken away by no `starts`, `ends`, removal or renaming written that day or later. They act from the next day
(convention, «From verdicts to a quarter» and «Declared, and when»).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
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
    said = _said(key, loads, zone)
    if not any(said):
        return Expectation.NOT_EXPECTED
    earliest = next(number for number, days in enumerate(said) if days is not None)
    loaded = accumulate((load.at for load in loads), max)
    acting = [max(at, load.acts_from) for at, load in zip(loaded, loads, strict=True)]
    # What a later load says stands in the place of what would act after it.
    instants = tuple(accumulate(reversed(acting), min))[::-1]
    ruling = sum(number <= earliest or day_of(instants[number], zone) <= day for number in range(len(loads)))
    begins = day_start(day, zone)
    in_force = max((number for number in range(ruling) if instants[number] < begins), default=0)
    if any(_within(day, days) for days in said[in_force:ruling]):
        return Expectation.DECLARED
    for number in range(in_force, ruling):
        before = next((days for days in reversed(said[:number]) if days is not None), None)
        if said[number] is None and _within(day, before):
            return Expectation.NO_LONGER_DECLARED
    added = any(_within(day, days) for days in said[ruling:])
    return Expectation.DECLARED if added else Expectation.NOT_EXPECTED


def dropped_at(key: Key, loads: Sequence[Loading]) -> datetime | None:
    """Return when the load in force dropped a key that was declared before; None: it declares it, or none ever did."""
    written = [load for load in loads if load.written]
    declares = [number for number, load in enumerate(written) if key in load.declared]
    if not declares or declares[-1] == len(written) - 1:
        return None
    return max(load.acts_from for load in written[: declares[-1] + 2])


def present_since(key: Key, loads: Sequence[Loading], zone: ZoneInfo = PARIS) -> datetime | None:
    """Return the first moment expected of a key in the life that its last load is of; None: it was never declared."""
    lives = _lives(key, loads, zone)
    first = next((at for at in reversed(lives) if at is not None), None)
    own = [load.declared[key].starts for load, at in zip(loads, lives, strict=True) if at is not None and at == first]
    return None if first is None else min(first if day is None else day_start(day, zone) for day in own)


def declared_since(key: Key, loads: Sequence[Loading], zone: ZoneInfo = PARIS) -> datetime | None:
    """Return when a key was first declared in the life that its last load is of; None: it never was."""
    return next((at for at in reversed(_lives(key, loads, zone)) if at is not None), None)


def _lives(key: Key, loads: Sequence[Loading], zone: ZoneInfo) -> tuple[datetime | None, ...]:
    """Return, for each load that declares a key, when it was first declared in that life; None for the others.

    What had ended when the file lacked it is a new subject where it is declared again: nothing is owed for the time
    between. What was dropped without an end stays expected, and goes on.
    """
    found: list[datetime | None] = []
    first, before, gone = None, Days(), False
    for load in loads:
        days = load.declared.get(key)
        if days is None:
            found.append(None)
            gone = first is not None
            continue
        has_ended = gone and before.ends is not None and before.ends < day_of(load.at, zone)
        if first is None or has_ended:
            first = load.at
        elif load.at < first:  # by a clock that was set back
            found = [load.at if at == first else at for at in found]
            first = load.at
        found.append(first)
        before, gone = days, False
    return tuple(found)


def _said(key: Key, loads: Sequence[Loading], zone: ZoneInfo) -> tuple[Days | None, ...]:
    """Return the days that each load expects of a key, the first one written out; None where it declares none."""
    return tuple(
        None if at is None else replace(load.declared[key], starts=load.declared[key].starts or day_of(at, zone))
        for load, at in zip(loads, _lives(key, loads, zone), strict=True)
    )


def expected_from(key: Key, loads: Sequence[Loading], zone: ZoneInfo = PARIS) -> datetime | None:
    """Return the first moment expected of a key: the earliest that any load says; None: it was never declared."""
    first = first_loaded(key, loads)
    if first is None:
        return None
    starts = [load.declared[key].starts for load in loads if key in load.declared]
    return min(first if day is None else day_start(day, zone) for day in starts)


def _within(day: date, days: Days | None) -> bool:
    begun = days is not None and days.starts is not None and days.starts <= day
    return begun and days is not None and (days.ends is None or day <= days.ends)
