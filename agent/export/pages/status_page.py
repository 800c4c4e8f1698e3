"""The status page: one document that needs nothing else, neither a script nor a second request."""

from agent.export.pages.addresses import PageLinks
from agent.export.pages.documents import STATUS, printed
from agent.export.pages.page_filter import EVERYTHING, PageFilter
from agent.export.pages.status_view import view
from agent.export.snapshot import Snapshot


def render(
    snapshot: Snapshot, links: PageLinks | None = None, chosen: PageFilter = EVERYTHING, whole: Snapshot | None = None
) -> str:
    """Return the page in the snapshot's language, as a document that can be served, sent, printed or kept as a file.

    `links` lead to the pages of targets and subjects where these are served beside it; None: it stands alone.
    `snapshot` is what the filter's host and target leave of `whole`; `whole` None: they leave all of it.
    """
    shown = view(snapshot, links, chosen, whole)
    return printed(STATUS, "status.html", shown.frame, shown)


def policy() -> str:
    """Return the Content-Security-Policy that lets the page's own style sheet and icon in, and nothing else at all."""
    return STATUS.policy
