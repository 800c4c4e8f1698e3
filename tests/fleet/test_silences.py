"""When nothing new was known of an agent: by what its rows say, and by when the database received them."""

from datetime import UTC, datetime, timedelta

from agent.fleet.silences import AgentSilence, RowArrival, silences_between

HOUR = timedelta(hours=1)
BEGUN = datetime(2026, 10, 1, 12, tzinfo=UTC)


def row(at: int, came: int) -> RowArrival:
    """Return a row of some hours after the first, and when it came."""
    return RowArrival(at=BEGUN + at * HOUR, came=BEGUN + came * HOUR)


def silences(*rows: RowArrival) -> list[AgentSilence]:
    """Return the silences between rows of an agent that may be silent for two hours."""
    return list(silences_between(rows, BEGUN, 2 * HOUR))


def test_rows_that_come_late_end_a_silence_and_do_not_undo_it() -> None:
    assert silences(row(0, 0), row(1, 1), row(2, 9)) == [AgentSilence(since=BEGUN + 3 * HOUR, until=BEGUN + 9 * HOUR)]


def test_a_clock_that_once_ran_ahead_hides_no_later_silence() -> None:
    assert silences(row(0, 0), row(9000, 1), row(2, 2), row(3, 300)) == [
        AgentSilence(since=BEGUN + 4 * HOUR, until=BEGUN + 300 * HOUR)
    ]


def test_a_clock_that_was_set_back_makes_nothing_unknown() -> None:
    assert silences(row(0, 0), row(1, 1), row(-50, 2), row(3, 3)) == []
