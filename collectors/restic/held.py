"""Decide whether a point holds a file with a byte in it of each path, where its file count covers several paths.

A point of `/srv` covers `/srv/scota`, and one of `/srv /etc` covers both; each counts files all the same where the one
path was excluded, not mounted, or a link that leads elsewhere. What lies below the path itself decides.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import PurePosixPath

from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.collecting.collector import Look
from agent.core.errors import LookError
from agent.core.facts.recovery_points import (
    AHEAD,
    PATH_EMPTY,
    PATH_FILLED,
    PATH_UNTOLD,
    PointPath,
    counts_alone,
    covering,
    covers,
    of_path,
)
from agent.core.model import Fact, Gap, Observation
from agent.core.points import Point
from collectors.restic.filled import AT_MOST, LIST_LIMIT, RECENT, parse
from collectors.restic.program import Restic
from collectors.restic.trees import top_of


def look_into(restic: Restic, points: Iterable[Point], look: Look) -> Iterator[Fact | Gap]:
    """Yield, for each path of a copy's points, whether it holds a file there; the value is `of_path(point, path)`.

    A point never changes, so that one look at a path settles it for good: PATH_FILLED, PATH_EMPTY, or PATH_UNTOLD
    where the path's place in the tree is unknown.
    """
    copy = restic.copy
    own = sorted((point for point in points if point.host == copy.snapshot_host), key=_time, reverse=True)
    known = _remembered(look.previous, own)
    yield from known.values()
    wanted = [(point, path) for path in copy.paths for point in _open(own, path, known, look.now)]
    new = [(point, path) for point, path in wanted if of_path(point, path) not in known]
    for point, path in sorted(new, key=lambda pair: pair[0].time, reverse=True)[:AT_MOST]:
        try:
            name = _told(restic, point, path)
        except RepositoryAbsent:
            return
        except LookError as error:
            yield Gap(subject=copy.subject, reason=error.reason, detail=f"snapshot {point.id}: {error.message}")
            return
        yield Fact(name=name, subject=copy.subject, value=of_path(point, path), as_of=look.now)


def _open(own: Iterable[Point], path: str, known: Mapping[PointPath, Fact], now: datetime) -> Iterator[Point]:
    """Yield the points whose path is to be told, newest first: the recent ones, and down to one that may be filled."""
    filled = False
    for point in own:
        told = not covers(point, path) or point.files == 0 or counts_alone(point, path) or point.time - now > AHEAD
        if told or (filled and now - point.time > RECENT):
            continue
        yield point
        fact = known.get(of_path(point, path))
        filled = filled or fact is None or fact.name == PATH_FILLED


def _time(point: Point) -> datetime:
    return point.time


def _remembered(previous: Observation | None, own: Iterable[Point]) -> dict[PointPath, Fact]:
    """Return what earlier looks told of the points that are still there."""
    if previous is None:
        return {}
    ids = frozenset(point.id for point in own)
    facts = (fact for name in (PATH_FILLED, PATH_EMPTY, PATH_UNTOLD) for fact in previous.named(name))
    return {fact.value: fact for fact in facts if isinstance(fact.value, PointPath) and fact.value.point in ids}


def _told(restic: Restic, point: Point, path: str) -> str:
    """Return the name of the fact that a point's tree tells of a path."""
    if _has_files(restic, point, path):
        return PATH_FILLED
    # A backup made with a relative path holds /scota/… where its point tells /srv/scota.
    top = top_of(restic, point)
    parts = PurePosixPath(path).parts[1:]
    if not parts or parts[0] in top:
        return PATH_EMPTY
    deepest = max(len(PurePosixPath(own).parts[1:]) for own in covering(point, path))
    for begins in range(1, min(deepest + 1, len(parts))):
        if parts[begins] in top:
            below = "/" + "/".join(parts[begins:])
            return PATH_FILLED if _has_files(restic, point, below) else PATH_EMPTY
    return PATH_UNTOLD


def _has_files(restic: Restic, point: Point, path: str) -> bool:
    """Return whether a file lies below a path that holds a byte: a dump that failed leaves its name behind."""
    output = restic.ask("ls", "--json", "--recursive", point.id, path, output_limit=LIST_LIMIT)
    listed = parse(output, restic.copy.subject)
    return listed.bytes > 0 or (listed.cut and listed.files > 0)
