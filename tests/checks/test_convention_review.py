"""convention-review: which date comes next, and each finding whole."""

from datetime import UTC, date, datetime, timedelta

import pytest

from agent.core.duties.entries import RegisterEntry
from agent.core.inventory import Beneficiary, Inventory
from agent.core.judging.check import Question
from agent.core.model import Finding, State, Target
from agent.core.period import day_end
from agent.core.reason import Reason
from checks.convention_review import CHECK, next_date
from tests.checks.entered import entry

SIGNED = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("signed", "today", "expected"),
    [
        ("2026-03-01", "2026-03-01", ("2026-10-30", "invoice")),
        ("2026-03-01", "2026-10-30", ("2026-10-30", "invoice")),
        ("2026-03-01", "2026-10-31", ("2026-12-01", "notice")),
        ("2026-03-01", "2026-12-01", ("2026-12-01", "notice")),
        ("2026-03-01", "2026-12-02", ("2027-10-30", "invoice")),
        ("2026-12-15", "2026-12-15", ("2027-09-15", "notice")),
        ("2026-12-15", "2029-09-16", ("2029-10-30", "invoice")),
        ("2026-10-30", "2026-10-30", ("2026-10-30", "invoice")),
        ("2026-10-31", "2026-10-31", ("2027-07-31", "notice")),
    ],
)
def test_the_next_date_is_the_first_from_today_on(signed: str, today: str, expected: tuple[str, str]) -> None:
    day, which = next_date(date.fromisoformat(signed), date.fromisoformat(today))
    assert (day.isoformat(), which) == expected


def found(now: datetime, *entries: RegisterEntry, signed: date | None = SIGNED) -> list[Finding]:
    """Return the findings at an instant."""
    target = Target(id="convention-review", unit="seconds", limit=None, evidence_age=timedelta(hours=26))
    question = Question(
        item=Beneficiary(id="scota", name="SCOTA"),
        inventory=Inventory(),
        target=target,
        now=now,
        first_seen=now,
        entries=entries,
        signed=signed,
    )
    assert CHECK.entered is not None
    return [*CHECK.declared(question), *CHECK.entered(question)]


def reminder(day: date, now: datetime, which: str, *evidence: str) -> Finding:
    """Return the finding that a date comes."""
    return Finding(
        state=State.MET,
        reason=Reason.ON_COURSE,
        value=(day_end(day) - now).total_seconds(),
        stands_until=day_end(day),
        about={which: day},
        evidence=evidence,
    )


HELD = entry("plan", "plan-1", target="convention-review", done="2026-08-01")


def test_the_evaluation_comes_first_within_six_months() -> None:
    now = datetime(2026, 6, 1, tzinfo=UTC)
    assert found(now) == [reminder(date(2026, 9, 1), now, "evaluation")]
    last = day_end(date(2026, 9, 1)) - timedelta(seconds=1)
    assert found(last) == [reminder(date(2026, 9, 1), last, "evaluation")]


def test_an_evaluation_that_nothing_shows_is_overdue_from_the_end_of_its_day() -> None:
    for late in (timedelta(0), timedelta(days=30)):
        now = day_end(date(2026, 9, 1)) + late
        assert found(now) == [
            Finding(
                state=State.UNPROVEN,
                reason=Reason.OVERDUE,
                value=late.total_seconds(),
                about={"evaluation_due": date(2026, 9, 1)},
            )
        ]


def test_after_an_evaluation_the_yearly_dates_follow_with_its_entry() -> None:
    now = datetime(2026, 9, 15, tzinfo=UTC)
    on_signature = entry("plan", "plan-1", target="convention-review", done=SIGNED.isoformat())
    for held in (HELD, on_signature):
        assert found(now, held) == [reminder(date(2026, 10, 30), now, "invoice", "plan-1")]


@pytest.mark.parametrize(
    "other",
    [
        entry("plan", "plan-1", target="convention-review"),
        entry("plan", "plan-1", target="backup-rpo", done="2026-08-01"),
        entry("plan", "plan-1", target="convention-review", done="2026-02-28"),
        entry("scan", "scan-1", target="convention-review", done="2026-08-01"),
    ],
)
def test_only_a_line_of_the_plan_that_was_done_shows_an_evaluation(other: RegisterEntry) -> None:
    (one,) = found(datetime(2026, 9, 15, tzinfo=UTC), other)
    assert one.reason is Reason.OVERDUE


def test_without_a_day_of_signature_no_date_is_known() -> None:
    assert found(datetime(2026, 6, 1, tzinfo=UTC), signed=None) == [
        Finding(state=State.UNPROVEN, reason=Reason.NOT_DECLARED, about={"key": "signed"})
    ]
