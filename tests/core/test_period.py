"""Civil days, months and quarters, whatever the clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import UsageError
from agent.core.period import PARIS, HalfYear, Month, Quarter, Year, day_end, day_of, day_start, each_day

HOUR = timedelta(hours=1)
DAYS = st.dates(min_value=date(1971, 1, 1), max_value=date(2100, 12, 31))


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2026, 3, 28), 24),
        (date(2026, 3, 29), 23),
        (date(2026, 3, 30), 24),
        (date(2026, 10, 24), 24),
        (date(2026, 10, 25), 25),
        (date(2026, 10, 26), 24),
    ],
)
def test_a_civil_day_lasts_as_long_as_the_clock_says(day: date, hours: int) -> None:
    assert day_end(day) - day_start(day) == hours * HOUR


def test_a_day_begins_at_its_own_midnight_in_paris() -> None:
    assert day_start(date(2026, 3, 29)) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert day_start(date(2026, 3, 30)) == datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert day_start(date(2026, 10, 25)) == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert day_start(date(2026, 10, 26)) == datetime(2026, 10, 25, 23, tzinfo=UTC)


def test_the_last_instant_before_midnight_is_of_the_day_that_ends() -> None:
    midnight = day_start(date(2026, 11, 11))
    assert day_of(midnight - timedelta(microseconds=1)) == date(2026, 11, 10)
    assert day_of(midnight) == date(2026, 11, 11)


def test_both_hours_named_two_are_of_the_same_day_in_autumn() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert {day_of(first), day_of(first + HOUR)} == {date(2026, 10, 25)}


@given(day=DAYS, zone=st.sampled_from(["Europe/Paris", "UTC", "America/Sao_Paulo", "Pacific/Apia", "Asia/Kolkata"]))
def test_a_day_begins_within_itself_and_ends_where_the_next_begins(day: date, zone: str) -> None:
    place = ZoneInfo(zone)
    assert day_end(day, place) == day_start(day + timedelta(days=1), place)
    if day_start(day, place) < day_end(day, place):  # Apia left out 30 December 2011
        assert day_of(day_start(day, place), place) == day
        assert day_of(day_end(day, place) - timedelta(microseconds=1), place) == day


@given(day=DAYS)
def test_every_day_is_in_its_quarter_and_in_no_other(day: date) -> None:
    quarter = Quarter.of(day)
    assert day in quarter
    assert list(quarter.days()).count(day) == 1
    assert 90 <= quarter.length <= 92
    assert sum(day in Quarter(day.year, number) for number in range(1, 5)) == 1


@given(day=DAYS)
def test_a_month_holds_its_days_and_is_written_as_it_is_read(day: date) -> None:
    month = Month.of(day)
    assert day in list(month.days())
    assert Month.parse(str(month)) == month
    assert month.next.first == month.last + timedelta(days=1)


@given(number=st.integers(1, 4), year=st.integers(1970, 9998))
def test_a_quarter_is_written_as_it_is_read(number: int, year: int) -> None:
    quarter = Quarter(year, number)
    assert Quarter.parse(str(quarter)) == quarter
    assert len(list(quarter.days())) == quarter.length


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-Q0", "2026-Q5", "2026Q1", "26-Q1", "2026-q1", " 2026-Q1", "٢٠٢٦-Q1"]
)
def test_what_is_no_quarter_is_refused_with_the_form_wanted(text: str) -> None:
    with pytest.raises(UsageError, match="not a quarter") as refused:
        Quarter.parse(text)
    assert "2026-Q4" in refused.value.hint


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "2026-1", "0001-01", "2026-10-01", "2026-10\n"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not a month"):
        Month.parse(text)


@given(text=st.text(max_size=12))
def test_any_text_is_a_quarter_or_a_usage_error(text: str) -> None:
    try:
        assert str(Quarter.parse(text)) == text
    except UsageError as refused:
        assert refused.exit_code == 2


def test_no_day_lies_between_a_later_and_an_earlier_one() -> None:
    assert list(each_day(date(2026, 1, 2), date(2026, 1, 1))) == []
    assert list(each_day(date(2026, 1, 1), date(2026, 1, 1))) == [date(2026, 1, 1)]


def test_paris_is_the_zone_when_none_is_given() -> None:
    assert day_start(date(2026, 1, 1)) == day_start(date(2026, 1, 1), PARIS)


@pytest.mark.parametrize(
    ("half", "first", "last"),
    [("2026-S1", date(2026, 1, 1), date(2026, 6, 30)), ("2028-S2", date(2028, 7, 1), date(2028, 12, 31))],
)
def test_a_half_year_is_two_quarters(half: str, first: date, last: date) -> None:
    found = HalfYear.parse(half)
    assert (found.first, found.last, str(found)) == (first, last, half)
    assert found.quarters[0].last + timedelta(days=1) == found.quarters[1].first


@pytest.mark.parametrize("year", ["2026", "2028"])
def test_a_year_is_its_months(year: str) -> None:
    found = Year.parse(year)
    assert str(found) == year
    assert [day for month in found.months for day in month.days()] == list(each_day(found.first, found.last))


@pytest.mark.parametrize("text", ["", "2026", "2026-S0", "2026-S3", "2026-Q1", "0001-S1", "9999-S1", "2026-S1\n"])
def test_what_is_no_half_year_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not a half-year"):
        HalfYear.parse(text)


@pytest.mark.parametrize("text", ["", "26", "20260", "0000", "9999", "2026-01", "２０２６", "2026\n"])
def test_what_is_no_year_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not a year"):
        Year.parse(text)


@pytest.mark.parametrize(("year", "number"), [(2026, 0), (2026, 3), (1, 1), (9999, 1)])
def test_a_half_year_or_a_year_that_cannot_be_is_none(year: int, number: int) -> None:
    with pytest.raises(ValueError, match="no such half-year"):
        HalfYear(year, number)
    if year != 2026:
        with pytest.raises(ValueError, match="no such year"):
            Year(year)
