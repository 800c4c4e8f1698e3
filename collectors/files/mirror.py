"""A mirror beside its live source: as of when it holds what the source held, and whether much of it changed at once.

Both are listed. What the source has and the mirror has not, or with another size or date, has not arrived: the mirror
is the source as it was just before the oldest such change. What a moved folder holds is as new there as the look
before, whatever its own dates. A file that never arrives and changes again and again shows
its newest change alone, so that the first one is remembered. A mirror follows whatever happens to its source, so that
it is held to what it held itself within the last day: much that is gone or written anew at once is told, a few files
are not.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath

from agent.core.collecting.collector import Look
from agent.core.facts.late_files import REMEMBERED, Late, LateFile, late_files
from agent.core.facts.recovery_points import LEFT, ON_THE_WAY, points_in
from agent.core.inventory import Copy
from agent.core.judging.anomaly_record import Anomaly, anomalies_in
from agent.core.model import Detail, Fact, Observation
from agent.core.points import MIRRORED, Point
from agent.core.reason import Reason
from collectors.files.answers import FolderFile, FolderListing, body_of, read_body
from collectors.files.remote import RemoteFolder
from collectors.files.sets import Archive, Arranged, instant, version_id

# File systems of a NAS keep whole seconds, FAT every other one.
SAME_DATE = 2
# Of the files of the day before, this share and this number at least; a small mirror has to lose more.
MUCH, MANY = 0.1, 20
MOST, FEW = 0.3, 3
BACK_FROM = 0.7
BASELINE, BASELINE_FOR = "day", timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class MirroredPath:
    """One path of a source and its mirror; `arrived` is as of when the mirror holds it, `waiting` what has not come.

    `behind` has the first change of each that has not arrived, of those of the last minutes as well. `left` are files
    that the mirror has and the source has not any more; None: nothing says which. `arrived` None: a part of the source
    could not be listed, as `unseen` says.
    """

    path: str
    mirror: Mapping[str, FolderFile]
    arrived: datetime | None = None
    waiting: tuple[str, ...] = ()
    behind: tuple[Late, ...] = ()
    unseen: tuple[str, ...] = ()
    left: tuple[FolderFile, ...] | None = None

    def point(self, host: str) -> Point | None:
        """Return the state of the mirror as a recovery point; None where it is not known."""
        if self.arrived is None:
            return None
        size = sum(file.size for file in self.mirror.values())
        return Point(
            id=f"{version_id(self.path, round(self.arrived.timestamp()))}{MIRRORED}",
            time=self.arrived,
            host=host,
            paths=(self.path,),
            files=len(self.mirror),
            bytes=size,
        )


def prefix_of(copy: Copy, path: str) -> str:
    """Return where a path lies in the mirror, as `rsync -a PATH/ DEST/`, of several each under its own last name."""
    return "" if len(copy.paths) == 1 else f"{PurePosixPath(path).name}/"


def parted(copy: Copy, files: Sequence[FolderFile]) -> dict[str, dict[str, FolderFile]]:
    """Return the files of a mirror by the path of the source, and by their names below it."""
    prefixes = {path: prefix_of(copy, path) for path in copy.paths}
    return {
        path: {file.path[len(prefix) :]: file for file in files if file.path.startswith(prefix)}
        for path, prefix in prefixes.items()
    }


def mirrored(copy: Copy, listing: FolderListing) -> Arranged:
    """Return the files of a mirror as archives of its paths, all of which are judged."""
    sets: dict[str, list[Archive]] = {}
    for path, files in parted(copy, listing.files).items():
        set = set_of(copy, path)
        sets[set] = [Archive(set=set, file=file, time=instant(file.written)) for file in files.values()]
    return Arranged(sets=sets)


def set_of(copy: Copy, path: str) -> str:
    """Return the name under which the files of a path are kept in the manifest, which has no blank."""
    return f"path-{copy.paths.index(path) + 1}"


def compared(copy: Copy, look: Look, listing: FolderListing) -> Iterator[MirroredPath]:
    """Yield how each path of the source stands to the mirror. Raises a LookError where the source cannot be listed."""
    known = {(one.path, one.file): (one, at) for one, at in late_files(look.previous)}
    for path, mirror in parted(copy, listing.files).items():
        source = source_of(copy, path, look)
        listed_before = source.known()
        live = source.tree(look.timeout)
        kept = tuple(pair for pair in known.values() if pair[0].path == path)
        if live.complaints:
            unseen = live.wrong[:1] or (f"{path}: a part of it",)
            yield MirroredPath(path=path, mirror=mirror, behind=kept, unseen=unseen)
            continue
        quiet = live.clock - round(copy.settle.total_seconds())
        # The clock of the source dates its changes; where it is wrong, by how much is known.
        apart = live.clock - look.now.timestamp()
        waiting = [file for file in live.files if not arrived(file, mirror.get(file.path))]
        stood = None if look.previous is None or not waiting else _versions(listed_before)
        earlier = _Earlier(known=known, stood=stood, at=None if look.previous is None else look.previous.begun)
        behind = tuple(
            earlier.since(path, file, mirror.get(file.path), instant(round(_changed(file, live) - apart)))
            for file in waiting
        )
        # In whole seconds, in which a bundle shows when looks ended: none is to show a point that lies ahead of it.
        at = min((look.now, *(since for _, since in behind))).replace(microsecond=0)
        settled = sorted(file.shown for file in waiting if _changed(file, live) <= quiet)
        there = {file.path for file in live.files}
        left = tuple(file for name, file in mirror.items() if name not in there)
        found = MirroredPath(path=path, mirror=mirror, arrived=at, waiting=tuple(settled), behind=behind, left=left)
        # An empty source is one that is not mounted: nothing has been mirrored since.
        yield found if live.files else replace(found, mirror={}, behind=kept, left=None)


def on_the_way(copy: Copy, point: Point, previous: Observation | None) -> Iterator[Fact]:
    """Yield as of when the look before saw a path mirrored: moments between the two looks are judged by that."""
    for one in () if previous is None else points_in(previous):
        if one.paths == point.paths and one.host == point.host and one.time <= point.time:
            yield Fact(name=ON_THE_WAY, subject=copy.subject, value=one, as_of=one.time)


def left_over(found: Sequence[MirroredPath], host: str, look: Look) -> list[Point]:
    """Return what a mirror keeps although its source has it no more, each dated by the look that saw that first.

    A mirror that deletes nothing keeps it for ever. Those that are kept longest are remembered.
    """
    before = () if look.previous is None else points_in(look.previous, LEFT)
    known = {point.id: point for point in before}
    kept: list[Point] = []
    for one in found:
        for file in one.left or ():
            id = version_id(f"{one.path}/{file.shown}", file.written)
            fresh = Point(id=id, time=look.now, host=host, paths=(one.path,), files=1, bytes=file.size)
            kept.append(known.get(id, fresh))
    compared = {one.path for one in found if one.left is not None}
    kept += [point for point in known.values() if compared.isdisjoint(point.paths)]
    return sorted(kept, key=lambda point: point.time)[:REMEMBERED]


def _changed(file: FolderFile, live: FolderListing) -> int:
    return max(file.changed, file.written) if file.written <= live.clock else file.changed


def _late(path: str, file: FolderFile, there: FolderFile | None) -> LateFile:
    if there is None:
        return LateFile(path=path, file=file.shown)
    return LateFile(path=path, file=file.shown, size=there.size, written=there.written)


def _versions(body: bytes | None) -> Mapping[str, tuple[int, int]] | None:
    """Return size and date of each file of a list that is remembered, by its path; None where none is."""
    return None if body is None else {file.path: (file.size, file.written) for file in read_body(body)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Earlier:
    """What the look before saw: `known` files that had not arrived, and when it began.

    `stood` are size and date of each file that the source then held; None: that is not known.
    """

    known: Mapping[tuple[str, str], Late]
    stood: Mapping[str, tuple[int, int]] | None
    at: datetime | None

    def since(self, path: str, file: FolderFile, there: FolderFile | None, changed: datetime) -> Late:
        """Return a file that has not arrived with its first change that has not, as far as earlier looks saw it.

        `there` is what the mirror has of it, `changed` what its own dates say. In a folder that was moved it keeps
        these, and is as new there as the look before.
        """
        late = _late(path, file, there)
        before = self.known.get((late.path, late.file))
        if self.at is not None and self.stood is not None and self.stood.get(file.path) != (file.size, file.written):
            changed = max(changed, self.at)
        elif before is None and len(self.known) >= REMEMBERED:
            # Of more than can be remembered, those that are not wait no longer than those that are.
            changed = max(changed, *(at for _, at in self.known.values()))
        if before is None or _has_come(late, before[0], file):
            return late, changed
        return late, before[1] if self.stood is not None else min(changed, before[1])


def _has_come(late: LateFile, before: LateFile, file: FolderFile) -> bool:
    """Return whether another version of a file arrived since the look before.

    What the mirror has of it by now did, unless it is younger than the source's own: a part of one, left by a run that
    was cut short.
    """
    return late != before and late.written is not None and late.written <= file.written + SAME_DATE


def arrived(file: FolderFile, there: FolderFile | None) -> bool:
    """Return whether a mirror has a file as it is."""
    return there is not None and there.size == file.size and abs(there.written - file.written) <= SAME_DATE


def source_of(copy: Copy, path: str, look: Look) -> RemoteFolder:
    """Return the folder of the live source."""
    remembered = look.folder / f"source{path.replace('/', '-')}"[:200]
    return RemoteFolder(
        host=look.host(copy.host), path=path, where=f"{path} on {copy.host}", remembered=remembered, whole=True
    )


def mass_changes(copy: Copy, look: Look, listing: FolderListing, previous: Observation | None) -> Iterator[Anomaly]:
    """Yield what stands of earlier anomalies, and that much of a mirror is gone or was written anew within a day."""
    kept = look.folder / BASELINE
    before = _baseline(kept)
    now = parted(copy, listing.files)
    known = () if previous is None else anomalies_in(previous)
    for path, files in now.items():
        standing = [one for one in known if one.path == path and not _over(one, files)]
        yield from standing
        earlier = parted(copy, before).get(path, {})
        for reason, about in _changes(earlier, files):
            if reason not in {one.reason for one in standing}:
                yield Anomaly(path=path, at=look.now, point=path, reason=reason, about=about)
    if not before or look.now.timestamp() - kept.stat().st_mtime >= BASELINE_FOR.total_seconds():
        kept.write_bytes(body_of(listing.files))


def _baseline(kept: Path) -> Sequence[FolderFile]:
    return read_body(kept.read_bytes()) if kept.is_file() else ()


def _changes(before: Mapping[str, FolderFile], now: Mapping[str, FolderFile]) -> Iterator[tuple[Reason, Detail]]:
    lost = [file for path, file in before.items() if path not in now]
    # What was moved is there under another name, with its size and its date.
    spare = Counter((file.size, file.written) for path, file in now.items() if path not in before)
    gone = 0
    for file in lost:
        version = file.size, file.written
        if spare[version]:
            spare[version] -= 1
        else:
            gone += 1
    changed = sum(path in now and not arrived(file, now[path]) for path, file in before.items())
    if _is_much(gone, len(before)):
        percent = round(100 * gone / len(before))
        yield Reason.SHRUNK, {"removed_percent": percent, "files": len(now), "files_before": len(before)}
    if _is_much(changed, len(before)):
        yield Reason.CONTENT_CHANGED, {"rewritten_percent": round(100 * changed / len(before))}


def _is_much(count: int, whole: int) -> bool:
    return (count >= MANY and count >= MUCH * whole) or (count >= FEW and count >= MOST * whole)


def _over(one: Anomaly, files: Mapping[str, FolderFile]) -> bool:
    """Return whether an anomaly is over: its files are back; what was written anew, an entry of `change` settles."""
    before = one.about.get("files_before")
    return one.reason is Reason.SHRUNK and isinstance(before, int) and len(files) > BACK_FROM * before
