"""The tally of the current quarter, cached between scrapes.

Nothing in it can change while no day row, no load and no acceptance is added and the day is the same: the days that
count are over.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from agent.accounting.agreements import Acceptance
from agent.accounting.days import DayRow, after_acceptances, no_longer_declared
from agent.accounting.expectation import Expectation, expectation, keys_of
from agent.accounting.quarter import target_days
from agent.accounting.rate import Tally, tally
from agent.accounting.recovery import LATE_DAYS
from agent.core.alert_state import rings
from agent.core.model import Key, State
from agent.core.period import Quarter, day_of, each_day
from agent.core.reason import Reason
from agent.ledger.ledger import Ledger

QuarterDays = Mapping[Key, tuple[DayRow, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterDayCounts:
    """The days of a quarter by state: of each key, and of each (target, beneficiary), as its worst subject's.

    `unproven` is when the newest row was written that enters one of the last days of a key as unproven.
    """

    keys: Mapping[Key, Mapping[State, int]] = field(default_factory=dict)
    targets: Mapping[tuple[str, str], Mapping[State, int]] = field(default_factory=dict)
    unproven: Mapping[Key, datetime] = field(default_factory=dict)


class QuarterSoFar:
    """Count the quarter, and count it again when what it rests on has changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mark: tuple[object, ...] | None = None
        self._counted = QuarterDayCounts()

    def counted(
        self,
        ledger: Ledger,
        now: datetime,
        zone: ZoneInfo,
        *,
        acceptances: Sequence[Acceptance] = (),
        derived: Sequence[DayRow] = (),
    ) -> QuarterDayCounts:
        """Return the counts at an instant. `derived`: the rows of days that are over and have none yet."""
        with self._lock:
            # Asked before the rows are: one that comes between is counted now and once more next time.
            said = tuple((row.key, row.day, row.state, row.measured) for row in derived)
            mark = (ledger.newest_day_row(), len(ledger.loads()), day_of(now, zone), zone.key, tuple(acceptances), said)
            if mark != self._mark:
                counted = count(quarter_days(ledger, now, zone, acceptances=acceptances, derived=derived))
                self._counted = replace(counted, unproven=newly_unproven(ledger, now, zone))
                self._mark = mark
            return self._counted


def count(days: QuarterDays) -> QuarterDayCounts:
    """Return the number of days in each state."""
    groups: dict[tuple[str, str], list[DayRow]] = {}
    for key, rows in days.items():
        groups.setdefault((key.target, key.beneficiary), []).extend(rows)
    return QuarterDayCounts(
        keys={key: by_state(tally(row.state for row in rows)) for key, rows in days.items()},
        targets={name: by_state(tally(day.state for day in target_days(rows))) for name, rows in groups.items()},
    )


def newly_unproven(ledger: Ledger, now: datetime, zone: ZoneInfo) -> Mapping[Key, datetime]:
    """Return, of each key, when the newest row was written by which one of the last days is unproven.

    Only rows that were written count: until a day is closed it may yet be shown. Days that owed nothing are left out,
    and the first day of a subject, on which it stood unseen for the moment before its first look. So are the days
    before anything was measured here, and an optional target's.
    """
    found: dict[Key, datetime] = {}
    today, first_seen = day_of(now, zone), ledger.first_seen()
    begun = min((day_of(seen, zone) for seen in first_seen.values()), default=today)
    for row in ledger.day_rows(today - timedelta(days=LATE_DAYS + 1), today - timedelta(days=1)):
        seen = first_seen.get(row.key)
        is_first = row.reason is Reason.NOT_RUN and seen is not None and day_of(seen, zone) == row.day
        if row.day < begun or not rings(row.key.target):
            continue
        if row.state is State.UNPROVEN and row.reason is not Reason.ON_COURSE and not is_first:
            found[row.key] = max(row.judged_at, found.get(row.key, row.judged_at))
    return found


def by_state(counted: Tally) -> Mapping[State, int]:
    """Return a tally as states and numbers."""
    return {
        State.MET: counted.met,
        State.MISSED: counted.missed,
        State.UNPROVEN: counted.unproven,
        State.ACCEPTED: counted.accepted,
    }


def quarter_days(
    ledger: Ledger,
    now: datetime,
    zone: ZoneInfo,
    *,
    acceptances: Sequence[Acceptance] = (),
    derived: Sequence[DayRow] = (),
) -> QuarterDays:
    """Return, for each key that was ever declared, one row for each expected day of this quarter that is over.

    A day that was expected and has neither a row nor a derived one is unproven, `not-run`, and accepted where an
    acceptance covers it: silence never shortens a quarter.
    """
    quarter = Quarter.of(day_of(now, zone))
    yesterday = day_of(now, zone) - timedelta(days=1)
    loads = ledger.loads()
    rows = {(row.key, row.day): row for row in (*derived, *ledger.day_rows(quarter.first, yesterday))}
    found: dict[Key, tuple[DayRow, ...]] = {}
    for key in keys_of(loads):
        owed = ((day, expectation(key, day, loads, zone)) for day in each_day(quarter.first, yesterday))
        own = tuple(one for one in acceptances if one.key == key)
        found[key] = tuple(
            _row_of(
                key, day, rows.get((key, day)), gone=due is Expectation.NO_LONGER_DECLARED, acceptances=own, now=now
            )
            for day, due in owed
            if due is not Expectation.NOT_EXPECTED
        )
    return found


def _row_of(
    key: Key, day: date, kept: DayRow | None, *, gone: bool, acceptances: Sequence[Acceptance], now: datetime
) -> DayRow:
    # A day that was kept holds already what was accepted when it was judged.
    row = kept or DayRow(
        key=key,
        day=day,
        state=after_acceptances(State.UNPROVEN, acceptances, key, day),
        measured=State.UNPROVEN,
        reason=Reason.NOT_RUN,
        late=False,
        judged_at=now,
    )
    return no_longer_declared(row, acceptances) if gone else row
