"""backup-rpo: the age of the newest recovery point that is really there off site (convention, article 5)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from agent.core.inventory import Backup
from agent.core.judging import Check, Need, Question
from agent.core.matching import off_site_copies
from agent.core.model import Finding, Observation, State
from agent.core.reason import Reason
from agent.core.recency import recency

LISTING = "restic_snapshots"
CANARY = "canary"


def needs(question: Question) -> tuple[Need, ...]:
    """Return the readings of each off-site copy: its list of points, and its canary where one is planted."""
    backup: Backup = question.item
    collectors = (LISTING,) if backup.canary is None else (LISTING, CANARY)
    return tuple(
        Need(collector=collector, subject=copy.subject) for copy in off_site_copies(backup) for collector in collectors
    )


def declared(question: Question) -> Iterator[Finding]:
    """Yield what the configuration alone settles: with no copy off site, no point is there.

    A copy with a limit of its own promises less than this target asks for, so that it does not count.
    """
    backup: Backup = question.item
    if not off_site_copies(backup):
        limited = sum(copy.offsite for copy in backup.copies)
        about = {"copies": len(backup.copies), "copies_with_own_limit": limited}
        yield Finding(state=State.MISSED, reason=Reason.NOT_OFFSITE, about=about)


def judge(need: Need, seen: Observation, question: Question) -> Iterator[Finding]:
    """Yield what one look at one copy comes to: its newest point that counts, of the path that has the oldest."""
    if need.collector != LISTING:
        return
    backup: Backup = question.item
    found = recency(
        seen,
        host=backup.snapshot_host,
        paths=backup.paths,
        now=question.now,
        limit=timedelta(seconds=question.target.limit or 0) + question.allowance,
        judge_size=True,
    )
    yield replace(found, observed_at=seen.ended, stands_until=seen.ended + question.target.evidence_age)


CHECK = Check(target="backup-rpo", needs=needs, judge=judge, declared=declared, best=True)
