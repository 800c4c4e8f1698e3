"""Read the files of a tree that are new or changed; keep earlier results for the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from agent.core.collecting.collector import Look
from agent.core.host import Host
from collectors.logs import remembered
from collectors.logs.links import TreeEntry
from collectors.logs.reading import FileAnswer, FileToRead, read
from collectors.logs.remembered import DatedRun, ReadFile
from collectors.logs.series import Bounds

# A file that only grew is read from its last run on; once a day from its beginning, unless it is larger than this.
READ_ANEW = timedelta(days=1)
LARGE = 256 * 1024 * 1024
DAY_SECONDS = 86400
# What a relay held back comes late: so far back a journal that grew is read again.
LATE_SECONDS = 2 * DAY_SECONDS
# Faults that no change of the file mends: a tool, a right or a disk comes back without one, and to ask costs little.
TRIED_AGAIN = ("denied", "tool-missing", "gone")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSettings:
    """How files are read: in which zone, whether on this machine, and whether they are a journal's.

    `known` was read earlier, by path; of it, `kept` stays known though it was not listed.
    """

    zone: tzinfo
    here: bool
    known: Mapping[str, ReadFile]
    kept: Mapping[str, ReadFile]
    journal: bool = False


def contents(
    host: Host, files: Mapping[str, TreeEntry], bounds: Mapping[str, Bounds], look: Look, how: ReadSettings
) -> tuple[Mapping[str, ReadFile], frozenset[str]]:
    """Return what is known of the files that have bounds, and the digests of runs that were added to and stayed."""
    before = how.known
    by_content = {_content(one): one for one in before.values()}
    known: dict[str, ReadFile] = {}
    asked: list[FileToRead] = []
    for path in bounds:
        file, old = files[path], before.get(path)
        # Rotation gives a file another name, and with it another date of change.
        same = old if old is not None and old.node == file.node else by_content.get(_content(file))
        if same is not None and _unchanged(same, file, renamed=same is not old) and same.fault != "more":
            known[path] = replace(same, changed=file.changed, missed=0.0)
            if same.fault not in TRIED_AGAIN:
                continue
        elif same is not None:
            # What was known of it stays known, should there be no time now for the rest.
            known[path] = replace(
                same,
                # A rename alone brings another date of change.
                changed=-file.changed if same is not old and _awaits(same, file) else same.changed,
                fault="later",
                said="it has changed since it was read",
                missed=0.0,
            )
        asked.append(_asked(file, same, bounds[path], look.now.timestamp(), journal=how.journal))
    asked.sort(key=lambda one: one.written, reverse=True)
    told = read(host, asked, how.zone, look.timeout, here=how.here)
    appended: set[str] = set()
    for one in asked:
        if one.path not in told:
            continue
        old = known.get(one.path)
        known[one.path] = _joined(told[one.path], one, files[one.path], old, look.now.timestamp(), journal=how.journal)
        if old is not None:
            appended.update(run.digest for run in old.runs if run.digest in told[one.path].kept)
        if old is not None and -old.changed == files[one.path].changed and _awaits(old, files[one.path]):
            appended.update(run.digest for run in old.runs)  # the same text, cut by other rules
    every = {**known, **how.kept}
    if asked or before.keys() != every.keys() or any(before[path].missed != one.missed for path, one in every.items()):
        remembered.save(look.folder, every)
    return known, frozenset(appended)


def _content(file: TreeEntry | ReadFile) -> tuple[str, int, float]:
    return file.node, file.size, file.modified


def _awaits(old: ReadFile, file: TreeEntry) -> bool:
    """Return whether a file that was read by other rules holds what it held, by size and date, and is to be read."""
    return old.changed < 0 and _content(old) == _content(file)


def _unchanged(old: ReadFile, file: TreeEntry, *, renamed: bool) -> bool:
    # Anyone who rewrites a file can set its date of writing back, and not its date of change.
    return _content(old) == _content(file) and (old.changed == file.changed or (renamed and old.changed >= 0))


def _asked(file: TreeEntry, old: ReadFile | None, bounds: Bounds, now: float, *, journal: bool) -> FileToRead:
    """Return what to read of a file: the rest of one that grew, else all of it."""
    whole = FileToRead(
        path=file.path,
        node=file.node,
        modified=file.modified,
        written=bounds.latest,
        named=None if bounds.written is None else bounds,
    )
    if old is None or not old.runs:
        return whole
    if journal:
        since = _last_days(old.runs)
        again = [run for run in old.runs if run.last is not None and run.last >= since]
        # A sender that was away brings the end of a closed day: that is told from a change of what was there.
        counted = tuple((run.host, int((run.last or 0) // DAY_SECONDS), run.lines) for run in again)
        return replace(whole, offset=since, counted=counted)
    unread = old.fault == "more" and file.size == old.size
    grown = file.size > old.size and (now - old.begun < READ_ANEW.total_seconds() or file.size > LARGE)
    last = old.runs[-1]
    if last.ends != old.end or not (unread or grown):
        # All of it, and yet a run that was only added to is told from one that was changed.
        return replace(whole, mark=last.ends)
    return replace(whole, offset=last.begins, mark=last.ends)


def _last_days(runs: Sequence[DatedRun]) -> int:
    last = int(max((run.last or 0 for run in runs), default=0))
    return max(0, last - LATE_SECONDS) // DAY_SECONDS * DAY_SECONDS


def _joined(
    told: FileAnswer, asked: FileToRead, file: TreeEntry, old: ReadFile | None, now: float, *, journal: bool
) -> ReadFile:
    """Return what is known of a file from what was read now, and of the part before it."""
    runs, grew = told.runs, None
    if old is not None:
        if asked.offset and journal:
            runs = (*(run for run in old.runs if (run.last or 0) < asked.offset), *runs)
        elif asked.offset:
            runs = (*(run for run in old.runs if run.ends <= asked.offset), *runs)
        # A file that is read on from where the time was up has more records, and did not grow.
        added = file.size > old.size and _records(runs) > _records(old.runs)
        grew = min(file.modified, now) if added else old.grew
    return ReadFile(
        node=file.node,
        size=file.size,
        modified=file.modified,
        changed=file.changed,
        end=told.end,
        runs=runs,
        fault=told.fault,
        said=told.said,
        grew=grew,
        begun=old.begun if old is not None and asked.offset else now,
        settled=_settled(told, runs, file, old, now),
    )


def _settled(told: FileAnswer, runs: Sequence[DatedRun], file: TreeEntry, old: ReadFile | None, now: float) -> float:
    """Return when a file was last written that holds what it held, as the first look that saw that told.

    Anyone may set a date of writing into the future: then that of its change counts.
    """
    dated = file.written(datetime.fromtimestamp(now, UTC))
    written = file.modified if dated is None else dated.timestamp()
    if old is None or (old.size, old.end) != (file.size, told.end):
        return written
    same = [run.digest for run in runs] == [run.digest for run in old.runs]
    return min(old.settled or old.modified, written) if same else written


def _records(runs: Sequence[DatedRun]) -> int:
    return sum(run.records for run in runs)
