"""A tree of log files: list it, read what is new or has changed, and say what each source has."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from agent.core.collecting import Look
from agent.core.inventory import Log
from agent.core.lines import one_line
from agent.core.model import Gap
from agent.core.reason import Reason
from collectors.logs.content import Reading, contents
from collectors.logs.listing import Listed, Listing, listed
from collectors.logs.pattern import Pattern
from collectors.logs.remembered import Read
from collectors.logs.series import Bounds, Named, bounds_of
from collectors.logs.timeline import PARTLY, WAITING, Sighted, by_stamps

# A file that is being compressed is cut short for a moment.
SETTLES = timedelta(minutes=10)
# What cannot be read of a file to its end is told where it may hide more than a stretch that nobody asks about.
TELLING = timedelta(hours=24)
REASONS = {"denied": Reason.DENIED, "tool-missing": Reason.TOOL_MISSING, "slow": Reason.TIMED_OUT}
KINDS = {"p": "a pipe", "s": "a socket", "c": "a device", "b": "a device", "l": "a link to nothing"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Hold what was seen of one source: its files by path, and what could not be looked into."""

    files: Mapping[str, Sighted] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """Hold what was seen of a place: its sources by id, and the senders there that nobody expects."""

    sources: Mapping[str, Source]
    strangers: frozenset[str] = frozenset()
    appended: frozenset[str] = frozenset()


def look_at(log: Log, look: Look, *, here: bool) -> Tree:
    """Return what a tree holds of each expected source. Raises a LookError where it cannot be looked at."""
    pattern = Pattern(path=log.path, sources=tuple(source.id for source in log.sources))
    host = look.host(log.host)
    listing = listed(host, pattern.folder, pattern.depth, look.timeout)
    owned: dict[str, list[Listed]] = {source.id: [] for source in log.sources}
    strangers = set()
    for file in listing.files:
        owner = pattern.source_of(file.path)
        if owner is not None:
            owned[owner].append(file)
        elif (stranger := pattern.stranger_of(file.path)) is not None:
            strangers.add(one_line(stranger, 80))
    zone = ZoneInfo(log.timezone)
    bounds = {
        path: found
        for id, files in owned.items()
        for path, found in _bounds(id, files, pattern.folder, zone, look.now).items()
    }
    regular = {file.path: file for files in owned.values() for file in files if file.kind == "f"}
    reads, appended = contents(host, regular, bounds, look, Reading(zone=zone, here=here))
    return Tree(
        sources={id: _source(id, log, files, bounds, reads, listing, pattern, look.now) for id, files in owned.items()},
        strangers=frozenset(sorted(strangers)[:50]),
        appended=appended,
    )


def _bounds(id: str, files: Sequence[Listed], folder: str, zone: ZoneInfo, now: datetime) -> Mapping[str, Bounds]:
    """Return when the records of one source's files can have been received, by path."""
    distinct = {file.node: file for file in files if file.kind == "f"}
    named = {
        file.path: Named(name=_name(file, id, folder), modified=datetime.fromtimestamp(file.modified, UTC))
        for file in distinct.values()
    }
    found = bounds_of(named.values(), zone, now)
    return {path: found[one.name] for path, one in named.items()}


def _name(file: Listed, id: str, folder: str) -> str:
    # A source that is named by its address would look like a date.
    return file.path[len(folder) :].replace(id, "@")


def _source(
    id: str,
    log: Log,
    files: Sequence[Listed],
    bounds: Mapping[str, Bounds],
    reads: Mapping[str, Read],
    listing: Listing,
    pattern: Pattern,
    now: datetime,
) -> Source:
    sighted = {}
    for file in files:
        if file.path in bounds:
            known = reads.get(file.path)
            if known is not None and known.fault == "damaged" and _settles(file, now):
                known = None
            sighted[file.path] = Sighted(
                name=_name(file, id, pattern.folder), size=file.size, bounds=bounds[file.path], read=known
            )
    return Source(files=sighted, gaps=tuple(_gaps(f"{log.id}/{id}", id, files, sighted, listing, pattern)))


def _settles(file: Listed, now: datetime) -> bool:
    return 0 <= now.timestamp() - file.changed < SETTLES.total_seconds()


def _gaps(
    subject: str,
    id: str,
    files: Iterable[Listed],
    sighted: Mapping[str, Sighted],
    listing: Listing,
    pattern: Pattern,
) -> Iterator[Gap]:
    """Yield what could not be read of a source, once for each reason, naming the first of each."""
    found: dict[Reason, list[str]] = {}
    for refused in listing.refused:
        if id in pattern.sources_at(refused.path) or pattern.source_of(refused.path) == id:
            found.setdefault(refused.reason, []).append(f"{one_line(refused.path)}: {refused.said}")
    for file in files:
        if file.kind != "f":
            what = KINDS.get(file.kind, "no regular file")
            found.setdefault(Reason.UNREADABLE, []).append(f"{one_line(file.path)} is {what}")
    for path, one in sighted.items():
        fault = None if one.read is None else one.read.fault
        if fault is None or fault in (*WAITING, "gone") or (fault in PARTLY and _nearly_whole(one)):
            continue
        why = "" if one.read is None else one.read.said
        found.setdefault(REASONS.get(fault, Reason.UNREADABLE), []).append(f"{one_line(path)}: {why}")
    for reason, said in found.items():
        more = f" (and {len(said) - 1} more)" if len(said) > 1 else ""
        yield Gap(subject=subject, reason=reason, detail=f"{said[0]}{more}")


def _nearly_whole(file: Sighted) -> bool:
    return any(file.bounds.latest - end <= TELLING for _, end in by_stamps(file))
