"""Duties that come back: scans, tests, sessions, audits, and the dates of the convention itself."""

from datetime import date

import pytest

from agent.core.duties.entries import RegisterEntry
from checks.convention_review import next_date
from tests.checks.entered import amended, entry, judged, told

SCAN = entry("scan", "scan-1", performed="2026-08-24", perimeter="internet", by="CSIRT", author="RSSI")


@pytest.mark.parametrize(
    ("entries", "now", "state"),
    [
        ((), "2027-01-01T00:00+01:00", "unproven on-course"),  # 92 days since 1 October, at the same time of day
        ((), "2027-01-01T00:01+01:00", "missed overdue"),
        ((SCAN,), "2026-11-24T23:59+01:00", "met within-limit"),
        ((SCAN,), "2026-11-25T00:00+01:00", "missed overdue"),
        ((entry("scan", "scan-2", performed="2026-11-01", perimeter="inside"),), "2026-11-24", "unproven on-course"),
        ((entry("pentest", "p-1", performed="2026-11-01", perimeter="internet"),), "2026-11-24", "unproven on-course"),
    ],
)
def test_a_scan_is_due_each_quarter_for_each_perimeter(
    entries: tuple[RegisterEntry, ...], now: str, state: str
) -> None:
    assert told(judged(entries, now)["vulnerability-scan", "internet"]) == state


def test_the_last_one_performed_counts_however_late_it_is_entered() -> None:
    newer = entry("scan", "scan-2", performed="2026-11-20T10:00+01:00", perimeter="internet")
    older = entry("scan", "scan-3", performed="2026-05-01", perimeter="internet")
    verdict = judged((SCAN, newer, older), "2026-11-24T10:00+01:00")["vulnerability-scan", "internet"]
    assert (told(verdict), verdict.evidence, verdict.value) == ("met within-limit", ("scan-2",), 4 * 86400.0)


def test_an_entry_performed_ahead_of_now_shows_nothing_until_its_day() -> None:
    ahead = entry("scan", "scan-2", performed="2027-06-19", perimeter="internet")
    for now, state in (("2026-11-24", "unproven on-course"), ("2027-02-01", "missed overdue"), ("2027-06-19", "met")):
        assert told(judged((ahead,), now)["vulnerability-scan", "internet"]).startswith(state)
    assert told(judged((ahead, SCAN), "2026-11-24")["vulnerability-scan", "internet"]) == "met within-limit"
    audit = entry("audit", "audit-1", performed="2027-06-19", by="CSIRT")
    assert told(judged((audit,), "2026-11-24")["gdpr-audit", "scota"]) == "not-applicable not-expected"


@pytest.mark.parametrize(
    ("now", "state"), [("2026-11-24T10:00+01:00", "met within-limit"), ("2026-11-24T10:01+01:00", "missed overdue")]
)
def test_a_test_is_due_each_year_where_exposed(now: str, state: str) -> None:
    test = entry("pentest", "pentest-1", performed="2025-11-24T10:00+01:00", perimeter="internet")
    # A later one elsewhere shows nothing of this perimeter.
    elsewhere = entry("pentest", "pentest-2", performed="2026-11-20", perimeter="inside")
    verdicts = judged((test, elsewhere), now)
    assert told(verdicts["penetration-test", "internet"]) == state
    assert ("penetration-test", "inside") not in verdicts


def test_a_session_is_due_each_year_and_an_audit_never() -> None:
    verdicts = judged((), "2026-11-24")
    assert told(verdicts["awareness", "scota"]) == "unproven on-course"
    assert told(verdicts["gdpr-audit", "scota"]) == "not-applicable not-expected"
    both = (
        entry("awareness", "awareness-1", performed="2026-01-10"),
        entry("audit", "audit-1", performed="2020-01-10"),
    )
    verdicts = judged(both, "2026-11-24")
    assert told(verdicts["awareness", "scota"]) == "met within-limit"
    assert told(verdicts["gdpr-audit", "scota"]) == "met within-limit"
    assert told(judged((), "2027-10-02")["awareness", "scota"]) == "missed overdue"


SIGNED = date(2025, 12, 15)
HELD = entry("plan", "plan-1", target="convention-review", subject="convention", done="2026-06-01")
PLANNED = entry("plan", "plan-1", target="convention-review", subject="convention", due="2026-06-01")


@pytest.mark.parametrize(
    ("entries", "signed", "now", "state", "about"),
    [
        ((), None, "2026-11-24", "unproven not-declared", "key"),
        ((), SIGNED, "2026-06-15T23:59+02:00", "met on-course", "evaluation"),
        ((), SIGNED, "2026-06-16T00:00+02:00", "unproven overdue", "evaluation_due"),
        ((PLANNED,), SIGNED, "2026-11-24", "unproven overdue", "evaluation_due"),
        ((HELD,), SIGNED, "2026-09-15T23:59+02:00", "met on-course", "notice"),
        ((HELD,), SIGNED, "2026-09-16T00:00+02:00", "met on-course", "invoice"),
        ((HELD,), SIGNED, "2026-10-31T00:00+01:00", "met on-course", "notice"),
    ],
)
def test_the_convention_s_own_dates_are_reminders(
    entries: tuple[RegisterEntry, ...], signed: date | None, now: str, state: str, about: str
) -> None:
    verdict = judged(entries, now, signed=signed)["convention-review", "convention"]
    assert told(verdict) == state
    assert about in verdict.about


@pytest.mark.parametrize(
    ("signed", "today", "following"),
    [
        ("2025-12-15", "2025-12-15", ("2026-09-15", "notice")),
        ("2026-01-31", "2026-10-31", ("2026-10-31", "notice")),
        ("2026-01-31", "2026-10-30", ("2026-10-30", "invoice")),
        ("2024-02-29", "2026-11-24", ("2026-11-29", "notice")),
        ("2025-12-15", "2035-10-31", ("2036-09-15", "notice")),
    ],
)
def test_the_next_yearly_date(signed: str, today: str, following: tuple[str, str]) -> None:
    day, which = next_date(date.fromisoformat(signed), date.fromisoformat(today))
    assert (day.isoformat(), which) == following


def test_a_scan_that_was_overdue_is_not_amended_into_time() -> None:
    overdue = amended(SCAN, "2026-11-26T09:00+01:00", performed="2026-08-30")
    assert told(judged((overdue,), "2026-11-27")["vulnerability-scan", "internet"]) == "missed overdue"
    newer = entry("scan", "scan-2", performed="2026-11-27", perimeter="internet")
    assert told(judged((overdue, newer), "2026-11-28")["vulnerability-scan", "internet"]) == "met within-limit"


def test_a_scan_is_corrected_before_its_term_has_passed() -> None:
    corrected = amended(SCAN, "2026-11-20T09:00+01:00", performed="2026-08-30")
    assert told(judged((corrected,), "2026-11-27")["vulnerability-scan", "internet"]) == "met within-limit"


def test_a_scan_elsewhere_that_came_too_late_is_not_moved_here() -> None:
    elsewhere = entry("scan", "scan-2", performed="2026-11-20", perimeter="inside")
    moved = amended(elsewhere, "2026-11-26T09:00+01:00", perimeter="internet")
    assert told(judged((SCAN, moved), "2026-11-27")["vulnerability-scan", "internet"]) == "missed overdue"
