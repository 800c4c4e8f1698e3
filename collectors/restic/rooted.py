"""Whether the tree of a point is in the repository: a copy that stopped after `snapshots/` lists points without data.

Each new point is asked once, since its tree is written before it; one whose tree is not there is asked at every look.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from agent.core.collecting.backup_program import RepositoryAbsent
from agent.core.collecting.collector import Look
from agent.core.errors import LookError
from agent.core.facts.recovery_points import AHEAD, TREE_ABSENT, TREE_THERE, TREE_UNTOLD, covers
from agent.core.host import Output
from agent.core.model import Fact, Gap, Observation
from agent.core.points import Point
from collectors.restic.program import Restic
from collectors.restic.trees import LIST_LIMIT

# A start of restic takes half a second, and the first one reads the index.
AT_MOST = 6

# 0.18: {"message_type":"exit_error","code":1,"message":"id e791…a946a not found in repository\n…"}
# 0.14: Fatal: id e791…a946a not found in repository
_NOT_THERE = re.compile(rb"\bid [0-9a-f]{64} not found in repository")


def look_for_trees(restic: Restic, points: Iterable[Point], look: Look, read: frozenset[str]) -> Iterator[Fact | Gap]:
    """Yield whether the newest points of a copy's paths have their trees there, back to one that has.

    The value is the point's id: TREE_THERE for good, TREE_ABSENT, or TREE_UNTOLD with a gap that says why. `read` are
    points whose trees were read for another reason.
    """
    copy = restic.copy
    own = [point for point in points if _may_count(point, copy.snapshot_host, look.now)]
    own.sort(key=lambda point: point.time, reverse=True)
    remembered = tuple(_remembered(look.previous, own))
    yield from remembered
    found = dict.fromkeys((*read, *(str(fact.value) for fact in remembered)), TREE_THERE)
    left = AT_MOST
    for path in copy.paths:
        for point in own:
            if not covers(point, path):
                continue
            if point.id not in found:
                if left == 0:
                    return
                left -= 1
                try:
                    fact, gap = _asked(restic, point, look.now)
                except RepositoryAbsent:
                    return
                found[point.id] = fact.name
                yield fact
                if gap is not None:
                    yield gap
            if found[point.id] != TREE_ABSENT:
                break


def _may_count(point: Point, host: str, now: datetime) -> bool:
    return point.host == host and point.files != 0 and point.time - now <= AHEAD


def _remembered(previous: Observation | None, own: Iterable[Point]) -> Iterator[Fact]:
    """Yield what earlier looks found of the points that are still listed."""
    ids = frozenset(point.id for point in own)
    if previous is not None:
        yield from (fact for fact in previous.named(TREE_THERE) if str(fact.value) in ids)


def _asked(restic: Restic, point: Point, now: datetime) -> tuple[Fact, Gap | None]:
    subject, gap = restic.copy.subject, None
    try:
        name = TREE_THERE if tree_is_there(restic, point) else TREE_ABSENT
    except LookError as error:
        name = TREE_UNTOLD
        gap = Gap(subject=subject, reason=error.reason, detail=f"snapshot {point.id}: {error.message}")
    return Fact(name=name, subject=subject, value=point.id, as_of=now), gap


def tree_is_there(restic: Restic, point: Point) -> bool:
    """Return whether the tree that a point names is there. Raises LookError where that could not be seen."""
    output = restic.run("ls", "--json", point.id, "/", output_limit=LIST_LIMIT)
    if output.status == 0 or output.truncated:
        return True
    if says_no_tree(output):
        return False
    raise restic.error(output)


def says_no_tree(output: Output) -> bool:
    """Return whether `restic ls` ended since the tree of its point is not in the repository."""
    return output.status != 0 and bool(_NOT_THERE.search(output.stderr) or _NOT_THERE.search(output.stdout))
