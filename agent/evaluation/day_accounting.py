"""Update the ledger after an evaluation round: verdicts, timelines and the rows of past days.

The rules are pure and stand in agent.accounting; here they meet what is kept.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from agent.accounting.agreements import Agreements
from agent.accounting.days import DATED_EVIDENCE, DayRow, closable, may_improve
from agent.accounting.limits import ages_since, limits_since
from agent.accounting.open_days import OpenDays
from agent.accounting.recovery import (
    LATE_DAYS,
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
)
from agent.core.duties.expected import Expected
from agent.core.facts.canary import restored
from agent.core.facts.recovery_points import AHEAD, off_site_copies
from agent.core.inventory import Backup
from agent.core.judging.counting import counted_points, dated_points, with_gone, with_on_the_way
from agent.core.judging.sighting import written, written_late
from agent.core.judging.terms import TERMS, terms_in
from agent.core.looks import LastLook, no_look
from agent.core.model import Key, Observation, State, Target, Verdict
from agent.core.period import PARIS, day_of, day_start, each_day
from agent.core.points import Point, is_replayed
from agent.core.reason import Reason
from agent.evaluation.copy_looks import Looks, ended_before, looked_before, looks_at_copies, since_last_verdict
from agent.evaluation.evaluate import NewestLooks
from agent.evaluation.past_days import PastDayInputs, close_past_days
from agent.ledger.ledger import Ledger, VerdictRecord
from agent.ledger.load_rows import Load


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedItem:
    """One thing that was judged: what is expected, since which moment, the target in force, and the verdict."""

    expected: Expected
    expected_from: datetime
    target: Target
    verdict: Verdict

    @property
    def key(self) -> Key:
        """Return what it is about."""
        return self.expected.key


def account_for(
    entries: Sequence[JudgedItem],
    *,
    ledger: Ledger,
    books: PastDayInputs,
    looks: Looks,
    now: datetime,
    closing: Collection[Key] | None = None,
) -> None:
    """Keep the verdicts and what they add to each line; close the days that are over; let late evidence improve them.

    Days are closed first by what was known before this turn: what the turn shows of an unproven one comes as late
    evidence. Where evidence carries its own date, a day that looked good is left open until the turn's look has spoken.
    `closing`: only the days of these keys are closed.
    """
    close_past_days(ledger, books, now, closing)
    kept = ledger.timelines(_reach(now), [entry.key for entry in entries])
    lines = {entry.key: kept.get(entry.key, Timeline()) for entry in entries}
    rules = partial(rule_of, loads=ledger.loads(), agreements=books.agreements, now=now, zone=PARIS)
    unjudged = {entry.key: looks for entry in entries} | _unjudged(entries, looks, ledger)
    judged = [
        VerdictRecord(
            verdict=entry.verdict,
            stretch=stretch_of(entry, lines[entry.key], unjudged[entry.key], rules, now, PARIS),
        )
        for entry in entries
    ]
    dated = [pair for pair in zip(entries, judged, strict=True) if pair[0].key.target in DATED_EVIDENCE]
    before = {entry.key: _looked_before(entry, unjudged[entry.key]) for entry, _ in dated}
    ledger.keep_verdicts(judged)
    still_open = ledger.open_days(day_of(now)) if dated else {}
    known = _known_days(ledger, [entry.key for entry, _ in dated], now)
    improved: list[DayRow] = []
    for entry, one in dated:
        line = after(lines[entry.key], one.stretch) if one.stretch is not None else lines[entry.key]
        improved += _spoken_for(entry, line, still_open.get(entry.key), books, now)
        improved += _improved(entry, line, known, before[entry.key], books, now)
    ledger.keep_days(improved)


def _unjudged(entries: Sequence[JudgedItem], looks: Looks, ledger: Ledger) -> dict[Key, Looks]:
    """Return the looks of each entry whose evidence is dated: those that no verdict rests on yet are fresh."""
    dated = [entry.key for entry in entries if entry.key.target in DATED_EVIDENCE]
    newest = ledger.newest_verdicts() if dated else {}
    return {key: since_last_verdict(looks, newest.get(key), ledger) for key in dated}


def _looked_before(entry: JudgedItem, looks: Looks) -> datetime | None:
    item = entry.expected.item
    return looked_before(item, looks) if isinstance(item, Backup) else None


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
    )


def _told_by_points(backup: Backup, verdict: Verdict, line: Timeline) -> bool:
    if verdict.target not in DATED_EVIDENCE or not off_site_copies(backup):
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
    # A copy that is seen for the first time was not yet asked when something was missed before.
    is_first = any(copy.at is not None and copy.previous is None for copy in copies)
    retold = frozenset[Reason]() if is_first else TOLD_BY_POINTS
    return None if stretch is None else keeping_seen(line, stretch, retold, now)


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
    doubtful = any(one.doubtful and (one.newest is None or one.doubtful[0].time > one.newest.time) for one in counted)
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
        replayed_to=max((one.time for each in counted for one in each.counted if is_replayed(one)), default=None),
    )


def _gone(
    backup: Backup, listing: NewestLooks | None, canaries: int, last_look: LastLook
) -> tuple[tuple[GonePoint, ...], ...]:
    """Return the points of each path that a look knows to be gone, then those of each canary."""
    seen = observation_of(listing)
    if seen is None or listing is None:
        return ()
    facts = {one.value.id: one.as_of for one in seen.named("backup.point.gone") if isinstance(one.value, Point)}
    parts = backup.parts_of(seen.subject, daily=True)
    if not facts:
        return ((),) * (len(parts) + canaries)

    def gone(point: Point, *, as_canary: bool) -> GonePoint:
        # The look before saw it, if this one is the first that did not; what its canary said then is not known.
        known = listing.fresh and facts[point.id] >= seen.begun and not as_canary
        there_until = listing.previous_ended if known else None
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


def bears_evidence(verdict: Verdict) -> bool:
    """Return whether a verdict rests on a look that succeeded, be it that what was seen shows nothing."""
    return verdict.day_state is not State.UNPROVEN or verdict.stands_until is not None


def _reach(now: datetime) -> datetime:
    # The days that can still change, and the one before them for the state that went on into them.
    return day_start(day_of(now) - timedelta(days=LATE_DAYS + 2))


Days = dict[tuple[Key, date], DayRow]


def _known_days(ledger: Ledger, keys: Sequence[Key], now: datetime) -> Days:
    today = day_of(now)
    rows = ledger.day_rows(today - timedelta(days=LATE_DAYS + 1), today, keys) if keys else ()
    return {(row.key, row.day): row for row in rows if row.key.target in DATED_EVIDENCE}


def _spoken_for(
    entry: JudgedItem, line: Timeline, still_open: OpenDays | None, books: PastDayInputs, now: datetime
) -> Iterator[DayRow]:
    """Yield a row for each open day that the turn's look has settled."""
    last_look = entry.verdict.observed_at if bears_evidence(entry.verdict) else None
    for day in () if still_open is None else still_open.days:
        begins = entry.expected_from if still_open is None else still_open.expected_on(day)
        row = books.account(entry.key, day, line, begins, now)
        if closable(row, last_look, now=now):
            yield row


def _improved(
    entry: JudgedItem,
    line: Timeline,
    known: Days,
    looked_before: datetime | None,
    books: PastDayInputs,
    now: datetime,
) -> Iterator[DayRow]:
    """Yield another row for each day that late evidence has settled."""
    first = max(day_of(entry.expected_from), day_of(now) - timedelta(days=LATE_DAYS + 1))
    for day in each_day(first, day_of(now) - timedelta(days=1)):
        row = known.get((entry.key, day))
        if row is None:
            continue
        new = books.account(entry.key, day, line, entry.expected_from, now, late=True)
        if may_improve(row, new, looked_before, now=now):
            yield new
