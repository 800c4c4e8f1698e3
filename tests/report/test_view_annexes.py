"""Annex D: to whom the signed heads went, and on which days."""

from dataclasses import replace
from datetime import date

from agent.core.period import Month
from agent.report.build import build
from agent.report.figures import HeadsMailed, Report
from agent.report.material import Material
from agent.report.names import names
from agent.report.view_annexes import annex


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


def test_a_public_report_counts_the_addresses(material: Material) -> None:
    assert "octobre 2026 (le 2 novembre 2026, à 2 adresses)." in heads(mailed(material), public=True)


def test_where_no_head_left_the_annex_says_so(material: Material) -> None:
    report = build(material, 1)
    assert "Aucune empreinte de ce trimestre n'a été envoyée" in heads(report)
    unsigned = replace(report, proof=replace(report.proof, head_day=None, head=None))
    assert heads(unsigned).startswith("Aucune journée n'est signée")
