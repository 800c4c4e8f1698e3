"""borg list: when each recovery point of a copy was made, what the recent ones hold, and which ones are gone.

Reads:  borg list --json --bypass-lock; borg list of each archive of this machine that was not read before
Needs:  the repository's password file unless it has no encryption, and read access to the repository; by its
        group: --umask 0027 of each borg that writes, whose new files are else its owner's alone
Blind:  says nothing of whether the data can be read back; see borg_check
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from agent.core.collecting.backup_program import RepositoryAbsent, UnreadablePoint
from agent.core.collecting.collector import Look, copy_collector
from agent.core.deadline import Deadline
from agent.core.errors import LookError, TimedOut
from agent.core.facts.recovery_points import (
    AHEAD,
    PATH_EMPTY,
    PATH_FILLED,
    PointPath,
    counts_alone,
    covers,
    of_path,
    points_in,
)
from agent.core.inventory import Copy
from agent.core.judging.anomaly_record import ANOMALY, remembered
from agent.core.judging.points_gone import gone
from agent.core.judging.sighting import sightings
from agent.core.judging.terms import DailyPoints, under_terms
from agent.core.model import Fact, Gap, Observation
from agent.core.points import Point
from agent.core.reason import Reason
from collectors.borg import LOOKS, made_with_borg
from collectors.borg.contents import ArchiveContents
from collectors.borg.entries import BorgEntry
from collectors.borg.listing import BorgArchive
from collectors.borg.program import Borg, prepare
from collectors.borg.repository import ArchiveUnreadable, hold_to_pinned, listed, point_of, read_entries, with_origins

NAME = LOOKS.listing
# An archive never changes, so that it is read once: one a day, and after a pause no more than so many a look.
AT_MOST = 16
# A million files take a minute or two.
READING = timedelta(minutes=10)
HOLDS_FILES = "backup.point.holds_files"


@dataclass(slots=True)
class _Reading:
    """What reading archives told: points with their figures, facts, and those that cannot be read."""

    points: dict[str, Point]
    told: list[Fact | Gap] = field(default_factory=list)
    left_out: list[UnreadablePoint] = field(default_factory=list)


def collect(copy: Copy, look: Look) -> Iterator[Fact | Gap]:
    """Yield what a copy's repository lists; every archive, whosever it is: rules tell which ones count."""
    seen_before = look.previous.one("repository.id") if look.previous is not None else None
    borg = prepare(copy, look, look.timeout)
    try:
        found = listed(borg, _known(look.previous))
        id = hold_to_pinned(copy, found.repository, None if seen_before is None else str(seen_before.value))
    except RepositoryAbsent:
        yield from _absent(copy, look)
        return
    if seen_before is None:
        look = replace(look, previous=look.former(id) or look.previous)
    yield Fact(name="repository.present", subject=copy.subject, value=True, as_of=look.now)
    yield Fact(name="repository.id", subject=copy.subject, value=id, as_of=look.now)
    read = _read(borg, found.archives, look)
    left_out = (*found.left_out, *read.left_out)
    points = tuple(read.points.values())
    lost = tuple(gone(copy.subject, points, tuple(one.id for one in left_out), look.previous, look.now))
    daily = DailyPoints(points=tuple(points), timezone=copy.timezone)
    things = (
        *(Fact(name="backup.point", subject=copy.subject, value=point, as_of=point.time) for point in points),
        *read.told,
        *sightings(points, look.previous, copy.subject),
        *lost,
        *under_terms(copy, copy.subject, lost, look.previous, look.now, daily),
    )
    yield from things
    yield from _unreadable(copy, left_out, look)
    yield from remembered(copy, look.so_far(NAME, copy, things), look.previous)


def _absent(copy: Copy, look: Look) -> Iterator[Fact]:
    """Yield that there is no repository, and what earlier looks saw in it."""
    yield Fact(name="repository.present", subject=copy.subject, value=False, as_of=look.now)
    yield from () if look.previous is None else look.previous.named("repository.id")
    lost = tuple(gone(copy.subject, (), (), look.previous, look.now))
    yield from lost
    yield from under_terms(copy, copy.subject, lost, look.previous, look.now)
    yield from sightings((), look.previous, copy.subject)
    yield from () if look.previous is None else look.previous.named(ANOMALY)


