"""Duties that come back: each finding whole, and each term to the second."""

from datetime import UTC, date, datetime, timedelta

import pytest

from agent.core.duties.entries import RegisterEntry
from agent.core.inventory import Beneficiary, Inventory
from agent.core.judging.check import Question
from agent.core.judging.periodic import judge_periodic, last_performed
from agent.core.model import Finding, State, Target
from agent.core.reason import Reason
from tests.checks.entered import entry

STARTS = datetime(2026, 10, 1, 8, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def asked(now: datetime, *, since: datetime | None = STARTS, limit: float | None = 10 * 86400.0) -> Question:
    """Return what is asked about a duty of every ten days."""
    target = Target(id="awareness", unit="seconds", limit=limit, evidence_age=DAY)
    return Question(
        item=Beneficiary(id="scota", name="SCOTA"),
        inventory=Inventory(),
        target=target,
        now=now,
        first_seen=STARTS + DAY,
        since=since,
    )


def done(number: int, performed: str) -> RegisterEntry:
    """Return an entry about the duty."""
    return entry("awareness", f"awareness-{number}", performed=performed)


AT = done(1, "2026-11-01T12:00+01:00")
DUE = datetime(2026, 11, 11, 11, tzinfo=UTC)


@pytest.mark.parametrize("late", [timedelta(0), SECOND])
def test_what_was_done_at_an_instant_is_due_at_the_same_time_of_day(late: timedelta) -> None:
    assert judge_periodic(asked(DUE + late), [AT]) == Finding(
        state=State.MISSED if late else State.MET,
        reason=Reason.OVERDUE if late else Reason.WITHIN_LIMIT,
        value=(10 * DAY + late).total_seconds(),
        stands_until=None if late else DUE,
        about={
            "entry": "awareness-1",
            "performed": datetime.fromisoformat("2026-11-01T12:00:00+01:00"),
            "due": datetime.fromisoformat("2026-11-11T11:00:00+00:00"),
        },
        evidence=("awareness-1",),
    )


@pytest.mark.parametrize("late", [timedelta(0), -SECOND])
def test_what_was_done_on_a_day_is_due_until_the_end_of_its_day(late: timedelta) -> None:
    midnight = datetime(2026, 11, 11, 23, tzinfo=UTC)
    found = judge_periodic(asked(midnight + late), [done(1, "2026-11-01")])
    assert (found.state, found.about["due"]) == (State.MET if late else State.MISSED, date(2026, 11, 11))
    assert found.value == (10 * DAY + late).total_seconds()


def test_what_was_done_later_today_has_no_age() -> None:
    assert judge_periodic(asked(datetime(2026, 11, 1, 8, tzinfo=UTC)), [done(1, "2026-11-01")]).value == 0.0


@pytest.mark.parametrize("late", [timedelta(0), SECOND])
def test_what_was_never_done_is_on_course_for_its_limit_since_the_start(late: timedelta) -> None:
    due = STARTS + 10 * DAY
    assert judge_periodic(asked(due + late), []) == Finding(
        state=State.MISSED if late else State.UNPROVEN,
        reason=Reason.OVERDUE if late else Reason.ON_COURSE,
        stands_until=None if late else due,
        about={"never": date(2026, 10, 1), "due": datetime.fromisoformat("2026-10-11T08:00:00+00:00")},
    )


def test_without_a_start_the_first_sight_counts() -> None:
    found = judge_periodic(asked(STARTS + 10 * DAY + SECOND, since=None), [])
    assert (found.state, found.about["never"]) == (State.UNPROVEN, date(2026, 10, 2))


def test_without_a_limit_it_is_due_at_once() -> None:
    found = judge_periodic(asked(DUE - 10 * DAY + SECOND / 2, limit=None), [AT])
    assert (found.state, found.reason) == (State.MISSED, Reason.OVERDUE)


def test_the_last_one_performed_is_that_which_began_last() -> None:
    one, two = done(1, "2026-11-01T12:00+01:00"), done(2, "2026-11-01")
    assert last_performed([one, two], STARTS + 90 * DAY) == one
    assert last_performed([two, done(3, "2026-11-01")], STARTS + 90 * DAY) == two
    assert last_performed([], STARTS) is None
