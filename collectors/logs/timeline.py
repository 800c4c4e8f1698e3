"""When a source's records were received, computed from its files: how far back, and the holes. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median

from agent.core.facts.logs import RetainedRecords, Stretch
from collectors.logs.remembered import DatedRun, ReadFile
from collectors.logs.series import DOUBT, MONTH, Bounds

# convention, `log-retention`: no hole longer than this.
LONGEST_HOLE = timedelta(hours=24)
# convention, `log-retention`: nothing is kept longer than this.
LONGEST_KEPT = timedelta(days=400)
# A file that grows without a stamp stands for the time since the one before it, if that is about a day.
UNSTAMPED = timedelta(hours=54)
RHYTHM = timedelta(days=14)
# So many of the longest, and of the newest.
MOST_HOLES = 20
# Beyond this, only the file's own bounds tell which of its dates can be true.
MOST_COMPARED = 300
# Faults that leave only a file's end unread, and those among them that another look mends by itself.
PARTLY = ("more", "later", "slow")
WAITING = ("more", "later")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One file of a source: its size, when its records can have been received, and what was read of it.

    `name` is its name below the place, in which `@` stands for the source. `read` None: not yet. `stray`: its name and
    its stamps tell a day before all others, long before it was written: by a collector that names files by its
    senders' dates, that was a clock which had not been set.
    """

    name: str
    size: int
    bounds: Bounds
    read: ReadFile | None
    stray: bool = False


def closed_folder(name: str, now: datetime) -> SourceFile:
    """Return what could not be looked into, as an unread file whose records may be of any day."""
    read = ReadFile(node="", size=0, modified=0.0, changed=0.0, end=0, runs=(), fault="denied")
    return SourceFile(name=name, size=0, bounds=Bounds(earliest=None, latest=now), read=read)


def strays_told(files: Mapping[str, SourceFile]) -> Mapping[str, SourceFile]:
    """Return the files of a source, by path, of which those that are stray say so."""
    late = {
        path: spans
        for path, file in files.items()
        if file.bounds.late and file.bounds.end - file.bounds.latest > MONTH and (spans := tuple(by_stamps(file)))
    }
    begin = min((span[0] for path, file in files.items() if path not in late for span in received(file)), default=None)
    if begin is None:
        return files
    strays = set()
    for path, spans in sorted(late.items(), key=lambda one: max(end for _, end in one[1]), reverse=True):
        if begin - max(end for _, end in spans) > LONGEST_HOLE:
            strays.add(path)
        else:
            begin = min(begin, *(span[0] for span in spans))
    return {path: replace(file, stray=path in strays) for path, file in files.items()}


def kept_of(files: Sequence[SourceFile], now: datetime) -> RetainedRecords:
    """Return what is kept of a source, by reception."""
    spans = sorted(span for file in files for span in received(file))
    ends = [stretch for file in files if _is_partly_read(file) for stretch in unread(file)]
    blind = [stretch for file in files if not _is_partly_read(file) for stretch in unread(file)]
    dateless = [stretch for file in files for stretch in (*undated(file), *claimed(file))]
    waiting = sum(1 for file in files if file.read is None or file.read.fault in WAITING)
    size = sum(file.size for file in files)
    hidden = [*ends, *blind, *(stretch for file in hiding(files, now) for stretch in undated(file))]
    beyond = (min(begin for begin, _ in hidden), max(end for _, end in hidden)) if hidden else None
    if not spans:
        return RetainedRecords(files=len(files), size=size, waiting=waiting, unread=beyond)
    newest = max(end for _, end in spans)
    # The unread end of a file fills what it may hold and no more: nothing else says that it was not read.
    holes = [
        hole
        for hole in _between(sorted((*spans, *ends)))
        if spans[0][0] <= hole[0] and hole[1] <= newest and not any(_meet(hole, one) for one in (*blind, *dateless))
    ]
    # The longest may all be older than what a rule counts: the newest show whether there is one since.
    longest = sorted(holes, key=lambda hole: hole[0] - hole[1])[:MOST_HOLES]
    holes = sorted({*longest, *holes[-MOST_HOLES:]})
    return RetainedRecords(
        oldest=spans[0][0],
        newest=newest,
        holes=tuple(holes),
        interval=_interval(files, newest),
        apart=_apart(files),
        files=len(files),
        size=size,
        waiting=waiting,
        unread=beyond,
    )


