"""The longest interval without a recovery point, start to start, from the points' own dates as last seen. Pure.

What was pruned since then is not seen any more: an interval may look longer than it was, and one before the oldest
point that is still there is not seen at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from agent.core.period import PARIS, day_end, day_start
from agent.report.days import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """The longest interval between two points of a source; `ends` None: no point had followed at the last look.

    `seen_at` is when that look was; `begins` None: no point is known at all. `known_from` is the oldest point's date
    where that lies within the span: what was before it is unknown by these points. `removed`: the configuration no
    longer has the backup, and its verdicts dated its points.
    """

    subject: str
    seen_at: datetime
    begins: datetime | None
    ends: datetime | None
    length: timedelta | None
    known_from: datetime | None = None
    removed: bool = False


def longest(subject: str, points: Sequence[datetime], span: Span, seen_at: datetime) -> Interval:
    """Return the longest interval that reaches into a span; `points` are in any order."""
    begin, end = day_start(span.first, PARIS), min(day_end(span.last, PARIS), seen_at)
    dates = sorted(set(points))
    if not dates:
        return Interval(subject=subject, seen_at=seen_at, begins=None, ends=None, length=None)
    pairs: list[tuple[datetime, datetime | None]] = list(pairwise(dates))
    pairs.append((dates[-1], None))
    reaching = [(first, last) for first, last in pairs if first < end and (last is None or last > begin)]
    if not reaching:
        return Interval(subject=subject, seen_at=seen_at, begins=None, ends=None, length=None, known_from=dates[0])
    lengths = [((last or max(end, first)) - first, first, last) for first, last in reaching]
    length, first, last = max(lengths, key=lambda one: (one[0], one[1]))
    return Interval(
        subject=subject,
        seen_at=seen_at,
        begins=first,
        ends=last,
        length=length,
        known_from=dates[0] if dates[0] > begin else None,
    )
