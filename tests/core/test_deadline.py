import threading
from datetime import timedelta

import pytest

from agent.core.deadline import Deadline, within, words
from agent.core.errors import TimedOut


def test_a_call_in_time_gives_its_result_or_its_error() -> None:
    assert within(timedelta(seconds=10), "it", lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        within(timedelta(seconds=10), "it", lambda: 1 // 0)


def test_a_call_that_itself_times_out_is_not_taken_for_a_passed_deadline() -> None:
    def late() -> None:
        raise TimeoutError("of its own")

    with pytest.raises(TimeoutError, match="of its own"):
        within(timedelta(seconds=10), "it", late)


def test_a_call_out_of_time_is_left_behind() -> None:
    answers = threading.Event()
    with pytest.raises(TimedOut, match=r"^the disk did not answer within 0\.05 s$"):
        within(timedelta(seconds=0.05), "the disk", lambda: answers.wait(30))
    answers.set()


def test_a_deadline_never_has_less_than_nothing_left() -> None:
    assert Deadline(timedelta(seconds=-5)).remaining() == 0
    assert Deadline(timedelta(0)).passed
    assert not Deadline(timedelta(hours=1)).passed


def test_what_is_left_of_a_limit_is_told_in_round_figures() -> None:
    limits = (59.9999, 60, 0.05, 1800)
    assert [words(timedelta(seconds=seconds)) for seconds in limits] == ["60 s", "60 s", "0.05 s", "1800 s"]
