"""What is answered at the address of a runbook: its page, or that there is none of that name."""

from agent.export.http.response import Response, page
from agent.export.pages import absent_page, runbook_page
from agent.export.pages.addresses import PageLinks
from agent.export.pages.documents import DETAIL_PAGES
from agent.export.snapshot import Snapshot


def runbook_answer(name: str, snapshot: Snapshot, links: PageLinks) -> Response:
    """Return the answer; the samples of the page are replaced by what the snapshot shows, and by nothing else."""
    text = runbook_page.render(name, snapshot, links)
    if text is None:
        return page(absent_page.render(snapshot, links), DETAIL_PAGES.policy, snapshot.language, status=404)
    return page(text, DETAIL_PAGES.policy, snapshot.language)
