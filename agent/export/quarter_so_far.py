"""What the current quarter comes to so far, counted once and not at every scrape.

Nothing in it can change while no day row and no load is added and the day is the same: the days that count are over.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from agent.accounting.days import DayRow, no_longer_declared
from agent.accounting.expectation import Expectation, Loading, expectation, keys_of
from agent.accounting.quarter import target_days
from agent.accounting.rate import Tally, tally
from agent.core.model import Key, State
from agent.core.period import Quarter, day_of, each_day
from agent.core.reason import Reason
from agent.ledger.ledger import Ledger

QuarterDays = Mapping[Key, tuple[DayRow, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Hold the days of a quarter by state: of each key, and of each (target, beneficiary), as its worst subject's."""

    keys: Mapping[Key, Mapping[State, int]] = field(default_factory=dict)
    targets: Mapping[tuple[str, str], Mapping[State, int]] = field(default_factory=dict)


class QuarterSoFar:
    """Count the quarter, and count it again when what it rests on has changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mark: tuple[object, ...] | None = None
        self._counted = Counted()

    def counted(self, ledger: Ledger, now: datetime, zone: ZoneInfo) -> Counted:
        """Return the counts at an instant."""
        with self._lock:
            # Asked before the rows are: one that comes between is counted now and once more next time.
            mark = (ledger.newest_day_row(), len(ledger.loads()), day_of(now, zone), zone.key)
            if mark != self._mark:
                self._counted = count(quarter_days(ledger, now, zone))
                self._mark = mark
            return self._counted


def count(days: QuarterDays) -> Counted:
    """Return how many days came to each state."""
    groups: dict[tuple[str, str], list[DayRow]] = {}
    for key, rows in days.items():
        groups.setdefault((key.target, key.beneficiary), []).extend(rows)
    return Counted(
        keys={key: by_state(tally(row.state for row in rows)) for key, rows in days.items()},
        targets={name: by_state(tally(day.state for day in target_days(rows))) for name, rows in groups.items()},
    )


def by_state(counted: Tally) -> Mapping[State, int]:
    """Return a tally as states and numbers."""
    return {
        State.MET: counted.met,
        State.MISSED: counted.missed,
        State.UNPROVEN: counted.unproven,
        State.ACCEPTED: counted.accepted,
    }


def quarter_days(ledger: Ledger, now: datetime, zone: ZoneInfo) -> QuarterDays:
    """Return, for each key that was ever declared, one row for each expected day of this quarter that is over.

    A day that was expected and has no row is unproven, `not-run`: silence never shortens a quarter.
    """
    quarter = Quarter.of(day_of(now, zone))
    yesterday = day_of(now, zone) - timedelta(days=1)
    loads = ledger.loads()
    rows = {(row.key, row.day): row for row in ledger.day_rows(quarter.first, yesterday)}
    return {key: tuple(_rows_of(key, quarter.first, yesterday, loads, rows, now, zone)) for key in keys_of(loads)}


def _rows_of(
    key: Key,
    first: date,
    last: date,
    loads: Sequence[Loading],
    rows: Mapping[tuple[Key, date], DayRow],
    now: datetime,
    zone: ZoneInfo,
) -> Iterator[DayRow]:
    for day in each_day(first, last):
        owed = expectation(key, day, loads, zone)
        if owed is Expectation.NOT_EXPECTED:
            continue
        silent = DayRow(
            key=key,
            day=day,
            state=State.UNPROVEN,
            measured=State.UNPROVEN,
            reason=Reason.NOT_RUN,
            late=False,
            judged_at=now,
        )
        row = rows.get((key, day), silent)
        yield row if owed is Expectation.DECLARED else no_longer_declared(row)
