"""The page of one target: `/target/ID`."""

from collections.abc import Sequence

from agent.export.addresses import Links
from agent.export.close_up import Calendar
from agent.export.documents import CLOSE_UP, printed
from agent.export.snapshot import Snapshot, Standing
from agent.export.target_view import target_view


def render(standings: Sequence[Standing], calendars: Sequence[Calendar], snapshot: Snapshot, links: Links) -> str:
    """Return the page in the snapshot's language; a calendar for each beneficiary."""
    shown = target_view(standings, calendars, snapshot, links)
    return printed(CLOSE_UP, "target.html", shown.frame, shown)
