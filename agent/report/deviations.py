"""Days in a row on which one subject was missed or unproven for one reason. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from agent.core.model import WORST_FIRST, State
from agent.core.reason import Reason
from agent.ledger.day_rows import DayResult
from agent.report.days import Span, SubjectDays
from agent.report.figures import Deviation

SILENCE = frozenset({Reason.STALE_EVIDENCE, Reason.NOT_RUN})
_BAD = (State.MISSED, State.UNPROVEN)


def deviations(subjects: Iterable[SubjectDays], silent: frozenset[date] = frozenset()) -> tuple[Deviation, ...]:
    """Return what was not met, the worst first, then the longest, then the earliest.

    `silent` are the days on which the agent did not run: what is unproven for that reason alone is apart.
    """
    found = [one for subject in subjects for one in _of(subject, silent)]
    found.sort(key=lambda one: (WORST_FIRST.index(one.measured), -one.days, one.first, one.subject))
    return tuple(found)


def outages(silent: Sequence[date], subjects: Iterable[SubjectDays]) -> tuple[Span, ...]:
    """Return the silent days in a row, from the first day on that is expected of any subject."""
    first = min((day for subject in subjects for day, _ in subject.rows()), default=None)
    found: list[Span] = []
    for day in silent if first is not None else ():
        if first is None or day < first:
            continue
        if found and day - found[-1].last == timedelta(days=1):
            found[-1] = replace(found[-1], last=day)
        else:
            found.append(Span(first=day, last=day))
    return tuple(found)


def _is_silent(one: DayResult | None) -> bool:
    return one is not None and one.state is State.UNPROVEN and one.reason in SILENCE


def _of(subject: SubjectDays, silent: frozenset[date]) -> Iterator[Deviation]:
    begun: date | None = None
    before: DayResult | None = None
    was_apart = False
    for day, one in [*zip(subject.span.days, subject.came, strict=True), (subject.span.last + timedelta(days=1), None)]:
        apart = day in silent and _is_silent(one)
        if one is before and apart is was_apart and begun is not None:
            continue
        if before is not None and begun is not None and before.measured in _BAD:
            yield Deviation(
                subject=subject.key.subject,
                first=begun,
                last=day - timedelta(days=1),
                state=before.state,
                measured=before.measured,
                reason=before.reason,
                late=before.late,
                silent=was_apart,
            )
        begun, before, was_apart = day, one, apart
