"""Bring the ledger's account up to date after judging: verdicts, each key's line of states, and the rows of past days.

The rules are pure and stand in agent.accounting; here they meet what is kept.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from agent.accounting.agreements import Agreements
from agent.accounting.days import DATED_EVIDENCE, DayRow, account_day, closable, may_improve, missed_on
from agent.accounting.expectation import Expectation, Loading, dropped_at, expectation, expected_from
from agent.accounting.limits import limits_since
from agent.accounting.recovery import LATE_DAYS, CopySeen, LimitFrom, Rule, earliest_reach, stretch_by_points
from agent.accounting.timeline import Stretch, Timeline, after, after_silence, ended, extend
from agent.core.canary import restored
from agent.core.counting import LastLook, counted_points, dated_points, no_look
from agent.core.expected import Expected
from agent.core.inventory import Backup
from agent.core.matching import AHEAD, off_site_copies
from agent.core.model import Key, Observation, State, Target, Verdict
from agent.core.period import day_end, day_of, day_start, each_day
from agent.core.reason import Reason
from agent.core.sighting import written, written_late
from agent.evaluate import Seen
from agent.ledger.ledger import Judged, Ledger
from agent.ledger.loads import Load


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Hold one thing that was judged: what is expected, since which moment, the target in force, and the verdict."""

    expected: Expected
    expected_from: datetime
    target: Target
    verdict: Verdict

    @property
    def key(self) -> Key:
        """Return what it is about."""
        return self.expected.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Hold whose days are closed: its key, the first moment expected of it, and which days it owes."""

    key: Key
    expected_from: datetime
    owes: Callable[[date], bool]


SeenBy = Callable[[str, str], Seen | None]


def account_for(
    entries: Sequence[Entry], *, ledger: Ledger, agreements: Agreements, seen: SeenBy, now: datetime, zone: ZoneInfo
) -> None:
    """Keep the verdicts and what they add to each line; close the days that are over; let late evidence improve them.

    Days are closed first by what was known before this turn: what the turn shows of an unproven one comes as late
    evidence. Where evidence carries its own date, a day that looked good is left open until the turn's look has spoken.
    """
    kept = ledger.timelines(since=_reach(now, zone))
    lines = {entry.key: kept.get(entry.key, Timeline()) for entry in entries}
    known = _known_days(ledger, now, zone)
    loads = ledger.loads()
    subjects = [_subject(entry, lines[entry.key], loads, zone) for entry in entries]
    closed = [
        row
        for subject in subjects
        for row in _closed(subject, lines[subject.key], None, known, agreements, now, zone)
        if row.measured is State.UNPROVEN or row.key.target not in DATED_EVIDENCE
    ]
    for subject, line in _gone(kept, lines.keys(), loads, zone):
        closed += _closed(subject, line, None, known, agreements, now, zone)
    ledger.keep_days(closed)
    limits = partial(_limits, loads=loads, agreements=agreements, now=now, zone=zone)
    judged = [
        Judged(verdict=entry.verdict, stretch=stretch_of(entry, lines[entry.key], seen, limits, now, zone))
        for entry in entries
    ]
    ledger.keep_verdicts(judged)
    known |= {(row.key, row.day): row for row in closed}
    improved: list[DayRow] = []
    for entry, subject, one in zip(entries, subjects, judged, strict=True):
        line = after(lines[entry.key], one.stretch) if one.stretch is not None else lines[entry.key]
        last_look = entry.verdict.observed_at if bears_evidence(entry.verdict) else None
        improved += _closed(subject, line, last_look, known, agreements, now, zone)
        improved += _improved(subject, line, known, agreements, now, zone)
    ledger.keep_days(improved)


def _subject(entry: Entry, line: Timeline, loads: Sequence[Loading], zone: ZoneInfo) -> Subject:
    """Return whose days are closed: what is declared owes the days that the loads say, an entry those of its clock."""
    key, ends = entry.key, entry.expected.ends

    def owes(day: date) -> bool:
        # What was seen missed stays, whatever an entry was amended to since.
        return ends is None or day <= ends or missed_on(day, line, zone)

    def declared(day: date) -> bool:
        return expectation(key, day, loads, zone) is not Expectation.NOT_EXPECTED

    by_loads = any(key in load.declared for load in loads)
    return Subject(key=key, expected_from=entry.expected_from, owes=declared if by_loads else owes)


def _gone(
    lines: Mapping[Key, Timeline], judged: Collection[Key], loads: Sequence[Loading], zone: ZoneInfo
) -> Iterator[tuple[Subject, Timeline]]:
    """Yield what has a line and is judged no more, with its line up to the load that dropped it.

    Of a subject that is no longer declared the days up to that load are closed from its line; of an entry that is no
    longer judged those that were seen missed.
    """
    declared = loads[-1].declared if loads else {}
    for key, line in lines.items():
        if key in judged or key in declared or not line.starts:
            continue
        dropped = dropped_at(key, loads)
        if dropped is None:
            owes = partial(missed_on, line=line, zone=zone)
            yield Subject(key=key, expected_from=line.starts[0].at, owes=owes), line
        else:
            first = expected_from(key, loads, zone) or dropped
            owes = partial(_owed_until, key, day_of(dropped, zone), loads, zone)
            yield Subject(key=key, expected_from=first, owes=owes), ended(line, dropped, Reason.NO_LONGER_DECLARED)


def _owed_until(key: Key, last: date, loads: Sequence[Loading], zone: ZoneInfo, day: date) -> bool:
    return day <= last and expectation(key, day, loads, zone) is not Expectation.NOT_EXPECTED


# What the points' own dates tell of the moments between two looks; anything else was seen at a look, and only there.
TOLD_BY_POINTS = frozenset({Reason.WITHIN_LIMIT, Reason.TOO_OLD})
SILENCE = frozenset({Reason.STALE_EVIDENCE, Reason.NOT_RUN})


def _limits(
    entry: Entry, *, loads: Sequence[Load], agreements: Agreements, now: datetime, zone: ZoneInfo
) -> tuple[LimitFrom, ...]:
    target = entry.key.target
    settings = [(load.at, load.targets[target]) for load in loads if target in load.targets]
    since = earliest_reach(now, zone)
    return limits_since(entry.key, settings or [(since, entry.target)], agreements, since, now, zone)


LimitsOf = Callable[[Entry], tuple[LimitFrom, ...]]


def stretch_of(
    entry: Entry, line: Timeline, seen: SeenBy, limits: LimitsOf, now: datetime, zone: ZoneInfo
) -> Stretch | None:
    """Return what this turn's verdict adds to its key's line of states."""
    item, verdict = entry.expected.item, entry.verdict
    if isinstance(item, Backup) and _told_by_points(item, verdict, line):
        stretch = _stretch_by_points(item, entry, seen, limits, now, zone)
        return None if stretch is None else after_silence(line, stretch)
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
    return verdict.reason in TOLD_BY_POINTS and ends_with in TOLD_BY_POINTS | SILENCE


def _stretch_by_points(
    backup: Backup, entry: Entry, seen: SeenBy, limits: LimitsOf, now: datetime, zone: ZoneInfo
) -> Stretch | None:
    collectors = ("restic_snapshots",) if backup.canary is None else ("restic_snapshots", "canary")
    looks = {copy.subject: [seen(name, copy.subject) for name in collectors] for copy in off_site_copies(backup)}
    if not any(look is not None and look.fresh for each in looks.values() for look in each):
        return None
    rule = Rule(limits=limits(entry), evidence_age=entry.target.evidence_age)
    strictest = min(one.limit for one in rule.limits)
    copies = [
        copy_seen(backup, subject, *each, limit=strictest, last_look=lambda *name: observation_of(seen(*name)))
        for subject, each in looks.items()
    ]
    return stretch_by_points(copies, rule, now, zone)


def observation_of(look: Seen | None) -> Observation | None:
    """Return the newest look that succeeded, or None."""
    return None if look is None else look.observation


def copy_seen(
    backup: Backup,
    subject: str,
    listing: Seen | None,
    *canary: Seen | None,
    limit: timedelta = timedelta.max,
    last_look: LastLook = no_look,
) -> CopySeen:
    """Return what the newest looks at one off-site copy showed of a backup: its points, and their canaries' dates.

    Where there is a canary, both looks are needed, and the older one tells as of when all of it was seen.
    `limit` is how old a point may be.
    """
    looks = [look for look in (listing, *canary) if look is not None and look.observation is not None]
    observations = [look.observation for look in looks if look.observation is not None]
    if len(looks) < 1 + len(canary):
        return CopySeen(copy=subject)
    befores = [look.previous_ended if look.fresh else look.observation.ended for look in looks if look.observation]
    points = dated_points(observations[0], last_look)
    found = [restored(observation, AHEAD, points) for observation in observations[1:]]
    return CopySeen(
        copy=subject,
        at=min(observation.ended for observation in observations),
        previous=None if None in befores else min(before for before in befores if before is not None),
        series=(
            *(one.dates for one in counted_points(backup, observations[0], last_look)),
            *(one.dates for one in found),
        ),
        unproven=next((one.unproven for one in found), None),
        late=written_late(points, written(last_look("store_listing", subject)), limit),
    )


def bears_evidence(verdict: Verdict) -> bool:
    """Tell whether a verdict rests on a look that succeeded, be it that what was seen shows nothing."""
    return verdict.day_state is not State.UNPROVEN or verdict.stands_until is not None


def _reach(now: datetime, zone: ZoneInfo) -> datetime:
    # The days that can still change, and the one before them for the state that went on into them.
    return day_start(day_of(now, zone) - timedelta(days=LATE_DAYS + 2), zone)


Days = dict[tuple[Key, date], DayRow]


def _known_days(ledger: Ledger, now: datetime, zone: ZoneInfo) -> Days:
    today = day_of(now, zone)
    rows = ledger.day_rows(today - timedelta(days=LATE_DAYS + 1), today)
    return {(row.key, row.day): row for row in rows}


def _past_days(subject: Subject, now: datetime, zone: ZoneInfo) -> Iterator[date]:
    first = max(day_of(subject.expected_from, zone), day_of(now, zone) - timedelta(days=LATE_DAYS + 1))
    yield from each_day(first, day_of(now, zone) - timedelta(days=1))


def _closed(
    subject: Subject,
    line: Timeline,
    last_look: datetime | None,
    known: Days,
    agreements: Agreements,
    now: datetime,
    zone: ZoneInfo,
) -> Iterator[DayRow]:
    """Yield a row for each past day that has none yet and that nothing in good order can change any more."""
    for day in _past_days(subject, now, zone):
        if (subject.key, day) in known or not closable(day, line, last_look, now=now, zone=zone):
            continue
        if subject.expected_from < day_end(day, zone) and subject.owes(day):
            yield account_day(
                subject.key,
                day,
                line,
                expected_from=subject.expected_from,
                acceptances=agreements.acceptances,
                now=now,
                zone=zone,
            )


def _improved(
    subject: Subject, line: Timeline, known: Days, agreements: Agreements, now: datetime, zone: ZoneInfo
) -> Iterator[DayRow]:
    """Yield a better row for each unproven day that late evidence has settled."""
    if subject.key.target not in DATED_EVIDENCE:
        return
    for day in _past_days(subject, now, zone):
        row = known.get((subject.key, day))
        if row is None:
            continue
        new = account_day(
            subject.key,
            day,
            line,
            expected_from=subject.expected_from,
            acceptances=agreements.acceptances,
            now=now,
            zone=zone,
            late=True,
        )
        if may_improve(row, new, now=now, zone=zone):
            yield new
