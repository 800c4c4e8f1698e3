"""A quarter: its word, with and without acceptances and exclusions."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.accounting.days import DayRow
from agent.accounting.quarter import QuarterOutcome, count_quarter, judge, target_days
from agent.accounting.rate import Tally
from agent.config.values import read_ratio
from agent.core.model import Key, State
from agent.core.period import PARIS, Quarter
from agent.core.reason import Reason
from tests.accounting.document import table

Q4 = Quarter(2026, 4)
OVER = datetime(2027, 1, 5, tzinfo=PARIS)
KEY = Key(target="patching", subject="srv-1", beneficiary="scota")
COLUMNS = ("met", "missed", "unproven", "accepted", "share to be met", "word", "code")
FRENCH = {
    QuarterOutcome.ATTAINED: "atteint",
    QuarterOutcome.NOT_ATTAINED: "non atteint",
    QuarterOutcome.NOT_DEMONSTRATED: "non démontré",
    QuarterOutcome.RISK_ACCEPTED: "risque accepté",
}


def row(day: date, measured: State, state: State | None = None, subject: str = "srv-1") -> DayRow:
    """Return a day's row of a subject."""
    return DayRow(
        key=KEY._replace(subject=subject),
        day=day,
        state=state or measured,
        measured=measured,
        reason=Reason.ON_COURSE,
        late=False,
        judged_at=OVER,
    )


def everything(day: date) -> Fraction:
    """Return the convention's own share: every day."""
    return Fraction(1)


def quarter_of(measured: State, exceptions: dict[int, DayRow] | None = None) -> list[DayRow]:
    """Return a quarter's rows, all alike but for some."""
    return [(exceptions or {}).get(index, row(day, measured)) for index, day in enumerate(Q4.days())]


@pytest.mark.parametrize("line", table(*COLUMNS), ids=lambda line: "-".join(line[name] for name in COLUMNS[:5]))
def test_the_documents_quarters_are_what_is_computed(line: dict[str, str]) -> None:
    counted = Tally(**{name: int(line[name]) for name in COLUMNS[:4]})
    outcome = judge(counted, read_ratio(line["share to be met"]) * counted.expected)
    assert (FRENCH[outcome], outcome.value) == (line["word"], line["code"])


def test_a_quarter_of_met_days_is_attained() -> None:
    result = count_quarter(Q4, quarter_of(State.MET), everything, now=OVER)
    assert result.figures.outcome is QuarterOutcome.ATTAINED
    assert result.figures.tally == Tally(met=92)
    assert (result.so_far, result.through, result.with_exclusions) == (False, Q4.last, None)


def test_an_accepted_quarter_shows_the_measured_word_beside_it() -> None:
    accepted = row(Q4.first, State.MISSED, State.ACCEPTED)
    figures = count_quarter(Q4, quarter_of(State.MET, {0: accepted}), everything, now=OVER).figures
    assert (figures.outcome, figures.measured_outcome) == (QuarterOutcome.RISK_ACCEPTED, QuarterOutcome.NOT_ATTAINED)
    assert (figures.tally, figures.measured_tally) == (Tally(met=91, accepted=1), Tally(met=91, missed=1))


def test_accepting_unproven_days_leaves_the_word_not_demonstrated() -> None:
    days = {0: row(Q4.first, State.UNPROVEN, State.ACCEPTED), 1: row(date(2026, 10, 2), State.UNPROVEN)}
    figures = count_quarter(Q4, quarter_of(State.MET, days), everything, now=OVER).figures
    assert (figures.outcome, figures.measured_outcome) == (
        QuarterOutcome.NOT_DEMONSTRATED,
        QuarterOutcome.NOT_DEMONSTRATED,
    )


def test_a_week_without_the_agent_is_a_week_of_unproven_days() -> None:
    silent = {index: row(day, State.UNPROVEN) for index, day in enumerate(Q4.days()) if index < 7}
    figures = count_quarter(Q4, quarter_of(State.MET, silent), everything, now=OVER).figures
    assert figures.tally == Tally(met=85, unproven=7)
    assert figures.outcome is QuarterOutcome.NOT_DEMONSTRATED


def test_an_open_quarter_is_counted_up_to_yesterday() -> None:
    now = datetime(2026, 10, 25, 0, 30, tzinfo=PARIS)
    result = count_quarter(Q4, quarter_of(State.MET), everything, now=now)
    assert (result.so_far, result.through) == (True, date(2026, 10, 24))
    assert result.figures.tally == Tally(met=24)


def test_days_of_other_quarters_are_left_out() -> None:
    rows = [row(date(2026, 9, 30), State.MISSED), *quarter_of(State.MET), row(date(2027, 1, 1), State.MISSED)]
    assert count_quarter(Q4, rows, everything, now=OVER).figures.tally == Tally(met=92)


def test_no_day_at_all_demonstrates_nothing() -> None:
    result = count_quarter(Q4, [], everything, now=OVER)
    assert result.figures.outcome is QuarterOutcome.NOT_DEMONSTRATED
    assert result.through is None


def test_a_quarter_that_is_not_applicable_says_so() -> None:
    figures = count_quarter(Q4, quarter_of(State.NOT_APPLICABLE), everything, now=OVER).figures
    assert (figures.outcome, figures.tally.expected) == (QuarterOutcome.NOT_APPLICABLE, 0)


