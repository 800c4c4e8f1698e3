"""Hold a set of files to its own history: which versions are gone, which past ones were written over, which shrank.

What went away in the last days is told for as long as a point that is gone is. A file that is written over is usual
where it was of the newest run, as a dump of each night under one name, and where it comes round again in the rhythm of
its set, as one name for each day of the week. Any other is a past backup that was changed.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice, pairwise
from statistics import median

from agent.core.facts.recovery_points import points_in
from agent.core.judging.anomaly_record import Anomaly, anomalies_in
from agent.core.judging.points_gone import GONE_KEPT
from agent.core.measures import ByteCount
from agent.core.model import Detail, Fact, Observation
from agent.core.points import Point
from agent.core.reason import Reason
from collectors.files.records import VersionRecords
from collectors.files.sets import Archive, Arranged, Version, VersionKey, instant, path_of, version_id, version_of

# Files of one run are written within this, at most.
RUN = timedelta(hours=6)
# As agent.core.judging.anomalies: what is usual takes seven, and a fall is one to below half.
USUAL_FROM, FEW = 7, 3
HISTORY = 30
COLLAPSED_BELOW, YOUNG_COLLAPSED_BELOW, BACK_FROM = 0.5, 0.1, 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownVersion:
    """A version of a file that an earlier look saw; `made` is the point that it was, if that is known."""

    set: str
    path: str
    size: int
    written: int
    host: str
    gone: datetime | None = None
    made: Point | None = None

    @property
    def key(self) -> VersionKey:
        """Return what names this very version."""
        return self.path, self.written

    @property
    def version(self) -> Version:
        """Return what stays when it is renamed."""
        return self.size, self.written

    @property
    def time(self) -> datetime:
        """Return the date of its point."""
        return instant(self.written) if self.made is None else self.made.time

    @property
    def point(self) -> Point:
        """Return it as a recovery point."""
        if self.made is not None:
            return self.made
        id, files = version_id(self.path, self.written), 1 if self.size else 0
        return Point(id=id, time=self.time, host=self.host, paths=(self.set,), files=files, packed_bytes=self.size)


def known_versions(
    previous: Observation | None, records: VersionRecords, host: str, now: datetime
) -> Mapping[VersionKey, KnownVersion]:
    """Return the versions that earlier looks saw; those gone for long are left out."""
    found: dict[VersionKey, KnownVersion] = {}
    for one in records.every:
        if one.gone is None or (not one.explained and now - one.gone <= GONE_KEPT):
            found[one.path, one.written] = KnownVersion(
                set=one.set, path=one.path, size=one.size, written=one.written, host=host, gone=one.gone
            )
    for point in () if previous is None else points_in(previous):
        if (seen := _seen(point)) is not None:
            found[seen.key] = seen
    for fact in () if previous is None else previous.named("backup.point.gone"):
        seen = _seen(fact.value) if isinstance(fact.value, Point) else None
        if seen is not None and now - fact.as_of <= GONE_KEPT:
            found[seen.key] = replace(seen, gone=fact.as_of)
        elif seen is not None:
            found.pop(seen.key, None)
    return found


def _seen(point: Point) -> KnownVersion | None:
    version = version_of(point)
    if version is None:
        return None
    size, written = version
    path, set = path_of(point.id), point.paths[0] if point.paths else ""
    return KnownVersion(set=set, path=path, size=size, written=written, host=point.host, made=point)


def no_longer_there(
    known: Mapping[VersionKey, KnownVersion], here: Arranged, listed: Iterable[str], hidden: Callable[[str], bool]
) -> Iterator[KnownVersion]:
    """Yield the known versions that are nowhere in the folder any more, under whatever name.

    `listed` are the paths that are there, of whatever set and however new: what stands under the path of a version has
    taken its place. `hidden` are paths that may be there although they are not listed: nothing says that they are gone.
    """
    paths = frozenset(listed)
    # Of several files of one size and one date, as many are there as there are under other names.
    spare = Counter(one.version for one in here.every() if one.key not in known)
    for one in known.values():
        if one.path in paths or (one.gone is None and hidden(one.path)):
            continue
        if spare[one.version]:
            spare[one.version] -= 1
            continue
        yield one


def gone_facts(gone: Iterable[KnownVersion], subject: str, now: datetime) -> Iterator[Fact]:
    """Yield the facts on what is gone, each as of the first look that missed it."""
    for one in gone:
        yield Fact(name="backup.point.gone", subject=subject, value=one.point, as_of=one.gone or now)


def written_over(known: Mapping[VersionKey, KnownVersion], archives: Sequence[Archive]) -> tuple[Archive, ...]:
    """Return the files of one set that hold something else than a past backup that they were, by size and date alone.

    `archives` are those that are there, newest first. One of the same size may hold the same, which its digest tells.
    """
    changed = [(one, before) for one, before in _replaced(known, archives) if one.file.size != before.version[0]]
    return unusual(changed, known, archives)


def _replaced(
    known: Mapping[VersionKey, KnownVersion], archives: Sequence[Archive]
) -> Iterator[tuple[Archive, KnownVersion]]:
    """Yield each file that stands in the place of another version, with that one; a rotation by renaming is none."""
    new = [one for one in archives if one.key not in known]
    if not new:
        return
    versions, paths = {one.version for one in known.values()}, {one.file.shown for one in new}
    by_path: dict[str, KnownVersion] = {}
    for before in (one for one in known.values() if one.gone is None and one.path in paths):
        kept = by_path.get(before.path)
        if kept is None or before.time > kept.time:
            by_path[before.path] = before
    for one in new:
        replaced = by_path.get(one.file.shown)
        if replaced is not None and one.version not in versions:
            yield one, replaced


def unusual(
    changed: Sequence[tuple[Archive, KnownVersion]],
    known: Mapping[VersionKey, KnownVersion],
    archives: Sequence[Archive],
) -> tuple[Archive, ...]:
    """Return those of the files that were written over of which the rhythm of their set does not explain it."""
    if not changed:
        return ()
    set = changed[0][0].set
    dates = sorted((one.time for one in known.values() if one.set == set), reverse=True)
    past = [(one, before) for one, before in changed if dates[0] - before.time > RUN]
    spans = [(later - earlier).total_seconds() for later, earlier in pairwise(dates)]
    rhythm = timedelta(seconds=median(spans)) if spans else timedelta(0)
    newest = archives[0].time
    found: list[Archive] = []
    for one, _ in sorted(past, key=lambda pair: pair[0].time, reverse=True):
        # In turn: it is the newest now, or a whole interval before one that is.
        if one.time == newest or (rhythm > RUN and newest - one.time >= rhythm / 2):
            newest = one.time
        else:
            found.append(one)
    return tuple(found)


def anomalies(
    here: Arranged,
    previous: Observation | None,
    changed: Mapping[str, Sequence[str]],
    still: Mapping[str, datetime],
    now: datetime,
) -> Iterator[Anomaly]:
    """Yield the anomalies that stand: those of the look before that are not over, and new ones.

    `changed` are by set the paths of past files that hold something else than they did, `still` since when nothing
    changes in a set.
    """
    before = () if previous is None else anomalies_in(previous)
    for set, archives in here.sets.items():
        kept = [one for one in before if one.path == set and not _over(one, archives, changed.get(set, ()), still)]
        standing = {one.reason for one in kept}
        yield from kept
        paths = changed.get(set, ())
        if paths and Reason.CONTENT_CHANGED not in standing:
            newest = archives[0].id if archives else paths[0]
            about: Detail = {"files_changed": len(paths), "file": paths[0]}
            yield Anomaly(path=set, at=now, point=newest, reason=Reason.CONTENT_CHANGED, about=about)
        if archives and not standing & {Reason.SHRUNK, Reason.EMPTY} and (found := _fallen(archives)) is not None:
            reason, figures = found
            one = archives[0]
            yield Anomaly(path=set, at=one.time, point=one.id, reason=reason, about=figures)
        if set in still and archives and Reason.UNCHANGED not in standing:
            yield Anomaly(path=set, at=still[set], point=archives[0].id, reason=Reason.UNCHANGED, about={})


def _over(one: Anomaly, archives: Sequence[Archive], changed: Sequence[str], still: Mapping[str, datetime]) -> bool:
    """Return whether an anomaly is over."""
    if one.reason is Reason.UNCHANGED:
        return one.path not in still
    if one.reason is Reason.CONTENT_CHANGED:
        # What was changed is gone in time, as the retention asks; an entry of register `change` ends it before.
        return bool(archives) and archives[-1].time > one.at and not changed
    if not archives or archives[0].time <= one.at:
        return False
    if one.reason is Reason.EMPTY:
        return not archives[0].empty
    level = next((value for name, value in one.about.items() if name in ("usual_bytes", "bytes_before")), 0)
    return isinstance(level, int | float) and _largest(next(_runs(archives))) > BACK_FROM * level


def _runs(archives: Sequence[Archive]) -> Iterator[Sequence[Archive]]:
    """Yield the files that were written together, newest first: dumps of several databases, parts of one archive."""
    begin = 0
    while begin < len(archives):
        newest, end = archives[begin].time, begin + 1
        while end < len(archives) and newest - archives[end].time <= RUN:
            end += 1
        yield archives[begin:end]
        begin = end


def _largest(run: Sequence[Archive]) -> int:
    return max(one.file.size for one in run)


def _fallen(archives: Sequence[Archive]) -> tuple[Reason, Detail] | None:
    """Return what is wrong with the size of the newest file of a set, beside those before it.

    The last of several that are written together may be small each time, or once: neither is it as large as the
    smallest of most times before, nor the largest of them as that of any. A fall that another file of its time hid once
    is not what is usual from then on.
    """
    newest, earlier = archives[0].file, [one.file for one in archives[1 : HISTORY + 1] if not one.empty]
    if not earlier:
        return None
    if archives[0].empty:
        return Reason.EMPTY, {}
    # A file of holes alone reads as zeros: some disk lost what was written to it.
    if newest.room == 0 and newest.size >= 1024 * 1024 and all(one.room > 0 for one in earlier):
        return Reason.EMPTY, {"holes": ByteCount(newest.size)}
    run, *before = islice(_runs([one for one in archives if not one.empty]), HISTORY + 1)
    sizes, now = [_largest(one) for one in before], _largest(run)
    share = COLLAPSED_BELOW if len(sizes) >= FEW else YOUNG_COLLAPSED_BELOW
    # Increments are small on quiet days: a fall is one below every earlier one.
    smallest = [min(one.file.size for one in files) for files in before]
    if not before or newest.size >= share * median(smallest) or now >= share * min(sizes):
        return None
    name = "usual_bytes" if len(sizes) >= USUAL_FROM else "bytes_before"
    return Reason.SHRUNK, {"bytes": ByteCount(now), name: ByteCount(median(sizes))}
