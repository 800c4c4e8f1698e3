"""The written forms are read to what they mean, written back, and nothing else is taken for them."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.config.values import (
    read_day,
    read_limit,
    read_ratio,
    read_rhythm,
    read_size,
    read_time,
    write_duration,
    write_limit,
    write_ratio,
    write_size,
)
from agent.core.convention import CLAUSES
from agent.core.durations import read_duration


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        ("24h", timedelta(hours=24)),
        ("31d", timedelta(days=31)),
        ("0s", timedelta(0)),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, duration: timedelta) -> None:
    assert read_duration(text) == duration


@pytest.mark.parametrize("text", ["", "h", "24", "24 h", "-1h", "1.5h", "1H", "24h ", "1h30m", "٣h", "99999999999d"])
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=r"^is "):
        read_duration(text)


@given(st.integers(min_value=0, max_value=36500 * 86400))
def test_a_duration_written_is_read_back(seconds: int) -> None:
    duration = timedelta(seconds=seconds)

    assert read_duration(write_duration(duration)) == duration


@pytest.mark.parametrize(
    ("duration", "text"),
    [(timedelta(hours=24), "24h"), (timedelta(hours=96), "96h"), (timedelta(days=31), "31d"), (timedelta(0), "0s")],
)
def test_a_duration_is_written_as_the_convention_does(duration: timedelta, text: str) -> None:
    assert write_duration(duration) == text


@pytest.mark.parametrize(
    ("text", "size"),
    [("512MiB", 512 * 1024**2), ("1TB", 10**12), ("20GiB", 20 * 1024**3), ("3 kB", 3000), ("3KB", 3000), ("7B", 7)],
)
def test_a_size_is_a_number_and_a_unit(text: str, size: int) -> None:
    assert read_size(text) == size


@pytest.mark.parametrize("text", ["", "GiB", "20", "20 giga", "20gib", "1.5TB", "-1B", "1kiB", "1iB"])
def test_anything_else_is_no_size(text: str) -> None:
    with pytest.raises(ValueError, match=r"^is not"):
        read_size(text)


@given(st.integers(min_value=0, max_value=10**15 - 1))
def test_a_size_written_is_read_back(size: int) -> None:
    assert read_size(write_size(size)) == size


@pytest.mark.parametrize(
    ("text", "ratio"), [("100 %", 1), ("99.5 %", Fraction(995, 1000)), ("99,5%", Fraction(995, 1000)), ("0 %", 0)]
)
def test_a_ratio_is_a_percentage(text: str, ratio: Fraction) -> None:
    assert read_ratio(text) == ratio


@pytest.mark.parametrize("text", ["", "%", "1", "101 %", "100.000001 %", "-1 %", "1/2", "1.1234567 %"])
def test_anything_else_is_no_ratio(text: str) -> None:
    with pytest.raises(ValueError, match=r"^is "):
        read_ratio(text)


@given(st.integers(min_value=0, max_value=10**8))
def test_a_ratio_written_is_read_back(hundred_millionths: int) -> None:
    ratio = Fraction(hundred_millionths, 10**8)

    assert read_ratio(write_ratio(ratio)) == ratio


@given(st.fractions(min_value=0, max_value=1))
def test_a_ratio_is_never_written_rounded_up(ratio: Fraction) -> None:
    assert read_ratio(write_ratio(ratio)) <= ratio


@pytest.mark.parametrize("text", ["03:30", "00:00", "23:59"])
def test_a_time_of_day_is_hours_and_minutes(text: str) -> None:
    assert read_time(text) == text
    assert read_rhythm(text) == text


@pytest.mark.parametrize("text", ["24:00", "3:30", "03:60", "03:30:00", "03.30", "", "٠٣:٣٠"])
def test_anything_else_is_no_time_of_day(text: str) -> None:
    with pytest.raises(ValueError, match=r"^is not"):
        read_time(text)


def test_a_rhythm_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="is zero"):
        read_rhythm("0m")


@given(st.datetimes(timezones=st.timezones()))
def test_a_day_is_that_of_paris_whatever_zone_the_instant_was_written_in(instant: datetime) -> None:
    try:
        day = read_day(instant)
    except ValueError:
        assert instant.year in (1, 9999)
    else:
        assert abs(day - instant.date()) <= timedelta(days=1)


def test_an_instant_before_midnight_utc_is_already_the_next_day_in_paris() -> None:
    assert read_day(datetime(2026, 6, 30, 22, 30, tzinfo=UTC)) == date(2026, 7, 1)


NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001  # what TOML gives for a time without a zone


@pytest.mark.parametrize("value", ["2026-01-01", 20260101, None, NAIVE, 1.5])
def test_anything_else_is_no_day(value: object) -> None:
    with pytest.raises(ValueError, match=r"^is "):
        read_day(value)


@given(st.text() | st.integers(), st.sampled_from(["seconds", "bytes", "ratio", "working-days", "count", "?"]))
def test_a_limit_is_a_number_above_or_at_zero_or_no_limit_at_all(value: str | int, unit: str) -> None:
    try:
        limit = read_limit(value, unit)
    except ValueError as error:
        assert str(error).startswith("is ")
    else:
        assert limit >= 0


@pytest.mark.parametrize("id", [id for id, clause in CLAUSES.items() if clause.limit is not None])
def test_the_convention_s_limits_are_read_back_as_written(id: str) -> None:
    clause = CLAUSES[id]
    assert clause.limit is not None

    assert read_limit(write_limit(clause.limit, clause.unit), clause.unit) == clause.limit


@given(st.text())
def test_no_reader_raises_anything_but_a_value_error(text: str) -> None:
    for reader in (read_duration, read_size, read_ratio, read_time, read_rhythm, read_day):
        try:
            reader(text)
        except ValueError as error:
            assert "\n" not in str(error)
            assert len(text) < 8 or text not in str(error)
