"""What is due again: by what a verdict rests on, and by the next turn of time; nothing is forgotten, nothing twice."""

from datetime import UTC, datetime, timedelta

from agent.core.model import Key
from agent.evaluation.due_keys import DueKeys, Foundation

NOW = datetime(2026, 11, 24, 4, 12, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE, OTHER = (Key(target="patching", subject=host, beneficiary="scota") for host in ("srv-1", "srv-2"))
LOOK, LISTING = ("patches", "srv-1"), ("restic_snapshots", "files/offsite")


def rests_on(*names: tuple[str, str], turn: datetime | None = None, restless: bool = False) -> Foundation:
    return Foundation(names=frozenset(names), turn=turn, restless=restless)


def test_a_look_makes_due_what_rested_on_it_last() -> None:
    due = DueKeys()
    due.note(ONE, rests_on(LOOK, LISTING))
    due.note(OTHER, rests_on(LISTING))
    assert due.resting_on([LOOK]) == {ONE}
    assert due.resting_on([LISTING]) == {ONE, OTHER}
    due.note(ONE, rests_on(LOOK))
    assert due.resting_on([LISTING]) == {OTHER}


def test_a_turn_makes_due_once_and_not_before_its_instant() -> None:
    due = DueKeys()
    due.note(ONE, rests_on(turn=NOW + HOUR))
    assert due.turned(NOW) == frozenset()
    assert due.turned(NOW + HOUR) == {ONE}
    assert due.turned(NOW + 2 * HOUR) == frozenset()


def test_only_the_newest_turn_of_a_key_counts() -> None:
    due = DueKeys()
    due.note(ONE, rests_on(turn=NOW + HOUR))
    due.note(ONE, rests_on(turn=NOW + 3 * HOUR))
    assert due.turned(NOW + 2 * HOUR) == frozenset()
    assert due.turned(NOW + 3 * HOUR) == {ONE}


def test_the_same_turn_noted_again_after_it_passed_is_due_again() -> None:
    """A clock was set back: what it had passed lies before it once more."""
    due = DueKeys()
    due.note(ONE, rests_on(turn=NOW + HOUR))
    assert due.turned(NOW + 2 * HOUR) == {ONE}
    due.note(ONE, rests_on(turn=NOW + HOUR))
    assert due.turned(NOW + HOUR) == {ONE}


def test_what_is_restless_is_due_at_every_round() -> None:
    due = DueKeys()
    due.note(ONE, rests_on(restless=True))
    assert due.turned(NOW) == due.turned(NOW) == {ONE}
    due.note(ONE, rests_on())
    assert due.turned(NOW) == frozenset()


def test_a_key_that_is_no_longer_wanted_is_never_due() -> None:
    due = DueKeys()
    for key in (ONE, OTHER):
        due.note(key, rests_on(LOOK, turn=NOW, restless=True))
    due.keep_only([OTHER])
    assert due.resting_on([LOOK]) == due.turned(NOW) == {OTHER}


def test_turns_that_were_replaced_do_not_pile_up() -> None:
    due = DueKeys()
    for number in range(1000):
        due.note(ONE, rests_on(turn=NOW + number * HOUR))
    assert len(due._turns) < 200
    assert due.turned(NOW + 999 * HOUR) == {ONE}
