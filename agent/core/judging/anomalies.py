"""Detect anomalies of a newest point against its source's history: an unmounted disk, ransomware. Pure.

Every figure is one of the point's own summary, compared with the median of the earlier points of the same paths. Fewer
than seven of them tell no median: only a fall below half of every one, or below a tenth of one, is told then. A figure
that is not known (restic before 0.17 keeps no summary) says nothing.
Measured on restic 0.18 with a usual day of 91 MB that compresses to half: encryption of 10 % of the files in place
adds 13 times the usual, to 0.999 of its size; a day on which only every ctime changed adds what is usual.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from agent.core.judging.counting import Series
from agent.core.judging.wanted_change import DeclaredChange
from agent.core.measures import ByteCount
from agent.core.model import Detail
from agent.core.points import Point
from agent.core.reason import Reason

USUAL_FROM = 7
# How long encryption is told although newer points look usual again: hourly points must not hide it in an hour. What
# was missing and is there again needs no telling.
TOLD_FOR = timedelta(days=1)

COLLAPSED_BELOW = 0.5
# Where the earlier points are too few to tell what is usual, a source's first days: against the largest of them.
YOUNG_COLLAPSED_BELOW = 0.1
REMOVED_ABOVE = 0.3
ADDED_TIMES = 5.0
# Content put in the place of what was removed: this much of the source is new, else files were only moved.
REPLACED_FROM = 0.1

# Below a mebibyte what is added is mostly restic's own lists of files, which always compress.
ADDED_FROM = 1024 * 1024
SPREADS = 6 * 1.4826  # six standard deviations, told from a median absolute deviation
SPREAD_AT_LEAST = 0.1
# A source that seldom adds anything has no usual share to compare with: there it must be files that were there before.
INCOMPRESSIBLE = 0.95
REWRITTEN_FROM = 0.05
REWRITTEN_AT_LEAST = 5

UNCHANGED_FROM = timedelta(days=7)
UNCHANGED_TIMES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """What is wrong with a point: a reason, and the figures that say so."""

    point: Point
    reason: Reason
    about: Detail


def suspicion(one: Series, now: datetime, change: DeclaredChange | None = None) -> Suspicion | None:
    """Return what is wrong with the newest point of a path, or with one of the last day; None where all is as usual."""
    points = sorted((*one.counted, *one.empty), key=lambda point: point.time, reverse=True)
    empty = frozenset(each.id for each in one.empty)
    for index, point in enumerate(points):
        if index > 0 and now - point.time > TOLD_FOR:
            break
        found = _judged(point, points[index + 1 :], empty, change)
        if found is not None and (index == 0 or found.reason is Reason.CONTENT_CHANGED):
            return found
    return None


def _judged(
    point: Point, earlier: Sequence[Point], empty: frozenset[str], change: DeclaredChange | None
) -> Suspicion | None:
    history = history_of(point, earlier, empty)
    if point.id in empty:
        return _missed(point, Reason.EMPTY, {}) if len(history) >= USUAL_FROM else None
    if change is None:
        return looks_wrong(point, history)
    if point.time <= change.covers_until:
        return None
    return looks_wrong(point, [before for before in history if before.time >= change.levelled_from], at_least=1)


def still_since(one: Series, change: DeclaredChange | None = None) -> datetime | None:
    """Return the date of the last point that showed a change, where nothing changes any more and that is not usual."""
    newest = one.newest
    if newest is None:
        return None
    earlier = [point for point in one.counted if point.time < newest.time]
    if change is not None:
        earlier = [point for point in earlier if point.time >= change.levelled_from]
    return _still_since(newest, history_of(newest, earlier))


def history_of(point: Point, earlier: Iterable[Point], empty: frozenset[str] = frozenset()) -> tuple[Point, ...]:
    """Return the earlier points to compare a point with, newest first: of the same paths, and not empty."""
    paths = set(point.paths)
    return tuple(before for before in earlier if before.id not in empty and set(before.paths) == paths)


def looks_wrong(point: Point, history: Sequence[Point], at_least: int = USUAL_FROM) -> Suspicion | None:
    """Return what is wrong with a point that holds files, beside the points before it, newest first.

    `at_least`: how many of them it takes to tell their level. With fewer, only a collapse is told.
    """
    found = _collapsed(point, history, at_least)
    if len(history) < at_least:
        return found
    for judge in (_removed, _incompressible, _rewritten):
        found = found or judge(point, history)
    return found


def _collapsed(point: Point, history: Sequence[Point], at_least: int) -> Suspicion | None:
    usual_files = _usual(history, lambda one: one.files, at_least)
    if point.files is not None and usual_files is not None and point.files < COLLAPSED_BELOW * usual_files:
        return _missed(point, Reason.SHRUNK, {"files": point.files, "usual_files": usual_files})
    files_before = _fallen_from(point, history, lambda one: one.files, at_least)
    if point.files is not None and files_before is not None:
        return _missed(point, Reason.SHRUNK, {"files": point.files, "files_before": files_before})
    usual_bytes = _usual(history, lambda one: one.bytes, at_least)
    if point.bytes is not None and usual_bytes is not None and point.bytes < COLLAPSED_BELOW * usual_bytes:
        return _missed(point, Reason.SHRUNK, {"bytes": ByteCount(point.bytes), "usual_bytes": ByteCount(usual_bytes)})
    bytes_before = _fallen_from(point, history, lambda one: one.bytes, at_least)
    if point.bytes is not None and bytes_before is not None:
        about: Detail = {"bytes": ByteCount(point.bytes), "bytes_before": ByteCount(bytes_before)}
        return _missed(point, Reason.SHRUNK, about)
    return None


def _fallen_from(
    point: Point, history: Iterable[Point], figure: Callable[[Point], int | None], at_least: int
) -> int | None:
    """Return the figure of an earlier point that this one fell from, where too few are known to tell a usual one.

    The first points of a source may vary: a trial, a folder added, another left out. None of that leaves less than half
    of every point, or less than a tenth of one. What is back is held to the middle of them: held
    to the smallest, a first trial would end the fall.
    """
    held, known = figure(point), [value for value in map(figure, history) if value is not None]
    if held is None or not known or len(known) >= at_least:
        return None
    if held < COLLAPSED_BELOW * min(known):
        return int(median(known))
    return max(known) if held < YOUNG_COLLAPSED_BELOW * max(known) else None


def _removed(point: Point, history: Sequence[Point]) -> Suspicion | None:
    """Judge the share of the files before that are no longer there under their names.

    A folder that was moved, or a run that did not compare with the one before, names everything anew and stores
    nothing: only where files are fewer, or their content is new, is something wrong.
    """
    share = removed_share(point, history[0])
    if share is None or share <= REMOVED_ABOVE:
        return None
    about: Detail = {"removed_percent": round(100 * share)}
    files, before = point.files or 0, history[0].files or 0
    if files <= (1 - REMOVED_ABOVE) * before:
        return _missed(point, Reason.SHRUNK, {**about, "files": files, "files_before": before})
    usual = _usual(history, lambda one: one.added_bytes)
    added = point.added_bytes
    if usual is None or added is None or added <= ADDED_TIMES * usual or added < REPLACED_FROM * (point.bytes or 0):
        return None
    about = {**about, "added_bytes": ByteCount(added), "usual_bytes": ByteCount(usual)}
    return _missed(point, Reason.CONTENT_CHANGED, about)


def removed_share(point: Point, before: Point) -> float | None:
    """Return which share of the files of the point before is gone, 0 to 1; None where the figures do not tell."""
    if point.files is None or point.files_new is None or not before.files:
        return None
    return min(1.0, max(0.0, (before.files + point.files_new - point.files) / before.files))


def _incompressible(point: Point, history: Sequence[Point]) -> Suspicion | None:
    """Judge growth that no longer compresses, where what the source adds usually does."""
    usual, share = _usual(history, lambda one: one.added_bytes), _packed_share(point)
    shares = [known for known in map(_packed_share, history) if known is not None]
    if share is None or usual is None or len(shares) < USUAL_FROM or (point.added_bytes or 0) <= ADDED_TIMES * usual:
        return None
    middle = median(shares)
    spread = SPREADS * median(abs(each - middle) for each in shares)
    if share <= middle + max(spread, SPREAD_AT_LEAST):
        return None
    return _encrypted(point, share, usual)


def _rewritten(point: Point, history: Sequence[Point]) -> Suspicion | None:
    """Judge a source that seldom adds much: files that were there before, rewritten in number, no longer compress."""
    if sum(_packed_share(one) is not None for one in history) >= USUAL_FROM:
        return None
    usual, share = _usual(history, lambda one: one.added_bytes), _packed_share(point)
    usually_changed = _usual(history, lambda one: one.files_changed)
    before, changed = history[0].files, point.files_changed
    if share is None or usual is None or usually_changed is None or not before or changed is None:
        return None
    many = changed >= max(REWRITTEN_AT_LEAST, REWRITTEN_FROM * before) and changed > ADDED_TIMES * usually_changed
    if not many or share < INCOMPRESSIBLE or (point.added_bytes or 0) <= ADDED_TIMES * usual:
        return None
    return _encrypted(point, share, usual)


def _encrypted(point: Point, share: float, usual: float) -> Suspicion:
    about: dict[str, float | int | str] = {
        "added_bytes": ByteCount(point.added_bytes or 0),
        "usual_bytes": ByteCount(usual),
        "packed_percent": round(100 * share),
    }
    if point.files_changed is not None:
        about["files_changed"] = point.files_changed
    return _missed(point, Reason.CONTENT_CHANGED, about)


def _packed_share(point: Point) -> float | None:
    added, packed = point.added_bytes, point.packed_bytes
    return None if added is None or packed is None or added <= ADDED_FROM else packed / added


def _still_since(newest: Point, history: Sequence[Point]) -> datetime | None:
    """Return since when nothing changes in a source that used to change: a holiday, or a mirror that stands still."""
    points = (newest, *history)
    still = [_is_still(point, before) for point, before in pairwise(points)]
    length = next((index for index, each in enumerate(still) if not each), len(still))
    lively, earlier = points[length:], still[length:]
    if length < USUAL_FROM or len(lively) < USUAL_FROM or sum(earlier) * 2 >= len(earlier):
        return None
    age = newest.time - lively[0].time
    if age < UNCHANGED_FROM or age <= UNCHANGED_TIMES * _longest_still(lively, earlier):
        return None
    return lively[0].time


def _is_still(point: Point, before: Point) -> bool:
    return (
        point.files_new == 0
        and point.files_changed == 0
        and point.added_bytes == 0
        and point.files is not None
        and point.files == before.files
    )


def _longest_still(points: Sequence[Point], still: Sequence[bool]) -> timedelta:
    longest, end = timedelta(0), points[0].time
    for index, each in enumerate(still):
        if not each:
            longest = max(longest, end - points[index].time)
            end = points[index + 1].time
    return max(longest, end - points[-1].time)


def _usual(history: Iterable[Point], figure: Callable[[Point], int | None], at_least: int = USUAL_FROM) -> float | None:
    known = [value for value in map(figure, history) if value is not None]
    return float(median(known)) if len(known) >= at_least else None


def _missed(point: Point, reason: Reason, about: Detail) -> Suspicion:
    return Suspicion(point=point, reason=reason, about=about)
