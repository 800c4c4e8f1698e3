"""The path by which alerts leave: what each way out has shown, and what that is worth at an instant."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.core.facts.alert_path import COLLECTOR, SUBJECT, AlertChannel, facts_of, findings, ways_in
from agent.core.model import Gap, Observation
from agent.core.reason import Reason

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = 24 * HOUR


def seen(*ways: AlertChannel, gaps: tuple[Gap, ...] = ()) -> Observation:
    """Return a look at some ways out."""
    facts = tuple(facts_of(ways, NOW))
    return Observation(collector=COLLECTOR, host=SUBJECT, subject=SUBJECT, begun=NOW, ended=NOW, facts=facts, gaps=gaps)


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        (AlertChannel(name="mail", proven=NOW), ("met", "within-limit", 0.0)),
        (AlertChannel(name="mail", proven=NOW - DAY), ("met", "within-limit", 86400.0)),
        (AlertChannel(name="mail", proven=NOW + HOUR / 60), ("met", "within-limit", 0.0)),
        (
            AlertChannel(name="mail", proven=NOW - HOUR, failing=NOW - HOUR / 2, said="no"),
            ("met", "within-limit", 3600.0),
        ),
        (AlertChannel(name="mail", proven=NOW - DAY - HOUR), ("unproven", "stale-evidence", None)),
        (AlertChannel(name="mail", proven=NOW + HOUR), ("unproven", "clock-doubtful", None)),
        (AlertChannel(name="mail"), ("unproven", "on-course", None)),
        (AlertChannel(name="mail", failing=NOW - DAY, said="answered 503"), ("unproven", "unreachable", None)),
        (AlertChannel(name="mail", failing=NOW - DAY - HOUR, said="answered 503"), ("missed", "silent", 25 * 3600.0)),
        (AlertChannel(name="mail", proven=NOW - 3 * DAY, failing=NOW - 2 * DAY), ("missed", "silent", 48 * 3600.0)),
        (AlertChannel(name="mail", proven=NOW - 2 * DAY, failing=NOW - HOUR), ("unproven", "unreachable", None)),
    ],
)  # fmt: skip
def test_a_way_out_is_worth_what_it_took_within_a_day(
    way: AlertChannel, expected: tuple[str, str, float | None]
) -> None:
    (found,) = findings(seen(way), NOW)
    assert (found.state.value, found.reason.value, found.value) == expected


def test_what_was_taken_stands_for_a_day_from_then() -> None:
    (found,) = findings(seen(AlertChannel(name="mail", proven=NOW - HOUR)), NOW)
    assert found.stands_until == NOW - HOUR + DAY


def test_no_way_out_at_all_shows_nothing() -> None:
    gap = Gap(subject=SUBJECT, reason=Reason.NOT_DECLARED, detail="no receiver in [alert]")
    (found,) = findings(seen(gaps=(gap,)), NOW)
    assert (found.state.value, found.reason.value) == ("unproven", "not-declared")


def test_what_is_kept_of_the_ways_out_is_what_they_were() -> None:
    ways = (
        AlertChannel(name="heartbeat", proven=NOW, message=NOW),
        AlertChannel(name="mail", proven=NOW - HOUR, message=NOW - DAY),
        AlertChannel(name="webhook", failing=NOW - DAY, said="answered 503"),
    )
    assert tuple(ways_in(seen(*ways))) == ways
