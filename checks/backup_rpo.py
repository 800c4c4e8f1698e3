"""backup-rpo: the age of the newest recovery point that is really there off site (convention, article 5)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from agent.core.facts.canary import restored
from agent.core.facts.recovery_points import AHEAD, off_site_copies
from agent.core.facts.wal_archive import POSITION
from agent.core.inventory import Backup
from agent.core.judging.check import Check, Need, Question
from agent.core.judging.counting import counted_points, dated_points
from agent.core.judging.intact import VERIFICATION_MOVES
from agent.core.judging.recency import recency
from agent.core.judging.wanted_change import newest_change
from agent.core.measures import Seconds
from agent.core.model import Detail, Finding, Observation, State
from agent.core.places import on_site, place_needs
from agent.core.reason import Reason


def needs(question: Question) -> tuple[Need, ...]:
    """Return the readings of each off-site copy: its points, its canary where one is planted, and where it lies."""
    backup: Backup = question.item
    program = backup.program
    collectors = (program.listing,) if backup.canary is None else (program.listing, program.canary)
    return tuple(
        need
        for copy in off_site_copies(backup)
        for need in (*(Need(collector=name, subject=copy.subject) for name in collectors), *place_needs(copy))
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
    """Yield the findings on one look at one copy.

    Of the list of points: the newest that counts, of the path that has the oldest. Of the canary: its own date.
    """
    backup: Backup = question.item
    copy = next(copy for copy in backup.copies if copy.subject == need.subject)
    if need.collector == backup.program.place:
        yield from on_site(seen, copy)
        return
    limit = timedelta(seconds=question.target.limit or 0) + question.allowance
    if need.collector == backup.program.canary:
        found = _canary(seen, limit, question)
    else:
        counted = counted_points(backup, seen, question.last_look, parts=backup.parts_of(seen.subject, daily=True))
        found = recency(
            seen,
            counted,
            now=question.now,
            limit=limit,
            judge_history=True,
            change=newest_change(question.entries, backup.id),
            declared_hosts=frozenset(one.snapshot_host for one in question.inventory.backups),
            cluster=copy.cluster,
        )
        # What a cluster has committed is asked of the cluster itself: where it told, nothing rests on a file's date.
        by_dates = backup.canary is None and not seen.named(POSITION)
        if found.state is State.MET and by_dates:
            without = {} if backup.program.canary else {"no_canary": backup.program.name}
            found = replace(found, about={**found.about, "rests_on": "dates", **without})
    yield replace(found, observed_at=seen.ended, stands_until=seen.ended + question.target.evidence_age)


def _canary(seen: Observation, limit: timedelta, question: Question) -> Finding:
    present = seen.one("repository.present")
    if present is not None and present.value is False:
        about = {"copy": seen.subject, "repository": "absent"}
        return Finding(state=State.MISSED, reason=Reason.ABSENT, about=about)
    program = question.item.program
    listing = question.last_look(program.listing, seen.subject)
    points = () if listing is None else dated_points(listing, program, question.last_look)
    found = restored(seen, AHEAD, points)
    if found.planted is None or found.unproven is not None:
        told: Detail = {"copy": seen.subject, "canary": (found.unproven or Reason.ABSENT).value}
        if found.planted is not None:
            told = {**told, "ahead": Seconds((found.planted - seen.ended).total_seconds())}
        return Finding(state=State.UNPROVEN, reason=found.unproven or Reason.ABSENT, about=told)
    age = max(timedelta(0), question.now - found.planted)
    late = age > limit
    return Finding(
        state=State.MISSED if late else State.MET,
        reason=Reason.TOO_OLD if late else Reason.WITHIN_LIMIT,
        value=age.total_seconds(),
        limit=limit.total_seconds(),
        unit="seconds",
        about={"copy": seen.subject, "canary": found.planted},
    )


CHECK = Check(target="backup-rpo", needs=needs, judge=judge, declared=declared, best=True, moving=VERIFICATION_MOVES)
