"""The page of one subject of a target: `/target/ID/SUBJECT`."""

from collections.abc import Sequence

from agent.export.pages.addresses import PageLinks
from agent.export.pages.close_up import CloseUp
from agent.export.pages.documents import CLOSE_UP, printed
from agent.export.pages.subject_view import subject_view
from agent.export.snapshot import CurrentVerdict, Snapshot


def render(standings: Sequence[CurrentVerdict], close_up: CloseUp, snapshot: Snapshot, links: PageLinks) -> str:
    """Return the page in the snapshot's language; `standings` are the subject's, one for each beneficiary."""
    shown = subject_view(standings, close_up, snapshot, links)
    return printed(CLOSE_UP, "subject.html", shown.frame, shown)
