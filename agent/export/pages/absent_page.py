"""The page of a target or a subject that is not there; it repeats nothing of what was asked for."""

from agent.export.pages.addresses import PageLinks
from agent.export.pages.documents import DETAIL_PAGES, printed
from agent.export.pages.frame import frame, step_home
from agent.export.snapshot import Snapshot


def render(snapshot: Snapshot, links: PageLinks) -> str:
    """Return the page in the snapshot's language."""
    around = frame(snapshot, links, PageLinks.home, step_home(snapshot, links))
    return printed(DETAIL_PAGES, "absent.html", around, None)
