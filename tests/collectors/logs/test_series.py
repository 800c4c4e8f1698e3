"""When a file's records can have been received, by its name and by the files beside it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.logs.series import Bounds, NamedFile, bounds_of, day_in, log_of, series_of

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("name", "day", "length"),
    [
        ("/fw-1/2026/03/01.log", "2026-03-01", 1),
        ("/fw-1/2026/03/01.log.bz2", "2026-03-01", 1),
        ("/fw-1/2026-03-01.log.gz", "2026-03-01", 1),
        ("/fw-1/messages-20260301.xz", "2026-03-01", 1),
        ("/fw-1/y2026/m3/d1.log", "2026-03-01", 1),
        ("/fw-1/2026/3/1.log", "2026-03-01", 1),
        ("/fw-1/2026/03/auth.log", "2026-03-01", 31),
        ("/fw-1/2026/03/tomcat10.log", "2026-03-01", 31),
        ("/fw-1/2026/03/postgresql-15.log", "2026-03-01", 31),
        ("/fw-1/2026/03/7zip.log", "2026-03-01", 31),
        ("/fw-1/messages.1", None, 0),
        ("/fw-1/20269999.log", None, 0),
        ("/fw-1/build-120260301.log", None, 0),
    ],
)
def test_a_day_or_a_month_is_read_out_of_a_name(name: str, day: str | None, length: int) -> None:
    found = day_in(name, UTC)
    told = None if found is None else (found[0].date().isoformat(), (found[1] - found[0]).days)
    assert told == (None if day is None else (day, length))


@pytest.mark.parametrize(
    "names",
    [
        ("messages", "messages.1", "messages.12.gz"),
        ("messages", "messages-20260301", "messages-20260308.xz"),
        ("auth.log", "auth.log.1", "auth.log-2026-03-01.zst"),
        ("2026/03/01.log", "2026/03/02.log.gz", "2025/12/31.log.gz"),
    ],
)
def test_the_files_of_one_log_are_one_series(names: tuple[str, ...]) -> None:
    assert len({log_of(name) for name in names}) == 1


@pytest.mark.parametrize("other", ["kern.log.1", "local3.log.1", "php8.4-fpm.log-20260301"])
def test_two_logs_in_one_folder_are_two_series(other: str) -> None:
    assert log_of(other) not in {log_of("auth.log.1"), log_of("local0.log.1"), log_of("php8.2-fpm.log-20260301")}


def test_logs_that_differ_by_a_number_do_not_bound_each_other() -> None:
    quiet, busy, rotated = bounds(("local0.log", 3 * DAY), ("local3.log", HOUR), ("local3.log.1", 8 * DAY))
    assert (quiet.earliest, busy.earliest, rotated.earliest) == (None, NOW - 8 * DAY - 2 * HOUR, None)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("app-2026112410.log", "app-2026112411.log"),
        ("app.20261124100000.log.gz", "app.20261124110000.log"),
        ("app-2026-11-24T10.log", "app-2026-11-24T11.log"),
        ("2026/11/24/10.log", "2026/11/24/11.log"),
        ("app-24.11.2026.log", "app-25.11.2026.log"),
    ],
)
def test_the_files_of_each_hour_or_day_are_one_series_and_bound_each_other(earlier: str, later: str) -> None:
    assert series_of(earlier) == series_of(later)
    _, bound = bounds((earlier, 2 * HOUR), (later, HOUR))
    assert bound.earliest is not None
    assert bound.earliest >= NOW - 2 * DAY


@pytest.mark.parametrize("other", ["local3.log", "app-8081.log", "2026/11/24/local3.log", "app-2026-11-24-8081.log"])
def test_a_number_that_is_no_moment_makes_two_series(other: str) -> None:
    own = {"local0.log", "app-8080.log", "2026/11/24/local0.log", "app-2026-11-24-8080.log"}
    assert series_of(other) not in {series_of(name) for name in own}


@pytest.mark.parametrize("turned", ["m-20261123", "m-20261123.gz", "m-2026112312", "m-2026-11-23", "m.23-11-2026.xz"])
def test_the_log_that_is_being_written_begins_where_the_last_one_was_turned_by_its_date(turned: str) -> None:
    _, live = bounds((turned, DAY), ("m", HOUR))
    assert live.earliest == NOW - DAY - 2 * HOUR


def test_what_was_written_to_alone_after_it_was_turned_ends_where_it_was_written() -> None:
    turned, other, _ = bounds(("m-20261101", 2 * DAY), ("m-20261115", 9 * DAY), ("m", HOUR))
    assert (turned.latest, other.latest) == (NOW - 2 * DAY, NOW - 9 * DAY)
    # Of files that are all named by their day, the name tells.
    named, _ = bounds(("m-20261101", 2 * DAY), ("m-20261115", 9 * DAY))
    assert named.latest == datetime(2026, 11, 2, 2, tzinfo=UTC)


@pytest.mark.parametrize("turned", ["m-20261123.log", "m-20261123.log.gz", "m.2026-11-23.log", "m.log-20261123"])
def test_a_day_before_the_ending_tells_where_the_log_that_is_being_written_begins(turned: str) -> None:
    _, live = bounds((turned, DAY), ("m.log", HOUR))
    assert live.earliest == NOW - DAY - 2 * HOUR


def bounds(*files: tuple[str, timedelta]) -> list[Bounds]:
    """Return the bounds of files last written so long ago."""
    named = [NamedFile(name=name, modified=NOW - ago) for name, ago in files]
    found = bounds_of(named, UTC, NOW)
    return [found[name] for name, _ in files]


def test_a_rotated_file_begins_where_the_one_before_it_ended() -> None:
    newest, middle, oldest = bounds(("m", HOUR), ("m.1", DAY), ("m.2.gz", 2 * DAY))
    assert newest.earliest == NOW - DAY - 2 * HOUR
    assert middle.earliest == NOW - 2 * DAY - 2 * HOUR
    assert oldest.earliest == NOW - 2 * DAY - 3 * DAY - DAY


def test_a_copy_that_lost_its_date_of_writing_is_held_to_its_name() -> None:
    (one,) = bounds(("2026-03-01.log", HOUR))
    assert one.latest == datetime(2026, 3, 2, 2, tzinfo=UTC)


def test_a_file_that_was_written_alone_after_its_day_is_late_and_copies_are_not() -> None:
    alone, *copies, live = bounds(
        ("2026/01/01/kernel.log", 9 * DAY),
        *((f"2026/02/{day:02d}/kernel.log", 8 * DAY + day * HOUR / 60) for day in (1, 2, 3)),
        ("2026/11/23/kernel.log", 12 * HOUR),
    )
    assert [one.late for one in (alone, *copies, live)] == [True, False, False, False, False]
    beside = bounds(("2026/01/01/kernel.log", 9 * DAY), ("2026/01/01/cron.log", 9 * DAY))
    assert [one.late for one in beside] == [True, True]


def test_a_copy_that_sorts_behind_the_file_of_the_next_day_begins_no_later_for_that() -> None:
    _, copied, _ = bounds(
        ("m-20261113", 11 * DAY + 18 * HOUR), ("m-20261114", HOUR), ("m-20261115", 9 * DAY + 18 * HOUR)
    )
    assert copied.earliest is not None
    assert copied.earliest <= datetime(2026, 11, 13, tzinfo=UTC)


def test_nothing_bounds_a_single_file_without_a_date() -> None:
    assert bounds(("messages", HOUR)) == [Bounds(earliest=None, latest=NOW - HOUR)]


def test_a_file_written_in_the_future_was_written_by_now_at_the_latest() -> None:
    assert bounds(("messages", -DAY))[0].latest == NOW


@given(st.text(max_size=60))
def test_any_name_has_a_series_and_perhaps_a_day(name: str) -> None:
    assert len(log_of(name)) <= len(name)
    found = day_in(name, UTC)
    assert found is None or found[0] < found[1]


def test_files_that_were_copied_together_do_not_bound_each_other() -> None:
    second = timedelta(seconds=1)
    found = bounds(("m", HOUR), ("m.1", HOUR + second), ("m.2.gz", HOUR + 2 * second))
    assert [one.earliest for one in found] == [None, None, None]
    mixed = bounds(("m", HOUR), ("m.1", HOUR + second), ("m.2.gz", 9 * DAY), ("m.3.gz", 10 * DAY))
    assert [one.earliest for one in mixed][:2] == [None, NOW - 9 * DAY - 2 * HOUR]
    since = bounds(*((f"m.{number}", 9 * DAY - number * second) for number in (6, 5, 4)), ("m.2", 2 * DAY), ("m", HOUR))
    assert [one.earliest for one in since][:3] == [None, None, None]
