"""Bound when a file's records were received, by evidence that no sender controls. Pure.

A log's line bears the time of the event by the sender's clock, which may be years off; it was received before the
file was last written, not before the file that came before it was, and on the day that the collector put into its name,
unless the date of writing and the stamps both say that the name means something else.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise

DAY = timedelta(days=1)
# How far mtime and the files' own dates may be from each other: buffers, and rotation that waits for its hour.
SLACK = timedelta(hours=2)
COPIED = timedelta(minutes=10)
# How much a sender's clock or zone may be off before its stamps are not believed.
DOUBT = timedelta(hours=26)
# A name may tell the day on which a file was turned, after a month at the longest.
MONTH = timedelta(days=32)

# The day in a name and what follows of the hour (app-2026120213.log), and the day in the order of a letter.
_MOMENT = re.compile(
    r"(?<!\d)(?:20\d\d[-_./]?[01]\d[-_./]?[0-3]\d|[0-3]\d[-_.][01]\d[-_.]20\d\d)"
    r"(?:[-_.T/]?(?:[01]\d|2[0-3])(?:[-_.:]?[0-5]\d){0,2})?(?!\d)",
    re.ASCII,
)

# A day behind a name or before its ending, once there are signs in place of its numbers: messages-#, app-#.log.
_SIGNED = re.compile(r"[._-]#(?:[-_.:T]?#)*(?=\.[A-Za-z]{1,9}$|$)")

# Begins the names of a journal's files.
JOURNAL = "journal"

_PRESSED = re.compile(r"\.(?:gz|xz|zst|bz2|lz4|Z)$")
_TURNED = re.compile(r"(?:\.\d{1,4}|[.-]\d{8}(?:-?\d{2,10})?|[.-]\d{4}-\d\d-\d\d(?:[-T.]\d{2,6})?)$", re.ASCII)
_DATE = re.compile(r"(?<!\d)(20\d\d)[-_./]?([01]\d)(?:[-_./]?([0-3]\d))?(?!\d)", re.ASCII)
# y2026/m3/d1.log; of a program whose name ends in a number (2026/11/tomcat10.log), that is no day.
_FOLDERS = re.compile(r"(?<!\d)(20\d\d)/[A-Za-z]?([01]?\d)/[A-Za-z]?([0-3]?\d)(?=[._/-]|$)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """When a file's first record came at the earliest (None: nothing tells), and its last at the latest.

    `written` is when the file was last written, if its name gives a day long before: one of the two is wrong.
    `named`: its name gives a day, and not its date of writing alone. `late`: it was written after the day in its name,
    and no file of another day at that time: no copy, but a sender whose clock named it, or someone who touched it.
    """

    earliest: datetime | None
    latest: datetime
    written: datetime | None = None
    named: bool = False
    late: bool = False

    @property
    def end(self) -> datetime:
        """Return when the last record can have come, whatever the name says."""
        return self.written or self.latest


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFile:
    """A file by its name below the place, and when it was last written.

    `dated` False: what looks like a day in its name is none. `empty`: no record is in it, so that it bounds no other.
    """

    name: str
    modified: datetime
    dated: bool = True
    empty: bool = False


def log_of(name: str) -> str:
    """Return what the files of one log have in common, whatever their rotation and compression make of the name.

    Numbers that are no date stay: local0.log and local3.log are two logs, and none tells when the other began.
    """
    bare = _TURNED.sub("", _PRESSED.sub("", name))
    for form in (_FOLDERS, _DATE):
        bare = form.sub(lambda found: without_numbers(found[0]), bare)
    return bare


def series_of(name: str) -> str:
    """Return the same, of whatever hour a file is: those of one log bound each other, the one being written too."""
    return _SIGNED.sub("", log_of(_MOMENT.sub(lambda found: without_numbers(found[0]), name)))


def alike(log: str) -> str:
    """Return what the names of logs have in common that differ by a number, or lie in one journal."""
    return JOURNAL if log.startswith(f"{JOURNAL}/") else without_numbers(log)


def without_numbers(name: str) -> str:
    """Return a name with a sign for each number."""
    return re.sub(r"\d+", "#", name)


def day_in(name: str, zone: tzinfo) -> tuple[datetime, datetime] | None:
    """Return the begin and the end of the day, or month, that a name tells; None: none."""
    found = _FOLDERS.search(name) or _DATE.search(name)
    if found is None:
        return None
    try:
        begin = datetime(int(found[1]), int(found[2]), int(found[3] or 1), tzinfo=zone)
        if found[3]:
            return begin, begin + DAY
        return begin, (begin + timedelta(days=32)).replace(day=1)
    except ValueError:
        return None


def bounds_of(files: Iterable[NamedFile], zone: tzinfo, now: datetime) -> Mapping[str, Bounds]:
    """Return the bounds of each file of one source, by name."""
    series: dict[str, list[tuple[datetime, datetime | None, NamedFile]]] = {}
    for file in files:
        day = day_in(file.name, zone) if file.dated else None
        latest = min(file.modified, now)
        if day is not None:
            # A copy made later has a later date of writing; the name still tells.
            latest = min(latest, day[1].astimezone(UTC) + SLACK)
        series.setdefault(series_of(file.name), []).append((latest, None if day is None else day[0], file))
    found: dict[str, Bounds] = {}
    turned: set[str] = set()
    for log, members in series.items():
        if any(file.dated and begins is None for _, begins, file in members):
            turned.update(file.name for _, begins, file in members if begins is not None)
        found |= {file.name: Bounds(earliest=None, latest=latest) for latest, _, file in members if file.empty}
        members = sorted((one for one in members if not one[2].empty), key=lambda one: one[0])
        ends = [latest for latest, _, _ in members]
        # The log that is not turned yet began last, though others write into a turned one after it.
        live = next((place for place, one in enumerate(members) if one[2].name == log), len(members))
        turned_ends = ends[:live] + ends[live + 1 :]
        for place, (latest, day_begins, file) in enumerate(members):
            written, dated = min(file.modified, now), day_begins is not None
            behind = place > live
            earliest = _earliest(turned_ends if behind else ends, place - behind, dated=dated)
            if earliest is not None and day_begins is not None:
                # A copy made later may sort behind the file of the next day.
                earliest = min(earliest, day_begins.astimezone(UTC) - (DAY + SLACK))
            found[file.name] = Bounds(
                earliest=earliest,
                latest=latest,
                written=written if written - latest > DOUBT else None,
                named=dated,
            )
    # Where a collector names files by its senders' dates, one moment may write several logs of one day.
    dates = sorted((one.written, one.latest) for one in found.values() if one.written is not None)
    copied = {
        date
        for earlier, later in pairwise(dates)
        if later[0] - earlier[0] < COPIED and later[1] != earlier[1]
        for date in (earlier, later)
    }
    late = {
        name: one.written
        for name, one in found.items()
        if one.written is not None and (one.written, one.latest) not in copied
    }
    # Who was not told that its file was turned goes on writing into it.
    return {
        name: replace(one, late=name in late, latest=late[name] if name in late and name in turned else one.latest)
        for name, one in found.items()
    }


def _earliest(ends: Sequence[datetime], place: int, *, dated: bool) -> datetime | None:
    """Return the earliest reception in the file at this place of its series, of which these are the ends.

    Of the first file, the distances of the others tell, and a month where its name is dated. Files that were written
    within minutes of each other were copied, and tell nothing of who came first, nor how far back they go.
    """
    before = next((end for end in reversed(ends[:place]) if dated or ends[place] - end >= COPIED), None)
    if before is not None and (dated or ends[place] - ends[place - 1] >= COPIED):
        # Where the file before ends with its day, this one may begin with its own.
        return before - (DAY + SLACK if dated else SLACK)
    steps = [step for earlier, later in pairwise(ends) if (step := later - earlier) >= COPIED]
    if dated:
        return ends[0] - max(3 * max(steps, default=DAY), MONTH)
    if len(steps) < 2 or before is not None or ends[1] - ends[0] < COPIED:
        return None
    return ends[0] - 3 * max(steps) - DAY
