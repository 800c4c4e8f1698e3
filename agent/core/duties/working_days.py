"""Working days of the convention: Monday to Friday less the French public holidays, in civil days of Paris.

Source: convention, «Readings of the text» («jours ouvrés»); the public holidays are the eleven of article L3133-1 of
the Code du travail, which hold in the whole of France.
"""

from datetime import date, timedelta
from functools import cache

from agent.core.period import ONE_DAY

# Every sum of days below ends within this, whatever the limit: no objective of the convention is near it.
MOST = 1000

# Month and day; and days after Easter Sunday: Easter Monday, Ascension, Whit Monday.
FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
AFTER_EASTER = (1, 39, 50)
# The years of the calendar for which Easter can be reckoned; a file can claim any date.
RECKONED = range(1583, 4100)


def is_working_day(day: date) -> bool:
    """Return whether a day is a working day."""
    return day.weekday() < 5 and day not in public_holidays(day.year)


@cache
def public_holidays(year: int) -> frozenset[date]:
    """Return the French public holidays of a year."""
    from dateutil.easter import easter

    moving = (easter(year) + timedelta(days=days) for days in (AFTER_EASTER if year in RECKONED else ()))
    return frozenset((*(date(year, month, day) for month, day in FIXED), *moving))


def working_day_after(day: date, number: int) -> date:
    """Return the working day that is the `number`th after a day, which is not counted itself; 0: the day itself."""
    while number > 0:
        day += ONE_DAY
        number -= is_working_day(day)
    return day


def working_days_between(first: date, last: date) -> int:
    """Return the number of the working day in which `last` falls, counted from the day after `first`.

    What happens on a day off is counted with the next working day: on the Saturday after the tenth working day,
    the tenth is over. 0: on the day itself. At most `MOST`.
    """
    number, day = 0, first
    while day < last and number < MOST:
        day += ONE_DAY
        number += is_working_day(day)
    return number if day == first or is_working_day(day) else number + 1
