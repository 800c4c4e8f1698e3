"""Dates of entries in the report's tables: an amended one is shown with the first."""

from agent.report.agreed_tables import dated
from tests.checks.entered import amended, entry

INCIDENT = entry("incident", "incident-1", detected="2026-10-01", title="panne", major="yes", reported="2026-10-20")


def test_an_amended_date_is_shown_with_the_first_one_and_the_day_of_its_change() -> None:
    changed = amended(INCIDENT, "2026-11-24T09:00+01:00", "reported", detected="2026-11-20")
    assert dated(changed, "detected") == (
        "20 novembre 2026 (date modifiée le 24 novembre 2026, d'abord le 1er octobre 2026)"
    )
    assert dated(changed, "reported") == "— (date modifiée le 24 novembre 2026, d'abord le 20 octobre 2026)"


def test_a_date_that_was_never_changed_stands_alone() -> None:
    changed = amended(INCIDENT, "2026-11-24T09:00+01:00", qualified="2026-11-23")
    assert [dated(changed, key) for key in ("detected", "qualified")] == ["1er octobre 2026", "23 novembre 2026"]


def test_a_date_that_was_entered_late_says_when() -> None:
    changed = amended(INCIDENT, "2026-11-24T09:00+01:00", qualified="2026-10-02")
    assert dated(changed, "qualified") == "2 octobre 2026 (inscrit le 24 novembre 2026)"
