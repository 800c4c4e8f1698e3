"""storage-quota: how much the beneficiary's sources hold, backups apart, beside the volume in the price (article 7).

What a source holds is what its newest recovery point read of it, as the backup program counted: nothing is counted
anew on a disk of a terabyte. A point of a whole folder above the source is an upper bound.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from agent.core.facts.recovery_points import covering
from agent.core.inventory import Backup, Beneficiary
from agent.core.judging.check import Check, Need, Question
from agent.core.judging.counting import counted_points
from agent.core.measures import ByteCount
from agent.core.model import Detail, Finding, Observation, State
from agent.core.points import Point
from agent.core.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """How much a source held at an instant; `exact`: nothing else was counted with it.

    `ended` is when the copy that says so was looked at.
    """

    bytes: int
    exact: bool
    at: datetime
    ended: datetime


def needs(question: Question) -> tuple[Need, ...]:
    """Return the looks at the copies of the beneficiary's backups: any of them tells."""
    return tuple(
        Need(collector=copy.program.listing, subject=copy.subject, optional=True)
        for backup in _backups(question)
        for copy in backup.copies
    )


def declared(question: Question) -> Iterator[Finding]:
    """Yield what all sources come to; where one is not known, only too much of the others settles anything."""
    backups = _backups(question)
    if not backups:
        yield Finding(state=State.UNPROVEN, reason=Reason.NOT_DECLARED, about={"key": "backup"})
        return
    known = [volume for backup in backups if (volume := volume_of(backup, question)) is not None]
    total, limit = sum(volume.bytes for volume in known), question.target.limit or 0
    seen = min((volume.ended for volume in known), default=None)
    about: Detail = {"sources": len(backups), "sized": len(known), "known_bytes": ByteCount(total)}
    if known:
        about = {**about, "measured": min(volume.at for volume in known)}
    upper: Detail = {"upper_bytes": ByteCount(total)} if len(known) == len(backups) else {}
    finding = Finding(state=State.UNPROVEN, reason=Reason.INCOMPLETE, about={**about, **upper})
    if sum(volume.bytes for volume in known if volume.exact) > limit:
        finding = Finding(state=State.MISSED, reason=Reason.OVER_QUOTA, value=float(total), about=about)
    elif len(known) == len(backups) and total <= limit:
        finding = Finding(state=State.MET, reason=Reason.WITHIN_LIMIT, value=float(total), about=about)
    if seen is None:
        yield finding
        return
    yield Finding(
        state=finding.state,
        reason=finding.reason,
        value=finding.value,
        about=finding.about,
        observed_at=seen,
        stands_until=seen + question.target.evidence_age,
    )


def _backups(question: Question) -> tuple[Backup, ...]:
    beneficiary: Beneficiary = question.item
    return tuple(backup for backup in question.inventory.backups if backup.beneficiary == beneficiary.id)


def volume_of(backup: Backup, question: Question) -> Volume | None:
    """Return how much a source held, from the copy with the newest point that tells; None where none does."""
    found: list[Volume] = []
    for copy in backup.copies:
        seen = question.beside(copy.program.listing, copy.subject)
        points = None if seen is None else _newest(backup, seen, question)
        if seen is not None and points:
            exact = all(own in backup.parts for point in points for own in point.paths)
            total = sum(point.bytes or 0 for point in points)
            oldest = min(point.time for point in points)
            found.append(Volume(bytes=total, exact=exact, at=oldest, ended=seen.ended))
    return max(found, key=lambda volume: volume.at, default=None)


def _newest(backup: Backup, seen: Observation, question: Question) -> tuple[Point, ...]:
    """Return the newest points of a source's paths, each once; none where one path has no point that tells its size."""
    points: dict[str, Point] = {}
    # A point of a damaged copy still says how much the source held.
    for one in counted_points(
        backup, seen, question.last_look, whatever_damage=True, parts=backup.parts_of(seen.subject)
    ):
        point = one.newest
        if point is None or point.bytes is None or not covering(point, one.path):
            return ()
        points[point.id] = point
    return tuple(points.values())


CHECK = Check(target="storage-quota", needs=needs, declared=declared)
