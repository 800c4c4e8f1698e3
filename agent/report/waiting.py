"""Days that wait for the look that may still show them missed: counted as they stand, and in no row yet.

A provisional report counts them as a page does; a published one has a row of each. Its bundle's reader follows the
rows of verdicts to see whether such a day can be what the table says.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import UTC, date, datetime, time, timedelta
from operator import attrgetter
from zoneinfo import ZoneInfo

from agent.accounting.days import DATED_EVIDENCE, DayRow, account_day
from agent.accounting.expectation import Loading, expected_from, keys_of
from agent.accounting.recovery import LATE_DAYS
from agent.accounting.timeline import Timeline, TimelineUpdate, fold
from agent.core.model import Key, State, Verdict
from agent.core.period import day_end, each_day
from agent.core.reason import Reason
from agent.ledger.day_rows import DayResult

Kept = Mapping[Key, Mapping[str, DayResult]]
Drawn = tuple[Verdict, TimelineUpdate | None]


def with_waiting(kept: Kept, rows: Iterable[DayRow], beneficiary: str) -> Kept:
    """Return the days of a beneficiary's keys, those that have no row yet as they stand now.

    Days of the same result stay one value (agent.ledger.day_rows).
    """
    own = [row for row in rows if row.key.beneficiary == beneficiary]
    if not own:
        return kept
    known = {id(came): came for days in kept.values() for came in days.values()}
    alike = {came: came for came in known.values()}
    found = {key: dict(days) for key, days in kept.items()}
    for row in own:
        came = DayResult(state=row.state, measured=row.measured, reason=row.reason, late=row.late)
        found.setdefault(row.key, {}).setdefault(row.day.isoformat(), alike.setdefault(came, came))
    return found


def waiting_days(
    last: date, kept: Mapping[Key, Set[str]], drawn: Sequence[Drawn], loads: Sequence[Loading], zone: ZoneInfo
) -> Iterator[tuple[Key, date, Reason]]:
    """Yield each day up to `last` that has no row and that verdicts may leave met, and for which reason.

    `drawn` are the verdicts' rows in order. One that says nothing new has none (agent.ledger.verdicts), on the UTC day
    of its row at most: the line stands no longer than such a one would. A clock that was set back dates a row early,
    and it is then not the newest.
    """
    first = last - timedelta(days=LATE_DAYS - 1)
    for key in (key for key in keys_of(loads) if key.target in DATED_EVIDENCE):
        begins, line = expected_from(key, loads, zone), _line([one for one in drawn if one[0].key == key])
        for day in each_day(first, last):
            if day.isoformat() in kept.get(key, ()) or begins is None or begins >= day_end(day, zone):
                continue
            row = account_day(key, day, line, expected_from=begins, now=day_end(last, zone), zone=zone)
            if row.measured is State.MET:
                yield key, day, row.reason


def _line(drawn: Sequence[Drawn]) -> Timeline:
    line = fold(stretch for _, stretch in drawn if stretch is not None)
    if line.stands_until is None or not drawn:
        return line
    newest = (drawn[-1][0], max((one for one, _ in drawn), key=attrgetter("at")))
    return Timeline(starts=line.starts, stands_until=line.stands_until + max(map(_renewed_by, newest)))


def _renewed_by(verdict: Verdict) -> timedelta:
    """Return by how much a verdict that says the same, on the UTC day of a verdict's row, may stand longer."""
    seen = verdict.at if verdict.observed_at is None else min(verdict.at, verdict.observed_at)
    return datetime.combine(verdict.at.astimezone(UTC).date() + timedelta(days=1), time(), UTC) - seen
