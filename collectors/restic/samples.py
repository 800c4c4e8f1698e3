"""A sample of a copy's newest point: some files restored from off site, one at a time, and held against the live ones.

Reads:  restic cat config, snapshots, ls, and restore of at most 20 files and 256 MiB; the same live files
Needs:  `sample` in `[[backup]]`, the password file, a ledger for the register's entry, room in the state directory
Blind:  says nothing of the files that were not drawn, nor of a live file that changed since, which is only counted
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from agent.core.collecting import Collector, Look
from agent.core.errors import LookError, Missing, NoRoom, Unreadable
from agent.core.inventory import Copy
from agent.core.model import Fact, Gap
from agent.core.points import Point
from agent.core.reason import Reason
from agent.core.restored import Comparison, Node, compare, digest, live_path
from agent.core.samples import ALONE, CHANGED, SAME, Failed, Sampled, failed_in
from agent.core.sampling import sample_of, token
from agent.core.scratch import remove
from collectors.restic.faults import Fault, RepositoryAbsent, error_of
from collectors.restic.program import Restic
from collectors.restic.restore import (
    Outcome,
    limit_for,
    live_prefixes,
    newest_points,
    opened,
    own_points,
    restore,
    source_nodes,
)

# So many files that did not come back are tried again at each look; the rest stay told.
AGAIN_AT_MOST = 20
# What restoring takes beside the bytes of the largest file: folders, and a margin.
MARGIN = 16 * 1024 * 1024
# restic's own words name the file, which must not be kept.
UNSAID = "a file of the sample could not be restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """Hold one file to restore, and where the names at the top of its point lie in the live source."""

    point: Point
    node: Node
    live: Mapping[str, str]

    @property
    def name(self) -> tuple[str, str]:
        return (self.point.id, token(self.point.id, self.node.path))


def collect(copy: Copy, look: Look) -> Iterator[Fact | Gap]:
    """Yield what each file of the sample came to, and what is known not to come back; no name, nothing of a content.

    What keeps the sample from being made costs the look, unless something bad was found before: that is kept.
    """
    pinned = look.previous.one("repository.id") if look.previous is not None else None
    try:
        restic, id = opened(copy, look, None if pinned is None else str(pinned.value))
        own = own_points(restic, look.now)
    except RepositoryAbsent as error:
        raise Missing(f"{copy.subject}: the repository is not there") from error
    before = () if look.previous is None else failed_in(look.previous)
    drawn, gone = _drawn(restic, own, [failed for failed, _ in before])
    done, hindered = _restored(restic, drawn, look)
    bad = {(one.point, one.token): one.result for one in done if one.failed}
    if hindered is not None and not bad:
        raise hindered
    yield Fact(name="repository.id", subject=copy.subject, value=id, as_of=look.now)
    times = {point.id: point.time for point in own}
    for one in done:
        yield one.fact(copy.subject, times[one.point])
    known = {(failed.point, failed.token): at for failed, at in before}
    for (point, file), result in bad.items():
        at = known.get((point, file), look.now)
        yield Failed(reason=Reason(result), point=point, token=file).fact(copy.subject, at)
    settled = {(one.point, one.token) for one in done} | gone
    for failed, at in before:
        if (failed.point, failed.token) not in settled:
            yield failed.fact(copy.subject, at)
    if hindered is not None:
        yield Gap(subject=copy.subject, reason=hindered.reason, detail=hindered.message)


def _drawn(restic: Restic, own: Sequence[Point], failed: Sequence[Failed]) -> tuple[list[_Drawn], set[tuple[str, str]]]:
    """Return what is to be restored, files that failed before first, and which of those are gone with their points."""
    copy = restic.copy
    newest = newest_points(own, copy.paths)
    if not newest:
        raise Missing(f"{copy.subject}: no point of every path of the source is there")
    by_id = {point.id: point for point in own}
    again = {(one.point, one.token) for one in failed if one.point in by_id}
    found: list[_Drawn] = []
    for point in {**{id: by_id[id] for id, _ in again}, **{point.id: point for point in newest}}.values():
        held, _ = source_nodes(restic, point)
        live = live_prefixes(restic, point) if copy.local else {}
        chosen = [node for node in held if (point.id, token(point.id, node.path)) in again] if again else []
        if point in newest:
            chosen += [node for node in sample_of(held, point.id) if node not in chosen]
        found += [_Drawn(point=point, node=node, live=live) for node in chosen]
    if not found:
        raise Unreadable(f"{copy.subject}: no file of the source is where the point should hold it")
    found.sort(key=lambda one: one.name not in again)
    most = AGAIN_AT_MOST + sum(one.name not in again for one in found)
    return found[-most:], {(one.point, one.token) for one in failed if one.point not in by_id}


def _restored(restic: Restic, drawn: Sequence[_Drawn], look: Look) -> tuple[list[Sampled], LookError | None]:
    done: list[Sampled] = []
    with look.restoring() as folder:
        need, room = max(one.node.size for one in drawn) + MARGIN, shutil.disk_usage(folder).free
        if need > room:
            raise NoRoom(f"{restic.copy.subject}: {need} bytes are needed in {folder.parent}, {room} are free")
        for number, one in enumerate(drawn):
            place = folder / str(number)
            try:
                done.append(_tried(restic, one, place))
            except LookError as error:
                return done, error
            finally:
                remove(place)
            look.progress((number + 1) / len(drawn))
    return done, None


def _tried(restic: Restic, one: _Drawn, place: Path) -> Sampled:
    node = one.node
    shown = f"restic restore {one.point.id} (one file of the sample)"
    try:
        ended = restore(restic, one.point, place, only=(node.path,), timeout=limit_for((node,)), shown=shown)
    except LookError as error:
        raise type(error)(f"{restic.copy.subject}: {UNSAID}", error.hint) from error
    point, file = one.name
    sampled = Sampled(point=point, token=file, result=Reason.DAMAGED.value, size=node.size)
    if ended.damaged:
        return sampled
    comparison = compare((node,), place, live_path(one.live), whole=False)
    result = _result(comparison, ended, restic)
    try:
        sha256 = digest(bytes(place) + node.path.encode(errors="surrogateescape"), own=True)
    except OSError:
        sha256 = ""
    return replace(sampled, result=result, sha256=sha256)


def _result(comparison: Comparison, ended: Outcome, restic: Restic) -> str:
    """Return what a file came to. Raises LookError where that is not known."""
    if any(one.what == "content" for one in comparison.differences):
        return Reason.CONTENT_CHANGED.value
    if ended.hindered is not None:
        raise error_of(Fault(reason=ended.hindered, said=UNSAID), restic.copy.subject)
    if comparison.differing:
        return Reason.INCOMPLETE.value
    if comparison.compared:
        return SAME
    return CHANGED if comparison.changed_since else ALONE


COLLECTOR = Collector(
    name="samples",
    schedule="samples",
    looks_at=Copy,
    collect=collect,
    subject_of=lambda copy: copy.subject,
    host_of=lambda copy: copy.host,
    applies=lambda copy: copy.sample is not None and copy.offsite,
    lock_of=lambda copy: copy.repository,
)
