"""What instant each form of stamp tells, and that no text breaks it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.logs.stamps import instant_of

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
