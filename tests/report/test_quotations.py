"""The convention's own sentences in the report: quoted word for word with their article, else a summary called one."""

from dataclasses import replace

import pytest

from agent.core.convention import CLAUSES
from agent.report.build import build
from agent.report.material import Material
from agent.report.page import render
from agent.report.summary import changes, summary
from agent.wording.languages import Language
from agent.wording.targets.every import TARGETS
from tests.report.test_english_report import french_in
from tests.report.test_page import words

SENTENCE = (
    "Les sauvegardes sont <quotidiennes> & conservées sur un autre site, sans que l'on puisse les modifier, pendant "
    "toute la durée de la convention et un mois au-delà."
)
SUMMARY = {"fr": "Ce que prévoit la convention (résumé)", "en": "What the convention provides (summary)"}
OWN = {"fr": "Texte de la convention", "en": "The convention's own words"}


@pytest.fixture(scope="module")
def quoting(material: Material) -> Material:
    """Return a quarter whose configuration has the convention's sentence on backups."""
    return replace(material, heading=replace(material.heading, quotations={"backup-rpo": SENTENCE}))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_sentence_of_the_convention_is_quoted_word_for_word(quoting: Material, language: Language) -> None:
    page = render(build(quoting, 1), language=language)
    sheet = page.partition('id="backup-rpo"')[2].partition("</article>")[0]
    told = words(f"<body>{sheet}")
    assert f"« {SENTENCE} »" in told
    assert OWN[language] in told
    assert SUMMARY[language] not in told
    assert TARGETS["backup-rpo"].says.of(language) not in told
    assert f"Article {CLAUSES['backup-rpo'].article} " in told
    assert '<dd lang="fr">' in sheet


def test_a_target_without_its_sentence_has_a_summary_that_is_called_one(quoting: Material) -> None:
    sheet = render(build(quoting, 1)).partition('id="patching"')[2].partition("</article>")[0]
    told = words(f"<body>{sheet}")
    assert SUMMARY["fr"] in told
    assert OWN["fr"] not in told
    assert "«" not in told.partition(SUMMARY["fr"])[2].partition("Objectif en vigueur")[0]


def test_the_english_report_has_no_other_french_than_the_quotation(quoting: Material) -> None:
    report = build(quoting, 1)
    assert french_in(report, render(report, language="en")) == []


def test_an_edition_says_which_sentence_it_quotes_differently(material: Material, quoting: Material) -> None:
    earlier, later = build(material, 1), build(quoting, 2)
    heading = replace(material.heading, quotations={"backup-rpo": "Autre texte."})
    changed = build(replace(quoting, heading=heading), 3)
    (change,) = changes(("", summary(later)), ("", summary(changed)))
    assert change.printed is not None
    assert [one.fr for one in change.printed] == [f"«\u00a0{SENTENCE}\u00a0»", "«\u00a0Autre texte.\u00a0»"]
    assert [(one.target, one.name) for one in changes(("", summary(earlier)), ("", summary(later)))] == [
        ("backup-rpo", "quotation")
    ]
