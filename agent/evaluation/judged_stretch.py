"""What a verdict adds to the line of states of its key, by the looks that it rests on. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import zip_longest
from zoneinfo import ZoneInfo

from agent.accounting.agreements import Agreements
from agent.accounting.days import DATED_EVIDENCE
from agent.accounting.limits import ages_since, limits_since
from agent.accounting.recovery import (
    CopyObservation,
    GonePoint,
    RecoveryRule,
    earliest_reach,
    stretch_by_points,
)
from agent.accounting.timeline import (
    Timeline,
    TimelineUpdate,
    after,
    after_silence,
    extend,
    keeping_missed,
    keeping_seen,
    keeping_told,
    keeping_unproven,
    missing_nothing_before,
)
from agent.core.duties.expected import Expected
from agent.core.facts.canary import restored
from agent.core.facts.recovery_points import AHEAD, WRITTEN_OVER, covers, off_site_copies
from agent.core.inventory import Backup
from agent.core.judging.counting import Series, counted_points, dated_points, with_gone, with_on_the_way
from agent.core.judging.sighting import written, written_late
from agent.core.judging.terms import TERMS, terms_in
from agent.core.looks import LastLook, no_look
from agent.core.model import Key, Observation, State, Target, Verdict
from agent.core.points import Point, is_instant
from agent.core.reason import Reason
from agent.evaluation.combining import bears_evidence
from agent.evaluation.copy_looks import Looks, ended_before, looks_at_copies
from agent.evaluation.evaluate import NewestLooks
from agent.ledger.load_rows import Load


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedItem:
    """One thing that was judged: what is expected, since which moment, the target in force, and the verdict.

    `lapsed`: looks failed, and what those that succeeded showed would be met no longer.
    """

    expected: Expected
    expected_from: datetime
    target: Target
    verdict: Verdict
    lapsed: bool = False

    @property
    def key(self) -> Key:
        """Return what it is about."""
        return self.expected.key


# What the points' own dates tell of the moments between two looks; anything else was seen at a look, and only there.
TOLD_BY_POINTS = frozenset({Reason.WITHIN_LIMIT, Reason.TOO_OLD})
SILENCE = frozenset({Reason.STALE_EVIDENCE, Reason.NOT_RUN})
# A look that failed saw nothing: a later one shows what was made meanwhile, as after a silence. Not so where another
# machine or another repository answered.
COULD_NOT_LOOK = frozenset(
    {
        Reason.TOOL_MISSING,
        Reason.DENIED,
        Reason.LOCKED,
        Reason.WRONG_PASSWORD,
        Reason.UNREACHABLE,
        Reason.HOST_KEY_UNKNOWN,
        Reason.TIMED_OUT,
        Reason.EXITED,
        Reason.UNREADABLE,
        Reason.NO_ROOM,
        Reason.BUG,
    }
)


def rule_of(
    entry: JudgedItem, *, loads: Sequence[Load], agreements: Agreements, now: datetime, zone: ZoneInfo
) -> RecoveryRule:
    """Return what the moments of an entry are judged by: what each load set acts from that load on."""
    target, since = entry.key.target, earliest_reach(now, zone)
    loaded = [(load.acts_from, load.targets[target]) for load in loads if target in load.targets]
    settings = loaded or [(since, entry.target)]
    ages = ages_since(settings)
    return RecoveryRule(
        limits=limits_since(entry.key, settings, agreements, since, now, zone), evidence_age=ages[0].age, ages=ages[1:]
    )


RuleOf = Callable[[JudgedItem], RecoveryRule]


def stretch_of(
    entry: JudgedItem, line: Timeline, looks: Looks, rules: RuleOf, now: datetime, zone: ZoneInfo
) -> TimelineUpdate | None:
    """Return what this turn's verdict adds to its key's line of states."""
    item, verdict = entry.expected.item, entry.verdict
    if isinstance(item, Backup) and _told_by_points(item, verdict, line):
        stretch = _stretch_by_points(item, entry, line, looks, rules, now, zone)
        return None if stretch is None else keeping_missed(line, after_silence(line, stretch), now)
    return extend(
        line,
        state=verdict.day_state,
        reason=verdict.reason,
        at=verdict.at,
        stands_until=verdict.stands_until,
        bears_evidence=bears_evidence(verdict),
        lapsed=entry.lapsed and not (isinstance(item, Backup) and _has_dated_points(item, verdict)),
    )


def _has_dated_points(backup: Backup, verdict: Verdict) -> bool:
    """Return whether the moments between two looks are told by the dates of the points that the later one shows."""
    return verdict.target in DATED_EVIDENCE and bool(off_site_copies(backup))


def _told_by_points(backup: Backup, verdict: Verdict, line: Timeline) -> bool:
    if not _has_dated_points(backup, verdict):
        return False
    ends_with = line.starts[-1].reason if line.starts else Reason.NOT_RUN
    return verdict.reason in TOLD_BY_POINTS and ends_with in TOLD_BY_POINTS | SILENCE | COULD_NOT_LOOK


def _stretch_by_points(
    backup: Backup, entry: JudgedItem, line: Timeline, looks: Looks, rules: RuleOf, now: datetime, zone: ZoneInfo
) -> TimelineUpdate | None:
    found = looks_at_copies(backup, looks)
    if not any(look is not None and look.fresh for each in found.values() for look in each):
        return None
    rule = rules(entry)
    strictest = min(one.limit for one in rule.limits)
    copies = [
        copy_seen(backup, subject, *each, limit=strictest, last_look=looks.last_look) for subject, each in found.items()
    ]
    stretch = stretch_by_points(copies, rule, now, zone)
    if stretch is None:
        return None
    if not any(copy.at is not None and copy.previous is None for copy in copies):
        stretch = _keeping_moved(line, keeping_seen(line, stretch, TOLD_BY_POINTS, now), copies, rule)
        return _keeping_untold(line, stretch, copies)
    # What is seen for the first time was not asked before: what was accounted then stays, and so does what the other
    # looks tell. Where there are none, what was looked at before is asked no more: it may have been good ever since.
    before = [_seen_before(backup, subject, each, strictest, looks.last_look) for subject, each in found.items()]
    told = stretch_by_points(before, rule, now, zone)
    if told is not None:
        told = after_silence(line, keeping_seen(line, told, TOLD_BY_POINTS, now))
        return _keeping_untold(line, keeping_told(after(line, told), stretch, now), copies)
    if all(start.state is State.UNPROVEN for start in line.starts):
        return stretch
    if line.starts[-1].state is State.MET and line.stands_until is not None:
        line = replace(line, stands_until=line.stands_until - rule.age_at(now))
    return keeping_told(line, missing_nothing_before(stretch, now), now)


def _keeping_moved(
    line: Timeline, stretch: TimelineUpdate, copies: Sequence[CopyObservation], rule: RecoveryRule
) -> TimelineUpdate:
    """Return a stretch that leaves what was met until the look before at a copy whose one point moves on.

    Another copy was looked at longer ago: of the moments since, what a mirror holds now tells no more, its looks did.
    What stood met by the other copy alone, as the mirror was too old by then itself, is left to what that copy shows.
    """
    limit = min(one.limit for one in rule.limits)
    moved = [copy for copy in copies if any(to is not None for to in copy.moved_to)]
    held = [min(copy.previous, _held_before(copy, copy.previous) + limit) for copy in moved if copy.previous]
    until = max(held, default=stretch.covers_from)
    if until <= stretch.covers_from:
        return stretch
    met = [one if one.state is State.MET else replace(one, state=State.UNPROVEN) for one in line.starts]
    return keeping_told(replace(line, starts=tuple(met)), stretch, until)


def _keeping_untold(line: Timeline, stretch: TimelineUpdate, copies: Sequence[CopyObservation]) -> TimelineUpdate:
    """Return a stretch that misses no moment until a copy's one point moved on, but for those that were missed before.

    Once accounted, the look at that copy tells of itself no more since when it may have moved. What stood met until
    then by another copy alone is unproven: that one shows now that it was too old.
    """
    moved = [to for copy in copies if copy.at == copy.previous for to in copy.moved_to if to is not None]
    if not moved:
        return stretch
    untold = [
        replace(one, state=State.UNPROVEN, reason=Reason.NOT_RUN) if one.state is State.MET else one
        for one in line.starts
    ]
    return keeping_unproven(replace(line, starts=tuple(untold)), stretch, max(moved))


def _held_before(copy: CopyObservation, previous: datetime) -> datetime:
    """Return the newest point that a copy had at the look before the newest one, of the path that has the oldest.

    Where nothing tells, as of a canary that is newer, it may be as new as that look.
    """
    gone = [[one.made for one in points] for points in copy.gone]
    every = [sorted((*dates, *more), reverse=True) for dates, more in zip_longest(copy.series, gone, fillvalue=())]
    if copy.at == previous:
        # The look was accounted before, and its own newest point came after the one before it.
        return min((dates[1] if len(dates) > 1 else max(dates, default=previous) for dates in every), default=previous)
    return min((max((at for at in dates if at <= previous), default=previous) for dates in every), default=previous)


def _seen_before(
    backup: Backup, subject: str, looks: Sequence[NewestLooks | None], limit: timedelta, last_look: LastLook
) -> CopyObservation:
    """Return what a copy shows by those looks alone that are not the first of their kind."""
    listing, *canary = looks
    if ended_before(listing) is None:
        return CopyObservation(copy=subject)
    known = [look for look in canary if ended_before(look) is not None]
    return copy_seen(backup, subject, listing, *known, limit=limit, last_look=last_look)


def observation_of(look: NewestLooks | None) -> Observation | None:
    """Return the newest look that succeeded, or None."""
    return None if look is None else look.observation


def copy_seen(
    backup: Backup,
    subject: str,
    listing: NewestLooks | None,
    *canary: NewestLooks | None,
    limit: timedelta = timedelta.max,
    last_look: LastLook = no_look,
) -> CopyObservation:
    """Return what the newest looks at one off-site copy showed of a backup: its points, and their canaries' dates.

    Where there is a canary, both looks are needed, and the older one tells as of when all of it was seen.
    `limit` is how old a point may be.
    """
    looks = [look for look in (listing, *canary) if look is not None and look.observation is not None]
    observations = [look.observation for look in looks if look.observation is not None]
    if len(looks) < 1 + len(canary):
        return CopyObservation(copy=subject)
    befores = [ended_before(look) for look in looks]
    points = dated_points(observations[0], backup.program, last_look)
    found = [restored(observation, AHEAD, points) for observation in observations[1:]]
    parts = backup.parts_of(subject, daily=True)
    counted = counted_points(backup, with_on_the_way(observations[0]), last_look, parts=parts)
    # Where it is not known which points the copy's damage reaches, a newer one may be sound.
    doubtful = any(one.doubtful and (not one.dates or one.doubtful[0].time > one.dates[0]) for one in counted)
    moved_to = [_moved_to(one, observations[0], befores[0]) for one in counted]
    newest_move = max((at for at in moved_to if at is not None), default=None)
    return CopyObservation(
        copy=subject,
        at=min(observation.ended for observation in observations),
        previous=None if None in befores else min(before for before in befores if before is not None),
        series=(
            *(one.dates for one in counted),
            *(one.dates for one in found),
        ),
        without_point=Reason.DAMAGED if any(one.damaged for one in counted) else Reason.ABSENT,
        unproven=Reason.DAMAGED if doubtful else next((one.unproven for one in found), None),
        late=written_late(points, written(last_look(backup.program.store_listing, subject)), limit),
        gone=_gone(backup, listing, len(found), last_look),
        thinned_after=_thinned_after(listing),
        # What a canary said at the look before is not known.
        moved_to=(*moved_to, *(newest_move for _ in found)),
    )


def _moved_to(path: Series, listing: Observation, previous: datetime | None) -> datetime | None:
    """Return the newest instant to which a path moved on, or at which a file of it was written over since a look."""
    over = [one for one in listing.named(WRITTEN_OVER) if isinstance(one.value, Point) and covers(one.value, path.path)]
    lately = [one.as_of for one in over if previous is None or one.as_of > previous]
    return max([*(one.time for one in path.counted if is_instant(one)), *lately], default=None)


def _gone(
    backup: Backup, listing: NewestLooks | None, canaries: int, last_look: LastLook
) -> tuple[tuple[GonePoint, ...], ...]:
    """Return the points of each path that a look knows to be gone, then those of each canary."""
    seen = observation_of(listing)
    if seen is None or listing is None:
        return ()
    facts = {one.value.id: one.as_of for one in seen.named("backup.point.gone") if isinstance(one.value, Point)}
    written_over = {one.value.id: one.as_of for one in seen.named(WRITTEN_OVER) if isinstance(one.value, Point)}
    facts |= written_over
    parts = backup.parts_of(seen.subject, daily=True)
    if not facts:
        return ((),) * (len(parts) + canaries)

    def gone(point: Point, *, as_canary: bool) -> GonePoint:
        # The look before saw it, if this one is the first that did not; what its canary said then is not known.
        known = listing.fresh and facts[point.id] >= seen.begun and not as_canary
        there_until = listing.previous_ended if known else written_over.get(point.id)
        return GonePoint(made=point.time, gone_by=facts[point.id], there_until=there_until)

    counted = [
        tuple(point for point in one.counted if point.id in facts)
        for one in counted_points(backup, with_gone(seen), last_look, parts=parts)
    ]
    every = tuple({point.id: point for points in counted for point in points}.values())
    series = [(points, False) for points in counted] + [(every, True)] * canaries
    return tuple(tuple(gone(point, as_canary=as_canary) for point in points) for points, as_canary in series)


def _thinned_after(listing: NewestLooks | None) -> timedelta | None:
    """Return from which age on points were thinned out ever since the look before; None: not, or not for so long."""
    seen, terms = observation_of(listing), terms_in(observation_of(listing))
    if listing is None or seen is None or terms is None or listing.previous_ended is None:
        return None
    since = seen.one(TERMS)
    return terms.thinned_after if since is not None and since.as_of <= listing.previous_ended else None
