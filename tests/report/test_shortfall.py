"""Since when a target has fallen short, by days and by events."""

from datetime import date, timedelta

from agent.accounting.quarter import QuarterOutcome, TargetDay
from agent.accounting.rate import tally
from agent.core.model import Key, State
from agent.core.reason import Reason
from agent.report.event_figures import Events, Occurrence
from agent.report.shortfall import made_good, of_days, of_events

MET, MISSED, UNPROVEN, ACCEPTED = State.MET, State.MISSED, State.UNPROVEN, State.ACCEPTED


def days(first: date, *states: State) -> tuple[TargetDay, ...]:
    return tuple(
        TargetDay(day=first + timedelta(days=number), state=state, measured=state)
        for number, state in enumerate(states)
    )


def test_a_target_met_every_day_has_no_shortfall() -> None:
    assert of_days(days(date(2026, 10, 1), MET, ACCEPTED, MET)) is None
    assert of_days(()) is None


def test_the_last_run_of_days_counts_and_is_closed_once_it_ended() -> None:
    found = of_days(days(date(2026, 10, 1), MISSED, MET, UNPROVEN, MISSED, MET))
    assert found is not None
    assert (found.since, found.days, found.open) == (date(2026, 10, 3), 3, False)


def test_a_run_that_lasts_to_the_end_is_open() -> None:
    found = of_days(days(date(2026, 10, 1), MET, MISSED, UNPROVEN))
    assert found is not None
    assert (found.since, found.open) == (date(2026, 10, 2), True)


def test_a_run_from_the_first_day_is_followed_into_the_quarters_before() -> None:
    earlier = [
        days(date(2026, 9, 28), MET, MISSED, MISSED),
        days(date(2026, 6, 28), MET, MET, MISSED),
    ]
    found = of_days(days(date(2026, 10, 1), MISSED, MISSED), earlier)
    assert found is not None
    assert (found.since, found.days, found.open) == (date(2026, 9, 29), 2, True)


def test_a_run_through_a_whole_quarter_is_followed_into_the_next_one_back() -> None:
    earlier = [days(date(2026, 9, 29), MISSED, MISSED), days(date(2026, 9, 26), MET, UNPROVEN, MISSED)]
    found = of_days(days(date(2026, 10, 1), MISSED), earlier)
    assert found is not None
    assert found.since == date(2026, 9, 27)


def test_a_quarter_that_ended_well_stops_the_way_back() -> None:
    found = of_days(days(date(2026, 10, 1), MISSED), [days(date(2026, 9, 29), MISSED, MET)])
    assert found is not None
    assert found.since == date(2026, 10, 1)


def occurrence(due: date, state: State, done: date | None = None) -> Occurrence:
    key = Key(target="vulnerability-scan", subject="internet", beneficiary="scota")
    return Occurrence(key=key, due=due, state=state, measured=state, reason=Reason.OVERDUE, done=done)


def events(*occurrences: Occurrence) -> Events:
    counted = tally(one.state for one in occurrences)
    outcome = QuarterOutcome.NOT_ATTAINED
    return Events(
        outcome=outcome,
        measured_outcome=outcome,
        tally=counted,
        measured_tally=counted,
        occurrences=occurrences,
    )


def test_what_is_still_to_be_done_is_open_since_it_fell_due() -> None:
    late = occurrence(date(2026, 10, 24), MISSED, done=date(2026, 11, 5))
    open_one = occurrence(date(2026, 11, 30), MISSED)
    found = of_events(events(late, open_one))
    assert found is not None
    assert (found.since, found.days, found.open) == (date(2026, 11, 30), 2, True)


def test_what_was_done_late_is_closed() -> None:
    found = of_events(events(occurrence(date(2026, 10, 24), MISSED, done=date(2026, 11, 5))))
    assert found is not None
    assert (found.since, found.open) == (date(2026, 10, 24), False)
    assert of_events(events(occurrence(date(2026, 10, 24), MET, done=date(2026, 10, 20)))) is None


def test_each_of_two_that_were_late_keeps_its_own_day() -> None:
    first = occurrence(date(2026, 10, 19), MISSED, done=date(2026, 10, 28))
    second = occurrence(date(2026, 11, 20), MISSED, done=date(2026, 11, 28))
    found = of_events(events(first, second))
    assert found is not None
    assert (found.since, found.last) == (date(2026, 10, 19), date(2026, 10, 28))
    pairs = ((date(2026, 10, 19), date(2026, 10, 28)), (date(2026, 11, 20), date(2026, 11, 28)))
    assert tuple((one.due, one.done) for one in made_good(events(first, second))) == pairs


def test_a_missed_target_is_dated_by_its_missed_days_alone() -> None:
    seen = days(date(2026, 10, 13), MET, MISSED, MISSED, MET, UNPROVEN, MET)
    found = of_days(seen, outcome=QuarterOutcome.NOT_ATTAINED)
    assert found is not None
    assert (found.since, found.last, found.days) == (date(2026, 10, 14), date(2026, 10, 15), 2)
    assert (found.then, found.open) == (None, False)


def test_a_quarter_that_ended_without_proof_is_not_called_closed() -> None:
    seen = days(date(2026, 10, 13), MISSED, MET, UNPROVEN, UNPROVEN)
    found = of_days(seen, outcome=QuarterOutcome.NOT_ATTAINED)
    assert found is not None
    assert (found.since, found.last, found.open) == (date(2026, 10, 13), date(2026, 10, 13), True)
    assert found.then == (UNPROVEN, date(2026, 10, 15))


def test_unproven_days_before_the_quarter_do_not_lengthen_a_missed_run() -> None:
    earlier = [days(date(2026, 9, 29), MISSED, UNPROVEN)]
    found = of_days(days(date(2026, 10, 1), MISSED), earlier, QuarterOutcome.NOT_ATTAINED)
    assert found is not None
    assert found.since == date(2026, 10, 1)


def test_an_unproven_month_does_not_date_a_duty_that_was_missed() -> None:
    late = occurrence(date(2026, 10, 24), MISSED, done=date(2026, 11, 5))
    found = of_events(events(occurrence(date(2026, 11, 8), UNPROVEN), late))
    assert found is not None
    assert (found.since, found.last) == (date(2026, 10, 24), date(2026, 11, 5))


def test_a_target_missed_by_its_accepted_days_alone_is_dated_by_them() -> None:
    """The unproven day beside them is not why: were it met, the quarter would still be missed."""
    seen = days(date(2026, 10, 13), MET, ACCEPTED, ACCEPTED, MET, UNPROVEN, MET)
    found = of_days(seen, outcome=QuarterOutcome.NOT_ATTAINED)
    assert found is not None
    assert (found.since, found.last, found.days) == (date(2026, 10, 14), date(2026, 10, 15), 2)
