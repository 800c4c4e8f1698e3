"""A systemd journal: the same, from its files through journalctl; `_HOSTNAME` tells the sources apart.

An entry's `__REALTIME_TIMESTAMP` is when a journal received it (systemd.journal-fields(7)); one that a sender's own
journal received first keeps that sender's time, and is held to when the file was last written.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC

from agent.core.collecting.collector import Look
from agent.core.inventory import Log
from agent.core.lines import one_line
from agent.core.model import Gap
from agent.core.reason import Reason
from collectors.logs.content import ReadSettings, contents
from collectors.logs.listing import listed
from collectors.logs.remembered import ReadFile, load
from collectors.logs.series import JOURNAL, Bounds
from collectors.logs.timeline import WAITING, SourceFile, closed_folder
from collectors.logs.tree import REASONS, SourceTree, Tree
from collectors.logs.unmounted import UNMOUNTED, unmounted

# /var/log/journal/MACHINE/system.journal, /var/log/journal/remote/remote-HOST.journal
DEPTH = 2
ENDINGS = (".journal", ".journal~")


def look_at(log: Log, look: Look, *, here: bool) -> Tree:
    """Return what a journal holds of each expected source. Raises a LookError where it cannot be looked at."""
    host = look.host(log.host)
    folder = log.path.rstrip("/") or "/"
    listing = listed(host, folder, DEPTH, look.timeout)
    known = load(look.folder)
    away = unmounted(host, folder, listing, known, look)
    files = {file.path: file for file in listing.files if file.kind == "f" and file.path.endswith(ENDINGS)}
    bounds = {path: Bounds(earliest=None, latest=file.written(look.now) or look.now) for path, file in files.items()}
    how = ReadSettings(zone=UTC, here=here, known=known, kept=away, journal=True)
    reads, appended = contents(host, files, bounds, look, how)
    said = {reason: one_line(f"{path}: {words}") for path, reason, words in _refused(reads)}
    refused = [one for one in listing.refused if one.below or one.path.endswith(ENDINGS)]
    said |= {one.reason: f"{one_line(one.path)}: {one.said}" for one in refused}
    if away:
        said[Reason.UNREADABLE] = f"{one_line(min(away))} {UNMOUNTED}"
    closed = {one.path: closed_folder(one.path, look.now) for one in refused if one.below}
    closed |= {path: closed_folder(path, look.now) for path in away}
    sources = {}
    for source in log.sources:
        # What cannot be read may hold anyone's entries.
        sighted = {
            path: SourceFile(name=_name(path, folder), size=file.size, bounds=bounds[path], read=read)
            for path, file in files.items()
            for read in [_of(reads.get(path), source.id)]
        }
        gaps = tuple(Gap(subject=source.subject, reason=reason, detail=why) for reason, why in said.items())
        told = {path: one for path, one in sighted.items() if _tells(one)}
        sources[source.id] = SourceTree(files=told | closed, gaps=gaps)
    expected = {source.id for source in log.sources}
    hosts = {run.host for one in reads.values() for run in one.runs} - expected - {"", "None"}
    return Tree(sources=sources, strangers=frozenset(sorted(hosts)[:50]), appended=appended)


# system.journal, system@SEQUENCE-HEAD-TIME.journal, system@TIME-RANDOM.journal~
def _name(path: str, folder: str) -> str:
    """Return which journal a file belongs to: journald removes the oldest file of all, whosever entries it holds."""
    above, _, last = path[len(folder.rstrip("/")) :].rpartition("/")
    bare = last.partition("@")[0].removesuffix(".journal")
    return f"{JOURNAL}{above}/{bare}.journal"


def _of(read: ReadFile | None, source: str) -> ReadFile | None:
    """Return what a file holds of one source."""
    return (
        None if read is None else replace(read, runs=tuple(run for run in read.runs if run.host == source), grew=None)
    )


def _tells(file: SourceFile) -> bool:
    return file.read is None or file.read.fault is not None or bool(file.read.runs)


def _refused(reads: Mapping[str, ReadFile]) -> Iterator[tuple[str, Reason, str]]:
    for path, read in sorted(reads.items()):
        if read.fault is not None and read.fault not in (*WAITING, "gone"):
            yield path, REASONS.get(read.fault, Reason.UNREADABLE), read.said or ""
