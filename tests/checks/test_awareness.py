"""awareness: a session is due each year, and only a session counts."""

from tests.checks.entered import entry, judged, told


def test_only_a_session_of_awareness_counts() -> None:
    session = entry("awareness", "awareness-1", performed="2026-11-20", author="RSSI")
    audit = entry("audit", "audit-1", performed="2026-11-20", author="DPO")
    verdict = judged((session, audit), "2026-11-24T10:00+01:00")["awareness", "scota"]
    assert (told(verdict), verdict.evidence) == ("met within-limit", ("awareness-1",))
    assert judged((audit,), "2026-11-24T10:00+01:00")["awareness", "scota"].evidence == ()
