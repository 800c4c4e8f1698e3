"""Days in a row on which one subject was missed or unproven for one reason. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from agent.core.model import WORST_FIRST, State
from agent.ledger.day_rows import DayResult
from agent.report.days import SubjectDays
from agent.report.figures import Deviation

_BAD = (State.MISSED, State.UNPROVEN)


def deviations(subjects: Iterable[SubjectDays]) -> tuple[Deviation, ...]:
    """Return what was not met, the worst first, then the longest, then the earliest."""
    found = [one for subject in subjects for one in _of(subject)]
    found.sort(key=lambda one: (WORST_FIRST.index(one.measured), -one.days, one.first, one.subject))
    return tuple(found)


def _of(subject: SubjectDays) -> Iterator[Deviation]:
    begun: date | None = None
    before: DayResult | None = None
    for day, one in [*zip(subject.span.days, subject.came, strict=True), (subject.span.last + timedelta(days=1), None)]:
        if one is before and begun is not None:
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
            )
        begun, before = day, one
