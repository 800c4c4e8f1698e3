"""Annex D: to whom the signed heads went, and on which days."""

from dataclasses import replace
from datetime import date

from agent.core.period import Month
from agent.report.build import build
from agent.report.figures import HeadsMailed, Report
from agent.report.material import Material
from agent.report.names import names
from agent.report.view_annexes import annex
from agent.report.view_target import target_view
from agent.wording.targets.every import target_title
from tests.checks.entered import amended
from tests.report.test_amended import entered


def heads(report: Report, *, public: bool = False) -> str:
    return annex(report, names((one.key for one in report.days), report.beneficiary, public=public)).heads


def mailed(material: Material) -> Report:
    report = build(material, 1)
    letters = tuple(
        HeadsMailed(month=month, on=on, addresses=("presidence@scota.example", "dpo@scota.example"))
        for month, on in ((Month(2026, 9), date(2026, 10, 1)), (Month(2026, 10), date(2026, 11, 2)))
    )
    return replace(report, proof=replace(report.proof, heads_mailed=letters))


def test_heads_that_left_are_said_with_their_day_and_addresses(material: Material) -> None:
    """Those of the quarter's own months alone."""
    assert heads(mailed(material)).endswith(
        "Empreintes envoyées par courriel au bénéficiaire : octobre 2026 (le 2 novembre 2026, à"
        " presidence@scota.example, dpo@scota.example)."
    )


def test_an_amended_account_or_reason_keeps_its_first_word(material: Material) -> None:
    departure, restore = (
        amended(entered(register, 9, "2026-11-10", **values), "2026-11-10T12:00+01:00", **changed)
        for register, values, changed in (
            (
                "departure",
                {"person": "B. Martin", "accounts": "bmartin", "left": "2026-11-10"},
                {"accounts": "personne"},
            ),
            ("restore", {"backup": "files", "performed": "2026-11-09", "reason": "essai"}, {"reason": "sinistre"}),
        )
    )
    report = build(replace(material, entries=(*material.entries, departure, restore)), 1)
    called = names((one.key for one in report.days), report.beneficiary, public=False)
    found = {one.title: [tuple(map(str, row)) for row in one.rows] for one in annex(report, called).restricted}
    assert ("departure-9", "B. Martin", "personne (d'abord bmartin, modifié le 10 novembre 2026, par RSSI)") in found[
        "Départs"
    ]
    changed = [row[:4] for row in found["Modifications des inscriptions"]]
    assert ("departure-9", "comptes", "bmartin", "personne") in changed
    assert ("restore-9", "motif", "essai", "sinistre") in changed


def test_what_is_promised_and_not_measured_is_listed(material: Material) -> None:
    report = build(material, 1)
    called = names((one.key for one in report.days), report.beneficiary, public=True)
    [table] = annex(report, called).unmeasured
    for one in report.targets:
        said = target_view(one, report, called).unmeasured
        assert said == next((str(row[1]) for row in table.rows if row[0] == target_title(one.target, "fr")), "")
    listed = " ".join(str(row[1]) for row in table.rows)
    assert "gestion centralisée des identités" in listed
    assert "de nouvelle génération" in listed


def test_a_public_report_counts_the_addresses(material: Material) -> None:
    assert "octobre 2026 (le 2 novembre 2026, à 2 adresses)." in heads(mailed(material), public=True)


def test_where_no_head_left_the_annex_says_so(material: Material) -> None:
    report = build(material, 1)
    assert "Aucune empreinte de ce trimestre n'a été envoyée" in heads(report)
    unsigned = replace(report, proof=replace(report.proof, head_day=None, head=None))
    assert heads(unsigned).startswith("Aucune journée n'est signée")
