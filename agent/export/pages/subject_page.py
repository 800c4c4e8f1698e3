"""The page of one subject of a target: `/target/ID/SUBJECT`."""

from collections.abc import Sequence

from agent.export.pages.addresses import PageLinks
from agent.export.pages.documents import DETAIL_PAGES, printed
from agent.export.pages.subject_view import subject_view
from agent.export.pages.verdict_details import VerdictDetails
from agent.export.snapshot import CurrentVerdict, Snapshot


def render(standings: Sequence[CurrentVerdict], details: VerdictDetails, snapshot: Snapshot, links: PageLinks) -> str:
    """Return the page in the snapshot's language; `standings` are the subject's, one for each beneficiary."""
    shown = subject_view(standings, details, snapshot, links)
    return printed(DETAIL_PAGES, "subject.html", shown.frame, shown)
