"""An instant or a date, as it was entered."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from agent.core.duties.moments import CivilMoment, read_when
from agent.core.period import FIRST_YEAR, LAST_YEAR, day_end, day_start


@pytest.mark.parametrize("text", ["hier", "", "24/11/2026"])
def test_what_is_neither_an_instant_nor_a_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.compile("^is neither an instant nor a date$")):
        read_when(text)


def refused(text: str) -> str:
    """Return why a text is refused."""
    with pytest.raises(ValueError) as raised:
        read_when(text)
    return str(raised.value)


def test_each_refusal_says_what_is_wrong() -> None:
    assert refused("2026-13-01") == "is no day or no time of day"
    assert refused("2026-11-24T25:00+01:00") == "is no day or no time of day"
    assert refused("2026-11-24 10:00") == "is a time without a zone"
    years = f"lies outside the years {FIRST_YEAR + 1} to {LAST_YEAR - 1}"
    assert refused(f"{FIRST_YEAR}-01-01") == refused(f"{LAST_YEAR}-01-01") == years
    assert read_when(f"{FIRST_YEAR + 1}-01-01").day.year == FIRST_YEAR + 1
    assert read_when(f"{LAST_YEAR - 1}-01-01").day.year == LAST_YEAR - 1


@pytest.mark.parametrize("text", ["2026-11-24t10:00:00,5z", "2026-11-24 10:00:00.500Z", "2026-11-24T11:00:00.5+0100"])
def test_an_instant_may_be_written_in_several_ways(text: str) -> None:
    when = read_when(text)
    assert when.begins == when.ends == datetime(2026, 11, 24, 10, 0, 0, 500_000, tzinfo=UTC)


def test_a_date_is_a_whole_day_of_its_place() -> None:
    there = ZoneInfo("America/Cayenne")
    day = date(2026, 11, 24)
    assert read_when("2026-11-24") == CivilMoment(text="2026-11-24", begins=day_start(day), ends=day_end(day))
    assert read_when("2026-11-24", there) == CivilMoment(
        text="2026-11-24", begins=day_start(day, there), ends=day_end(day, there)
    )
