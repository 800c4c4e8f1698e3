"""Durations, sizes, shares and instants in both languages."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.wording.languages import Language
from agent.wording.quantities import beside, compared, day, duration, instant, quantity, share, size


@pytest.mark.parametrize(
    ("seconds", "french", "english"),
    [
        (0, "0 s", "0 s"),
        (0.0042, "4 ms", "4 ms"),
        (0.9999, "999 ms", "999 ms"),
        (59.9, "59 s", "59 s"),
        (60, "1 min", "1 min"),
        (200, "3 min 20 s", "3 min 20 s"),
        (86399, "23 h 59 min", "23 h 59 min"),
        (86400, "24 h", "24 h"),
        (93784, "26 h 3 min", "26 h 3 min"),
        (72 * 3600, "72 h", "72 h"),
        (4 * 86400, "4 j", "4 d"),
        (31 * 86400 + 7200, "31 j 2 h", "31 d 2 h"),
        (-90, "-1 min 30 s", "-1 min 30 s"),
    ],
)
def test_a_duration_is_cut_to_its_two_largest_units(seconds: float, french: str, english: str) -> None:
    assert (duration(seconds, "fr"), duration(seconds, "en")) == (french, english)


@pytest.mark.parametrize(
    ("count", "french", "english"),
    [
        (0, "0 octet", "0 byte"),
        (999, "999 octets", "999 bytes"),
        (1000, "1 ko", "1 kB"),
        (1_999_999, "1,9 Mo", "1.9 MB"),
        (20 * 1024**3, "21,4 Go", "21.4 GB"),
        (10**12, "1 To", "1 TB"),
    ],
)
def test_a_size_is_written_in_decimal_units(count: int, french: str, english: str) -> None:
    assert (size(count, "fr"), size(count, "en")) == (french, english)


@pytest.mark.parametrize(
    ("ratio", "french", "english"),
    [(1.0, "100 %", "100 %"), (0.9496, "94,9 %", "94.9 %"), (0.99999, "99,9 %", "99.9 %"), (0.29, "29 %", "29 %")],
)
def test_a_share_is_never_rounded_up(ratio: float, french: str, english: str) -> None:
    assert (share(ratio, "fr"), share(ratio, "en")) == (french, english)


def test_working_days_have_a_plural() -> None:
    assert quantity(1, "working-days", "fr") == "1 jour ouvré"
    assert quantity(11, "working-days", "fr") == "11 jours ouvrés"
    assert quantity(11, "working-days", "en") == "11 working days"


@pytest.mark.parametrize(
    ("when", "french", "english"),
    [
        (datetime(2026, 3, 1, 8, 5, tzinfo=UTC), "1er mars 2026 à 9 h 05", "1 March 2026 at 09:05"),
        (datetime(2026, 7, 14, 22, 30, tzinfo=UTC), "15 juillet 2026 à 0 h 30", "15 July 2026 at 00:30"),
    ],
)
def test_an_instant_is_told_on_the_clocks_of_paris(when: datetime, french: str, english: str) -> None:
    assert (instant(when, "fr"), instant(when, "en")) == (french, english)


def test_only_the_first_of_a_french_month_is_an_ordinal() -> None:
    assert day(date(2026, 1, 1), "fr") == "1er janvier 2026"
    assert day(date(2026, 1, 2), "fr") == "2 janvier 2026"


@given(
    st.floats(min_value=0, max_value=1e9),
    st.floats(min_value=0, max_value=1e9),
    st.sampled_from(["seconds", "bytes"]),
    st.sampled_from(["fr", "en"]),
)
def test_a_value_a_whole_unit_off_its_limit_never_reads_the_same(
    value: float, limit: float, unit: str, language: Language
) -> None:
    measured, allowed = compared(value, limit, unit, language)
    if int(value) != int(limit):
        assert measured != allowed
    if value == limit:
        assert measured == allowed


def test_a_clock_just_off_its_limit_is_told_in_thousandths() -> None:
    assert compared(1.25, 1.0, "seconds", "fr") == ("1 s 250 ms", "1 s")


@pytest.mark.parametrize(
    ("value", "limit", "unit", "said"),
    [
        (95 * 3600.0, 72 * 3600.0, "seconds", "95 h"),
        (95.5 * 3600, 72 * 3600.0, "seconds", "95 h 30 min"),
        (23 * 3600.0, 24 * 3600.0, "seconds", "23 h"),
        (100 * 86400.0, 92 * 86400.0, "seconds", "100 j"),
        (95 * 3600.0, None, "seconds", "3 j 23 h"),
        (96 * 3600.0, 96 * 3600.0, "seconds", "96 h"),
        (100 * 3600.0, 96 * 3600.0, "seconds", "100 h"),
        (17.0, 10.0, "working-days", "17 jours ouvrés"),
    ],
)
def test_a_value_is_in_the_unit_of_its_limit(value: float, limit: float | None, unit: str, said: str) -> None:
    assert beside(value, limit, unit, "fr") == said
