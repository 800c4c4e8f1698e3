"""A civil day: the worst of its moments, and when its row may be made and changed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.accounting.agreements import Acceptance
from agent.accounting.days import DayRow, account_day, closable, may_improve, no_longer_declared
from agent.accounting.timeline import Start, Timeline, after, extend
from agent.core.model import WORST_FIRST, Key, State
from agent.core.period import PARIS, day_end, day_start
from agent.core.reason import Reason
from tests.accounting.document import november, table

DAY = date(2026, 11, 10)
LATER = datetime(2026, 11, 30, tzinfo=UTC)
AGE = timedelta(hours=6)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
KEY = Key(target="patching", subject="srv-1", beneficiary="scota")
POINTS = Key(target="backup-rpo", subject="files", beneficiary="scota")
REASONS = {State.MET: Reason.WITHIN_LIMIT, State.MISSED: Reason.TOO_OLD, State.UNPROVEN: Reason.ON_COURSE}
ACCEPTED = Acceptance(
    id="a-1",
    key=KEY,
    author="RSSI",
    accepted_by="Présidente du SCOTA",
    accepted_on=DAY,
    until=DAY,
    reason="machine en fin de vie",
)


def line_of(looks: list[tuple[datetime, State | None]]) -> Timeline:
    """Return the line of some looks in the order of time; None: the look failed."""
    line = Timeline()
    for at, state in looks:
        stretch = extend(
            line,
            state=state or State.UNPROVEN,
            reason=REASONS[state] if state else Reason.UNREACHABLE,
            at=at,
            stands_until=at + AGE if state else None,
            bears_evidence=state is not None,
        )
        line = line if stretch is None else after(line, stretch)
    return line


def read_looks(text: str) -> list[tuple[datetime, State | None]]:
    """Return the looks of a cell such as `10 08:00 met, 10 13:00 failed`."""
    looks = []
    for words in filter(None, text.split(", ")):
        day, time, state = words.split()
        looks.append((november(f"{day} {time}"), None if state == "failed" else State(state)))
    return looks


@pytest.mark.parametrize("row", table("looks", "state of the day", "reason", "why"), ids=lambda row: row["why"])
def test_the_documents_days_are_what_is_computed(row: dict[str, str]) -> None:
    accounted = account_day(KEY, DAY, line_of(read_looks(row["looks"])), now=LATER)
    assert (accounted.measured.value, accounted.reason.value) == (row["state of the day"], row["reason"])


def started(at: datetime, state: State, stands_until: datetime | None) -> Timeline:
    """Return a line of one start."""
    start = Start(at=at, state=state, reason=REASONS.get(state, Reason.NOT_EXPECTED))
    return Timeline(starts=(start,), stands_until=stands_until)


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), DAY])
def test_a_line_from_midnight_to_midnight_covers_the_day_whatever_its_length(day: date) -> None:
    covered = started(day_start(day), State.MET, day_end(day))
    assert account_day(KEY, day, covered, now=LATER).state is State.MET
    for gap in (
        started(day_start(day) + timedelta(microseconds=1), State.MET, day_end(day)),
        started(day_start(day), State.MET, day_end(day) - timedelta(microseconds=1)),
    ):
        assert account_day(KEY, day, gap, now=LATER).state is State.UNPROVEN


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), DAY])
def test_a_miss_at_midnight_is_of_the_day_that_begins(day: date) -> None:
    line = Timeline(
        starts=(
            Start(at=day_start(day), state=State.MET, reason=Reason.WITHIN_LIMIT),
            Start(at=day_end(day), state=State.MISSED, reason=Reason.TOO_OLD),
        ),
        stands_until=day_end(day) + AGE,
    )
    following = day + timedelta(days=1)
    later = LATER + timedelta(days=365)
    assert account_day(KEY, day, line, now=later).measured is State.MET
    assert account_day(KEY, following, line, now=later).measured is State.MISSED


def test_moments_before_the_subject_was_expected_are_left_out() -> None:
    line = line_of([(november(f"10 {hour}:00"), State.MET) for hour in ("09", "14", "19", "23")])
    assert account_day(KEY, DAY, line, now=LATER).measured is State.UNPROVEN
    assert account_day(KEY, DAY, line, expected_from=november("10 09:00"), now=LATER).measured is State.MET


def test_a_day_of_which_nothing_is_expected_has_no_row() -> None:
    with pytest.raises(ValueError, match="not expected"):
        account_day(KEY, DAY, Timeline(), expected_from=day_end(DAY), now=LATER)


def test_what_is_still_to_come_of_a_day_is_left_out() -> None:
    line = started(day_start(DAY), State.MET, day_start(DAY) + AGE)
    assert account_day(KEY, DAY, line, now=day_start(DAY) + HOUR).state is State.MET
    assert account_day(KEY, DAY, line, now=day_start(DAY) + 7 * HOUR).state is State.UNPROVEN


def test_a_start_after_the_evidence_had_aged_out_shows_nothing() -> None:
    line = started(day_start(DAY) + HOUR, State.MET, day_start(DAY))
    assert account_day(KEY, DAY, line, now=LATER).measured is State.UNPROVEN


def test_a_day_is_not_applicable_only_when_all_of_it_is() -> None:
    whole = started(day_start(DAY), State.NOT_APPLICABLE, None)
    assert account_day(KEY, DAY, whole, now=LATER).state is State.NOT_APPLICABLE
    part = started(day_start(DAY) + HOUR, State.NOT_APPLICABLE, None)
    assert account_day(KEY, DAY, part, now=LATER).state is State.UNPROVEN


@pytest.mark.parametrize(
    ("measured", "state"),
    [
        (State.MISSED, State.ACCEPTED),
        (State.UNPROVEN, State.ACCEPTED),
        (State.MET, State.MET),
        (State.NOT_APPLICABLE, State.NOT_APPLICABLE),
    ],
)
def test_only_what_is_missed_or_unproven_can_be_accepted(measured: State, state: State) -> None:
    row = account_day(KEY, DAY, started(day_start(DAY), measured, day_end(DAY)), acceptances=[ACCEPTED], now=LATER)
    assert (row.measured, row.state) == (measured, state)


def test_a_silent_day_under_an_acceptance_is_accepted_and_still_measured_as_unproven() -> None:
    row = account_day(KEY, DAY, Timeline(), acceptances=[ACCEPTED], now=LATER)
    assert (row.state, row.measured, row.reason) == (State.ACCEPTED, State.UNPROVEN, Reason.NOT_RUN)


def row_of(measured: State, key: Key = POINTS, day: date = DAY) -> DayRow:
    """Return a day's row."""
    return DayRow(
        key=key, day=day, state=measured, measured=measured, reason=Reason.ON_COURSE, late=False, judged_at=LATER
    )