def test_a_targets_day_is_the_worst_of_its_subjects() -> None:
    rows = [
        row(Q4.first, State.MET),
        row(Q4.first, State.MISSED, State.ACCEPTED, subject="srv-2"),
        row(Q4.first, State.UNPROVEN, subject="srv-3"),
    ]
    (day,) = target_days(rows)
    assert (day.state, day.measured) == (State.UNPROVEN, State.MISSED)


def test_what_is_not_applicable_to_one_subject_hides_no_other() -> None:
    rows = [row(Q4.first, State.NOT_APPLICABLE), row(Q4.first, State.MET, subject="srv-2")]
    assert target_days(rows)[0].state is State.MET


def test_exclusions_are_shown_beside_the_figure_without_them() -> None:
    rows = quarter_of(State.MET, {0: row(Q4.first, State.MISSED)})
    result = count_quarter(Q4, rows, everything, excluded=lambda one: one.day == Q4.first, now=OVER)
    assert result.figures.outcome is QuarterOutcome.NOT_ATTAINED
    assert result.with_exclusions is not None
    assert (result.with_exclusions.outcome, result.with_exclusions.tally) == (QuarterOutcome.ATTAINED, Tally(met=91))


def test_an_excluded_machine_hides_nothing_of_another() -> None:
    rows = [*quarter_of(State.MISSED), *(row(day, State.MISSED, subject="srv-2") for day in Q4.days())]
    result = count_quarter(Q4, rows, everything, excluded=lambda one: one.key.subject == "srv-1", now=OVER)
    assert result.with_exclusions is not None
    assert result.with_exclusions.tally == Tally(missed=92)


def test_each_day_brings_the_share_in_force_on_it() -> None:
    def from_november(day: date) -> Fraction:
        return Fraction(1) if day.month == 10 else Fraction(9, 10)

    missed = {index: row(day, State.MISSED) for index, day in enumerate(Q4.days()) if index in (40, 50, 60)}
    figures = count_quarter(Q4, quarter_of(State.MET, missed), from_november, now=OVER).figures
    assert figures.needed == 31 + Fraction(9, 10) * 61
    assert figures.outcome is QuarterOutcome.ATTAINED


COUNTS = st.builds(
    Tally,
    met=st.integers(0, 92),
    missed=st.integers(0, 92),
    unproven=st.integers(0, 92),
    accepted=st.integers(0, 92),
)
SHARES = st.fractions(min_value=Fraction(1, 100), max_value=1)


@given(counted=COUNTS, share=SHARES)
def test_attained_means_that_the_rate_reaches_the_share(counted: Tally, share: Fraction) -> None:
    outcome = judge(counted, share * counted.expected)
    reached = counted.ratio is not None and counted.ratio >= share
    assert (outcome is QuarterOutcome.ATTAINED) is reached


@given(counted=COUNTS, share=SHARES)
def test_proving_an_unproven_day_met_never_makes_the_word_worse(counted: Tally, share: Fraction) -> None:
    better = replace(counted, met=counted.met + counted.unproven, unproven=0)
    before, since = judge(counted, share * counted.expected), judge(better, share * better.expected)
    if before is QuarterOutcome.NOT_ATTAINED:
        assert since in (QuarterOutcome.NOT_ATTAINED, QuarterOutcome.RISK_ACCEPTED)
    elif counted.expected:
        assert since in (QuarterOutcome.ATTAINED, QuarterOutcome.RISK_ACCEPTED)


WORST_WORD_FIRST = [
    QuarterOutcome.NOT_ATTAINED,
    QuarterOutcome.NOT_DEMONSTRATED,
    QuarterOutcome.RISK_ACCEPTED,
    QuarterOutcome.ATTAINED,
]


@given(
    states=st.lists(
        st.tuples(st.sampled_from([State.MET, State.MISSED, State.UNPROVEN]), st.booleans()), min_size=1, max_size=92
    ),
    share=SHARES,
)
def test_an_acceptance_never_makes_the_word_worse(states: list[tuple[State, bool]], share: Fraction) -> None:
    rows = [
        row(day, measured, State.ACCEPTED if accepted and measured is not State.MET else measured)
        for day, (measured, accepted) in zip(Q4.days(), states, strict=False)
    ]
    figures = count_quarter(Q4, rows, lambda day: share, now=OVER).figures
    assert WORST_WORD_FIRST.index(figures.outcome) >= WORST_WORD_FIRST.index(figures.measured_outcome)


@given(states=st.lists(st.sampled_from(list(State)), min_size=1, max_size=92))
def test_all_days_of_a_quarter_are_counted_once(states: list[State]) -> None:
    rows = [row(day, state) for day, state in zip(Q4.days(), states, strict=False)]
    counted = count_quarter(Q4, rows, everything, now=OVER).figures.tally
    assert counted.expected == sum(state is not State.NOT_APPLICABLE for state in states)


def test_a_quarter_is_so_far_until_its_last_day_is_over() -> None:
    def so_far(now: datetime) -> bool:
        return count_quarter(Q4, quarter_of(State.MET), everything, now=now).so_far

    assert so_far(datetime(2026, 12, 31, 23, 59, tzinfo=PARIS))
    assert not so_far(datetime(2027, 1, 1, tzinfo=PARIS))


def test_the_days_of_a_quarter_are_those_of_a_place() -> None:
    there = ZoneInfo("America/Cayenne")
    now = datetime(2027, 1, 1, 1, tzinfo=PARIS)
    rows = quarter_of(State.MET)
    assert count_quarter(Q4, rows, everything, now=now).through == Q4.last
    assert count_quarter(Q4, rows, everything, now=now, zone=there).through == Q4.last - timedelta(days=1)
