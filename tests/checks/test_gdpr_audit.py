"""gdpr-audit: what was made is told with its age; where none was made, nothing is due."""

from datetime import UTC, datetime

from agent.core.model import Finding, State
from agent.core.reason import Reason
from tests.checks.entered import entry, judged

AUDIT = {"performed": "2026-11-20T10:00+01:00", "author": "DPO"}


def test_without_any_audit_nothing_is_due() -> None:
    verdict = judged((), "2026-11-24T10:00+01:00")["gdpr-audit", "scota"]
    assert (verdict.state, verdict.reason) == (State.NOT_APPLICABLE, Reason.NOT_EXPECTED)
    assert verdict.about == {"nothing_due": "none"}


def test_the_last_audit_is_told_with_its_age_and_its_entry() -> None:
    older = entry("audit", "audit-2", performed="2026-10-05", author="DPO")
    other = entry("scan", "scan-1", performed="2026-11-23", perimeter="internet", by="CSIRT", author="RSSI")
    verdict = judged((entry("audit", "audit-1", **AUDIT), older, other), "2026-11-24T10:00+01:00")[
        "gdpr-audit", "scota"
    ]
    found = Finding(
        state=verdict.state, reason=verdict.reason, value=verdict.value, about=verdict.about, evidence=verdict.evidence
    )
    assert found == Finding(
        state=State.MET,
        reason=Reason.WITHIN_LIMIT,
        value=4 * 86400.0,
        about={"entry": "audit-1", "performed": datetime(2026, 11, 20, 9, tzinfo=UTC)},
        evidence=("audit-1",),
    )


def test_an_audit_of_this_day_has_no_age() -> None:
    today = entry("audit", "audit-1", performed="2026-11-24", author="DPO")
    assert judged((today,), "2026-11-24T10:00+01:00")["gdpr-audit", "scota"].value == 0.0
