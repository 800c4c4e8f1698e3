"""The status page: one document that needs nothing else, neither a script nor a second request."""

from agent.export.page_view import view
from agent.export.snapshot import Snapshot
from agent.wording.document import Documents
from agent.wording.page import typeset

# The icon is part of the document.
_DOCUMENTS = Documents(package="agent.export", style_sheet="status.css", besides="img-src data:; ")


def render(snapshot: Snapshot) -> str:
    """Return the page in the snapshot's language, as a document that can be served, sent, printed or kept as a file."""
    shown = view(snapshot)
    template = _DOCUMENTS.template("status.html")
    return template.render(view=shown, words=shown.words, style=_DOCUMENTS.style, policy=policy(), typeset=typeset)


def policy() -> str:
    """Return the Content-Security-Policy that lets the page's own style sheet and icon in, and nothing else at all."""
    return _DOCUMENTS.policy
