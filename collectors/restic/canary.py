"""The canary in a copy's newest point: restored from there, so that its own date counts, and not the point's alone.

Reads:  restic snapshots --json; once for each new point restic dump of the canary, a file of a hundred bytes
Needs:  the repository's password file, read access to the repository, and `canary plant` before each backup
Blind:  shows that this one file came along, unchanged since its date; says nothing of the files beside it
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.collecting.collector import Collector, Look
from agent.core.errors import LookError
from agent.core.facts.canary import GARBLED, LIMIT, MISSING, NEWEST, PLANTED, parse
from agent.core.facts.recovery_points import AHEAD, covers
from agent.core.inventory import Copy
from agent.core.model import Fact, Gap, Observation
from agent.core.points import Point
from collectors.restic import LOOKS, made_with_restic
from collectors.restic.dump import dump
from collectors.restic.identity import hold_to_pinned
from collectors.restic.listing import parse as parse_list
from collectors.restic.program import Restic, prepare
from collectors.restic.rooted import tree_is_there
from collectors.restic.shared import list_points

NAME = LOOKS.canary
# A point never changes, so that its canary is read once. Those of the days that late evidence can still change tell of
# the moments between two looks; after a pause no more of them than this are read at one look.
RECENT = timedelta(days=8)
AT_MOST = 12


def collect(copy: Copy, look: Look) -> Iterator[Fact | Gap]:
    """Yield what the canary of a copy's newest point holds, and those of earlier points read before.

    `canary.newest` names that point; of each point read there is one of `canary.planted` (as of the date inside),
    `canary.missing` and `canary.garbled`, whose value is the point's id.
    """
    restic = prepare(copy, look, look.timeout)
    pinned = look.previous.one("repository.id") if look.previous is not None else None
    try:
        listed = list_points(restic, look, NAME)
        id = hold_to_pinned(copy, listed.id, str(pinned.value) if pinned is not None else None)
        points = own_points(copy, parse_list(listed.output.stdout, listed.output.stderr, copy.subject).points, look)
        canaries = tuple(_read(restic, points, look))
    except RepositoryAbsent:
        yield Fact(name="repository.present", subject=copy.subject, value=False, as_of=look.now)
        if pinned is not None:
            yield pinned
        return
    yield Fact(name="repository.present", subject=copy.subject, value=True, as_of=look.now)
    yield Fact(name="repository.id", subject=copy.subject, value=id, as_of=look.now)
    yield from canaries


def own_points(copy: Copy, points: Iterable[Point], look: Look) -> list[Point]:
    """Return the points that may hold the copy's canary, newest first: its machine's, not empty, not of the future."""
    return sorted(
        (
            point
            for point in points
            if point.host == copy.snapshot_host
            and covers(point, str(copy.canary))
            and point.files != 0
            and point.time - look.now <= AHEAD
        ),
        key=lambda point: point.time,
        reverse=True,
    )


def _read(restic: Restic, points: list[Point], look: Look) -> Iterator[Fact]:
    """Yield the newest point that holds a tree, and the canaries; one without holds nothing, and is passed over."""
    known, newest, new = _known(look.previous), None, 0
    for point in points:
        if newest is not None and look.now - point.time > RECENT:
            return
        fact = known.get(point.id)
        if fact is None and new < AT_MOST:
            new += 1
            try:
                fact = _canary_in(restic, point)
            except LookError:
                if newest is not None:
                    return  # an earlier one only tells of moments gone by: the next look tries again
                if tree_is_there(restic, point):
                    raise
                continue
        if newest is None:
            newest = point
            yield Fact(name=NEWEST, subject=restic.copy.subject, value=newest.id, as_of=newest.time)
        if fact is not None:
            yield fact


def _known(previous: Observation | None) -> dict[str, Fact]:
    """Return what earlier looks read, by the point's id."""
    if previous is None:
        return {}
    return {str(fact.value): fact for name in (PLANTED, MISSING, GARBLED) for fact in previous.named(name)}


def _canary_in(restic: Restic, point: Point) -> Fact:
    """Return what the canary of one point comes to. Raises LookError where that could not be seen."""
    subject = restic.copy.subject
    dumped = dump(restic, point, str(restic.copy.canary), limit=4 * LIMIT)
    if dumped is None:
        return Fact(name=MISSING, subject=subject, value=point.id, as_of=point.time)
    canary = parse(dumped)
    if canary is None:
        return Fact(name=GARBLED, subject=subject, value=point.id, as_of=point.time)
    return Fact(name=PLANTED, subject=subject, value=point.id, as_of=canary.planted)


COLLECTOR = Collector(
    name=NAME,
    schedule="backups",
    looks_at=Copy,
    collect=collect,
    subject_of=lambda copy: copy.subject,
    host_of=lambda copy: copy.host,
    applies=lambda copy: made_with_restic(copy) and copy.canary is not None and copy.offsite and copy.limit is None,
    lock_of=lambda copy: copy.repository,
)
