"""What instant each form of stamp tells, and that no text breaks it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.logs.stamps import instant_of, instants

PARIS = ZoneInfo("Europe/Paris")
WRITTEN = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stamp", "told"),
    [
        ("2026-03-01T10:00:01.123456+01:00 fw-1 a", "2026-03-01T09:00:01"),
        ("2026-03-01T10:00:01Z fw-1 a", "2026-03-01T10:00:01"),
        ("2026-03-01 10:00:01 fw-1 a", "2026-03-01T09:00:01"),
        ("2026-03-01 10:00:01,250 +0100 fw-1", "2026-03-01T09:00:01"),
        ("2026-03-01T23:59:60Z", "2026-03-01T23:59:59"),
        ("Mar  1 10:00:01 fw-1 a", "2026-03-01T09:00:01"),
        ("Mar  1 2025 10:00:01 fw-1 a", "2025-03-01T09:00:01"),
        ("Mar  2 23:00:00 fw-1 ahead", "2026-03-02T22:00:00"),
        ("Dec 31 23:30:00 fw-1 a", "2025-12-31T22:30:00"),
        ("Feb 29 10:00:00 fw-1 a", "2024-02-29T09:00:00"),
        ("01/Mar/2026:10:00:01 +0100]", "2026-03-01T09:00:01"),
        ("1772355601.123    921 192.0.2.1 TCP_MISS", "2026-03-01T09:00:01"),
        ("audit(1772355601.243:24287): a", "2026-03-01T09:00:01"),
        ("2026/03/01 10:00:01 [error] 12#12: a", "2026-03-01T09:00:01"),
        ("01-Mar-2026 10:00:01.123 INFO [main] a", "2026-03-01T09:00:01"),
        ('date=2026-03-01 time=10:00:01 devname="fw-1"', "2026-03-01T09:00:01"),
        ("01/03/2026 10:00 a", "2026-03-01T09:00:00"),
        ("01.03.2026 10:00:01 a", "2026-03-01T09:00:01"),
        ("03/01/26,10:00:01,Assign,192.0.2.1", "2026-03-01T09:00:01"),
        ("Mar 1, 2026 10:00:01 AM org.example", "2026-03-01T09:00:01"),
        ("Mar 1, 2026 12:00:01 AM org.example", "2026-02-28T23:00:01"),
        ("Mar 1, 2026 1:00:01 PM org.example", "2026-03-01T12:00:01"),
        ("20260301T100001 a", "2026-03-01T09:00:01"),
        ('"ts":1772355601123,"level":"info"}', "2026-03-01T09:00:01"),
        ('"ts":1772355601.5}', "2026-03-01T09:00:01"),
        ('"timestamp": "1772355601"}', "2026-03-01T09:00:01"),
        ("1772355601000001", "2026-03-01T09:00:01.000001"),
        ("31/31/2026 10:00", None),
        ("Mar 40 10:00:00", None),
        ("Bla  1 10:00:00", None),
        ("2026-13-01T10:00:01Z", None),
        ("2026-03-01T10:00:01+99:99", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("", None),
    ],
)
def test_each_form_of_stamp_tells_its_instant(stamp: str, told: str | None) -> None:
    expected = None if told is None else datetime.fromisoformat(f"{told}+00:00")
    assert instant_of(stamp, PARIS, WRITTEN) == expected


@given(st.text(alphabet="0123456789-:TZ+ .,/()[]JanFebMrauditDc", max_size=40))
def test_any_text_tells_an_instant_or_none(stamp: str) -> None:
    told = instant_of(stamp, PARIS, WRITTEN)
    assert told is None or told.tzinfo is not None


def days(texts: list[str]) -> list[str | None]:
    """Return the days that the runs of one file are given."""
    told = instants([(text, text) for text in texts], ZoneInfo("UTC"), WRITTEN)
    return [None if last is None else last.date().isoformat() for _, last in told]


def test_years_left_out_are_counted_back_from_the_end_of_a_file() -> None:
    months = ("Oct  1", "Dec 20", "Mar  1", "Aug  1", "Dec 31", "Jan  2", "Jun  1", "Nov  1", "Jan 10", "Feb 20")
    told = days([f"{day} 10:00:00 fw-1 a" for day in months])
    assert [day and day[:4] for day in told] == ["2023", "2023", *["2024"] * 3, *["2025"] * 3, "2026", "2026"]


def test_a_clock_that_was_wrong_for_a_while_moves_no_other_line_by_a_year() -> None:
    told = days([f"{day} 10:00:00 fw-1 a" for day in ("Feb 20", "Feb 21", "Dec 24", "Dec 25", "Feb 22", "Feb 23")])
    assert told == ["2026-02-20", "2026-02-21", "2025-12-24", "2025-12-25", "2026-02-22", "2026-02-23"]


def test_lines_that_come_days_late_move_no_other_line_by_a_year() -> None:
    told = days([f"{day} 10:00:00 fw-1 a" for day in ("Feb 10", "Feb 20", "Feb 16", "Feb 21")])
    assert told == ["2026-02-10", "2026-02-20", "2026-02-16", "2026-02-21"]


def test_whether_the_day_comes_first_is_decided_for_the_whole_file() -> None:
    assert days(["11/30/2025 10:00", "12/05/2025 10:00"]) == ["2025-11-30", "2025-12-05"]
    assert days(["30/11/2025 10:00", "05/12/2025 10:00"]) == ["2025-11-30", "2025-12-05"]
    assert days(["02/01/2026 10:00"]) == ["2026-02-01"], "the nearest to when the file was written"
