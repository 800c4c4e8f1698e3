"""The order in which verdicts are read."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from agent.cli.order import never_looked_at, worst_first
from agent.core.model import WORST_FIRST, State, Verdict
from agent.core.reason import Reason
from tests.verdicts import not_run, verdict, verdicts


@given(st.lists(verdicts(), max_size=8), st.randoms())
def test_the_order_is_worst_first_and_the_same_however_they_come(told: list[Verdict], random: Random) -> None:
    ordered = worst_first(told)
    states = [WORST_FIRST.index(one.state) for one in ordered]
    assert states == sorted(states)
    shuffled = list(told)
    random.shuffle(shuffled)
    assert [one.key for one in worst_first(shuffled)] == [one.key for one in ordered]


def test_what_failed_stands_before_what_nothing_looks_at() -> None:
    failed = verdict("web-filtering", "z", State.UNPROVEN, Reason.UNREACHABLE, about={"copy": "z"})
    assert worst_first([not_run("backup-rpo", "a"), failed])[0] is failed


def test_a_look_that_is_still_due_is_not_taken_for_one_that_nothing_can_take() -> None:
    due = verdict("backup-offsite", "a/b", State.UNPROVEN, Reason.NOT_RUN, about={"collector": "restic_check"})
    assert not never_looked_at(due)
    assert never_looked_at(not_run("patching", "srv-1"))
