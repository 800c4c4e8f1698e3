"""The page of a runbook: text and commands as they are, links between runbooks, nothing else."""

import re

import pytest

from agent.export.pages.addresses import PageLinks
from agent.export.pages.runbook_page import render
from agent.wording.languages import LANGUAGES, Language
from agent.wording.runbooks import runbook, runbook_names
from tests.export.samples import snapshot


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_runbook_is_a_page_without_a_script(language: Language) -> None:
    for name in runbook_names():
        page = render(name, snapshot(language=language), PageLinks())
        assert page is not None
        assert "<script" not in page
        assert "```" not in page and "## " not in page
        assert page.count("<pre>") == (runbook(name) or "").count("```sh")
        assert ("Fiche d&#39;astreinte" in page or "Fiche d'astreinte" in page or "Fiche d’astreinte" in page) == (
            language == "fr"
        )


def test_the_text_is_in_the_language_of_the_page() -> None:
    assert "The agent is frozen" in (render("agent-frozen", snapshot(language="en"), PageLinks()) or "")
    assert "logiciel de mesure est figé" in (render("agent-frozen", snapshot(language="fr"), PageLinks()) or "")


def test_a_command_is_there_as_it_is_typed() -> None:
    page = render("agent-gone", snapshot(), PageLinks()) or ""
    assert re.search(r"<pre><code>[^<]*journalctl -u beffroi\.service -n 50", page)


def test_a_link_leads_to_the_other_runbook_s_page() -> None:
    name = next(one for one in runbook_names() if "](agent-frozen.md)" in (runbook(one) or ""))
    page = render(name, snapshot(), PageLinks(language="en")) or ""
    assert 'href="/runbook/agent-frozen?language=en"' in page


def test_an_unknown_name_has_no_page() -> None:
    assert render("../operating", snapshot(), PageLinks()) is None
