"""Detect changes of the past: a digest of each run of closed days, stored in the ledger for good. Pure.

A run's name is `DAY DIGEST SOURCE SERIES`, its size the number of its lines. Rotation and compression change neither
the text nor its digest. What goes from the old end of a series went by retention, and so did what is left of a log that
has ended; what goes from the midst was removed, and where something else has come for that day it was rewritten. Logs
whose names differ by a number (local0.log, local3.log), and the files of a journal, have an old end each; where nothing
of one is left, that of all of them counts.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from agent.core.lines import one_line
from agent.core.manifest import Manifest, ManifestChange, StoredFile
from collectors.logs.series import alike, log_of
from collectors.logs.timeline import SourceFile, believed

# A day is closed when the next one is over: whatever was underway has come by then.
CLOSED = timedelta(days=2)
# How long it is told: long enough for a person to read it after a week away.
TOLD = timedelta(days=7)

Changed = tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class RunName:
    """What the name of one run tells."""

    day: str
    digest: str
    source: str
    series: str

    @property
    def name(self) -> str:
        """Return the name."""
        return f"{self.day} {self.digest} {self.source} {self.series}"

    @property
    def place(self) -> tuple[str, str, str]:
        """Return the day of a series of a source."""
        return self.source, self.series, self.day

    @property
    def ends(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """Return whose old end counts for it: its own log's first, then that of all whose names are alike."""
        return (self.source, self.series), (self.source, alike(self.series))


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestUpdate:
    """What a look adds to what is known of the past, and which days changed, by source."""

    change: ManifestChange
    rewritten: Mapping[str, Changed]
    removed: Mapping[str, Changed]


class ClosedRun(NamedTuple):
    """A closed day's run; `growing`: it may still grow; `aside`: it tells nothing of where its log begins."""

    name: RunName
    lines: int
    growing: bool
    aside: bool


def closed_runs(source: str, files: Iterable[SourceFile], now: datetime) -> Iterator[ClosedRun]:
    """Yield the runs of days that are closed.

    A sender whose clock is days behind adds to the last run of its file, whatever the stamps say. What a clock that was
    not set dates is of the day on which its file ended. What was written after its day outlives the days beside it,
    where logs are erased by their date of writing.
    """
    begin = now - CLOSED
    for file in files:
        if file.read is None:
            continue
        series = _shown(log_of(file.name))
        sound = {id(run) for run in believed(file)}
        written = (file.read.settled or file.read.modified) >= begin.timestamp()
        for place, run in enumerate(file.read.runs, start=1):
            told = datetime.fromtimestamp(run.last or 0, UTC) if id(run) in sound else file.bounds.latest
            if run.lines and told < begin:
                name = RunName(day=told.date().isoformat(), digest=run.digest, source=source, series=series)
                yield ClosedRun(name, run.lines, written and place == len(file.read.runs), file.bounds.late)


@lru_cache(maxsize=4096)
def _shown(series: str) -> str:
    return one_line(series, 120)


def past(
    sources: Mapping[str, Sequence[SourceFile]], known: Manifest, appended: Collection[str], now: datetime
) -> DigestUpdate:
    """Return how the past of each source differs from what is known of it.

    `appended` are digests of runs that were seen to have been added to, and not changed otherwise.
    """
    closed = [one for id, files in sources.items() for one in closed_runs(id, files, now)]
    current = {one.name: one.lines for one in closed}
    open_runs = {one.name for one in closed if one.growing}
    aside = {one.name for one in closed if one.aside}
    unread = {id for id, files in sources.items() if any(file.read is None or file.read.fault for file in files)}
    present = {run: one.first_seen for one in known.present() if (run := _parsed(one.name)) is not None}
    added = [run for run in current if run not in present]
    texts = {(id, run.digest) for id, files in sources.items() for file in files if file.read for run in file.read.runs}
    fresh = {run.place for run in added}
    # Numbered files move on: what a log of such a name holds now may have been another one's at the look before.
    known_texts = {(run.source, run.digest) for run in present}
    own_runs = (run for run in current if run in present or (run.source, run.digest) not in known_texts)
    own_begins, begins = _begins(own_runs, aside), _begins(current, aside)
    newest = {end: run.day for run in sorted(present) for end in run.ends}
    ended = (now - TOLD).date().isoformat()
    explained: list[RunName] = []
    missing: list[RunName] = []
    for run, seen in present.items():
        if run in current or run.source in unread:
            continue
        if seen > now:  # noted under a clock that ran ahead, perhaps before its day was over
            explained.append(run)
            continue
        moved = (run.source, run.digest) in texts or run.digest in appended or run.source not in sources
        own, others = run.ends
        oldest = own_begins.get(own) or begins.get(others) or (ended if newest[others] < ended else "")
        aged = run.place not in fresh and run.day <= oldest
        (explained if moved or aged else missing).append(run)
    # What is known of a day stays known, should it be added to.
    waiting = open_runs - {run for run in open_runs if run.place in {one.place for one in explained}}
    gone = [(run, now) for run in missing]
    for one in known.missing():
        before = _parsed(one.name)
        if before is not None and one.gone is not None and before not in current and now - one.gone <= TOLD:
            gone.append((before, one.gone))
    replaced = {run.place: seen for run, seen in present.items() if run in current} | dict.fromkeys(fresh, now)
    return DigestUpdate(
        change=ManifestChange(
            added=tuple(StoredFile(name=run.name, size=current[run]) for run in sorted(added) if run not in waiting),
            explained=tuple(run.name for run in explained),
            missing=tuple(run.name for run in missing),
        ),
        rewritten=_days((run, at) for run, at in gone if run.place in replaced and replaced[run.place] >= at),
        removed=_days((run, at) for run, at in gone if run.place not in replaced or replaced[run.place] < at),
    )


def _begins(runs: Iterable[RunName], aside: Collection[RunName]) -> Mapping[tuple[str, str], str]:
    """Return the oldest day of each log, and of all whose names are alike; those `aside` where nothing else is left."""
    oldest: dict[tuple[str, str], tuple[bool, str]] = {}
    for run in runs:
        for end in run.ends:
            told = run in aside, run.day
            oldest[end] = min(told, oldest.get(end, told))
    return {end: day for end, (_, day) in oldest.items()}


def _days(runs: Iterable[tuple[RunName, datetime]]) -> Mapping[str, Changed]:
    found: dict[str, dict[str, datetime]] = {}
    for run, at in runs:
        found.setdefault(run.source, {})[run.day] = at
    return {source: tuple(sorted(days.items()))[:20] for source, days in found.items()}


def _parsed(name: str) -> RunName | None:
    words = name.split(" ", 3)
    return None if len(words) != 4 else RunName(day=words[0], digest=words[1], source=words[2], series=words[3])
