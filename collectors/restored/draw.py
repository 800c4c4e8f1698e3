"""Which files a sample restores: those that failed before, and those that the newest point's own id draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.core.collecting.backup_program import Node, Repository, newest_points
from agent.core.errors import Damaged, Missing, Unreadable
from agent.core.facts.restore_samples import Failed
from agent.core.inventory import Copy
from agent.core.points import Point
from agent.core.reason import Reason
from agent.restores.sampling import sample_of, token

# So many files that did not come back are tried again at each look; the rest stay told.
AGAIN_AT_MOST = 20

Name = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledSource:
    """What a point holds of the source, and where the names at its top lie in the live source."""

    point: Point
    nodes: Sequence[Node]
    live: Mapping[str, str]

    def named(self, file: str) -> Node | None:
        """Return the file for which a token stands."""
        return next((node for node in self.nodes if token(self.point.id, node.path) == file), None)

    def at(self, path: str) -> Node | None:
        """Return the file of a path."""
        return next((node for node in self.nodes if node.path == path and node.type == "file"), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledFile:
    """One file to restore; `settles` is the earlier failure that what it comes to replaces."""

    source: SampledSource
    node: Node
    settles: Name | None = None

    @property
    def name(self) -> Name:
        """Return the point and the token by which it is known."""
        return (self.source.point.id, token(self.source.point.id, self.node.path))


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePlan:
    """What is to be restored, and which earlier failures are gone with their points or their files."""

    drawn: Sequence[SampledFile]
    gone: frozenset[Name]


def plan(repository: Repository, own: Sequence[Point], failed: Sequence[Failed], copy: Copy) -> SamplePlan:
    """Return what to restore; `own` are the copy's points, newest first.

    Raises RepositoryAbsent and every LookError.
    """
    newest = [_source(repository, point) for point in newest_points(own, copy.paths)]
    if not newest:
        raise Missing(f"{copy.subject}: no point of every path of the source is there")
    by_id = {point.id: point for point in own}
    known = {held.point.id: held for held in newest}
    again: list[SampledFile] = []
    gone: set[Name] = set()
    for one in failed[:AGAIN_AT_MOST]:
        if one.point in by_id and one.point not in known:
            try:
                known[one.point] = _source(repository, by_id[one.point])
            except Damaged:
                continue  # it did not come back, and cannot: that stays told, and holds up no other
        drawn = _again(one, known.get(one.point), newest)
        if drawn is None:
            gone.add((one.point, one.token))
        else:
            again.append(drawn)
    names = {drawn.name for drawn in again}
    fresh = [SampledFile(source=held, node=node) for held in newest for node in sample_of(held.nodes, held.point.id)]
    drawn_all = [*again, *(drawn for drawn in fresh if drawn.name not in names)]
    if not drawn_all:
        raise Unreadable(f"{copy.subject}: no file of the source is where the point should hold it")
    return SamplePlan(drawn=drawn_all, gone=frozenset(gone))


def _source(repository: Repository, point: Point) -> SampledSource:
    return SampledSource(point=point, nodes=repository.held(point).nodes, live=repository.live(point))


def _again(failed: Failed, held: SampledSource | None, newest: Sequence[SampledSource]) -> SampledFile | None:
    """Return the file to try for one that failed before; None where its point is gone, or the source has it no more."""
    node = None if held is None else held.named(failed.token)
    if held is None or node is None:
        return None
    if failed.reason is not Reason.INCOMPLETE or held in newest:
        return SampledFile(source=held, node=node)
    for later in newest:
        same = later.at(node.path)
        if same is not None:
            return SampledFile(source=later, node=same, settles=(failed.point, failed.token))
    return None
