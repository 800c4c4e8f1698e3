"""The newest looks at a backup's off-site copies, and when the looks before them ended."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from agent.core.errors import LedgerError
from agent.core.facts.recovery_points import off_site_copies
from agent.core.inventory import Backup
from agent.core.looks import LastLook
from agent.core.model import Observation, Verdict
from agent.core.places import elsewhere
from agent.evaluation.evaluate import NewestLooks
from agent.ledger.ledger import Ledger

# Evidence of no backup may be older: before a verdict, a look that it could rest on is within that time.
_OLDEST_EVIDENCE = timedelta(hours=26)


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


def since_last_verdict(looks: Looks, last: Verdict | None, ledger: Ledger) -> Looks:
    """Return looks of which those that no verdict on a key rests on yet are fresh, whenever they were kept.

    `last` is the newest verdict on the key. Another command, or a process that ended, may have kept a look without one:
    the moments since the last look that a verdict rests on are still to be judged, and that look is the one before.
    """
    evidence = frozenset(() if last is None else last.evidence)

    @cache  # asked for more than once; what was looked at last is sought in the ledger
    def seen(collector: str, subject: str) -> NewestLooks | None:
        look = looks.seen(collector, subject)
        if look is None or look.observation is None:
            return look
        if (look.previous_id if look.fresh else look.observation_id) in evidence:
            return look
        ended = None
        if last is not None:
            with suppress(LedgerError):  # what is damaged tells of no look: this one is then the first
                ended = _last_accounted(ledger, last, (collector, subject))
        if ended is not None and ended >= look.observation.ended:
            return look
        return replace(look, fresh=True, previous_ended=ended)

    return replace(looks, seen=seen)


def _last_accounted(ledger: Ledger, last: Verdict, name: tuple[str, str]) -> datetime | None:
    """Return when the newest look of a name ended that succeeded and that a verdict rests on; None: none is known.

    Raises LedgerError.
    """
    until = last.at
    for id in last.evidence:
        found = ledger.reading(id)
        if found is None or (found.reading.collector, found.reading.subject) != name:
            continue
        if isinstance(found.reading, Observation):
            return found.reading.ended
        until = found.reading.ended
    earlier = ledger.looks(*name, until - _OLDEST_EVIDENCE, until)
    return max((one.reading.ended for one in earlier), default=None)
