"""A whole report is in one language, whatever it has to say; what people wrote stands as they wrote it."""

from dataclasses import replace
from datetime import date

import pytest

from agent.report.build import build
from agent.report.figures import Report
from agent.report.material import Material
from agent.report.page import render
from agent.wording.languages import LANGUAGES, Language
from tests.parts.one_language import foreign, said_in
from tests.report.test_english_report import QUOTED, entered, everything

# What the year's configuration calls its backups, its filter and its reference.
NAMES = ("mail", "malware", "Délibération n° 588 du 24 septembre 2025")


def strays(report: Report, page: str, language: Language) -> list[str]:
    """Return what is in the other language on a page; the convention's own words stand in « » within English too."""
    said = QUOTED.sub("…", said_in(page)) if language == "en" else said_in(page)
    return foreign(said, language, {*NAMES, *entered(report)} - {""})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("public", [False, True])
def test_a_report_is_in_one_language(report: Report, public: bool, language: Language) -> None:
    """An edition that corrects another has more to say."""
    for one in (report, everything(report)):
        assert strays(one, render(one, public=public, language=language), language) == []
    other: Language = "en" if language == "fr" else "fr"
    assert len(strays(report, render(report, language=other), language)) > 500


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("draft", [False, True])
def test_what_is_not_published_is_in_one_language(material: Material, draft: bool, language: Language) -> None:
    heading = replace(material.heading, demonstration=True)
    made = replace(build(replace(material, heading=heading, today=date(2026, 11, 1)), None), draft=draft)
    assert strays(made, render(made, language=language), language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_of_a_quarter_without_a_look_is_in_one_language(material: Material, language: Language) -> None:
    made = build(replace(material, kept={}), 1)
    assert strays(made, render(made, language=language), language) == []