def received(file: SourceFile) -> Iterator[Stretch]:
    """Yield the stretches in which a file's records were received, each no longer than a day of stamps."""
    if file.read is None:
        return
    bounds, stamped = file.bounds, tuple(by_stamps(file))
    yield from stamped
    if file.read.grew is not None:
        grown = datetime.fromtimestamp(file.read.grew, UTC)
        yield grown, grown
        if not stamped and _grew_on_its_day(file) and grown <= bounds.latest + DOUBT:
            # Its stamps give nothing: a daily file that was seen to grow stands for its day.
            yield bounds.earliest or bounds.latest, _settled(file).latest


def undated(file: SourceFile) -> Iterator[Stretch]:
    """Yield the stretch in which a file was received, if neither a stamp nor its growth says when.

    The date of writing alone is none: a copy and `touch` renew it.
    """
    if file.read is None or not _has_records(file) or any(by_stamps(file)):
        return
    if file.stray:
        yield file.bounds.end, file.bounds.end
    elif not _grew_on_its_day(file):
        yield file.bounds.earliest or datetime.min.replace(tzinfo=UTC), file.bounds.end


def claimed(file: SourceFile) -> Iterator[Stretch]:
    """Yield the stretch that the stamps of an undated file tell: it may be as old, and its date of writing renewed."""
    if file.read is None or file.bounds.earliest is None or not any(undated(file)):
        return
    told = [seconds for run in file.read.runs for seconds in (run.first, run.last) if seconds is not None]
    if told and (file.stray or (not file.bounds.named and max(told) < file.bounds.earliest.timestamp())):
        yield datetime.fromtimestamp(min(told), UTC), datetime.fromtimestamp(max(told), UTC)


def hiding(files: Sequence[SourceFile], now: datetime) -> Iterator[SourceFile]:
    """Yield the undated files whose missing dates leave a hole, or the depth of the records, open."""
    spans = sorted(span for file in files for span in received(file))
    holes = list(_between(spans)) if spans else []
    newest = max((end for _, end in spans), default=now)
    if now - newest > LONGEST_HOLE:
        holes.append((newest, now))
    dated = any(any(by_stamps(file)) or (any(received(file)) and _is_daily(file.bounds)) for file in files)
    for file in files:
        told = tuple(claimed(file))
        for stretch in undated(file):
            older = bool(spans) and _is_daily(file.bounds) and stretch[1] <= spans[0][0]
            older |= file.stray and any(now - begin > LONGEST_KEPT for begin, _ in told)
            if not dated or older or any(_meet(hole, one) for hole in holes for one in (stretch, *told)):
                yield file


def _has_records(file: SourceFile) -> bool:
    return file.read is not None and file.read.fault is None and any(run.records for run in file.read.runs)


def _grew_on_its_day(file: SourceFile) -> bool:
    """Return whether a daily file was seen to grow, and not before its day: `touch` makes an old one look new.

    One that was emptied (logrotate's copytruncate) grew with what it holds no more.
    """
    if file.read is None or file.read.grew is None or not _is_daily(file.bounds):
        return False
    if not any(run.records for run in file.read.runs):
        return False
    earliest = file.bounds.earliest
    return earliest is None or datetime.fromtimestamp(file.read.grew, UTC) >= earliest - DOUBT


def _is_daily(bounds: Bounds) -> bool:
    return bounds.earliest is not None and bounds.latest - bounds.earliest <= UNSTAMPED


def by_stamps(file: SourceFile) -> Iterator[Stretch]:
    """Yield the stretches that a file's own stamps tell, as far as they can be true."""
    if file.stray:
        return
    bounds = _settled(file)
    for run in believed(file):
        # A line that came late may bear an earlier hour than the first one.
        begin, end = sorted((_held(run.first, bounds), _held(run.last, bounds)))
        if end - begin <= 2 * DOUBT:
            yield begin, end
        else:  # one date of two years: nothing shows what lies between
            yield begin, begin
            yield end, end


def believed(file: SourceFile) -> Sequence[DatedRun]:
    """Return the runs of a file whose stamps can be true."""
    return [run for run in ordered(file.read.runs) if _credible(run, file.bounds)] if file.read is not None else []


def _settled(file: SourceFile) -> Bounds:
    """Return a file's bounds, its last record no later than when it was written with what it holds."""
    if file.read is None or not file.read.settled:
        return file.bounds
    written = datetime.fromtimestamp(file.read.settled, UTC)
    return replace(file.bounds, latest=min(file.bounds.latest, max(written, file.bounds.earliest or written)))


