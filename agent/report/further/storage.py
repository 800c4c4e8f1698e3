"""A year's storage (article 7): what the beneficiary's sources held each day, beside the volume in the price. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from agent.accounting.expectation import Expectation, expectation
from agent.core.convention import CLAUSES, STORAGE
from agent.core.model import Key, State, Verdict
from agent.core.period import Month, Year, day_of, each_day
from agent.report.material import Material

HEADER = ("day", "bytes", "limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyUse:
    """What was measured on one day; `bytes` None: nothing was."""

    day: date
    bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageUse:
    """A year's expected days, up to yesterday, and the volume in the price, in bytes."""

    year: Year
    days: tuple[DailyUse, ...]
    limit: int

    def of(self, month: Month) -> tuple[DailyUse, ...]:
        """Return one month's days."""
        return tuple(one for one in self.days if Month.of(one.day) == month)


def measured(days: Iterable[DailyUse]) -> tuple[DailyUse, ...]:
    """Return the days on which something was measured."""
    return tuple(one for one in days if one.bytes is not None)


def highest(days: Iterable[DailyUse]) -> DailyUse | None:
    """Return the first of the days on which most was used."""
    return max(measured(days), key=lambda one: (one.bytes or 0, -one.day.toordinal()), default=None)


def storage(material: Material, year: Year, verdicts: Sequence[Verdict]) -> StorageUse:
    """Return what each expected day of a year shows; `verdicts` are those on the beneficiary's volume, in order.

    Only a look that measured the whole counts: one that knew a part of the sources, or was too old, measured nothing.
    """
    key = Key(target=STORAGE, subject=material.beneficiary, beneficiary=material.beneficiary)
    last = min(year.last, material.today - timedelta(days=1))
    most: dict[date, int] = {}
    limit = CLAUSES[STORAGE].limit or 0
    for one in verdicts:
        day = day_of(one.at, material.zone)
        if day > last:
            break
        limit = limit if one.limit is None else one.limit
        if one.measured in (State.MET, State.MISSED) and one.value is not None:
            most[day] = max(int(one.value), most.get(day, 0))
    owed = (
        day
        for day in each_day(year.first, last)
        if expectation(key, day, material.loads, material.zone) is not Expectation.NOT_EXPECTED
    )
    return StorageUse(year=year, days=tuple(DailyUse(day=day, bytes=most.get(day)) for day in owed), limit=int(limit))


def table_text(found: StorageUse) -> str:
    """Return the days as a table for tools; no bytes: nothing was measured."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(HEADER)
    rows.writerows([one.day.isoformat(), "" if one.bytes is None else one.bytes, found.limit] for one in found.days)
    return written.getvalue()
