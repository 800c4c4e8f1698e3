"""Bring the ledger's account up to date after judging: verdicts, each key's line of states, and the rows of past days.

The rules are pure and stand in agent.accounting; here they meet what is kept.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from agent.accounting.agreements import Agreements
from agent.accounting.days import DATED_EVIDENCE, DayRow, account_day, closable, may_improve
from agent.accounting.recovery import LATE_DAYS, CopySeen, LimitFrom, Rule, stretch_by_points
from agent.accounting.timeline import Stretch, Timeline, after, extend
from agent.core.canary import restored
from agent.core.counting import LastLook, counted_points, no_look
from agent.core.expected import Expected
from agent.core.inventory import Backup
from agent.core.matching import AHEAD, off_site_copies
from agent.core.model import Key, Observation, State, Target, Verdict
from agent.core.period import day_end, day_of, day_start
from agent.core.reason import Reason
from agent.evaluate import Seen
from agent.ledger.ledger import Judged, Ledger


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
    closed = [
        row
        for entry in entries
        for row in _closed(entry, lines[entry.key], None, known, agreements, now, zone)
        if row.measured is State.UNPROVEN or row.key.target not in DATED_EVIDENCE
    ]
    ledger.keep_days(closed)
    judged = [
        Judged(verdict=entry.verdict, stretch=stretch_of(entry, lines[entry.key], seen, now, zone)) for entry in entries
    ]
    ledger.keep_verdicts(judged)
    known |= {(row.key, row.day): row for row in closed}
    improved: list[DayRow] = []
    for entry, one in zip(entries, judged, strict=True):
        line = after(lines[entry.key], one.stretch) if one.stretch is not None else lines[entry.key]
        last_look = entry.verdict.observed_at if bears_evidence(entry.verdict) else None
        improved += _closed(entry, line, last_look, known, agreements, now, zone)
        improved += _improved(entry, line, known, agreements, now, zone)
    ledger.keep_days(improved)


# What the points' own dates tell of the moments between two looks; anything else was seen at a look, and only there.
TOLD_BY_POINTS = frozenset({Reason.WITHIN_LIMIT, Reason.TOO_OLD})
SILENCE = frozenset({Reason.STALE_EVIDENCE, Reason.NOT_RUN})


def stretch_of(entry: Entry, line: Timeline, seen: SeenBy, now: datetime, zone: ZoneInfo) -> Stretch | None:
    """Return what this turn's verdict adds to its key's line of states."""
    item, verdict = entry.expected.item, entry.verdict
    if isinstance(item, Backup) and _told_by_points(item, verdict, line):
        return _stretch_by_points(item, entry, seen, now, zone)
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


def _stretch_by_points(backup: Backup, entry: Entry, seen: SeenBy, now: datetime, zone: ZoneInfo) -> Stretch | None:
    collectors = ("restic_snapshots",) if backup.canary is None else ("restic_snapshots", "canary")
    looks = {copy.subject: [seen(name, copy.subject) for name in collectors] for copy in off_site_copies(backup)}
    if not any(look is not None and look.fresh for each in looks.values() for look in each):
        return None
    limit = timedelta(seconds=entry.target.limit or 0) + entry.target.run_allowance
    rule = Rule(limits=(LimitFrom(at=entry.expected_from, limit=limit),), evidence_age=entry.target.evidence_age)
    copies = [
        copy_seen(backup, subject, *each, last_look=lambda *name: observation_of(seen(*name)))
        for subject, each in looks.items()
    ]
    return stretch_by_points(copies, rule, now, zone)


def observation_of(look: Seen | None) -> Observation | None:
    """Return the newest look that succeeded, or None."""
    return None if look is None else look.observation


def copy_seen(
    backup: Backup, subject: str, listing: Seen | None, *canary: Seen | None, last_look: LastLook = no_look
) -> CopySeen:
    """Return what the newest looks at one off-site copy showed of a backup: its points, and their canaries' dates.

    Where there is a canary, both looks are needed, and the older one tells as of when all of it was seen.
    """
    looks = [look for look in (listing, *canary) if look is not None and look.observation is not None]
    observations = [look.observation for look in looks if look.observation is not None]
    if len(looks) < 1 + len(canary):
        return CopySeen(copy=subject)
    befores = [look.previous_ended if look.fresh else look.observation.ended for look in looks if look.observation]
    found = [restored(observation, AHEAD) for observation in observations[1:]]
    return CopySeen(
        copy=subject,
        at=min(observation.ended for observation in observations),
        previous=None if None in befores else min(before for before in befores if before is not None),
        series=(
            *(one.dates for one in counted_points(backup, observations[0], last_look)),
            *(one.dates for one in found),
        ),
        unproven=next((one.unproven for one in found), None),
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


def _past_days(entry: Entry, now: datetime, zone: ZoneInfo) -> Iterator[date]:
    first = max(day_of(entry.expected_from, zone), day_of(now, zone) - timedelta(days=LATE_DAYS + 1))
    ends = entry.expected.ends
    day = first
    while day < day_of(now, zone) and (ends is None or day <= ends):
        yield day
        day += timedelta(days=1)


def _closed(
    entry: Entry,
    line: Timeline,
    last_look: datetime | None,
    known: Days,
    agreements: Agreements,
    now: datetime,
    zone: ZoneInfo,
) -> Iterator[DayRow]:
    """Yield a row for each past day that has none yet and that nothing in good order can change any more."""
    for day in _past_days(entry, now, zone):
        if (entry.key, day) in known or not closable(day, line, last_look, now=now, zone=zone):
            continue
        if entry.expected_from < day_end(day, zone):
            yield account_day(
                entry.key,
                day,
                line,
                expected_from=entry.expected_from,
                acceptances=agreements.acceptances,
                now=now,
                zone=zone,
            )


def _improved(
    entry: Entry, line: Timeline, known: Days, agreements: Agreements, now: datetime, zone: ZoneInfo
) -> Iterator[DayRow]:
    """Yield a better row for each unproven day that late evidence has settled."""
    if entry.key.target not in DATED_EVIDENCE:
        return
    for day in _past_days(entry, now, zone):
        row = known.get((entry.key, day))
        if row is None:
            continue
        new = account_day(
            entry.key,
            day,
            line,
            expected_from=entry.expected_from,
            acceptances=agreements.acceptances,
            now=now,
            zone=zone,
            late=True,
        )
        if may_improve(row, new, now=now, zone=zone):
            yield new
