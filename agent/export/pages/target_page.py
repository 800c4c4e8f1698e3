"""The page of one target: `/target/ID`."""

from collections.abc import Sequence

from agent.export.pages.addresses import PageLinks
from agent.export.pages.documents import DETAIL_PAGES, printed
from agent.export.pages.target_view import target_view
from agent.export.pages.verdict_details import Calendar
from agent.export.snapshot import CurrentVerdict, Snapshot


def render(
    standings: Sequence[CurrentVerdict], calendars: Sequence[Calendar], snapshot: Snapshot, links: PageLinks
) -> str:
    """Return the page in the snapshot's language; a calendar for each beneficiary."""
    shown = target_view(standings, calendars, snapshot, links)
    return printed(DETAIL_PAGES, "target.html", shown.frame, shown)
