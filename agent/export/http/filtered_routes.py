"""What is answered for the status page and for a host's page: each may be narrowed by its query."""

from dataclasses import replace

from agent.export.http.request import HttpRequest
from agent.export.http.response import Response, page
from agent.export.pages import absent_page, host_page, status_page
from agent.export.pages.addresses import PageLinks, asked_host, is_named
from agent.export.pages.documents import DETAIL_PAGES
from agent.export.pages.page_filter import filter_in
from agent.export.snapshot import Snapshot

# The page says so, and has a link that stops it (WCAG 2.2.1).
REFRESH_SECONDS = 300


def filtered_answer(request: HttpRequest, snapshot: Snapshot, links: PageLinks) -> Response:
    """Return the answer, from what the snapshot shows: a filter for something else is as for what is not there."""
    chosen, host = filter_in(request.parameters), asked_host(request.path)
    if chosen is not None and host is not None:
        named = next((name for name in snapshot.host_names if is_named(name, host)), None)
        chosen = None if named is None or chosen.host not in (None, named) else replace(chosen, host=named)
    narrowed = None if chosen is None else chosen.within(snapshot)
    if chosen is None or narrowed is None:
        return page(absent_page.render(snapshot, links), DETAIL_PAGES.policy, snapshot.language, status=404)
    if host is not None and chosen.host is not None:
        text, policy = host_page.render(chosen.host, chosen, narrowed, links), DETAIL_PAGES.policy
    else:
        text, policy = status_page.render(narrowed, links, chosen, snapshot), status_page.policy()
    answer = page(text, policy, snapshot.language)
    if links.refresh is not None:
        return answer
    # Without an address a browser asks for the same one again, filter included.
    return replace(answer, headers=(*answer.headers, ("Refresh", str(REFRESH_SECONDS))))
