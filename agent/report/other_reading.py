"""The other reading of «trimestriel» and «annuel»: once in each civil quarter or year. Pure.

The report counts the days between two occurrences; where the other reading gives another word, that one is shown beside
it. Source: convention, «Readings».
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from agent.accounting.quarter import QuarterOutcome
from agent.core.convention import CLAUSES, DAY
from agent.core.period import Quarter, day_of
from agent.report.event_books import OccurrenceInputs, OwedSince
from agent.report.periodic_terms import performed_of

# Beyond so many days between two, the text says once a year and not once a quarter.
_QUARTERLY = 92 * DAY


def is_quarterly(target: str) -> bool:
    """Return True where the text asks for a target once a quarter, and not once a year."""
    return (CLAUSES[target].limit or 0) <= _QUARTERLY


def other_outcome(target: str, owed: Sequence[OwedSince], books: OccurrenceInputs) -> QuarterOutcome | None:
    """Return the word by the other reading; None where nothing is owed, or an adaptation set the interval itself."""
    limits = {books.objective_on(one.key, books.quarter.last) for one in owed}
    if not owed or limits != {CLAUSES[target].limit}:
        return None
    found = {_of_subject(target, one, books) for one in owed}
    for outcome in (QuarterOutcome.NOT_ATTAINED, QuarterOutcome.ATTAINED):
        if outcome in found:
            return outcome
    return QuarterOutcome.NOT_APPLICABLE


def differs(other: QuarterOutcome | None, counted: QuarterOutcome) -> bool:
    """Return True where the other reading gives another word that a reader has to know."""
    if other is None or counted is QuarterOutcome.NOT_DEMONSTRATED:
        return False
    nothing_due = counted is QuarterOutcome.NOT_APPLICABLE and other is QuarterOutcome.ATTAINED
    return other is not counted and not nothing_due


def _of_subject(target: str, since: OwedSince, books: OccurrenceInputs) -> QuarterOutcome:
    days = [when.day for when, _ in performed_of(target, since, books)]
    first, last = _period(target, books.quarter.last)
    begun = day_of(since.starts)
    if _any_within(days, first, min(last, books.quarter.last)):
        return QuarterOutcome.ATTAINED
    if last > books.quarter.last or not books.over:
        before = _period(target, first - timedelta(days=1))
        missed = begun < first and not _any_within(days, *before)
        return QuarterOutcome.NOT_ATTAINED if missed else QuarterOutcome.NOT_APPLICABLE
    return QuarterOutcome.NOT_ATTAINED


def _period(target: str, day: date) -> tuple[date, date]:
    if is_quarterly(target):
        quarter = Quarter.of(day)
        return quarter.first, quarter.last
    return date(day.year, 1, 1), date(day.year, 12, 31)


def _any_within(days: Iterable[date], first: date, last: date) -> bool:
    return any(first <= day <= last for day in days)
