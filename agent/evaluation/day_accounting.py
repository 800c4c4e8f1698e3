"""Update the ledger after an evaluation round: verdicts, timelines and the rows of past days.

The rules are pure and stand in agent.accounting; here they meet what is kept.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache, partial

from agent.accounting.days import DATED_EVIDENCE, DayRow, closable, may_improve
from agent.accounting.open_days import OpenDays
from agent.accounting.recovery import (
    LATE_DAYS,
)
from agent.accounting.timeline import (
    Timeline,
    after,
)
from agent.core.errors import LedgerError
from agent.core.inventory import Backup
from agent.core.model import Key, Observation, Verdict
from agent.core.period import PARIS, day_of, day_start, each_day
from agent.evaluation.combining import bears_evidence
from agent.evaluation.copy_looks import Looks, looked_before
from agent.evaluation.evaluate import NewestLooks
from agent.evaluation.judged_stretch import JudgedItem, rule_of, stretch_of
from agent.evaluation.past_days import PastDayInputs, close_past_days
from agent.ledger.ledger import Ledger, VerdictRecord

# Evidence of no backup may be older: before a verdict, a look that it could rest on is within that time.
_OLDEST_EVIDENCE = timedelta(hours=26)


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


def since_last_verdict(looks: Looks, last: Verdict | None, ledger: Ledger) -> Looks:
    """Return looks of which those that no verdict on a key rests on yet are fresh, whenever they were kept.

    `last` is the newest verdict on the key. Another command, or a process that ended, may have kept a look without one:
    the moments since the last look that a verdict rests on are still to be judged, and that look is the one before.
    """
    evidence = frozenset(() if last is None else last.evidence)

    @cache  # asked for more than once; what was looked at last is sought in the ledger
    def seen(collector: str, subject: str) -> NewestLooks | None:
        look = looks.seen(collector, subject)
        if look is None or look.observation is None:
            return look
        if (look.previous_id if look.fresh else look.observation_id) in evidence:
            return look
        ended = None
        if last is not None:
            with suppress(LedgerError):  # what is damaged tells of no look: this one is then the first
                before = look.previous_ended if look.fresh else look.observation.ended
                ended = _last_accounted(ledger, last, (collector, subject), before)
        if ended is not None and ended >= look.observation.ended:
            return look
        return replace(look, fresh=True, previous_ended=ended)

    return replace(looks, seen=seen)


def _last_accounted(ledger: Ledger, last: Verdict, name: tuple[str, str], before: datetime | None) -> datetime | None:
    """Return when the newest look of a name ended that succeeded and that a verdict rests on; None: none is known.

    `before` is when the newest one ended before this turn: where looks have failed for longer than evidence stands,
    that was it. Raises LedgerError.
    """
    until, failed = last.at, False
    for id in last.evidence:
        found = ledger.reading(id)
        if found is None or (found.reading.collector, found.reading.subject) != name:
            continue
        if isinstance(found.reading, Observation):
            return found.reading.ended
        until, failed = found.reading.ended, True
    earlier = ledger.looks(*name, until - _OLDEST_EVIDENCE, until)
    known = before if failed and before is not None and before <= until else None
    return max((one.reading.ended for one in earlier), default=known)
