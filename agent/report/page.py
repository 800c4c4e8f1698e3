"""The report as one document that needs nothing else: its own style sheet, no script, no second request."""

import re

from agent.report.figures import Report
from agent.report.view import view
from agent.wording.document import Documents
from agent.wording.languages import Language
from agent.wording.page import typeset
from agent.wording.translated import translated

DOCUMENTS = Documents(package="agent.report", style_sheets=("report.css",))
# The running foot of a printed page is part of its style sheet.
ENGLISH_DOCUMENTS = Documents(package="agent.report", style_sheets=("report.css", "english.css"))


def render(report: Report, *, public: bool = False, language: Language = "fr") -> str:
    """Return the document in one language; `public` leaves out every name that a citizen may not be told."""
    documents = DOCUMENTS if language == "fr" else ENGLISH_DOCUMENTS
    page = documents.template("report.html").render(
        view=view(report, public=public, language=language),
        folder="" if language == "fr" else "english/",
        style=documents.style,
        policy=documents.policy,
        **writing(language),
    )
    return _without_agents(page, report) if public else page


def _without_agents(page: str, report: Report) -> str:
    """Return a public page whose entries are named by their agents' numbers: an agent's name is often a machine's."""
    for number, agent in enumerate(dict.fromkeys(one.agent for one in report.agents), 1):
        page = re.sub(rf"(?<![\w./-]){re.escape(agent)}/(?=[a-z-]+-[0-9])", f"agent-{number}/", page)
    return page


def writing(language: Language) -> dict[str, object]:
    """Return what the templates write with: `said` a text, `text` and `plain` a fixed text, put into the language.

    `plain` is for a fixed text that is put down as it is, `text` has its spaces made unbreakable.
    """
    return {
        "language": language,
        "typeset": typeset,
        "said": lambda text: typeset(text, language),
        "text": lambda text: typeset(translated(text, language), language),
        "plain": lambda text: translated(text, language),
    }


def policy() -> str:
    """Return the Content-Security-Policy that lets the document's own style sheet in, and nothing else at all."""
    return DOCUMENTS.policy
