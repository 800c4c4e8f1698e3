"""The page of one host: `/host/ID`."""

from agent.export.pages.addresses import PageLinks
from agent.export.pages.documents import DETAIL_PAGES, printed
from agent.export.pages.host_view import host_view
from agent.export.pages.page_filter import PageFilter
from agent.export.snapshot import Snapshot


def render(host: str, chosen: PageFilter, snapshot: Snapshot, links: PageLinks) -> str:
    """Return the page in the snapshot's language; `snapshot` has the host's verdicts alone."""
    shown = host_view(host, chosen, snapshot, links)
    return printed(DETAIL_PAGES, "host.html", shown.frame, shown)