def unread(file: SourceFile) -> Iterator[Stretch]:
    """Yield the stretch whose records a file may hold that was not read, or not to its end."""
    earliest = file.bounds.earliest or datetime.min.replace(tzinfo=UTC)
    if file.read is None:
        yield earliest, file.bounds.end
    elif file.read.fault not in (None, "gone"):
        ends = [end for _, end in by_stamps(file)] if file.read.fault in PARTLY else []
        yield max(ends, default=earliest), file.bounds.end


def _is_partly_read(file: SourceFile) -> bool:
    return file.read is not None and file.read.fault in PARTLY


def ordered(runs: Sequence[DatedRun]) -> Sequence[DatedRun]:
    """Return the runs whose dates rise with their place in the file, leaving out as few lines as can be.

    A stamp that jumps back by years and forth again is a sender's clock, not a reception.
    """
    dated = [run for run in runs if run.first is not None and run.last is not None]
    slack = DOUBT.total_seconds()
    if len(dated) > MOST_COMPARED or all(
        (earlier.last or 0) <= (later.first or 0) + slack for earlier, later in pairwise(dated)
    ):
        return dated
    best: list[tuple[int, int]] = []  # lines that can be kept up to here, and the place before
    for place, run in enumerate(dated):
        before = [
            (best[earlier][0], earlier)
            for earlier in range(place)
            if (dated[earlier].last or 0) <= (run.first or 0) + slack
        ]
        lines, link = max(before, default=(0, -1))
        best.append((lines + run.lines, link))
    place = max(range(len(dated)), key=lambda at: best[at][0])
    kept = []
    while place >= 0:
        kept.append(dated[place])
        place = best[place][1]
    return kept[::-1]


def misnamed(runs: Sequence[DatedRun], bounds: Bounds) -> bool:
    """Return True if the date of writing and most stamped lines are after the day in a file's name."""
    return bounds.written is not None and 2 * _lines(
        run for run in runs if run.first is not None and _after(bounds, run.first)
    ) > _lines(run for run in runs if run.first is not None)


def contradicts(runs: Sequence[DatedRun], bounds: Bounds) -> bool:
    """Return True if most stamped lines are outside of the bounds."""
    outside = _lines(run for run in runs if run.first is not None and not _credible(run, bounds))
    return 2 * outside > _lines(run for run in runs if run.first is not None)


def _after(bounds: Bounds, seconds: float) -> bool:
    told = datetime.fromtimestamp(seconds, UTC)
    return bounds.latest + DOUBT < told <= bounds.end + DOUBT


def _lines(runs: Iterable[DatedRun]) -> int:
    return sum(run.lines for run in runs)


def _credible(run: DatedRun, bounds: Bounds) -> bool:
    if run.first is None or run.last is None:
        return False
    begin, end = datetime.fromtimestamp(run.first, UTC), datetime.fromtimestamp(run.last, UTC)
    after = bounds.earliest is None or end >= bounds.earliest - DOUBT
    return after and begin <= bounds.latest + DOUBT


def _held(seconds: float | None, bounds: Bounds) -> datetime:
    told = datetime.fromtimestamp(seconds or 0, UTC)
    if bounds.earliest is not None:
        told = max(told, bounds.earliest)
    return min(told, bounds.latest)


def _between(spans: Sequence[Stretch]) -> Iterator[Stretch]:
    end = spans[0][1]
    for begin, until in spans:
        if begin - end > LONGEST_HOLE:
            yield end, begin
        end = max(end, until)


def _meet(one: Stretch, other: Stretch) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _apart(files: Iterable[SourceFile]) -> timedelta | None:
    """Return how far the newest stamps are from when their files were seen to grow; None: no file was."""
    seconds = [
        file.read.grew - file.read.runs[-1].last
        for file in files
        if file.read is not None
        and file.read.grew is not None
        and file.read.runs
        and file.read.runs[-1].last is not None
    ]
    return timedelta(seconds=round(median(seconds))) if seconds else None


def _interval(files: Iterable[SourceFile], newest: datetime) -> timedelta | None:
    """Return how long it usually takes until the next record, by the days of the last fortnight that have any."""
    lines: dict[int, int] = {}
    begin = (newest - RHYTHM).timestamp()
    for file in files:
        for run in file.read.runs if file.read is not None else ():
            if run.last is not None and begin <= run.last < newest.timestamp():
                day = int(run.last // 86400)
                lines[day] = lines.get(day, 0) + run.lines
    full = [number for day, number in lines.items() if day < int(newest.timestamp() // 86400)]
    return timedelta(days=1) / median(full) if full else None
