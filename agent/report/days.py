"""The result of each day of a quarter for each subject of one beneficiary: what was kept, or silence.

A day that was expected and has no row is unproven, `not-run`: silence never shortens a quarter. All functions are pure.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from zoneinfo import ZoneInfo

from agent.accounting.agreements import Acceptance
from agent.accounting.days import DayRow, after_acceptances
from agent.accounting.expectation import Expectation, Loading, expectation, keys_of
from agent.core.model import Key, State
from agent.core.period import PARIS, day_start, each_day
from agent.core.reason import Reason
from agent.ledger.day_rows import DayResult

SILENCE = DayResult(state=State.UNPROVEN, measured=State.UNPROVEN, reason=Reason.NOT_RUN)
GONE = replace(SILENCE, reason=Reason.NO_LONGER_DECLARED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Some civil days, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> tuple[date, ...]:
        """Return each of them."""
        return _each_day(self.first, self.last)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@cache
def _each_day(first: date, last: date) -> tuple[date, ...]:
    # Asked for once for each subject of a large fleet, of which all have the same quarter.
    return tuple(each_day(first, last))


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectDays:
    """The result of the days of a span for one key; None: the day is not expected of it."""

    key: Key
    span: Span
    came: tuple[DayResult | None, ...]

    def rows(self) -> Iterator[tuple[date, DayResult]]:
        """Yield each expected day and the result."""
        return ((day, one) for day, one in zip(self.span.days, self.came, strict=True) if one is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryInterval:
    """The days on which a register's entry is judged: from its opening to its closing, None while it is open."""

    key: Key
    opened: date
    closed: date | None


def days_of_keys(
    span: Span,
    kept: Mapping[Key, Mapping[str, DayResult]],
    *,
    beneficiary: str,
    loads: Sequence[Loading],
    stays: Iterable[EntryInterval] = (),
    acceptances: Sequence[Acceptance] = (),
    zone: ZoneInfo = PARIS,
) -> tuple[SubjectDays, ...]:
    """Return the days of every key that any load declared for a beneficiary, and of its entries, by key."""
    owed = _Owed(span, loads, zone)
    accepted = _by_key(acceptances)
    days = tuple((day, day.isoformat()) for day in span.days)
    due = {key: owed.of(key) for key in keys_of(loads) if key.beneficiary == beneficiary}
    due |= {stay.key: [_during(stay, day) for day, _ in days] for stay in stays}
    return tuple(
        SubjectDays(
            key=key,
            span=span,
            came=tuple(_filled(key, days, kept.get(key, {}), due[key], accepted.get(key, ()))),
        )
        for key in sorted(due)
        if any(one is not Expectation.NOT_EXPECTED for one in due[key])
    )


class _Owed:
    """What each day owes for a key; keys that every load declares alike owe alike."""

    def __init__(self, span: Span, loads: Sequence[Loading], zone: ZoneInfo) -> None:
        self._span, self._loads, self._zone = span, loads, zone
        self._known: dict[tuple[object, ...], list[Expectation]] = {}

    def of(self, key: Key) -> list[Expectation]:
        declared = tuple(load.declared.get(key) for load in self._loads)
        if declared not in self._known:
            self._known[declared] = [expectation(key, day, self._loads, self._zone) for day in self._span.days]
        return self._known[declared]


def _during(stay: EntryInterval, day: date) -> Expectation:
    within = stay.opened <= day and (stay.closed is None or day <= stay.closed)
    return Expectation.DECLARED if within else Expectation.NOT_EXPECTED


def _by_key(acceptances: Sequence[Acceptance]) -> Mapping[Key, tuple[Acceptance, ...]]:
    found: dict[Key, tuple[Acceptance, ...]] = {}
    for one in acceptances:
        found[one.key] = (*found.get(one.key, ()), one)
    return found


def _filled(
    key: Key,
    days: Sequence[tuple[date, str]],
    kept: Mapping[str, DayResult],
    owed: Sequence[Expectation],
    acceptances: Sequence[Acceptance],
) -> Iterator[DayResult | None]:
    for (day, text), due in zip(days, owed, strict=True):
        if due is Expectation.NOT_EXPECTED:
            yield None
            continue
        found = kept.get(text, SILENCE)
        if due is Expectation.NO_LONGER_DECLARED and found.measured is not State.MISSED:
            found = GONE
        if found is SILENCE or found is GONE:
            state = after_acceptances(found.measured, acceptances, key, day)
            found = found if state is found.state else replace(found, state=state)
        yield found


def distinct_rows(
    subjects: Iterable[SubjectDays], apart: frozenset[Key] = frozenset(), zone: ZoneInfo = PARIS
) -> Iterator[DayRow]:
    """Yield the rows of one target that a day's worst can differ by: alike subjects' alike days only once.

    Those of the keys named `apart` are all there, and stand for no other's: an exclusion may leave out one of them
    and not another.
    """
    seen: set[tuple[int, int]] = set()
    for subject in subjects:
        days = None
        for number, one in enumerate(subject.came):
            alike = (number, id(one))  # what came of days that are alike is one value
            if one is None or (alike in seen and subject.key not in apart):
                continue
            if subject.key not in apart:
                seen.add(alike)
            days = days or subject.span.days
            yield _row(subject.key, days[number], one, zone)


def _row(key: Key, day: date, one: DayResult, zone: ZoneInfo) -> DayRow:
    return DayRow(
        key=key,
        day=day,
        state=one.state,
        measured=one.measured,
        reason=one.reason,
        late=one.late,
        judged_at=day_start(day, zone),
    )
