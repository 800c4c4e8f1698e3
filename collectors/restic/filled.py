"""Decide whether a point holds any file, where its snapshot has no summary (restic before 0.17)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.collecting.collector import Look
from agent.core.errors import LookError, Unreadable
from agent.core.facts.recovery_points import covers, matches, points_in
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
    remembered = _remembered(look.previous)
    known = {point.id: _completed(point, remembered.get(point.id)) for point in points}
    holding = [fact for fact in _holding(look.previous) if str(fact.value) in known]
    found: list[Fact | Gap] = list(holding)
    settled = frozenset(str(fact.value) for fact in holding)
    for point in _open(copy, known.values(), settled, look):
        try:
            output = restic.run("ls", "--json", point.id, output_limit=LIST_LIMIT)
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
    return tuple(known.values()), tuple(found)


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


def _completed(point: Point, before: Point | None) -> Point:
    if before is None or point.files is not None:
        return point
    return replace(point, files=before.files, bytes=before.bytes)


def _holding(previous: Observation | None) -> tuple[Fact, ...]:
    return () if previous is None else previous.named("backup.point.holds_files")
