"""Working days of the convention: Monday to Friday less the French public holidays, in civil days of Paris.

Source: convention, «Readings of the text» («jours ouvrés»); the public holidays are those of article L3133-1 of the
Code du travail, as the library `holidays` computes them for the whole of France.
"""

from datetime import date
from functools import cache

from agent.core.period import ONE_DAY

# Every sum of days below ends within this, whatever the limit: no objective of the convention is near it.
MOST = 1000


def is_working_day(day: date) -> bool:
    """Tell whether a day is a working day."""
    return day.weekday() < 5 and day not in public_holidays(day.year)


@cache
def public_holidays(year: int) -> frozenset[date]:
    """Return the French public holidays of a year."""
    from holidays import country_holidays

    return frozenset(country_holidays("FR", years=year))


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
