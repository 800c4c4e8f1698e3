"""The page of a refusal: 401, 403 or 404; it shows nothing of the site, and is made once for each language."""

from functools import cache

from agent.export.pages.documents import DETAIL_PAGES
from agent.wording.languages import Language
from agent.wording.refusals import REFUSALS, STATUS_PAGE


@cache
def render(status: int, language: str) -> str:
    """Return the page of one status."""
    chosen: Language = "en" if language == "en" else "fr"
    title, text = REFUSALS[status]
    return DETAIL_PAGES.template("refusal.html").render(
        language=chosen,
        title=title.of(chosen),
        text=text.of(chosen),
        home=STATUS_PAGE.of(chosen),
        style=DETAIL_PAGES.style,
        policy=DETAIL_PAGES.policy,
    )
