"""Decide whether a point holds any file, where its snapshot has no summary of its own.

restic before 0.17 writes none. `restic repair snapshots` leaves out what was lost and keeps the summary of the point as
it was made (0.17, 0.18), where `rewrite` counts anew.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.collecting.collector import Look
from agent.core.errors import LookError, Unreadable
from agent.core.facts.recovery_points import HOLDS_LESS, UNCOUNTED, covers, matches, points_in
from agent.core.host import Output
from agent.core.inventory import Copy
from agent.core.model import Fact, Gap, Observation
from agent.core.points import Point
from collectors.restic.program import Restic
from collectors.restic.rooted import says_no_tree

# A look lists the files of what it meets for the first time, hence one point a day; after a pause those of the days
# that late evidence can still change, and no more of them than this.
RECENT = timedelta(days=8)
AT_MOST = 16
# Enough to meet a file below many folders; a million files need not be read to know that there is one.
LIST_LIMIT = 4 * 1024 * 1024
# So much lists a quarter of a million files.
WHOLE_LIMIT = 64 * 1024 * 1024
# How many bytes a point holds that has more files than that is counted by restic itself: for one point a look.
STATS_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSize:
    """How many files and bytes a list of files came to; `cut` where there were more."""

    files: int
    bytes: int
    cut: bool


def settle(restic: Restic, points: Iterable[Point], look: Look) -> tuple[tuple[Point, ...], tuple[Fact | Gap, ...]]:
    """Return the points, completed with what was found out now or before, and what else that told.

    A point never changes, so that one list of its files settles it for good.
    """
    copy = restic.copy
    told = tuple(points)
    remembered = _remembered(look.previous)
    foreign = _with_foreign_figures(told, look.previous)
    known = {point.id: _completed(point, remembered.get(point.id), point.id in foreign) for point in told}
    holding = [fact for fact in _holding(look.previous) if str(fact.value) in known]
    found: list[Fact | Gap] = list(holding)
    settled = frozenset(str(fact.value) for fact in holding)
    for point in _open(copy, known.values(), settled, look):
        try:
            limit = WHOLE_LIMIT if point.id in foreign else LIST_LIMIT  # of these each file counts
            output = restic.run("ls", "--json", point.id, output_limit=limit)
            if says_no_tree(output):
                continue  # which collectors.restic.rooted tells; an earlier point may hold files all the same
            if output.status != 0 and not output.truncated:
                raise restic.error(output)
            listed = parse(output, copy.subject)
        except RepositoryAbsent:
            break
        except LookError as error:
            detail = f"snapshot {point.id}: {error.message}"
            found.append(Gap(subject=copy.subject, reason=error.reason, detail=detail))
            break
        if not listed.cut:
            known[point.id] = replace(point, files=listed.files, bytes=listed.bytes)
        elif listed.files:
            if len(found) == len(holding):
                known[point.id] = replace(point, bytes=_restored_bytes(restic, point))
            fact = Fact(name="backup.point.holds_files", subject=copy.subject, value=point.id, as_of=look.now)
            found.append(fact)
    less = (point.id for point in told if _holds_less(known[point.id], point))
    found += (Fact(name=HOLDS_LESS, subject=copy.subject, value=id, as_of=look.now) for id in less)
    uncounted = (id for id in foreign if known[id].files is None)
    found += (Fact(name=UNCOUNTED, subject=copy.subject, value=id, as_of=look.now) for id in uncounted)
    return tuple(known.values()), tuple(found)


def _with_foreign_figures(listed: Sequence[Point], previous: Observation | None) -> frozenset[str]:
    """Return the ids of the points that tell the figures of another one, of their line and with another tree.

    That shows while both are known, hence of a point that is new: until it was counted it is remembered.
    """
    before = () if previous is None else points_in(previous)
    waiting = frozenset[str]() if previous is None else {str(fact.value) for fact in previous.named(UNCOUNTED)}
    line: dict[str, list[Point]] = {}
    for point in (*before, *listed):
        for id in {point.id, point.original or point.id}:
            line.setdefault(id, []).append(point)
    seen = {point.id for point in before}
    return frozenset(
        point.id
        for point in listed
        if point.id in waiting
        or (
            point.original is not None
            and point.bytes is not None
            and point.id not in seen
            and any(other.tree != point.tree and _figures(other) == _figures(point) for other in line[point.original])
        )
    )


def _figures(point: Point) -> tuple[int | None, int | None]:
    return point.files, point.bytes


def _holds_less(counted: Point, told: Point) -> bool:
    """Return whether a point holds less than its summary tells, where its files were counted."""
    if counted.files is None or counted.bytes is None or told.files is None or told.bytes is None:
        return False
    return counted.files < told.files or counted.bytes < told.bytes


def _restored_bytes(restic: Restic, point: Point) -> int | None:
    """Return what a restore of a point would come to; None where that is unknown, which is asked once only."""
    try:
        return bytes_in(restic.ask("stats", "--json", "--mode", "restore-size", point.id, output_limit=STATS_LIMIT))
    except (LookError, RepositoryAbsent):
        return None


def bytes_in(output: Output) -> int | None:
    """Return the size that `restic stats --json` tells, or None for anything that is no such answer."""
    # {"total_size":15000,"total_file_count":4,"snapshots_count":1}
    try:
        told: Any = json.loads(output.stdout)
    except (ValueError, RecursionError):
        return None
    size = told.get("total_size") if isinstance(told, dict) else None
    return size if isinstance(size, int) and not isinstance(size, bool) and 0 <= size < 2**63 else None


def parse(output: Output, subject: str) -> ListedSize:
    """Return what `restic ls --json` listed. Raises Unreadable for what is no such list."""
    # {"name":"a","type":"file","path":"/srv/a","uid":0,…,"size":300000,…,"struct_type":"node"}
    lines = output.stdout.split(b"\n")
    if output.truncated:
        lines.pop()
    files = size = 0
    for line in lines:
        if not line.strip():
            continue
        try:
            node: Any = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise Unreadable(f"{subject}: restic's list of files is cut short or no JSON") from error
        if not isinstance(node, dict):
            raise Unreadable(f"{subject}: a line of restic's list of files is no entry")
        if node.get("type") == "file":
            files += 1
            bytes = node.get("size", 0)
            size += bytes if isinstance(bytes, int) and 0 <= bytes < 2**63 else 0
    return ListedSize(files=files, bytes=size, cut=output.truncated)


def _open(copy: Copy, points: Iterable[Point], settled: frozenset[str], look: Look) -> list[Point]:
    """Return the points that must be settled, newest first: each path's newest, and what is recent."""
    own = [point for point in points if matches(point, copy.snapshot_host, copy.paths)]
    own.sort(key=lambda point: point.time, reverse=True)
    newest = [next((point for point in own if covers(point, path)), None) for path in copy.paths]
    ids = {point.id for point in newest if point is not None}
    ids |= {point.id for point in own if look.now - point.time <= RECENT}
    return [point for point in own if point.id in ids and point.files is None and point.id not in settled][:AT_MOST]


def _remembered(previous: Observation | None) -> dict[str, Point]:
    return {} if previous is None else {point.id: point for point in points_in(previous)}


def _completed(point: Point, before: Point | None, foreign: bool) -> Point:
    """Return a point with the figures of an earlier look, which may have counted it; without those of another point."""
    if before is not None and (foreign or point.files is None or before.files is not None):
        return replace(point, files=before.files, bytes=before.bytes)
    return replace(point, files=None, bytes=None) if foreign else point


def _holding(previous: Observation | None) -> tuple[Fact, ...]:
    return () if previous is None else previous.named("backup.point.holds_files")
