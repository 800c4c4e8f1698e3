"""A tree of log files: list it, read what is new or has changed, and say what each source has."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from agent.core.collecting.collector import Look
from agent.core.inventory import Log
from agent.core.lines import one_line
from agent.core.model import Gap
from agent.core.reason import Reason
from collectors.logs.content import ReadSettings, contents
from collectors.logs.links import TreeEntry
from collectors.logs.listing import TreeListing, listed
from collectors.logs.pattern import Pattern
from collectors.logs.remembered import ReadFile, load
from collectors.logs.series import Bounds, NamedFile, bounds_of
from collectors.logs.timeline import (
    PARTLY,
    WAITING,
    SourceFile,
    by_stamps,
    closed_folder,
    hiding,
    misnamed,
    strays_told,
)
from collectors.logs.unmounted import UNMOUNTED, unmounted

# A file that is being compressed is cut short for a moment.
SETTLES = timedelta(minutes=10)
# What cannot be read of a file to its end is told where it may hide more than a stretch that no one asks about.
TELLING = timedelta(hours=24)
REASONS = {"denied": Reason.DENIED, "tool-missing": Reason.TOOL_MISSING, "slow": Reason.TIMED_OUT}
KINDS = {"p": "a pipe", "s": "a socket", "c": "a device", "b": "a device", "l": "a link to nothing"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTree:
    """What was seen of one source: its files by path, and what could not be looked into."""

    files: Mapping[str, SourceFile] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """What was seen of a place: its sources by id, and the senders there that no one expects."""

    sources: Mapping[str, SourceTree]
    strangers: frozenset[str] = frozenset()
    appended: frozenset[str] = frozenset()


def look_at(log: Log, look: Look, *, here: bool) -> Tree:
    """Return what a tree holds of each expected source. Raises a LookError where it cannot be looked at."""
    pattern = Pattern(path=log.path, sources=tuple(source.id for source in log.sources))
    host = look.host(log.host)
    listing = listed(host, pattern.folder, pattern.depth, look.timeout)
    known = load(look.folder)
    away = unmounted(host, pattern.folder, listing, known, look)
    owned: dict[str, list[TreeEntry]] = {source.id: [] for source in log.sources}
    strangers = set()
    for file in listing.files:
        owner = pattern.source_of(file.path)
        if owner is not None:
            owned[owner].append(file)
        elif (stranger := pattern.stranger_of(file.path)) is not None:
            strangers.add(one_line(stranger, 80))
    zone = ZoneInfo(log.timezone)

    def bounded(misread: Collection[str] = (), empty: Collection[str] = ()) -> Mapping[str, Bounds]:
        return {
            path: found
            for id, files in owned.items()
            for path, found in _bounds(id, files, pattern.folder, zone, look.now, misread, empty).items()
        }

    bounds = bounded()
    regular = {file.path: file for files in owned.values() for file in files if file.kind == "f"}
    reads, appended = contents(host, regular, bounds, look, ReadSettings(zone=zone, here=here, known=known, kept=away))
    misread = {path for path, one in reads.items() if path in bounds and misnamed(one.runs, bounds[path])}
    empty = {path for path, one in reads.items() if one.fault is None and not any(run.records for run in one.runs)}
    if misread or empty:
        bounds = bounded(misread, empty)
    site = _Site(log=log, pattern=pattern, listing=listing, away=away, bounds=bounds, reads=reads, now=look.now)
    return Tree(
        sources={id: site.source(id, files) for id, files in owned.items()},
        strangers=frozenset(sorted(strangers)[:50]),
        appended=appended,
    )


def _bounds(
    id: str,
    files: Sequence[TreeEntry],
    folder: str,
    zone: ZoneInfo,
    now: datetime,
    misread: Collection[str],
    empty: Collection[str],
) -> Mapping[str, Bounds]:
    """Return when the records of one source's files can have been received, by path; `misread` have no day in names."""
    distinct = {file.node: file for file in files if file.kind == "f"}
    named = {
        file.path: NamedFile(
            name=_name(file, id, folder),
            modified=written,
            dated=file.path not in misread,
            empty=file.size == 0 or file.path in empty,
        )
        for file in distinct.values()
        if (written := file.written(now)) is not None
    }
    found = bounds_of(named.values(), zone, now)
    return {path: found[one.name] for path, one in named.items()}


