"""The newest looks at a backup's off-site copies, and when the looks before them ended."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from agent.core.facts.recovery_points import off_site_copies
from agent.core.inventory import Backup
from agent.core.looks import LastLook
from agent.core.places import elsewhere
from agent.evaluation.evaluate import NewestLooks


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """Ask for the newest looks of a collector at a subject: those of this turn, and what any name of it showed."""

    seen: Callable[[str, str], NewestLooks | None]
    last_look: LastLook


def looks_at_copies(backup: Backup, looks: Looks) -> dict[str, list[NewestLooks | None]]:
    """Return the newest looks at each off-site copy that counts: its listing, and its canary where it has one."""
    program = backup.program
    collectors = (program.listing,) if backup.canary is None else (program.listing, program.canary)
    counted = elsewhere(off_site_copies(backup), looks.last_look)
    return {copy.subject: [looks.seen(name, copy.subject) for name in collectors] for copy in counted}


def looked_before(backup: Backup, looks: Looks) -> datetime | None:
    """Return when the newest look ended that was accounted before this turn; a copy's is the older of its two.

    None: no copy had been looked at.
    """
    ends = [[ended_before(look) for look in found] for found in looks_at_copies(backup, looks).values()]
    return max((min(end for end in one if end is not None) for one in ends if None not in one), default=None)


def ended_before(look: NewestLooks | None) -> datetime | None:
    """Return when the newest look that succeeded before this turn ended; None: there was none."""
    if look is None or look.observation is None:
        return None
    return look.previous_ended if look.fresh else look.observation.ended
