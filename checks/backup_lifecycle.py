"""backup-lifecycle: no recovery point of any copy is older than the retention fixed (convention, article 6)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from agent.core.facts.recovery_points import covers, matches, points_in
from agent.core.inventory import Backup
from agent.core.judging.check import Check, Need, Question
from agent.core.judging.counting import dated_points
from agent.core.judging.sighting import made_by
from agent.core.model import Detail, Finding, Observation, State
from agent.core.points import Point
from agent.core.reason import Reason

# A nightly pruning finds a point up to a day after its time has come.
PRUNING = timedelta(days=1)


def needs(question: Question) -> tuple[Need, ...]:
    """Return the list of points of every copy, near ones too; none where no retention says what to compare with."""
    backup: Backup = question.item
    if backup.retention is None:
        return ()
    return tuple(Need(collector=copy.program.listing, subject=copy.subject) for copy in backup.copies)


def declared(question: Question) -> Iterator[Finding]:
    """Yield that no retention is declared, where none is: nothing can be too old then, nor can it be in order."""
    backup: Backup = question.item
    if backup.retention is None:
        yield Finding(state=State.UNPROVEN, reason=Reason.NOT_DECLARED, about={"key": "retention"})


def judge(need: Need, seen: Observation, question: Question) -> Iterator[Finding]:
    """Yield how old a copy's oldest point is; a copy that shows no point, or not all of them, shows nothing."""
    backup: Backup = question.item
    if backup.retention is None:
        return
    kept = _kept(seen, backup)
    if not kept:
        yield Finding(state=State.UNPROVEN, reason=_nothing(seen), about={"copy": seen.subject})
        return
    oldest = min(kept, key=lambda point: point.time)
    age = max(timedelta(0), question.now - oldest.time)
    found = Finding(
        state=State.MET,
        reason=Reason.WITHIN_LIMIT,
        value=age.total_seconds(),
        limit=backup.retention.total_seconds(),
        unit="seconds",
        about=_about(seen, backup, backup.retention, oldest, len(kept)),
    )
    if age > backup.retention + PRUNING:
        yield replace(found, state=State.MISSED, reason=Reason.RETENTION_EXCEEDED)
        return
    yield found
    yield from _not_shown(seen)


def _kept(seen: Observation, backup: Backup) -> tuple[Point, ...]:
    """Return the backup's points, also those that were rewritten under another date or another machine's name."""
    # A point that is there and can no longer be read is data that is kept, all the same.
    points = dated_points(seen, backup.program, names=("backup.point", "backup.point.unread"))
    makers = made_by(seen)
    return tuple(
        point
        for point in points
        if backup.snapshot_host in (point.host, makers.get(point.id))
        and any(covers(point, path) for path in backup.paths)
    )


def _about(seen: Observation, backup: Backup, retention: timedelta, oldest: Point, kept: int) -> Detail:
    rotated = [
        fact
        for fact in seen.named("backup.point.gone")
        if isinstance(fact.value, Point)
        and matches(fact.value, backup.snapshot_host, backup.paths)
        and fact.as_of - fact.value.time >= retention
    ]
    about: Detail = {"copy": seen.subject, "points": kept, "oldest": oldest.time, "rotated": len(rotated)}
    return about if not rotated else {**about, "rotated_at": max(fact.as_of for fact in rotated)}


def _not_shown(seen: Observation) -> Iterator[Finding]:
    """Yield that an older point may be there: one that could not be read, and that no earlier look has seen whole."""
    if seen.gaps:
        about: Detail = {"copy": seen.subject, "said": seen.gaps[0].detail}
        yield Finding(state=State.UNPROVEN, reason=seen.gaps[0].reason, about=about)
    known = tuple(point.id for point in points_in(seen, "backup.point.unread"))
    unknown = [
        fact
        for fact in seen.named("repository.damaged_snapshot")
        if not any(id.startswith(str(fact.value)) for id in known)
    ]
    if unknown:
        about = {"copy": seen.subject, "file": f"snapshots/{unknown[0].value}"}
        yield Finding(state=State.UNPROVEN, reason=Reason.UNREADABLE, about=about)


def _nothing(seen: Observation) -> Reason:
    if seen.gaps:
        return seen.gaps[0].reason
    if seen.named("repository.damaged_snapshot"):
        return Reason.UNREADABLE
    present = seen.one("repository.present")
    gone = present is not None and present.value is False
    return Reason.ABSENT if gone or points_in(seen) else Reason.EMPTY


CHECK = Check(target="backup-lifecycle", needs=needs, judge=judge, declared=declared)
