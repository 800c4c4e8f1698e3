"""Clocks: the minute before, at and after each term, over holidays and both clock changes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.duties.moments import read_when
from agent.core.duties.terms import (
    TermState,
    due_after,
    end_of,
    hours_term,
    last_moment,
    months_later,
    start_of,
    unsigned_from,
    working_days_term,
)
from agent.core.period import Month, day_end, day_start

MINUTE = timedelta(minutes=1)


def at(text: str) -> datetime:
    """Return an instant."""
    return datetime.fromisoformat(text)


HOURS = [
    # start, hours, due
    ("2026-11-24T10:00+01:00", 24, "2026-11-25T10:00+01:00"),
    ("2026-03-28T12:00+01:00", 24, "2026-03-29T13:00+02:00"),  # the night of 29 March has an hour less
    ("2026-10-24T12:00+02:00", 24, "2026-10-25T11:00+01:00"),  # the night of 25 October has an hour more
    ("2026-10-31T09:00+01:00", 72, "2026-11-03T09:00+01:00"),  # holidays and weekends run
    ("2026-11-10T09:00+01:00", 72, "2026-11-13T09:00+01:00"),
    ("2026-12-24T18:00+01:00", 72, "2026-12-27T18:00+01:00"),
]


def test_a_day_begins_and_ends_and_an_instant_is_itself() -> None:
    day, instant = date(2026, 11, 24), at("2026-11-24T10:00+01:00")
    assert (start_of(day), end_of(day)) == (day_start(day), day_end(day))
    assert start_of(instant) == end_of(instant) == instant


@pytest.mark.parametrize(("start", "hours", "due"), HOURS)
def test_a_clock_in_hours_ends_to_the_minute(start: str, hours: int, due: str) -> None:
    def outcomes(instant: datetime) -> tuple[TermState, TermState]:
        done = read_when(instant.isoformat())
        limit = timedelta(hours=hours)
        running = hours_term(read_when(start), None, limit, instant)
        return running.outcome, hours_term(read_when(start), done, limit, instant).outcome

    end = at(due)
    assert outcomes(end - MINUTE) == (TermState.RUNNING, TermState.IN_TIME)
    assert outcomes(end) == (TermState.RUNNING, TermState.IN_TIME)
    assert outcomes(end + MINUTE) == (TermState.OVERDUE, TermState.LATE)


@pytest.mark.parametrize(
    ("now", "outcome"),
    [
        ("2026-11-25T00:00+01:00", TermState.RUNNING),
        ("2026-11-25T00:01+01:00", TermState.UNKNOWN),
        ("2026-11-25T23:59+01:00", TermState.UNKNOWN),
        ("2026-11-26T00:00+01:00", TermState.OVERDUE),
    ],
)
def test_a_start_without_an_hour_is_overdue_at_the_latest_of_its_hours(now: str, outcome: TermState) -> None:
    assert hours_term(read_when("2026-11-24"), None, timedelta(hours=24), at(now)).outcome is outcome


@pytest.mark.parametrize(
    ("start", "done", "outcome"),
    [
        ("2026-11-24T10:00+01:00", "2026-11-24", TermState.IN_TIME),
        ("2026-11-24T10:00+01:00", "2026-11-25", TermState.UNKNOWN),  # before or after ten o'clock: no one can tell
        ("2026-11-24T10:00+01:00", "2026-11-26", TermState.LATE),
        ("2026-11-24", "2026-11-24", TermState.IN_TIME),
        ("2026-11-24", "2026-11-25", TermState.UNKNOWN),
        ("2026-11-24", "2026-11-26", TermState.LATE),
        ("2026-10-25", "2026-10-25", TermState.UNKNOWN),  # that day lasts 25 hours
    ],
)
def test_a_date_without_a_time_proves_only_what_its_whole_day_does(start: str, done: str, outcome: TermState) -> None:
    now = at("2026-12-01T00:00+01:00")
    assert hours_term(read_when(start), read_when(done), timedelta(hours=24), now).outcome is outcome


WORKING_DAYS = [
    # start, the first instant that is late, in Paris
    ("2026-10-30T17:00+01:00", "2026-11-17T00:00+01:00"),
    ("2027-10-29T17:00+02:00", "2027-11-17T00:00+01:00"),
    ("2026-12-14T08:00+01:00", "2026-12-30T00:00+01:00"),
    ("2026-03-20T08:00+01:00", "2026-04-04T00:00+02:00"),
    ("2026-10-16T08:00+02:00", "2026-10-31T00:00+01:00"),
    ("2026-10-30T23:30Z", "2026-11-17T00:00+01:00"),  # in Paris it is the 31st, a Saturday
]


@pytest.mark.parametrize(("start", "late"), WORKING_DAYS)
def test_the_tenth_working_day_lasts_until_its_midnight_in_paris(start: str, late: str) -> None:
    def outcomes(instant: datetime) -> tuple[TermState, TermState]:
        done = read_when(instant.isoformat())
        running = working_days_term(read_when(start), None, 10, instant)
        return running.outcome, working_days_term(read_when(start), done, 10, instant).outcome

    midnight = at(late)
    assert outcomes(midnight - MINUTE) == (TermState.RUNNING, TermState.IN_TIME)
    assert outcomes(midnight) == (TermState.OVERDUE, TermState.LATE)
    assert outcomes(midnight + MINUTE) == (TermState.OVERDUE, TermState.LATE)


def test_a_late_report_on_a_day_off_is_told_as_more_than_the_objective() -> None:
    term = working_days_term(read_when("2026-11-06"), read_when("2026-11-21"), 10, at("2026-12-01T00:00Z"))
    assert (term.outcome, term.value) == (TermState.IN_TIME, 10.0)
    term = working_days_term(read_when("2026-11-05"), read_when("2026-11-21"), 10, at("2026-12-01T00:00Z"))
    assert (term.outcome, term.value) == (TermState.LATE, 11.0)


def test_what_is_open_at_a_quarters_end_counts_as_many_days_as_what_was_closed_on_its_last_one() -> None:
    """Its midnight begins the next quarter's first day, of which nothing has passed."""
    start, ended = read_when("2026-11-16"), at("2026-12-31T23:00Z")
    closed = working_days_term(start, read_when("2026-12-31"), 10, ended)
    assert [working_days_term(start, None, 10, now).value for now in (ended, ended + MINUTE)] == [32.0, 33.0]
    assert closed.value == 32.0
    # Its term ends with the quarter: from then on it is late.
    last = read_when("2026-12-16")
    assert working_days_term(last, None, 10, ended) == working_days_term(last, None, 10, ended + MINUTE)
    assert working_days_term(last, None, 10, ended).value == 11.0


