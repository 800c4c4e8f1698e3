"""The line of states that a day is counted from: where each state begins, as later looks show it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce

from agent.core.model import State
from agent.core.reason import Reason

# How far two instants of one clock may lie apart in the wrong order and still be of one moment.
CLOCK_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A state that held from `at` on, until the next start."""

    at: datetime
    state: State
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineUpdate:
    """What one evaluation adds to a line: its starts replace whatever stood there from `covers_from` on.

    `stands_until` is when the newest evidence behind its last start ages out; from then on the line is unproven.
    None: the last start rests on nothing that ages.
    """

    covers_from: datetime
    starts: tuple[Start, ...]
    stands_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The folded line of one key; no start at all: nothing was ever shown."""

    starts: tuple[Start, ...] = ()
    stands_until: datetime | None = None


def after(line: Timeline, stretch: TimelineUpdate) -> Timeline:
    """Return a line with one more stretch."""
    kept = tuple(start for start in line.starts if start.at < stretch.covers_from)
    return Timeline(starts=kept + stretch.starts, stands_until=stretch.stands_until)


def ended(line: Timeline, at: datetime, reason: Reason) -> Timeline:
    """Return a line of which nothing stands from `at` on: unproven, for that reason."""
    starts = [start for start in line.starts if start.at < at]
    if line.stands_until is not None and line.stands_until < at:
        starts.append(Start(at=line.stands_until, state=State.UNPROVEN, reason=Reason.STALE_EVIDENCE))
    return Timeline(starts=(*starts, Start(at=at, state=State.UNPROVEN, reason=reason)))


def after_silence(line: Timeline, stretch: TimelineUpdate) -> TimelineUpdate:
    """Return a stretch that also covers the silence before it: what stood before it aged out, and does not go on."""
    silent_from = line.stands_until
    if silent_from is None or silent_from >= stretch.covers_from:
        return stretch
    silence = Start(at=silent_from, state=State.UNPROVEN, reason=Reason.STALE_EVIDENCE)
    return replace(stretch, covers_from=silent_from, starts=(silence, *stretch.starts))


def keeping_missed(line: Timeline, stretch: TimelineUpdate, now: datetime) -> TimelineUpdate:
    """Return a stretch that leaves the missed moments that a line has after `now`: a clock set back removes none."""
    ends = (*(start.at for start in line.starts[1:]), line.stands_until)
    later = [
        (start, end)
        for start, end in zip(line.starts, ends, strict=bool(line.starts))
        if start.state is State.MISSED and start.at > now
    ]
    if not later:
        return stretch
    starts, silent_from = [*stretch.starts], stretch.stands_until
    for start, end in later:
        if silent_from is not None and silent_from < start.at:
            starts.append(Start(at=silent_from, state=State.UNPROVEN, reason=Reason.STALE_EVIDENCE))
        starts.append(start)
        silent_from = end
    return TimelineUpdate(covers_from=stretch.covers_from, starts=tuple(starts), stands_until=silent_from)


def keeping_seen(line: Timeline, stretch: TimelineUpdate, retold: frozenset[Reason], now: datetime) -> TimelineUpdate:
    """Return a stretch that leaves the missed moments that a line has up to `now`, save for a reason in `retold`.

    What was seen at a look stays: what a later look shows of the time before it takes none of it away.
    """
    ends = (*(start.at for start in line.starts[1:]), now if line.stands_until is None else line.stands_until)
    seen = [
        (replace(start, at=max(start.at, stretch.covers_from)), end)
        for start, end in zip(line.starts, (min(end, now) for end in ends), strict=bool(line.starts))
        if start.state is State.MISSED and start.reason not in retold and max(start.at, stretch.covers_from) < end
    ]
    starts = [*stretch.starts]
    for start, end in seen:
        goes_on = next((one for one in reversed(starts) if one.at <= end), None)
        after_it = () if goes_on is None else (replace(goes_on, at=end),)
        starts = [
            *(one for one in starts if one.at < start.at),
            start,
            *after_it,
            *(one for one in starts if one.at > end),
        ]
    return replace(stretch, starts=tuple(starts))


def keeping_told(line: Timeline, stretch: TimelineUpdate, now: datetime) -> TimelineUpdate:
    """Return a stretch that leaves what a line tells before `now` as it is: its missed moments, and its met ones."""
    told = [span for span in _spans(line, now) if span[0].state in (State.MISSED, State.MET)]
    return _with(told, stretch, now, lambda known, new: known or new)


def keeping_unproven(line: Timeline, stretch: TimelineUpdate, until: datetime) -> TimelineUpdate:
    """Return a stretch of which no moment before `until` is missed that a line leaves unproven."""
    untold = [span for span in _spans(line, until) if span[0].state is State.UNPROVEN]
    return _with(untold, stretch, until, lambda known, new: known or new if new and new.state is State.MISSED else new)


def _with(
    spans: Sequence["_Span"],
    stretch: TimelineUpdate,
    end: datetime,
    chosen: Callable[[Start | None, Start | None], Start | None],
) -> TimelineUpdate:
    """Return a stretch of which each moment is chosen of the span that holds then, if one does, and its own start."""
    turns = {stretch.covers_from, end, *(at for span in spans for at in span[1:]), *(one.at for one in stretch.starts)}
    starts: list[Start] = []
    for at in sorted(turn for turn in turns if turn >= stretch.covers_from):
        known = next((start for start, begins, ends in spans if begins <= at < ends), None)
        new = next((one for one in reversed(stretch.starts) if one.at <= at), None)
        if (start := chosen(known, new)) is not None:
            starts.append(replace(start, at=at))
    return replace(stretch, starts=merged(starts))


def missing_nothing_before(stretch: TimelineUpdate, now: datetime) -> TimelineUpdate:
    """Return a stretch of which what is missed before `now` is unproven: what is asked now was not asked then."""
    starts = [
        replace(start, state=State.UNPROVEN, reason=Reason.NOT_RUN)
        if start.state is State.MISSED and start.at < now
        else start
        for start in stretch.starts
    ]
    last = stretch.starts[-1] if stretch.starts else None
    goes_on = [] if last is None or last.at >= now else [replace(last, at=now)]
    return replace(stretch, starts=merged((*starts, *goes_on)))


_Span = tuple[Start, datetime, datetime]


def _spans(line: Timeline, now: datetime) -> list[_Span]:
    """Return each start of a line up to `now`, with the moments at which it begins and ends."""
    ends = (*(start.at for start in line.starts[1:]), now if line.stands_until is None else line.stands_until)
    return [(one, one.at, min(end, now)) for one, end in zip(line.starts, ends, strict=False)]


def fold(stretches: Iterable[TimelineUpdate]) -> Timeline:
    """Return the timeline that a sequence of segments, in the order of the ledger, makes."""
    return reduce(after, stretches, Timeline())


def merged(starts: Sequence[Start]) -> tuple[Start, ...]:
    """Return starts without those that repeat the state and the reason before them."""
    kept: list[Start] = []
    for start in starts:
        if not kept or (kept[-1].state, kept[-1].reason) != (start.state, start.reason):
            kept.append(start)
    return tuple(kept)


def says_something_new(line: Timeline, stretch: TimelineUpdate) -> bool:
    """Return whether a stretch changes what a line shows, beyond how long its end stands.

    A stretch that only goes on need not be kept for good: the next one that ends a silence begins where the
    evidence had aged out, so the moments before it stay covered.
    """
    return merged(after(line, stretch).starts) != merged(line.starts)


def extend(
    line: Timeline,
    *,
    state: State,
    reason: Reason,
    at: datetime,
    stands_until: datetime | None,
    bears_evidence: bool,
    lapsed: bool = False,
) -> TimelineUpdate | None:
    """Return what a verdict judged at `at` adds to a line, or None where it adds nothing.

    For every target but backup-rpo (see agent.accounting.recovery). `state` is the verdict's day state.
    `bears_evidence` is False for what failed to look: unproven because of a failure, never run, or stale. `lapsed`
    tells of a failure that what was seen before it would be met no longer.

    * Between the evidence's end and the next evidence the line is unproven, `stale-evidence`.
    * A look that failed while the evidence before it is still fresh changes nothing: the age of evidence is that of
      the last look that succeeded. Where a limit has passed since, though, what was good is unproven from then on.
    * Where the configuration shortens the age of evidence, the first judgement by it ends what stood: `stale-evidence`.
    * Nothing earlier is ever rewritten, not even by a clock that was set back. What a clock that ran ahead wrote after
      now gives way to a look that is believed again, but for what was seen missed.
    """
    begun = line.starts[-1].at if line.starts else None
    if begun is not None and at < begun:
        if not bears_evidence or begun - at <= CLOCK_TOLERANCE:
            return None
        seen = Start(at=at, state=state, reason=reason)
        good = state in (State.MET, State.ACCEPTED)
        standing = at if stands_until is None and good else stands_until
        return keeping_missed(line, TimelineUpdate(covers_from=at, starts=(seen,), stands_until=standing), at)
    fresh = line.stands_until is not None and at <= line.stands_until
    ends_good = lapsed and bool(line.starts) and line.starts[-1].state in (State.MET, State.ACCEPTED)
    if not bears_evidence and fresh and not ends_good and reason is not Reason.STALE_EVIDENCE:
        return None
    starts: tuple[Start, ...] = (Start(at=at, state=state if bears_evidence else State.UNPROVEN, reason=reason),)
    if bears_evidence and state in (State.MET, State.ACCEPTED) and stands_until is None:
        stands_until = at  # a good state that says no age holds for its own moment only
    covers_from = at
    if line.stands_until is not None and line.stands_until < at:
        covers_from = line.stands_until if begun is None else max(line.stands_until, begun)
    if covers_from < at:
        starts = (Start(at=covers_from, state=State.UNPROVEN, reason=Reason.STALE_EVIDENCE), *starts)
    return TimelineUpdate(covers_from=covers_from, starts=starts, stands_until=stands_until if bears_evidence else None)
