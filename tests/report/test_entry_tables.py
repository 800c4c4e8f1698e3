"""Entries in the report's tables: dates as they were entered and amended, and what was found and decided."""

from dataclasses import replace
from datetime import datetime

from agent.core.convention import Performed
from agent.core.duties.entries import RegisterEntry
from agent.core.judging.recovery_tests import Shortfall
from agent.core.model import State
from agent.core.period import PARIS
from agent.core.reason import Reason
from agent.report.agreed_tables import dated
from agent.report.entry_tables import breaches, examinations, exercises
from agent.report.names import Names
from agent.wording.report import EXERCISES
from tests.checks.entered import amended, entry

INCIDENT = entry("incident", "incident-1", detected="2026-10-01", title="panne", major="yes", reported="2026-10-20")


def test_an_amended_date_is_shown_with_the_first_one_and_the_day_of_its_change() -> None:
    changed = amended(INCIDENT, "2026-11-24T09:00+01:00", "reported", detected="2026-11-20")
    assert dated(changed, "detected", Names()) == (
        "20 novembre 2026 (date modifiée le 24 novembre 2026, d'abord le 1er octobre 2026)"
    )
    assert dated(changed, "reported", Names()) == "— (date modifiée le 24 novembre 2026, d'abord le 20 octobre 2026)"


def test_a_date_that_was_never_changed_stands_alone() -> None:
    changed = amended(INCIDENT, "2026-11-24T09:00+01:00", qualified="2026-11-23")
    assert [dated(changed, key, Names()) for key in ("detected", "qualified")] == [
        "1er octobre 2026",
        "23 novembre 2026",
    ]


def test_a_date_that_was_entered_late_says_when_and_by_whom() -> None:
    changed = amended(INCIDENT, "2026-11-24T09:00+01:00", qualified="2026-10-02", author="tech")
    assert dated(changed, "qualified", Names()) == "2 octobre 2026 (inscrit le 24 novembre 2026, par tech)"
    assert dated(changed, "qualified", Names({})) == "2 octobre 2026 (inscrit le 24 novembre 2026)"


def test_what_a_scan_found_is_printed() -> None:
    scan = RegisterEntry(
        id="scan-1",
        register="scan",
        beneficiary="scota",
        values={"performed": "2026-11-05", "perimeter": "internet", "by": "prestataire", "findings": "2 critiques"},
        received_at=datetime(2026, 11, 6, tzinfo=PARIS),
    )
    performed = Performed(register="scan", subject="perimeter")
    (table,) = examinations([scan], "vulnerability-scan", performed, Names())
    assert table.rows == (("scan-1", "internet", "5 novembre 2026", "prestataire", "2 critiques", "sans pièce"),)
    bare = replace(scan, values={key: value for key, value in scan.values.items() if key != "findings"})
    (table,) = examinations([bare], "vulnerability-scan", performed, Names())
    assert table.rows[0][4] == "non inscrits"


def test_a_breach_says_who_was_informed_and_what_was_decided() -> None:
    breach = RegisterEntry(
        id="breach-1",
        register="breach",
        beneficiary="scota",
        values={"detected": "2026-11-05", "title": "x", "cnil_due": "yes", "persons_informed": "2026-11-06",
                "decision": "notifiée"},
        received_at=datetime(2026, 11, 6, tzinfo=PARIS),
    )  # fmt: skip
    (table,) = breaches([breach], "Violations", Names())
    row = dict(zip(table.head, table.rows[0], strict=True))
    assert (row["Personnes informées"], row["Décision"]) == ("6 novembre 2026", "notifiée")


def test_exercises_are_what_the_register_says_and_a_slow_one_is_said_not_to_count() -> None:
    """It is entered as a success and stands beside «non atteint»: the note says how both can be."""
    slow = entry(
        "recovery-test", "recovery-test-1", performed="2026-10-12", backup="files", duration="60h",
        recovery_point="2026-10-11", result="ok",
    )  # fmt: skip
    short = Shortfall(entry=slow, state=State.MISSED, reason=Reason.TOO_SLOW, value=60 * 3600, limit=48 * 3600)
    (table,) = exercises([slow], {slow.id: short}, Names())
    assert table.title == "Exercices de restauration inscrits"
    assert table.rows[0][-1] == "réussi ; ne compte pas comme test : plus de 48 h de restauration"
    assert table.note == EXERCISES
    (counted,) = exercises([slow], {}, Names())
    assert counted.rows[0][-1] == "réussi"