def test_a_day_without_dated_evidence_closes_as_soon_as_it_is_over() -> None:
    row = row_of(State.MET, KEY)
    assert not closable(row, None, now=day_end(DAY) - timedelta(microseconds=1))
    assert closable(row, None, now=day_end(DAY))


def test_a_good_day_of_dated_evidence_waits_for_a_look_after_its_end() -> None:
    row, after_end = row_of(State.MET), day_end(DAY) + timedelta(minutes=1)
    assert not closable(row, day_end(DAY) - HOUR, now=after_end)
    assert closable(row, day_end(DAY), now=after_end)


def test_a_good_day_of_dated_evidence_waits_for_seven_days_at_most() -> None:
    row = row_of(State.MET)
    assert not closable(row, None, now=day_start(DAY + timedelta(days=8)) - HOUR)
    assert closable(row, None, now=day_start(DAY + timedelta(days=8)))


@pytest.mark.parametrize("measured", [State.UNPROVEN, State.MISSED])
def test_a_day_of_dated_evidence_that_is_not_good_does_not_wait(measured: State) -> None:
    assert closable(row_of(measured), None, now=day_end(DAY))


@pytest.mark.parametrize("old", list(State))
@pytest.mark.parametrize("new", list(State))
def test_late_evidence_turns_unproven_into_met_or_missed_and_nothing_else(old: State, new: State) -> None:
    allowed = old is State.UNPROVEN and new in (State.MET, State.MISSED)
    assert may_improve(row_of(old), row_of(new), day_end(DAY), now=november("12 10:00")) is allowed


