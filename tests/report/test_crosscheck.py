"""The report's days beside those that were heard: what is a difference, what is silence, and what is told of it."""

from datetime import date, timedelta

import pytest

from agent.core.model import State
from agent.core.period import each_day
from agent.report.crosscheck import MOST_TOLD, AlertedState, PrometheusComparison, Reported, cross_check, lines


def allowance(day: date) -> timedelta:
    return timedelta(hours=2)


PATCHING = ("patching", "srv-1")
DAYS = tuple(each_day(date(2026, 10, 1), date(2026, 10, 4)))


def reported(state: State, name: tuple[str, str] = PATCHING) -> list[Reported]:
    return [(day, name, state) for day in DAYS]


def heard(state: State, *, whole: bool = True, excess: float | None = None) -> dict[date, AlertedState]:
    return {day: AlertedState(worst=state, whole=whole, excess=excess) for day in DAYS}


def differences(here: State, there: AlertedState, target: str = "patching") -> int:
    name = (target, "x")
    found = cross_check(reported(here, name), {name: dict.fromkeys(DAYS, there)}, allowance)
    return sum(len(one.days) for one in found.differences)


@pytest.mark.parametrize("state", State)
def test_what_is_alike_is_no_difference(state: State) -> None:
    assert differences(state, AlertedState(worst=state, whole=True)) == 0


@pytest.mark.parametrize(("here", "there"), [(a, b) for a in State for b in State if a is not b])
def test_every_other_state_of_a_whole_day_is_a_difference(here: State, there: State) -> None:
    assert differences(here, AlertedState(worst=there, whole=True)) == 4


@pytest.mark.parametrize(
    ("here", "there", "days"),
    [
        (State.MET, State.MISSED, 4),
        (State.MET, State.UNPROVEN, 4),
        (State.MISSED, State.MET, 0),
        (State.UNPROVEN, State.MET, 0),
    ],
)
def test_a_part_of_a_day_shows_only_worse(here: State, there: State, days: int) -> None:
    """What happened while Prometheus did not listen may well have been worse than what it heard."""
    assert differences(here, AlertedState(worst=there, whole=False)) == days


@pytest.mark.parametrize(
    ("there", "excess", "days"),
    [
        (State.MISSED, 7200.0, 0),  # late, and within what a day is granted for the run
        (State.MISSED, -60.0, 4),  # not late: something else was bad
        (State.MISSED, 7201.0, 4),
        (State.MISSED, None, 4),
        (State.UNPROVEN, None, 0),  # a later look shows by the points' own dates what happened
        (State.ACCEPTED, None, 4),
    ],
)
def test_a_recovery_point_has_its_run_and_its_own_date(there: State, excess: float | None, days: int) -> None:
    assert differences(State.MET, AlertedState(worst=there, whole=True, excess=excess), "backup-rpo") == days


def test_a_copy_has_the_run_of_its_points_and_no_later_look() -> None:
    for there, excess, days in ((State.MISSED, 7200.0, 0), (State.MISSED, 7201.0, 4), (State.UNPROVEN, None, 4)):
        heard_there = AlertedState(worst=there, whole=True, excess=excess)
        assert differences(State.MET, heard_there, "backup-offsite") == days


def test_one_day_is_tolerated_and_two_are_told() -> None:
    history = {PATCHING: heard(State.MET) | {DAYS[0]: AlertedState(worst=State.MISSED, whole=True)}}
    assert cross_check(reported(State.MET), history, allowance).differences == ()
    history[PATCHING][DAYS[2]] = AlertedState(worst=State.MISSED, whole=True)
    found = cross_check(reported(State.MET), history, allowance)
    assert list(lines(PrometheusComparison(server="x", found=found))) == [
        "prometheus: 4 days compared; no figure is changed by it",
        "prometheus: patching srv-1 differs on 2 days: met here, missed there (2026-10-01 and 1 more)",
    ]


def test_a_day_that_was_not_heard_is_neither_alike_nor_different() -> None:
    found = cross_check(
        reported(State.MISSED), {PATCHING: {DAYS[0]: AlertedState(worst=State.MISSED, whole=True)}}, allowance
    )
    assert (found.compared, found.unheard, found.differences) == (1, 3, ())
    assert list(lines(PrometheusComparison(server="x", found=cross_check(reported(State.MET), {}, allowance)))) == [
        "prometheus: 0 days compared, it holds nothing of 4 more; no figure is changed by it"
    ]


def test_many_differences_are_cut_and_counted_and_a_name_stays_on_its_line() -> None:
    names = [("patching", f"srv-{number:03d}\n\x1b[31m") for number in range(MOST_TOLD + 5)]
    rows = [one for name in names for one in reported(State.MET, name)]
    found = cross_check(rows, {name: heard(State.MISSED) for name in names}, allowance)
    told = list(lines(PrometheusComparison(server="x", found=found)))
    assert len(told) == MOST_TOLD + 2
    assert told[-1] == "prometheus: and 5 subjects more"
    assert not any("\n" in line or "\x1b" in line for line in told)
