"""The page of one subject of a target: `/target/ID/SUBJECT`."""

from collections.abc import Sequence

from agent.export.addresses import Links
from agent.export.close_up import CloseUp
from agent.export.documents import CLOSE_UP, printed
from agent.export.snapshot import Snapshot, Standing
from agent.export.subject_view import subject_view


def render(standings: Sequence[Standing], close_up: CloseUp, snapshot: Snapshot, links: Links) -> str:
    """Return the page in the snapshot's language; `standings` are the subject's, one for each beneficiary."""
    shown = subject_view(standings, close_up, snapshot, links)
    return printed(CLOSE_UP, "subject.html", shown.frame, shown)
