"""The report as one document that needs nothing else: its own style sheet, no script, no second request."""

from agent.report.figures import Report
from agent.report.view import view
from agent.wording.document import Documents
from agent.wording.page import typeset

DOCUMENTS = Documents(package="agent.report", style_sheets=("report.css",))


def render(report: Report, *, public: bool = False) -> str:
    """Return the document in French; `public` leaves out every name that a citizen may not be told."""
    return DOCUMENTS.template("report.html").render(
        view=view(report, public=public),
        style=DOCUMENTS.style,
        policy=policy(),
        typeset=typeset,
        said=lambda text: typeset(text, "fr"),
    )


def policy() -> str:
    """Return the Content-Security-Policy that lets the document's own style sheet in, and nothing else at all."""
    return DOCUMENTS.policy
