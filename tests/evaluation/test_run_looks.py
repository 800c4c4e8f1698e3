"""Looks of one name, asked for by the instant: which of them stand for others that showed something else."""

from datetime import UTC, datetime, timedelta

from agent.core.look_runs import LookFace, LookRun
from agent.evaluation.run_looks import RunLooks

AT = datetime(2026, 11, 2, 16, tzinfo=UTC)
HOUR = timedelta(hours=1)
FACE = LookFace(look='{"outcome":"observation"}')


def looks() -> RunLooks:
    return RunLooks(
        ("clock", "srv-1"),
        [
            LookRun(first=AT, last=AT + 6 * HOUR, face=FACE, unshown=9),
            LookRun(first=AT + 7 * HOUR, last=AT + 20 * HOUR, face=FACE, apart=HOUR),
        ],
    )


def test_a_look_that_stands_for_others_is_judged_by_until_the_next() -> None:
    assert looks().left_out(AT + 6.5 * HOUR, AT + 30 * HOUR)
    assert not looks().left_out(AT + 7 * HOUR, AT + 30 * HOUR)
    assert not looks().left_out(AT - 5 * HOUR, AT - HOUR)


def test_a_run_says_how_far_apart_its_looks_were() -> None:
    assert [looks().apart(AT + after * HOUR) for after in (-1, 1, 9)] == [0 * HOUR, 0 * HOUR, HOUR]