def _known(previous: Observation | None) -> Mapping[str, Point]:
    return {} if previous is None else {point.id: point for point in points_in(previous)}


def _read(borg: Borg, archives: Iterable[BorgArchive], look: Look) -> _Reading:
    """Return the points of some archives, those of this machine read that were not before, the newest first."""
    known, time = _known(look.previous), Deadline(look.timeout)
    archives = tuple(archives)
    paths = borg.copy.paths
    read = _Reading(points={one.id: point_of(one, known, paths) for one in with_origins(archives, known)})
    read.told += _told_before(look.previous, read.points)
    holding = {str(fact.value) for fact in read.told if isinstance(fact, Fact) and fact.name == HOLDS_FILES}
    wanted = [one for one in archives if _wanted(read.points[one.id], borg.copy, look) and one.id not in holding]
    wanted.sort(key=lambda one: one.time, reverse=True)
    for number, archive in enumerate(wanted[:AT_MOST]):
        if number and time.passed:
            break
        try:
            _take(read, borg, archive, look)
        except ArchiveUnreadable:
            del read.points[archive.id]
            read.left_out.append(UnreadablePoint(id=archive.id, reason=Reason.DAMAGED))
        except RepositoryAbsent:
            break
        except LookError as error:
            detail = f"archive {archive.id}: {error.message}"
            read.told.append(Gap(subject=borg.copy.subject, reason=error.reason, detail=detail))
            break
    return read


def _wanted(point: Point, copy: Copy, look: Look) -> bool:
    return point.host == copy.snapshot_host and point.files is None and point.time - look.now <= AHEAD


def _take(read: _Reading, borg: Borg, archive: BorgArchive, look: Look) -> None:
    """Read one archive. Raises ArchiveUnreadable, RepositoryAbsent, a LookError."""
    subject, heard = borg.copy.subject, ArchiveContents()

    def begun() -> Callable[[BorgEntry], object]:
        nonlocal heard
        heard = ArchiveContents(paths=borg.copy.paths)
        return heard.count

    try:
        read_entries(borg.within(max(READING, look.timeout)), archive.name, begun)
        whole = True
    except TimedOut:
        if not heard.files:
            raise
        whole = False  # what was heard by then stands
    point = replace(read.points[archive.id], paths=heard.tops or read.points[archive.id].paths)
    if whole:
        point = replace(point, files=heard.files, bytes=heard.size)
    else:
        read.told.append(Fact(name=HOLDS_FILES, subject=subject, value=point.id, as_of=look.now))
    read.points[archive.id] = point
    for path in borg.copy.paths:
        if covers(point, path) and not (whole and counts_alone(point, path)) and (whole or heard.below.get(path)):
            name = PATH_FILLED if heard.below.get(path) else PATH_EMPTY
            read.told.append(Fact(name=name, subject=subject, value=of_path(point, path), as_of=look.now))
    if heard.broken:
        # `borg check --repair` put zeros in the place of what was lost.
        read.told.append(Fact(name="repository.damaged_snapshot", subject=subject, value=point.id, as_of=look.now))


def _told_before(previous: Observation | None, points: Mapping[str, Point]) -> Iterator[Fact]:
    """Yield what earlier looks told of the points that are still there."""
    if previous is None:
        return
    for name in (PATH_FILLED, PATH_EMPTY):
        for fact in previous.named(name):
            if isinstance(fact.value, PointPath) and fact.value.point in points:
                yield fact
    for name in (HOLDS_FILES, "repository.damaged_snapshot"):
        # An archive that could not be read is no point, and is tried again.
        seen = {point.id for point in points_in(previous)}
        yield from (fact for fact in previous.named(name) if str(fact.value) in points and str(fact.value) in seen)


def _unreadable(copy: Copy, left_out: Iterable[UnreadablePoint], look: Look) -> Iterator[Fact | Gap]:
    """Yield the archives that are there and could not be read: damaged ones are seen, others are gaps."""
    for one in left_out:
        if one.reason is Reason.DAMAGED:
            yield Fact(name="repository.damaged_snapshot", subject=copy.subject, value=one.id, as_of=look.now)
        else:
            yield Gap(subject=copy.subject, reason=one.reason, detail=f"archive {one.id}")


COLLECTOR = copy_collector(
    name=NAME,
    schedule="backups",
    collect=collect,
    applies=made_with_borg,
)
