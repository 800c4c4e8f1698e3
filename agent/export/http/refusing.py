"""A refusal in the form that the client reads: a page for a browser, one line of text for a program."""

from dataclasses import replace

from agent.export.http.request import HttpRequest
from agent.export.http.response import Response, line, page
from agent.wording.languages import LANGUAGES


def refusal(request: HttpRequest, status: int, text: str, language: str, *headers: tuple[str, str]) -> Response:
    """Return a refusal; `text` is the line, `language` that of the site's pages. Nothing asked for is repeated.

    What a client accepts says which it is: every browser names text/html, and no scraper does.
    """
    plain = line(status, text, *headers)
    if "text/html" not in request.fields.get("accept", "").lower():
        return plain
    # Loaded by the first browser that is refused, not by every scrape.
    from agent.export.pages.documents import DETAIL_PAGES
    from agent.export.pages.refusal_page import render

    asked = request.parameters.get("language")
    chosen = asked if asked in LANGUAGES else language
    shown = page(render(status, chosen), DETAIL_PAGES.policy, chosen, status=status)
    return replace(shown, headers=(*shown.headers, *headers))
