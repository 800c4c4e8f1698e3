"""What keeps an exercise that succeeded from being a test passed."""

import pytest

from agent.core.duties.entries import RegisterEntry
from agent.core.judging.recovery_tests import Shortfall, first_failed, shortfall
from agent.core.model import State
from agent.core.reason import Reason
from tests.checks.entered import amended, entry

LIMITS = {"backup-rto": 7200.0, "backup-rpo": 86400.0}


def exercise(**values: str) -> RegisterEntry:
    """Return an exercise of an hour on the 20th at ten, from a point of eight hours before."""
    given = {
        "performed": "2026-11-20T10:00+01:00",
        "recovery_point": "2026-11-20T02:00+01:00",
        "duration": "1h",
        "result": "ok",
    }
    return entry("recovery-test", "recovery-test-1", **{**given, **values})


@pytest.mark.parametrize(
    ("values", "state", "reason", "value", "limit"),
    [
        ({"duration": "7201s"}, State.MISSED, Reason.TOO_SLOW, 7201.0, 7200.0),
        ({"recovery_point": "2026-11-19T09:59:59+01:00"}, State.MISSED, Reason.TOO_OLD, 86401.0, 86400.0),
        ({"duration": "0s"}, State.UNPROVEN, Reason.INCOMPLETE, None, None),
        ({"recovery_point": "2026-11-19"}, State.UNPROVEN, Reason.INCOMPLETE, None, None),
        ({"recovery_point": "2026-11-18"}, State.MISSED, Reason.TOO_OLD, 122400.0, 86400.0),
    ],
)
def test_what_misses_an_objective_says_which_and_by_how_much(
    values: dict[str, str], state: State, reason: Reason, value: float | None, limit: float | None
) -> None:
    one = exercise(**values)
    expected = Shortfall(entry=one, state=state, reason=reason, value=value, limit=limit)
    assert shortfall(one, lambda target, day: LIMITS[target]) == expected


@pytest.mark.parametrize("values", [{}, {"duration": "2h"}, {"recovery_point": "2026-11-19T10:00+01:00"}])
def test_at_the_objectives_it_is_a_test_passed(values: dict[str, str]) -> None:
    assert shortfall(exercise(**values), lambda target, day: LIMITS[target]) is None


def test_an_exercise_that_failed_once_stays_so_whatever_it_is_amended_to() -> None:
    def first(*revisions: RegisterEntry) -> RegisterEntry:
        one = revisions[0]
        for number, after in enumerate(revisions[1:], 1):
            one = amended(one, f"2026-12-0{number}T09:00+01:00", **after.values)
        return first_failed(one, lambda target, day: LIMITS[target])

    well, slow, bad = exercise(), exercise(duration="7201s"), exercise(result="failed")
    untimed = exercise(duration="0s")
    assert first(well).values == well.values
    assert first(slow, well).values == slow.values
    assert first(well, bad, well).values == bad.values
    # What only cannot be shown to have attained an objective did not fail.
    assert first(untimed, well).values == well.values
    assert first(well, exercise(author="tech")).values["author"] == "tech"


def test_without_an_objective_only_no_time_at_all_falls_short() -> None:
    assert shortfall(exercise(duration="9999h", recovery_point="2020-01-01"), lambda target, day: None) is None
    assert shortfall(exercise(duration="0s"), lambda target, day: None) is not None
