"""An acknowledgement silences what was acknowledged and what is better, for its own time and its own key alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.accounting.acknowledgements import Acknowledgement, after_recovery, lapsed, rings, silencing
from agent.core.model import Key, State, Verdict
from tests.ledger.samples import verdict

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
KEY = Key(target="backup-rpo", subject="files", beneficiary="scota")
OTHER = KEY._replace(subject="mail")
TAKEN = Acknowledgement(
    id="acknowledgement-1", key=KEY, state=State.MISSED, entered_at=NOW, until=NOW + HOUR, author="RSSI"
)
UNPROVEN = replace(TAKEN, state=State.UNPROVEN)


def test_only_what_is_missed_or_unproven_rings() -> None:
    assert {state for state in State if rings(state)} == {State.MISSED, State.UNPROVEN}


@pytest.mark.parametrize("state", list(State))
def test_a_worse_state_rings_and_what_rings_for_nothing_is_never_silenced(state: State) -> None:
    assert TAKEN.covers(state) is (state in (State.MISSED, State.UNPROVEN))
    assert UNPROVEN.covers(state) is (state is State.UNPROVEN)
    assert not replace(TAKEN, state=State.MET).covers(state)


@pytest.mark.parametrize(
    ("at", "silent"),
    [(NOW - SECOND, False), (NOW, True), (NOW + HOUR - SECOND, True), (NOW + HOUR, False)],
)
def test_it_is_silent_from_its_entry_until_its_end(at: datetime, silent: bool) -> None:
    assert TAKEN.silences(KEY, State.MISSED, at) is silent
    assert (silencing([TAKEN], KEY, State.MISSED, at) == TAKEN) is silent


def test_another_key_and_a_worse_state_ring_at_once() -> None:
    assert not TAKEN.silences(OTHER, State.MISSED, NOW)
    assert not UNPROVEN.silences(KEY, State.MISSED, NOW)


def test_of_several_the_one_that_lasts_the_longest_is_named() -> None:
    longer = replace(TAKEN, id="acknowledgement-2", until=NOW + 2 * HOUR)
    assert silencing([longer, TAKEN], KEY, State.MISSED, NOW) == longer
    assert silencing([TAKEN, longer], KEY, State.MISSED, NOW) == longer
    assert silencing([], KEY, State.MISSED, NOW) is None


def test_the_last_that_is_over_is_told_for_each_key() -> None:
    earlier, here = replace(TAKEN, id="acknowledgement-0", until=NOW - HOUR), replace(TAKEN, until=NOW)
    running = replace(TAKEN, id="acknowledgement-3", until=NOW + SECOND)
    elsewhere = replace(earlier, key=OTHER)
    assert lapsed([here, running, earlier, elsewhere], NOW) == {KEY: here, OTHER: elsewhere}


def test_a_miss_after_a_recovery_rings() -> None:
    """It is another fault; what cannot be looked at now and then stays silent."""

    def changes(since: datetime, key: Key) -> list[Verdict]:
        assert (since, key) == (NOW, KEY)
        return [verdict(NOW + minutes * MINUTE, state, key=KEY) for minutes, state in rows]

    rows = [(5, State.UNPROVEN), (10, State.MET), (20, State.MISSED)]
    later = NOW + 30 * MINUTE
    found = after_recovery([TAKEN], changes, later)
    assert silencing(found, KEY, State.MISSED, later) is None
    assert silencing(found, KEY, State.UNPROVEN, later) is not None
    rows = [(5, State.UNPROVEN), (20, State.MISSED)]
    assert after_recovery([TAKEN], changes, later) == (TAKEN,)
    over = replace(TAKEN, until=NOW)
    assert after_recovery([over, UNPROVEN], lambda since, key: pytest.fail("not asked"), NOW) == (over, UNPROVEN)
