"""restic snapshots: when each recovery point of a copy was made, and which ones are gone.

Reads:  restic snapshots --json --no-lock; restic ls --json for a point that does not say how many files it holds, and
        for one that was not made of a watched path alone
Needs:  the repository's password file, and read access to the repository
Blind:  says nothing of whether the data can be read back, nor of a snapshot's file that went bad after it was first
        read, since restic keeps it in its cache; see restic_check
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.collecting.collector import Look, copy_collector
from agent.core.facts.recovery_points import PointPath
from agent.core.inventory import Copy
from agent.core.judging.anomaly_record import ANOMALY, remembered
from agent.core.judging.points_gone import gone
from agent.core.judging.sighting import sightings
from agent.core.judging.terms import DailyPoints, under_terms
from agent.core.model import Fact, Gap
from agent.core.points import Point
from agent.core.reason import Reason
from collectors.restic import LOOKS, filled, held, made_with_restic, reaching
from collectors.restic.hidden import hidden_files
from collectors.restic.identity import hold_to_pinned
from collectors.restic.listing import UnreadableSnapshot, parse
from collectors.restic.program import prepare
from collectors.restic.rooted import look_for_trees
from collectors.restic.shared import list_points

NAME = LOOKS.listing


def collect(copy: Copy, look: Look) -> Iterator[Fact | Gap]:
    """Yield what a copy's repository lists; every snapshot, whosever it is: rules tell which ones count."""
    restic = prepare(copy, look, look.timeout)
    seen_before = look.previous.one("repository.id") if look.previous is not None else None
    pinned = str(seen_before.value) if seen_before is not None else None
    try:
        listed = list_points(restic, look, NAME)
        id = hold_to_pinned(copy, listed.id, pinned)
    except RepositoryAbsent:
        yield Fact(name="repository.present", subject=copy.subject, value=False, as_of=look.now)
        yield from hidden_files(restic, look.now)
        if seen_before is not None:
            yield seen_before
        lost = tuple(gone(copy.subject, (), (), look.previous, look.now))
        yield from lost
        yield from under_terms(copy, copy.subject, lost, look.previous, look.now)
        yield from sightings((), look.previous, copy.subject)
        yield from () if look.previous is None else look.previous.named(ANOMALY)
        return
    if seen_before is None:
        look = replace(look, previous=look.former(id) or look.previous)
    listing = parse(listed.output.stdout, listed.output.stderr, copy.subject)
    yield Fact(name="repository.present", subject=copy.subject, value=True, as_of=look.now)
    yield Fact(name="repository.id", subject=copy.subject, value=id, as_of=look.now)
    points, told = filled.settle(restic, listing.points, look)
    told = (*told, *held.look_into(restic, points, look))
    lost = tuple(gone(copy.subject, points, tuple(one.id for one in listing.left_out), look.previous, look.now))
    yield from hidden_files(restic, look.now)
    daily = DailyPoints(points=tuple(points), timezone=copy.timezone)
    things = (
        *(Fact(name="backup.point", subject=copy.subject, value=point, as_of=point.time) for point in points),
        *told,
        *look_for_trees(restic, points, look, _read(listing.points, points, told)),
        *sightings(points, look.previous, copy.subject, listing.finished),
        *lost,
        *under_terms(copy, copy.subject, lost, look.previous, look.now, daily),
    )
    yield from things
    yield from left_out(copy, listing.left_out, look.now)
    yield from remembered(copy, look.so_far(NAME, copy, things), look.previous)
    yield from reaching.trace(restic, look, (), NAME, points)


def _read(listed: Iterable[Point], points: Iterable[Point], told: Iterable[Fact | Gap]) -> frozenset[str]:
    """Return the ids of points whose trees were read to see what they hold."""
    untold = {point.id for point in listed if point.files is None}
    counted = {point.id for point in points if point.id in untold and point.files is not None}
    values = [fact.value for fact in told if isinstance(fact, Fact)]
    whole = {value for value in values if isinstance(value, str)}
    return frozenset(counted | whole | {value.point for value in values if isinstance(value, PointPath)})


def left_out(copy: Copy, snapshots: Iterable[UnreadableSnapshot], now: datetime) -> Iterator[Fact | Gap]:
    """Yield the snapshots that are there and could not be read: damaged ones are seen, others are gaps."""
    for snapshot in snapshots:
        if snapshot.reason is Reason.DAMAGED:
            yield Fact(name="repository.damaged_snapshot", subject=copy.subject, value=snapshot.id, as_of=now)
        else:
            detail = f"snapshot {snapshot.id}: {snapshot.said}"
            yield Gap(subject=copy.subject, reason=snapshot.reason, detail=detail)


COLLECTOR = copy_collector(
    name=NAME,
    schedule="backups",
    collect=collect,
    applies=made_with_restic,
)
