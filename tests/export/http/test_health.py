"""When the agent calls itself well."""

from datetime import timedelta

import pytest

from agent.export.http.health import Health


def test_a_loop_that_ticked_half_a_minute_ago_is_well() -> None:
    """The limit itself is still well."""
    assert Health(since_tick=timedelta(seconds=30)).fault() is None


@pytest.mark.parametrize(
    ("health", "said"),
    [
        (Health(since_tick=None), "has not ticked yet"),
        (Health(since_tick=timedelta(seconds=30.1)), "has not ticked for 30 s"),
        (Health(since_tick=timedelta(0), append_failure="no space left on device"), "no space left on device"),
        (
            Health(since_tick=timedelta(0), overdue=("restic_snapshots files/offsite",)),
            "restic_snapshots files/offsite",
        ),
    ],
)
def test_each_trouble_is_one_line(health: Health, said: str) -> None:
    """What is wrong is named."""
    fault = health.fault()
    assert fault is not None
    assert said in fault


def test_a_hostile_message_stays_one_line() -> None:
    """What a program said cannot add a line of its own."""
    fault = Health(since_tick=timedelta(0), append_failure="disk\nok\r\x1b[2J" + "x" * 10_000).fault()
    assert fault is not None
    assert fault.isprintable()
    assert len(fault) <= 400