@pytest.mark.parametrize(("before", "allowed"), [(None, True), (day_end(DAY) - HOUR, True), (day_end(DAY), False)])
def test_the_first_look_after_a_day_may_show_it_missed(before: datetime | None, allowed: bool) -> None:
    assert may_improve(row_of(State.MET), row_of(State.MISSED), before, now=november("12 10:00")) is allowed
    assert not may_improve(row_of(State.MET), row_of(State.UNPROVEN), before, now=november("12 10:00"))
    assert not may_improve(row_of(State.MET), row_of(State.MISSED), before, now=november("18 00:00"))


def test_an_accepted_day_that_was_unproven_can_still_be_proven() -> None:
    accepted = replace(row_of(State.UNPROVEN), state=State.ACCEPTED)
    assert may_improve(accepted, row_of(State.MET), None, now=november("12 10:00"))


@pytest.mark.parametrize(("now", "allowed"), [("11 00:00", True), ("17 23:59", True), ("18 00:00", False)])
def test_late_evidence_counts_within_seven_days(now: str, allowed: bool) -> None:
    assert may_improve(row_of(State.UNPROVEN), row_of(State.MET), None, now=november(now)) is allowed


def test_what_had_to_be_seen_on_the_day_cannot_be_made_up_later() -> None:
    assert not may_improve(row_of(State.UNPROVEN, KEY), row_of(State.MET, KEY), None, now=november("11 10:00"))


def test_late_evidence_of_another_day_or_subject_is_none_of_this_one() -> None:
    other_day = row_of(State.MET, day=DAY - timedelta(days=1))
    other_key = row_of(State.MET, POINTS._replace(subject="mail"))
    assert not may_improve(row_of(State.UNPROVEN), other_day, None, now=november("11 10:00"))
    assert not may_improve(row_of(State.UNPROVEN), other_key, None, now=november("11 10:00"))


@pytest.mark.parametrize(
    ("measured", "shown"),
    [(State.MET, State.UNPROVEN), (State.UNPROVEN, State.UNPROVEN), (State.NOT_APPLICABLE, State.UNPROVEN)],
)
def test_a_subject_that_is_gone_is_unproven(measured: State, shown: State) -> None:
    row = no_longer_declared(row_of(measured))
    assert row == replace(row_of(measured), state=shown, measured=State.UNPROVEN, reason=Reason.NO_LONGER_DECLARED)


def test_going_away_does_not_wash_off_a_miss() -> None:
    assert no_longer_declared(row_of(State.MISSED)) == row_of(State.MISSED)


MOMENTS = st.lists(st.tuples(st.integers(0, 48 * 60), st.sampled_from([State.MET, State.MISSED, None])), max_size=12)


def days_looks(minutes: list[tuple[int, State | None]]) -> list[tuple[datetime, State | None]]:
    """Return looks from half a day before the day on, in the order of time, one an instant."""
    begins = day_start(DAY, PARIS) - 12 * HOUR
    return [(begins + timedelta(minutes=minute), state) for minute, state in sorted(dict(minutes).items())]


@given(minutes=MOMENTS)
def test_removing_a_good_or_failed_look_never_improves_a_day(minutes: list[tuple[int, State | None]]) -> None:
    looks = days_looks(minutes)
    whole = account_day(KEY, DAY, line_of(looks), now=LATER).measured
    for index, (_, state) in enumerate(looks):
        if state is not State.MISSED:
            fewer = account_day(KEY, DAY, line_of(looks[:index] + looks[index + 1 :]), now=LATER).measured
            assert WORST_FIRST.index(fewer) <= WORST_FIRST.index(whole)


@given(minutes=MOMENTS)
def test_no_day_is_met_without_evidence_at_each_of_its_moments(minutes: list[tuple[int, State | None]]) -> None:
    looks = days_looks(minutes)
    if account_day(KEY, DAY, line_of(looks), now=LATER).measured is State.MET:
        good = [at for at, state in looks if state is State.MET]
        for minute in range(0, 24 * 60, 5):
            moment = day_start(DAY) + timedelta(minutes=minute)
            assert any(at <= moment <= at + AGE for at in good)


