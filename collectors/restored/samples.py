"""A sample of a copy's newest point: some files restored from off site, one at a time, and held against the live ones.

Reads:  the points, what the newest holds, a restore of at most 20 files and 256 MiB of it; the same live files, there
Needs:  `sample` in `[[backup]]`, the password file, a ledger for the register's entry, room in the state directory
Blind:  says nothing of the files that were not drawn, nor of a live file that changed since, which is only counted
"""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from agent.core.collecting.backup_program import Repository, RepositoryAbsent, RestoreResult, limit_for
from agent.core.collecting.collector import Look, copy_collector
from agent.core.errors import LookError, Missing, NoRoom, look_error
from agent.core.facts.restore_samples import ALONE, CHANGED, SAME, UNREAD, Failed, Sampled, failed_in
from agent.core.inventory import Copy
from agent.core.model import Fact, Gap
from agent.core.reason import Reason
from agent.hosts.live_files import Eye, Live, away, near
from agent.restores.comparison import Comparison, compare
from agent.restores.deep_folders import remove
from agent.restores.openers.opener import BESIDE
from agent.restores.opening import OpenedFile, open_files
from agent.restores.restored_files import digest
from collectors.restored.draw import SampledFile, plan
from collectors.restored.turn import in_turn

# What restoring takes beside the bytes of the largest file: folders, and a margin.
MARGIN = 16 * 1024 * 1024
# What opening one file may take.
OPENING = timedelta(minutes=5)
# restic's own words name the file, which must not be kept.
UNSAID = "a file of the sample could not be restored"


def collect(copy: Copy, look: Look) -> Iterator[Fact | Gap]:
    """Yield the result of each file of the sample, and what is known not to come back; no name, nothing of a content.

    What keeps the sample from being made costs the look, unless something bad was found before: that is kept.
    """
    pinned = look.previous.one("repository.id") if look.previous is not None else None
    before = (
        {} if look.previous is None else {(one.point, one.token): (one, at) for one, at in failed_in(look.previous)}
    )
    try:
        repository = look.program(copy).opens(copy, look, None if pinned is None else str(pinned.value))
        if pinned is None and (former := look.former(repository.id)) is not None:
            before = {(one.point, one.token): (one, at) for one, at in failed_in(former)}
        own = repository.points(look.now)
        planned = plan(repository, own, [failed for failed, _ in before.values()], copy)
    except RepositoryAbsent as error:
        raise Missing(f"{copy.subject}: the repository is not there") from error
    eye = near(look.timeout) if copy.local else away(lambda: look.host(copy.host), look.timeout)
    means = _Means(repository=repository, copy=copy, look=look, eye=eye)
    done, hindered = _restored(means, planned.drawn)
    if hindered is not None and not any(sampled.failed for _, sampled in done):
        raise hindered
    yield Fact(name="repository.id", subject=copy.subject, value=repository.id, as_of=look.now)
    settled = set(planned.gone)
    for drawn, sampled in done:
        yield sampled.fact(copy.subject, drawn.source.point.time)
        name = drawn.settles or drawn.name
        if not _left_open(sampled, before.get(name)):
            settled.add(name)
        if sampled.failed:
            since = before[name][1] if name in before else look.now
            failed = Failed(reason=Reason(sampled.result), point=sampled.point, token=sampled.token)
            yield failed.fact(copy.subject, since)
    for name, (failed, since) in before.items():
        if name not in settled:
            yield failed.fact(copy.subject, since)
    if hindered is not None:
        yield Gap(subject=copy.subject, reason=hindered.reason, detail=hindered.message)


def _left_open(sampled: Sampled, failed: tuple[Failed, datetime] | None) -> bool:
    """Return whether a file differed from its source, and could not be held against it this time."""
    return bool(sampled.unread) and failed is not None and failed[0].reason is Reason.CONTENT_CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class _Means:
    """What one sample restores from, and through what."""

    repository: Repository
    copy: Copy
    look: Look
    eye: Eye


def _restored(
    means: _Means, drawn: Sequence[SampledFile]
) -> tuple[list[tuple[SampledFile, Sampled]], LookError | None]:
    done: list[tuple[SampledFile, Sampled]] = []
    with means.look.restoring() as folder:
        need, room = max(one.node.size for one in drawn) + MARGIN, shutil.disk_usage(folder).free
        if need > room:
            raise NoRoom(f"{means.copy.subject}: {need} bytes are needed in {folder.parent}, {room} are free")
        for number, one in enumerate(drawn):
            place = folder / str(number)
            try:
                done.append((one, _tried(means, one, place)))
            except LookError as error:
                return done, error
            finally:
                remove(place)
            means.look.progress((number + 1) / len(drawn))
    return done, None


def _tried(means: _Means, one: SampledFile, place: Path) -> Sampled:
    node, point = one.node, one.source.point
    only = [node.path, *(node.path + suffix for suffix in BESIDE)]
    try:
        ended = means.repository.restore(point, place, only=only, timeout=limit_for(node.size), unnamed=True)
    except LookError as error:
        raise type(error)(f"{means.copy.subject}: {UNSAID}", error.hint) from error
    sampled = Sampled(point=point.id, token=one.name[1], result=Reason.DAMAGED.value, size=node.size)
    ended = ended.of((node,))
    if ended.damaged:
        return sampled
    comparison = compare((node,), place, Live(folders=one.source.live, eye=means.eye), whole=False)
    result = _result(comparison, ended, means.copy)
    path = bytes(place) + node.path.encode(errors="surrogateescape")
    try:
        sampled = replace(sampled, result=result, sha256=digest(path, own=True))
    except OSError:
        return replace(sampled, result=result)
    # Last, since a database that recovers from its journal is no longer the file that came back.
    opened = open_files(means.look.here, place, (path,), OPENING, writable=True)
    return next((_with_opening(sampled, told) for told in opened), sampled)


def _with_opening(sampled: Sampled, told: OpenedFile) -> Sampled:
    blamed = not sampled.failed and told.blames(as_in_source=sampled.result == SAME)
    result = Reason.INCOMPLETE.value if blamed else sampled.result
    return replace(sampled, result=result, kind=told.kind, opening=told.opening.value)


def _result(comparison: Comparison, ended: RestoreResult, copy: Copy) -> str:
    """Return the result of a file. Raises LookError where that is not known."""
    # First: of a restore that did not come to its end, a file may have its size and its date, and not yet its bytes.
    if ended.hindered is not None:
        raise look_error(ended.hindered, f"{copy.subject}: {UNSAID}")
    if any(one.what == "content" for one in comparison.differences):
        return Reason.CONTENT_CHANGED.value
    if comparison.differing:
        return Reason.INCOMPLETE.value
    if comparison.compared:
        return SAME
    if comparison.unread_because is not None:
        return f"{UNREAD}:{comparison.unread_because.value}"
    return CHANGED if comparison.changed_since else ALONE


COLLECTOR = copy_collector(
    name="samples",
    schedule="samples",
    collect=partial(in_turn, collect),
    applies=lambda copy: copy.sample is not None and copy.offsite,
)
