"""What the pages are made with: the templates here, the status page's look, what the other pages add to it."""

from agent.export.pages.frame import PageFrame
from agent.wording import narrowing
from agent.wording.document import Documents
from agent.wording.page import typeset

# The icon is part of the document.
_ICON = "img-src data:; "

STATUS = Documents(package="agent.export.pages", style_sheets=("status.css",), besides=_ICON)
DETAIL_PAGES = Documents(package="agent.export.pages", style_sheets=("status.css", "details.css"), besides=_ICON)


def printed(documents: Documents, template: str, frame: PageFrame, view: object) -> str:
    """Return a page: a template, what is around it, and what it shows."""
    return documents.template(template).render(
        frame=frame,
        view=view,
        words=frame.words,
        more=frame.more,
        narrowing=narrowing,
        style=documents.style,
        policy=documents.policy,
        typeset=typeset,
    )