@given(
    st.integers(0, 5 * 365 * 24 * 60),
    st.integers(0, 20 * 24 * 60),
)
def test_a_clock_only_ever_turns_from_running_to_overdue(offset: int, minutes: int) -> None:
    start = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=offset)
    when, now = read_when(start.isoformat()), start + timedelta(minutes=minutes)
    for term in (hours_term(when, None, timedelta(hours=72), now), working_days_term(when, None, 10, now)):
        assert (term.outcome is TermState.RUNNING) == (now <= term.due) or now == term.due
        assert term.value >= 0


@pytest.mark.parametrize(
    ("done", "days", "due", "shown"),
    [
        ("2026-08-24", 92, "2026-11-25T00:00+01:00", "2026-11-24"),
        ("2026-08-24T10:00+02:00", 92, "2026-11-24T10:00+01:00", "2026-11-24T09:00:00+00:00"),
        ("2026-03-28T12:00+01:00", 1, "2026-03-29T12:00+02:00", "2026-03-29T10:00:00+00:00"),
        ("2026-10-24", 1, "2026-10-26T00:00+01:00", "2026-10-25"),
    ],
)
def test_what_comes_back_is_due_at_the_same_time_on_the_clock(done: str, days: int, due: str, shown: str) -> None:
    found = due_after(read_when(done), timedelta(days=days))
    assert found == at(due)
    assert last_moment(found.astimezone(UTC)).isoformat() == shown


def test_months_later_keeps_to_the_month() -> None:
    assert months_later(date(2025, 8, 31), 6) == date(2026, 2, 28)
    assert months_later(date(2025, 12, 15), 6) == date(2026, 6, 15)


@pytest.mark.parametrize(
    ("month", "late"),
    [
        ("2026-10", "2026-11-07T00:00+01:00"),  # 2 to 6 November: five working days
        ("2027-10", "2027-11-09T00:00+01:00"),  # 1 November is a Monday
        ("2026-12", "2027-01-09T00:00+01:00"),  # 1 January is a Friday
        ("2026-03", "2026-04-09T00:00+02:00"),  # Easter Monday
    ],
)
def test_a_month_is_to_be_signed_before_the_sixth_working_day_after_it(month: str, late: str) -> None:
    assert unsigned_from(Month.parse(month)) == at(late)


def test_a_term_in_hours_is_told_in_universal_time() -> None:
    term = hours_term(read_when("2026-11-24T10:00+01:00"), None, timedelta(hours=24), at("2026-11-24T11:00+01:00"))
    assert term.due.tzinfo is UTC and term.sure.tzinfo is UTC