CAYENNE = ZoneInfo("America/Cayenne")


def test_a_day_runs_from_midnight_to_midnight_of_its_own_zone() -> None:
    begins, ends = day_start(DAY, CAYENNE), day_end(DAY, CAYENNE)
    assert (begins, ends) != (day_start(DAY), day_end(DAY))
    assert account_day(KEY, DAY, started(begins, State.MET, ends), now=LATER, zone=CAYENNE).measured is State.MET
    for line in (started(begins + SECOND, State.MET, ends), started(begins, State.MET, ends - SECOND)):
        assert account_day(KEY, DAY, line, now=LATER, zone=CAYENNE).measured is State.UNPROVEN


def test_a_day_is_over_and_late_by_its_own_zone() -> None:
    ends = day_end(DAY, CAYENNE)
    assert not closable(row_of(State.MISSED), None, now=ends - SECOND, zone=CAYENNE)
    assert closable(row_of(State.MISSED), None, now=ends, zone=CAYENNE)
    assert not closable(row_of(State.MET), ends - SECOND, now=ends, zone=CAYENNE)
    assert closable(row_of(State.MET), ends, now=ends, zone=CAYENNE)
    last = day_end(DAY + timedelta(days=7), CAYENNE)
    assert not closable(row_of(State.MET), None, now=last - SECOND, zone=CAYENNE)
    assert closable(row_of(State.MET), None, now=last, zone=CAYENNE)


def test_late_evidence_counts_by_the_zone_of_its_day() -> None:
    unproven, met, missed = row_of(State.UNPROVEN), row_of(State.MET), row_of(State.MISSED)
    last, ends = day_end(DAY + timedelta(days=7), CAYENNE), day_end(DAY, CAYENNE)
    assert may_improve(unproven, met, None, now=last - SECOND, zone=CAYENNE)
    assert not may_improve(unproven, met, None, now=last, zone=CAYENNE)
    assert may_improve(met, missed, ends - SECOND, now=ends, zone=CAYENNE)
    assert not may_improve(met, missed, ends, now=ends, zone=CAYENNE)


def test_a_row_is_late_only_where_it_is_made_of_late_evidence() -> None:
    assert not account_day(KEY, DAY, Timeline(), now=LATER).late
    assert account_day(KEY, DAY, Timeline(), now=LATER, late=True).late


def test_a_day_of_which_no_moment_has_come_is_unproven() -> None:
    line = started(day_start(DAY) - HOUR, State.MET, day_end(DAY))
    row = account_day(KEY, DAY, line, now=day_start(DAY))
    assert (row.measured, row.reason) == (State.UNPROVEN, Reason.NOT_RUN)


def test_a_miss_before_which_nothing_was_shown_is_a_miss_of_its_day() -> None:
    line = started(day_start(DAY) + 10 * HOUR, State.MISSED, None)
    assert account_day(KEY, DAY, line, now=LATER).measured is State.MISSED


def test_the_evidence_of_a_later_start_takes_nothing_from_the_day_before() -> None:
    met, missed = (
        Start(at=at, state=state, reason=REASONS[state])
        for at, state in ((day_start(DAY), State.MET), (day_end(DAY), State.MISSED))
    )
    line = Timeline(starts=(met, missed), stands_until=day_start(DAY) + HOUR)
    assert account_day(KEY, DAY, line, now=LATER).measured is State.MET


def test_a_start_that_the_next_one_replaces_at_once_is_no_moment() -> None:
    at = day_start(DAY) + HOUR
    starts = [
        Start(at=when, state=state, reason=REASONS[state])
        for when, state in ((day_start(DAY), State.MET), (at, State.MISSED), (at, State.MET))
    ]
    assert account_day(KEY, DAY, Timeline(starts=tuple(starts)), now=LATER).measured is State.MET


def test_a_line_without_any_start_shows_nothing_however_long_it_stands() -> None:
    row = account_day(KEY, DAY, Timeline(stands_until=day_end(DAY)), now=LATER)
    assert (row.measured, row.reason) == (State.UNPROVEN, Reason.NOT_RUN)
