"""The page of one target: `/target/ID`."""

from collections.abc import Sequence

from agent.export.pages.addresses import PageLinks
from agent.export.pages.close_up import Calendar
from agent.export.pages.documents import CLOSE_UP, printed
from agent.export.pages.target_view import target_view
from agent.export.snapshot import CurrentVerdict, Snapshot


def render(
    standings: Sequence[CurrentVerdict], calendars: Sequence[Calendar], snapshot: Snapshot, links: PageLinks
) -> str:
    """Return the page in the snapshot's language; a calendar for each beneficiary."""
    shown = target_view(standings, calendars, snapshot, links)
    return printed(CLOSE_UP, "target.html", shown.frame, shown)
