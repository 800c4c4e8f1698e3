"""backup-lifecycle: no recovery point of any copy is older than the retention fixed (convention, article 6)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from agent.core.facts.recovery_points import LEFT, covers, lies_below, matches, points_in
from agent.core.inventory import Backup, Inventory
from agent.core.judging.check import Check, Need, Question
from agent.core.judging.counting import dated_points
from agent.core.judging.sighting import made_by
from agent.core.model import Detail, Finding, Observation, State
from agent.core.points import Point, is_of_point
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
    kept, unowned = _kept(seen, backup, question.inventory)
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
    yield from _unowned([one for one in unowned if question.now - one.time > backup.retention + PRUNING], seen)
    yield from _not_shown(seen)


def _kept(seen: Observation, backup: Backup, inventory: Inventory) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Return the backup's points, and those that may be: nothing that is declared says whose they are.

    Its own are those of its machine that hold one of its paths or something below one, also where they were rewritten
    under another date or another machine's name. Pruning goes by machine and paths: what was made under a
    machine's former name or of other paths stays, and no pruning finds it.
    """
    # A point that is there and can no longer be read is data that is kept, all the same.
    # What a mirror keeps that its source has deleted is as well.
    points = dated_points(seen, backup.program, names=("backup.point", "backup.point.unread", LEFT))
    makers = made_by(seen)
    others = [one for one in inventory.backups if one.id != backup.id]
    own: list[Point] = []
    unowned: list[Point] = []
    for point in points:
        hosts = {point.host, makers.get(point.id, point.host)}
        is_of_its_machine = backup.snapshot_host in hosts
        if is_of_its_machine and any(covers(point, path) for path in backup.parts):
            own.append(point)
        elif any(one.snapshot_host in hosts and _touches(point, one) for one in others):
            continue
        elif is_of_its_machine and _touches(point, backup):
            own.append(point)
        elif is_of_its_machine or _touches(point, backup):
            unowned.append(point)
    return tuple(own), tuple(unowned)


def _touches(point: Point, backup: Backup) -> bool:
    return any(covers(point, path) or lies_below(point, path) for path in backup.parts)


def _unowned(expired: Sequence[Point], seen: Observation) -> Iterator[Finding]:
    """Yield that points which are too old may be the backup's: of another machine's name, or of other paths."""
    if expired:
        oldest = min(expired, key=lambda point: point.time)
        about: Detail = {"copy": seen.subject, "unowned_points": len(expired), "unowned_host": oldest.host}
        yield Finding(state=State.UNPROVEN, reason=Reason.NOT_DECLARED, about={**about, "oldest": oldest.time})


def _about(seen: Observation, backup: Backup, retention: timedelta, oldest: Point, kept: int) -> Detail:
    rotated = [
        fact
        for fact in seen.named("backup.point.gone")
        if isinstance(fact.value, Point)
        and matches(fact.value, backup.snapshot_host, backup.parts)
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
        if not any(is_of_point(str(fact.value), id) for id in known)
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