def _name(file: TreeEntry, id: str, folder: str) -> str:
    # A source that is named by its address would look like a date.
    return file.path[len(folder) :].replace(id, "@")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    """Everything that one look at a place shows, from which each source takes its own."""

    log: Log
    pattern: Pattern
    listing: TreeListing
    away: Collection[str]
    bounds: Mapping[str, Bounds]
    reads: Mapping[str, ReadFile]
    now: datetime

    def source(self, id: str, files: Sequence[TreeEntry]) -> SourceTree:
        """Return what was seen of one source, of which these are the files."""
        sighted = {}
        for file in files:
            known = self.reads.get(file.path)
            if known is not None and known.fault == "damaged" and _settles(file, self.now):
                known = None
            bounds = self.bounds.get(file.path)
            if self._ahead(file):
                bounds = Bounds(earliest=None, latest=self.now)
            if bounds is not None:
                name = _name(file, id, self.pattern.folder)
                sighted[file.path] = SourceFile(name=name, size=file.size, bounds=bounds, read=known)
        sighted = dict(strays_told(sighted))
        subject = f"{self.log.id}/{id}"
        found: dict[Reason, list[str]] = {}
        away = [path for path in self.away if self.pattern.source_of(path) == id]
        unmounted = ((Reason.UNREADABLE, f"{one_line(path)} {UNMOUNTED}") for path in away)
        for reason, said in (*self._refused(id), *self._odd(files), *unmounted, *_unread(sighted, self.now)):
            found.setdefault(reason, []).append(said)
        gaps = (Gap(subject=subject, reason=reason, detail=_first(said)) for reason, said in found.items())
        closed = {path: closed_folder(path, self.now) for path in (*self._closed(id), *away)}
        return SourceTree(files=sighted | closed, gaps=tuple(gaps))

    def _ahead(self, file: TreeEntry) -> bool:
        return file.kind == "f" and file.written(self.now) is None

    def _refused(self, id: str) -> Iterator[tuple[Reason, str]]:
        closed = {*self._closed(id)}
        for refused in self.listing.refused:
            if refused.path in closed or self.pattern.source_of(refused.path) == id:
                yield refused.reason, f"{one_line(refused.path)}: {refused.said}"

    def _closed(self, id: str) -> Iterator[str]:
        for refused in self.listing.refused:
            if refused.below and id in self.pattern.sources_at(refused.path):
                yield refused.path

    def _odd(self, files: Iterable[TreeEntry]) -> Iterator[tuple[Reason, str]]:
        for file in files:
            if file.kind != "f":
                yield Reason.UNREADABLE, f"{one_line(file.path)} is {KINDS.get(file.kind, 'no regular file')}"
            elif self._ahead(file):
                yield Reason.IN_FUTURE, f"{one_line(file.path)} was written after now, by the clock of its machine"


def _unread(sighted: Mapping[str, SourceFile], now: datetime) -> Iterator[tuple[Reason, str]]:
    """Yield each file that holds what could not be read, and more of it than no one asks about."""
    for path, one in sighted.items():
        fault = None if one.read is None else one.read.fault
        if fault is None or fault in (*WAITING, "gone") or (fault in PARTLY and _nearly_whole(one)):
            continue
        why = "" if one.read is None else one.read.said
        yield REASONS.get(fault, Reason.UNREADABLE), f"{one_line(path)}: {why}"
    paths = {id(one): path for path, one in sighted.items()}
    for one in hiding(tuple(sighted.values()), now):
        yield (
            Reason.UNREADABLE,
            f"{one_line(paths[id(one)])}: no line has a date that can be read and be true, and it was not seen to grow",
        )


def _first(said: Sequence[str]) -> str:
    return said[0] if len(said) == 1 else f"{said[0]} (and {len(said) - 1} more)"


def _settles(file: TreeEntry, now: datetime) -> bool:
    return 0 <= now.timestamp() - file.changed < SETTLES.total_seconds()


def _nearly_whole(file: SourceFile) -> bool:
    return any(file.bounds.end - end <= TELLING for _, end in by_stamps(file))
