"""Working days: Monday to Friday less the French public holidays."""

from datetime import date, timedelta

import pytest
from holidays import country_holidays
from hypothesis import given
from hypothesis import strategies as st

from agent.core.duties.working_days import (
    MOST,
    is_working_day,
    public_holidays,
    working_day_after,
    working_days_between,
)
from tests.parts.of_each import of_each

DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))


def test_the_public_holidays_of_2026_are_the_eleven_of_the_law() -> None:
    assert sorted(day.strftime("%m-%d") for day in public_holidays(2026)) == [
        "01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "08-15", "11-01", "11-11", "12-25",
    ]  # fmt: skip


@of_each(range(2008, 2100))
def test_the_public_holidays_are_those_that_a_library_of_the_world_s_knows(year: int) -> None:
    assert public_holidays(year) == set(country_holidays("FR", years=year))


@pytest.mark.parametrize("year", [1, 1582, 4100, 9999])
def test_a_year_that_has_no_easter_has_the_other_holidays(year: int) -> None:
    assert len(public_holidays(year)) == 8


@pytest.mark.parametrize(
    ("detected", "tenth"),
    [
        ("2026-10-30", "2026-11-16"),  # 1 November is a Sunday, 11 November a Wednesday
        ("2027-10-29", "2027-11-16"),  # 1 November is a Monday, 11 November a Thursday
        ("2026-12-14", "2026-12-29"),  # 25 December is a Friday
        ("2026-03-20", "2026-04-03"),  # over the change to summer time; Good Friday is worked
        ("2026-10-16", "2026-10-30"),  # over the change to winter time
        ("2026-04-30", "2026-05-19"),  # 1, 8 and 14 May
        ("2026-11-21", "2026-12-04"),  # detected on a Saturday
    ],
)
def test_the_tenth_working_day_after_a_day(detected: str, tenth: str) -> None:
    assert working_day_after(date.fromisoformat(detected), 10) == date.fromisoformat(tenth)
    assert working_days_between(date.fromisoformat(detected), date.fromisoformat(tenth)) == 10


def test_what_happens_on_a_day_off_is_counted_with_the_next_working_day() -> None:
    friday, saturday, monday = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 23)
    assert [working_days_between(friday, day) for day in (friday, saturday, monday)] == [0, 1, 1]


@given(DAYS, st.integers(1, 40))
def test_the_day_with_a_number_is_a_working_day_and_has_that_number(day: date, number: int) -> None:
    reached = working_day_after(day, number)
    assert is_working_day(reached)
    assert working_days_between(day, reached) == number
    assert working_days_between(day, reached + timedelta(days=1)) == number + 1


def test_working_days_are_counted_up_to_a_bound() -> None:
    assert working_days_between(date(2026, 1, 1), date(2026, 1, 1) + timedelta(days=2 * MOST)) == MOST
