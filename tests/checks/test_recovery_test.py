"""recovery-test: an exercise beside a later one that missed an objective; each finding whole."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from agent.core.convention import CLAUSES
from agent.core.duties.entries import RegisterEntry
from agent.core.inventory import Inventory
from agent.core.judging.check import Question
from agent.core.model import Finding, State, Target
from agent.core.reason import Reason
from checks.recovery_test import CHECK
from tests.checks.backups import BACKUP
from tests.checks.entered import amended, entry

NOW = datetime(2026, 11, 24, 11, tzinfo=UTC)
STARTS = datetime(2026, 1, 1, tzinfo=UTC)
CLAUSE = CLAUSES["recovery-test"]


def exercise(number: int, performed: str, point: str = "03:00", **values: str) -> RegisterEntry:
    """Return a full exercise that went well, of ten in the morning in Paris."""
    given = {
        "performed": f"{performed}T10:00:00+01:00",
        "backup": "files",
        "duration": "90m",
        "recovery_point": f"{performed}T{point}+01:00",
        "result": "ok",
        "author": "RSSI",
    }
    return entry("recovery-test", f"recovery-test-{number}", **{**given, **values})


def found(
    *entries: RegisterEntry,
    now: datetime = NOW,
    limit: float | None = CLAUSE.limit,
    objective: Callable[[str, date], float | None] = lambda target, day: CLAUSES[target].limit,
) -> Finding:
    """Return the one finding on the exercises of a backup."""
    target = Target(id="recovery-test", unit=CLAUSE.unit, limit=limit, evidence_age=CLAUSE.evidence_age)
    question = Question(
        item=BACKUP,
        inventory=Inventory(backups=(BACKUP,)),
        target=target,
        now=now,
        first_seen=STARTS,
        since=STARTS,
        entries=entries,
        objective=objective,
    )
    assert CHECK.entered is not None
    (one,) = CHECK.entered(question)
    return one


SLOW = {"duration": "50h"}
GOOD = exercise(1, "2026-11-01")


def short(number: int, performed: str, state: State = State.MISSED) -> Finding:
    """Return the finding of an exercise that missed the objective of time."""
    return Finding(
        state=state,
        reason=Reason.TOO_SLOW,
        value=180000.0,
        limit=172800.0,
        unit="seconds",
        about={"entry": f"recovery-test-{number}", "performed": datetime.fromisoformat(f"{performed}T10:00:00+01:00")},
        evidence=(f"recovery-test-{number}",),
    )


def test_an_exercise_that_missed_an_objective_is_said_whole() -> None:
    assert found(exercise(2, "2026-11-20", **SLOW)) == short(2, "2026-11-20")


def test_a_later_one_that_missed_is_told_beside_the_one_that_passed() -> None:
    beside = found(GOOD, exercise(2, "2026-11-20", **SLOW))
    assert (beside.state, beside.about["short"]) == (State.MET, datetime.fromisoformat("2026-11-20T10:00:00+01:00"))
    assert beside.about["entry"] == "recovery-test-1"


def test_an_earlier_one_that_missed_or_one_of_the_same_hour_is_not_told() -> None:
    for day in ("2026-10-31", "2026-11-01"):
        assert "short" not in found(GOOD, exercise(2, day, **SLOW)).about


def test_a_later_one_that_shows_nothing_is_not_told_as_one_that_missed() -> None:
    assert "short" not in found(GOOD, exercise(2, "2026-11-20", duration="0s")).about


def test_one_that_missed_counts_for_a_year_to_the_second() -> None:
    slow = exercise(2, "2026-11-20", **SLOW)
    end = datetime(2027, 11, 20, 9, tzinfo=UTC)
    assert found(slow, now=end) == short(2, "2026-11-20")
    late = found(slow, now=end.replace(second=1))
    assert (late.state, late.reason) == (State.MISSED, Reason.OVERDUE)


def test_without_a_limit_one_that_missed_counts_for_its_very_moment() -> None:
    slow = exercise(2, "2026-11-20", **SLOW)
    assert found(slow, now=datetime(2026, 11, 20, 9, 0, 0, 500_000, tzinfo=UTC), limit=None).reason is Reason.OVERDUE


def test_one_that_shows_nothing_does_not_undo_a_miss() -> None:
    """Overdue since no exercise ever passed: one whose duration is zero proves nothing against that."""
    nothing = exercise(2, "2027-01-20", duration="0s")
    after = datetime(2027, 2, 1, tzinfo=UTC)
    assert found(nothing, now=after).reason is Reason.OVERDUE
    before = found(exercise(2, "2026-11-20", duration="0s"))
    assert (before.state, before.reason, before.about["entry"]) == (
        State.UNPROVEN,
        Reason.INCOMPLETE,
        "recovery-test-2",
    )
    assert found(exercise(2, "2027-01-20", **SLOW), now=after) == short(2, "2027-01-20")


def test_the_last_exercise_that_failed_is_told_beside_the_rest() -> None:
    one = found(GOOD, exercise(2, "2026-11-20", result="failed"))
    assert (one.state, one.about["failed"]) == (State.MET, datetime.fromisoformat("2026-11-20T10:00:00+01:00"))
    assert "failed" not in found(exercise(2, "2026-10-20", result="failed"), GOOD).about


def test_the_exercises_of_another_backup_are_its_own() -> None:
    assert found(exercise(1, "2026-11-01", backup="mail")).reason is Reason.ON_COURSE


def test_no_amendment_makes_a_success_of_an_exercise_that_failed() -> None:
    mended = amended(exercise(1, "2026-11-01", **SLOW), "2026-11-10T09:00+01:00", duration="3h")
    assert found(mended) == short(1, "2026-11-01")
