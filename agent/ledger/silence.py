"""Days on which nothing was recorded but entries in registers: the agent did not run."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from agent.core.period import PARIS, day_end, day_of, day_start, each_day
from agent.ledger import encode, entry_rows
from agent.ledger.tables import CHAIN

_TO_THE_HOUR = len("2026-11-24T04")


def silent_days(connection: Connection, first: date, last: date, zone: ZoneInfo = PARIS) -> tuple[date, ...]:
    """Return the civil days of a span, after the ledger's first row, of which it has no row but registers' entries."""
    recorded = CHAIN.c.kind != entry_rows.KIND
    begun = connection.execute(select(func.min(CHAIN.c.instant)).where(recorded)).scalar()
    if begun is None:
        return ()
    # A civil day begins at a full hour of UTC: hours tell its rows apart, and are few.
    hour = func.substr(CHAIN.c.instant, 1, _TO_THE_HOUR)
    within = (
        CHAIN.c.instant >= encode.instant(day_start(first, zone)),
        CHAIN.c.instant < encode.instant(day_end(last, zone)),
    )
    hours = connection.execute(select(hour).distinct().where(recorded, *within)).scalars()
    seen = {day_of(_at(one), zone) for one in (begun, *hours)}
    return tuple(day for day in each_day(max(first, day_of(_at(begun), zone)), last) if day not in seen)


def _at(instant: str) -> datetime:
    return datetime.fromisoformat(f"{instant[:_TO_THE_HOUR]}:00:00+00:00")
