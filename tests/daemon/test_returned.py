"""Looks that came back: held for some moments while others are under way, and never for longer."""

from datetime import timedelta

from agent.daemon.returned import HELD_SECONDS, ReturnedLooks
from tests.ledger.samples import HandClock

HALF = timedelta(seconds=HELD_SECONDS / 2)


def test_looks_that_come_back_within_some_seconds_are_taken_together() -> None:
    clock = HandClock()
    returned: ReturnedLooks[str] = ReturnedLooks(clock)
    returned.put("first")
    assert returned.take(is_last=False) == []
    clock.time += HALF
    returned.put("second")
    assert returned.take(is_last=False) == []
    clock.time += HALF
    assert returned.take(is_last=False) == ["first", "second"]


def test_the_last_look_under_way_is_not_waited_for_in_vain() -> None:
    returned: ReturnedLooks[str] = ReturnedLooks(HandClock())
    returned.put("only")
    assert returned.take(is_last=True) == ["only"]
    assert returned.take(is_last=True) == []


def test_each_gathering_begins_with_its_first_look() -> None:
    clock = HandClock()
    returned: ReturnedLooks[str] = ReturnedLooks(clock)
    returned.put("first")
    assert returned.take(is_last=True) == ["first"]
    clock.time += 10 * HALF
    returned.put("second")
    assert returned.take(is_last=False) == []
    clock.time += 2 * HALF
    assert returned.take(is_last=False) == ["second"]
