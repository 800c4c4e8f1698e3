"""A calendar as a page shows it: a table for each month, every day in words, and what was not met as periods."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.core.model import State
from agent.core.period import Month
from agent.export.pages.shown import StateMark, mark
from agent.export.pages.verdict_details import Calendar, CalendarDay, DayWithoutState
from agent.wording.detail_pages import DetailPageWords, days_in_words, detail_page_words, month_and_year
from agent.wording.inert import inert
from agent.wording.languages import Language
from agent.wording.reasons.every import reason_words
from agent.wording.states import state_count, state_word

# A page lists as many periods that are not met; before these it says how many there were.
PERIODS = 12
COUNTED = (State.MET, State.ACCEPTED, State.UNPROVEN, State.MISSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarCell:
    """One day: its number, the id of its state or of why there is none, and all of it in words."""

    number: int
    machine: str
    id: str
    excluded: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthTable:
    """One month as weeks of seven places each, Monday first; a place outside the calendar is None."""

    title: str
    weeks: tuple[tuple[CalendarCell | None, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodRow:
    """Days in a row that were alike and not met."""

    period: str
    mark: StateMark
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegendItem:
    """One sign of the calendar and what it stands for."""

    id: str
    excluded: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarView:
    """A calendar ready to print; `earlier` says how many periods are left out, empty where none is."""

    summary: str
    months: tuple[MonthTable, ...]
    key: tuple[LegendItem, ...]
    periods: tuple[PeriodRow, ...]
    earlier: str


def calendar_view(calendar: Calendar, language: Language) -> CalendarView:
    """Return what a page shows of a calendar."""
    words = detail_page_words(language)
    periods = tuple(_periods(calendar.days, words, language))
    left_out = len(periods) - PERIODS
    return CalendarView(
        summary=_summary(calendar, words, language),
        months=tuple(_months(calendar.days, words, language)),
        key=tuple(_key(calendar.days, words, language)),
        periods=periods[:PERIODS],
        earlier=f"{left_out} {words.earlier_ones[left_out > 1]}" if left_out > 0 else "",
    )


def _summary(calendar: Calendar, words: DetailPageWords, language: Language) -> str:
    counts = Counter(one.state for one in calendar.days if one.state in COUNTED)
    expected = sum(counts.values())
    if not expected:
        return words.no_day_expected
    said = ", ".join(state_count(state, counts[state], language) for state in COUNTED if counts[state])
    return f"{expected} {words.days_expected[expected > 1]}{words.colon}{said}."


def _months(days: Sequence[CalendarDay], words: DetailPageWords, language: Language) -> Iterator[MonthTable]:
    for month in dict.fromkeys(Month.of(one.day) for one in days):
        weeks: dict[int, list[CalendarCell | None]] = {}
        for one in days:
            if Month.of(one.day) == month:
                week = (one.day.day - 1 + month.first.weekday()) // 7
                weeks.setdefault(week, [None] * 7)[one.day.weekday()] = _cell(one, words, language)
        yield MonthTable(
            title=month_and_year(month.first, language), weeks=tuple(tuple(week) for week in weeks.values())
        )


def _cell(one: CalendarDay, words: DetailPageWords, language: Language) -> CalendarCell:
    return CalendarCell(
        number=one.day.day,
        machine=one.day.isoformat(),
        id=_id(one),
        excluded=bool(one.excluded),
        words=day_words(one, words, language),
    )


def _id(one: CalendarDay) -> str:
    if one.state is not None:
        return one.state.value
    return (one.untold or DayWithoutState.NOT_EXPECTED_YET).value


def day_words(one: CalendarDay, words: DetailPageWords, language: Language) -> str:
    """Return in words the result of a day: its state, why, and what was agreed about it."""
    said = _said(one, words, language)
    if one.late:
        said = f"{said}, {words.late}"
    if one.excluded:
        said = f"{said}, {words.excluded[0]} ({', '.join(inert(id) for id in one.excluded)})"
    return said


def _said(one: CalendarDay, words: DetailPageWords, language: Language) -> str:
    if one.state is None:
        return _untold(one.untold, words)
    said = state_word(one.state, language)
    if one.state is State.ACCEPTED and one.measured not in (None, State.ACCEPTED):
        said = f"{said} ({words.measured.lower()}{words.colon}{state_word(one.measured, language)})"
    if one.reason is None or one.measured not in (State.MISSED, State.UNPROVEN):
        return said
    return f"{said}{words.colon}{reason_words(one.reason, language)}"


def _untold(untold: DayWithoutState | None, words: DetailPageWords) -> str:
    match untold:
        case DayWithoutState.NOT_OVER:
            return words.not_over
        case DayWithoutState.NO_LONGER_EXPECTED:
            return words.no_longer_expected
        case _:
            return words.not_expected_yet


def _key(days: Sequence[CalendarDay], words: DetailPageWords, language: Language) -> Iterator[LegendItem]:
    seen = {_id(one) for one in days}
    for state in (*COUNTED, State.NOT_APPLICABLE):
        if state.value in seen:
            yield LegendItem(id=state.value, excluded=False, words=state_word(state, language))
    for untold in DayWithoutState:
        if untold.value in seen:
            yield LegendItem(id=untold.value, excluded=False, words=_untold(untold, words))
    if any(one.excluded for one in days):
        yield LegendItem(id="", excluded=True, words=words.excluded[0])


def _periods(days: Sequence[CalendarDay], words: DetailPageWords, language: Language) -> Iterator[PeriodRow]:
    """Yield what was not met, the newest first."""
    runs: list[list[CalendarDay]] = []
    for one in days:
        if runs and runs[-1][-1].day.toordinal() + 1 == one.day.toordinal() and _alike(runs[-1][-1], one):
            runs[-1].append(one)
        else:
            runs.append([one])
    for run in reversed(runs):
        state, measured = run[0].state, run[0].measured
        if state is not None and (measured or state) in (State.MISSED, State.UNPROVEN):
            period = days_in_words(run[0].day, run[-1].day, language)
            yield PeriodRow(period=period, mark=mark(state, language), words=day_words(run[0], words, language))


def _alike(one: CalendarDay, other: CalendarDay) -> bool:
    return _told(one) == _told(other)


def _told(one: CalendarDay) -> tuple[object, ...]:
    return one.state, one.measured, one.reason, one.late, one.excluded
