"""The line of states: what a verdict adds to it, and what it leaves alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.accounting.timeline import (
    Start,
    Timeline,
    TimelineUpdate,
    after,
    after_silence,
    ended,
    extend,
    fold,
    keeping_missed,
    keeping_seen,
    keeping_told,
    keeping_unproven,
    merged,
    missing_nothing_before,
    says_something_new,
)
from agent.core.model import State
from agent.core.reason import Reason

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
AGE = timedelta(hours=6)
HOUR = timedelta(hours=1)


def look(line: Timeline, at: datetime, state: State, reason: Reason = Reason.WITHIN_LIMIT) -> Timeline:
    """Return the line after a look that succeeded."""
    stretch = extend(line, state=state, reason=reason, at=at, stands_until=at + AGE, bears_evidence=True)
    assert stretch is not None
    return after(line, stretch)


def fail(
    line: Timeline, at: datetime, reason: Reason = Reason.UNREACHABLE, *, lapsed: bool = False
) -> TimelineUpdate | None:
    """Return what a look that failed adds; `lapsed`: a limit has passed since the one before it."""
    return extend(
        line, state=State.UNPROVEN, reason=reason, at=at, stands_until=None, bears_evidence=False, lapsed=lapsed
    )


@pytest.mark.parametrize("good", [State.MET, State.ACCEPTED])
def test_what_was_good_is_unproven_from_a_limit_on_that_passed_behind_a_look_that_failed(good: State) -> None:
    line = look(Timeline(), NOON, good)
    found = fail(line, NOON + HOUR, lapsed=True)
    assert found is not None
    ended = after(line, found)
    assert states(ended) == [(NOON, good), (NOON + HOUR, State.UNPROVEN)]
    again = look(ended, NOON + 2 * HOUR, State.MET)
    assert states(again) == [*states(ended), (NOON + 2 * HOUR, State.MET)]


def test_what_was_seen_missed_stays_missed_behind_a_look_that_failed() -> None:
    assert fail(look(Timeline(), NOON, State.MISSED), NOON + HOUR, lapsed=True) is None
    assert fail(look(Timeline(), NOON, State.MET), NOON - HOUR, lapsed=True) is None


def states(line: Timeline) -> list[tuple[datetime, State]]:
    """Return a line without its reasons."""
    return [(start.at, start.state) for start in merged(line.starts)]


def test_the_first_look_begins_the_line() -> None:
    line = look(Timeline(), NOON, State.MET)
    assert states(line) == [(NOON, State.MET)]
    assert line.stands_until == NOON + AGE


def test_a_look_in_time_only_moves_the_end_of_the_evidence() -> None:
    line = look(Timeline(), NOON, State.MET)
    stretch = extend(
        line,
        state=State.MET,
        reason=Reason.WITHIN_LIMIT,
        at=NOON + AGE,
        stands_until=NOON + 2 * AGE,
        bears_evidence=True,
    )
    assert stretch is not None
    assert not says_something_new(line, stretch)
    assert after(line, stretch).stands_until == NOON + 2 * AGE


def test_a_silence_is_unproven_from_where_the_evidence_had_aged_out() -> None:
    line = look(look(Timeline(), NOON, State.MET), NOON + 10 * HOUR, State.MET)
    assert states(line) == [
        (NOON, State.MET),
        (NOON + AGE, State.UNPROVEN),
        (NOON + 10 * HOUR, State.MET),
    ]
    assert line.starts[1].reason is Reason.STALE_EVIDENCE


def test_a_failed_look_within_the_evidences_age_changes_nothing() -> None:
    line = look(Timeline(), NOON, State.MET)
    assert fail(line, NOON + HOUR) is None
    assert fail(line, NOON + AGE) is None


def test_a_shorter_age_of_evidence_ends_what_stood_from_then_on() -> None:
    line = look(Timeline(), NOON, State.MET)
    stretch = fail(line, NOON + 2 * HOUR, Reason.STALE_EVIDENCE)
    assert stretch is not None
    line = after(line, stretch)
    assert states(line) == [(NOON, State.MET), (NOON + 2 * HOUR, State.UNPROVEN)]
    assert line.stands_until is None


def test_a_failed_look_after_it_tells_why_nothing_is_shown() -> None:
    line = look(Timeline(), NOON, State.MET)
    stretch = fail(line, NOON + 7 * HOUR)
    assert stretch is not None
    assert [start.reason for start in stretch.starts] == [Reason.STALE_EVIDENCE, Reason.UNREACHABLE]
    assert {start.state for start in stretch.starts} == {State.UNPROVEN}
    assert stretch.stands_until is None


def test_a_failure_that_goes_on_says_nothing_new() -> None:
    line = look(Timeline(), NOON, State.MET)
    first = fail(line, NOON + 7 * HOUR)
    assert first is not None
    line = after(line, first)
    again = fail(line, NOON + 8 * HOUR)
    assert again is not None
    assert not says_something_new(line, again)


def test_a_failure_ends_what_rested_on_the_configuration_alone() -> None:
    declared = extend(
        Timeline(),
        state=State.NOT_APPLICABLE,
        reason=Reason.NOT_EXPECTED,
        at=NOON,
        stands_until=None,
        bears_evidence=True,
    )
    assert declared is not None
    line = after(Timeline(), declared)
    failed = fail(line, NOON + HOUR)
    assert failed is not None
    assert states(after(line, failed)) == [(NOON, State.NOT_APPLICABLE), (NOON + HOUR, State.UNPROVEN)]


def test_good_that_says_no_age_holds_for_its_own_moment_only() -> None:
    stretch = extend(
        Timeline(), state=State.MET, reason=Reason.WITHIN_LIMIT, at=NOON, stands_until=None, bears_evidence=True
    )
    assert stretch is not None
    assert stretch.stands_until == NOON


def test_a_clock_set_back_takes_no_missed_moment_away() -> None:
    line = look(look(Timeline(), NOON, State.MET), NOON + HOUR, State.MISSED, Reason.TOO_OLD)
    again = look(line, NOON, State.MET)
    assert states(again) == [(NOON, State.MET), (NOON + HOUR, State.MISSED)]
    assert again.stands_until == NOON + HOUR + AGE
    assert fail(line, NOON) is None


def test_what_a_clock_that_ran_ahead_wrote_does_not_hold_up_the_days_before_it() -> None:
    ahead = look(look(Timeline(), NOON, State.MET), NOON + 720 * HOUR, State.MET)
    assert (
        extend(
            ahead,
            state=State.MISSED,
            reason=Reason.TOO_OLD,
            at=NOON + 720 * HOUR - timedelta(minutes=5),
            stands_until=None,
            bears_evidence=True,
        )
        is None
    )  # no more than a moment's disorder
    line = look(ahead, NOON + 48 * HOUR, State.MISSED, Reason.TOO_OLD)
    assert states(line) == [
        (NOON, State.MET),
        (NOON + AGE, State.UNPROVEN),
        (NOON + 48 * HOUR, State.MISSED),
    ]


def test_a_good_look_does_not_go_on_up_to_what_was_missed_later() -> None:
    ahead = look(look(Timeline(), NOON, State.MET), NOON + 720 * HOUR, State.MISSED, Reason.TOO_OLD)
    line = look(ahead, NOON + 48 * HOUR, State.MET)
    assert states(line)[2:] == [
        (NOON + 48 * HOUR, State.MET),
        (NOON + 48 * HOUR + AGE, State.UNPROVEN),
        (NOON + 720 * HOUR, State.MISSED),
    ]


STATES = st.sampled_from([State.MET, State.MISSED, State.UNPROVEN, State.NOT_APPLICABLE])
LOOKS = st.lists(
    st.tuples(st.integers(0, 20), STATES, st.booleans(), st.one_of(st.none(), st.integers(-2, 10))), max_size=25
)


@given(looks=LOOKS)
def test_no_look_rewrites_what_stood_before_the_evidence_aged_out(
    looks: list[tuple[int, State, bool, int | None]],
) -> None:
    line, now = Timeline(), NOON
    for wait, state, bears_evidence, age in looks:
        now += wait * HOUR
        stretch = extend(
            line,
            state=state,
            reason=Reason.ON_COURSE,
            at=now,
            stands_until=None if age is None else now + age * HOUR,
            bears_evidence=bears_evidence,
        )
        if stretch is None:
            continue
        longer = after(line, stretch)
        fixed = [start for start in line.starts if start.at < stretch.covers_from]
        assert list(longer.starts[: len(fixed)]) == fixed
        assert line.stands_until is None or stretch.covers_from >= min(now, line.stands_until)
        instants = [start.at for start in longer.starts]
        assert instants == sorted(set(instants))
        line = longer


@given(looks=LOOKS)
def test_folding_only_what_says_something_new_gives_the_same_line(
    looks: list[tuple[int, State, bool, int | None]],
) -> None:
    line, kept, now = Timeline(), [], NOON
    for wait, state, bears_evidence, age in looks:
        now += wait * HOUR
        stretch = extend(
            line,
            state=state,
            reason=Reason.ON_COURSE,
            at=now,
            stands_until=None if age is None else now + age * HOUR,
            bears_evidence=bears_evidence,
        )
        if stretch is None:
            continue
        if says_something_new(line, stretch):
            kept.append(stretch)
        line = after(line, stretch)
    assert merged(fold(kept).starts) == merged(line.starts)


def test_merging_keeps_the_first_of_what_repeats() -> None:
    starts = [Start(at=NOON + hour * HOUR, state=State.MET, reason=Reason.WITHIN_LIMIT) for hour in range(3)]
    assert merged(starts) == (starts[0],)


# What is done to a whole line, each moment exactly.

SECOND = timedelta(seconds=1)


def start(hours: float, state: State, reason: Reason = Reason.WITHIN_LIMIT) -> Start:
    """Return a start so many hours after noon."""
    return Start(at=NOON + hours * HOUR, state=state, reason=reason)


def stretch_from(hours: float, *starts: Start, until: float | None = None) -> TimelineUpdate:
    """Return a stretch from so many hours after noon on."""
    stands = None if until is None else NOON + until * HOUR
    return TimelineUpdate(covers_from=NOON + hours * HOUR, starts=starts, stands_until=stands)


GOOD, BAD = start(0, State.MET), start(4, State.MISSED, Reason.TOO_OLD)
STALE = Reason.STALE_EVIDENCE


def test_a_line_that_is_ended_is_unproven_from_then_on_for_that_reason() -> None:
    line = Timeline(starts=(GOOD, BAD), stands_until=NOON + 6 * HOUR)
    gone = Reason.NO_LONGER_DECLARED

    def cut(hours: float) -> Timeline:
        return ended(line, NOON + hours * HOUR, gone)

    assert cut(5) == Timeline(starts=(GOOD, BAD, start(5, State.UNPROVEN, gone)))
    assert cut(4) == Timeline(starts=(GOOD, start(4, State.UNPROVEN, gone)))
    assert cut(6) == Timeline(starts=(GOOD, BAD, start(6, State.UNPROVEN, gone)))
    assert cut(7) == Timeline(starts=(GOOD, BAD, start(6, State.UNPROVEN, STALE), start(7, State.UNPROVEN, gone)))
    endless = ended(replace(line, stands_until=None), NOON + 7 * HOUR, gone)
    assert endless.starts == (GOOD, BAD, start(7, State.UNPROVEN, gone))


def test_a_silence_before_a_stretch_is_covered_from_where_the_evidence_ended() -> None:
    added = stretch_from(8, start(8, State.MET), until=14)
    for until, expected in (
        (None, added),
        (8, added),
        (9, added),
        (6, stretch_from(6, start(6, State.UNPROVEN, STALE), start(8, State.MET), until=14)),
    ):
        stands = None if until is None else NOON + until * HOUR
        assert after_silence(Timeline(starts=(GOOD,), stands_until=stands), added) == expected


def test_a_clock_set_back_keeps_the_missed_moments_after_it() -> None:
    line = Timeline(starts=(GOOD, BAD, start(8, State.MET)), stands_until=NOON + 14 * HOUR)
    added = stretch_from(1, start(1, State.MET), until=3)

    def kept(now: float, one: TimelineUpdate = added, of: Timeline = line) -> TimelineUpdate:
        return keeping_missed(of, one, NOON + now * HOUR)

    silence = start(3, State.UNPROVEN, STALE)
    assert kept(1) == stretch_from(1, start(1, State.MET), silence, BAD, until=8)
    assert kept(4) == added
    assert kept(3.9) == stretch_from(1, start(1, State.MET), silence, BAD, until=8)
    endless = stretch_from(1, start(1, State.MET))
    assert kept(1, endless) == stretch_from(1, start(1, State.MET), BAD, until=8)
    until_then = stretch_from(1, start(1, State.MET), until=4)
    assert kept(1, until_then) == stretch_from(1, start(1, State.MET), BAD, until=8)
    again = replace(line, starts=(*line.starts, start(10, State.MISSED, Reason.TOO_OLD)))
    assert kept(1, added, again) == stretch_from(
        1,
        start(1, State.MET),
        silence,
        BAD,
        start(8, State.UNPROVEN, STALE),
        start(10, State.MISSED, Reason.TOO_OLD),
        until=14,
    )
    assert kept(1, added, Timeline()) == added


def test_what_was_seen_missed_stays_whatever_a_later_look_shows_of_it() -> None:
    line = Timeline(starts=(GOOD, BAD, start(8, State.MET)), stands_until=NOON + 14 * HOUR)
    added = stretch_from(2, start(2, State.MET), until=20)

    def kept(one: TimelineUpdate, *retold: Reason, now: float = 10, of: Timeline = line) -> TimelineUpdate:
        return keeping_seen(of, one, frozenset(retold), NOON + now * HOUR)

    assert kept(added) == replace(added, starts=(start(2, State.MET), BAD, start(8, State.MET)))
    assert kept(added, Reason.TOO_OLD) == added
    assert kept(added, now=6) == replace(added, starts=(start(2, State.MET), BAD, start(6, State.MET)))
    late = stretch_from(5, start(5, State.MET))
    assert kept(late) == replace(late, starts=(start(5, State.MISSED, Reason.TOO_OLD), start(8, State.MET)))
    after_it = stretch_from(8, start(8, State.MET))
    assert kept(after_it) == after_it
    inside = stretch_from(2, start(2, State.MET), start(6, State.UNPROVEN, STALE), start(9, State.MET))
    assert kept(inside).starts == (
        start(2, State.MET), BAD, start(8, State.UNPROVEN, STALE), start(9, State.MET)
    )  # fmt: skip
    at_its_end = stretch_from(2, start(2, State.MET), start(8, State.UNPROVEN, STALE))
    assert kept(at_its_end).starts == (start(2, State.MET), BAD, start(8, State.UNPROVEN, STALE))
    open_end = Timeline(starts=(GOOD, BAD), stands_until=NOON + 7 * HOUR)
    assert kept(added, of=open_end).starts == (start(2, State.MET), BAD, start(7, State.MET))
    assert kept(added, of=replace(open_end, stands_until=None)).starts == (
        start(2, State.MET), BAD, start(10, State.MET)
    )  # fmt: skip
    assert kept(stretch_from(1)).starts == (BAD,)
    assert kept(added, of=Timeline()) == added


def test_a_failed_look_at_the_very_end_of_the_evidence_changes_nothing() -> None:
    line = look(Timeline(), NOON, State.MET)
    assert fail(line, NOON + AGE) is None
    late = fail(line, NOON + AGE + SECOND)
    assert late == TimelineUpdate(
        covers_from=NOON + AGE,
        starts=(
            Start(at=NOON + AGE, state=State.UNPROVEN, reason=STALE),
            Start(at=NOON + AGE + SECOND, state=State.UNPROVEN, reason=Reason.UNREACHABLE),
        ),
        stands_until=None,
    )


def test_a_look_of_a_clock_that_is_five_minutes_back_adds_nothing() -> None:
    line = look(Timeline(), NOON, State.MET)

    def back(span: timedelta, state: State = State.MET, until: datetime | None = None) -> TimelineUpdate | None:
        return extend(
            line, state=state, reason=Reason.WITHIN_LIMIT, at=NOON - span, stands_until=until, bears_evidence=True
        )

    five = timedelta(minutes=5)
    assert back(five) is None
    at = NOON - five - SECOND
    assert back(five + SECOND) == TimelineUpdate(
        covers_from=at, starts=(Start(at=at, state=State.MET, reason=Reason.WITHIN_LIMIT),), stands_until=at
    )
    accepted = back(five + SECOND, State.ACCEPTED)
    assert accepted is not None and accepted.stands_until == at
    missed = back(five + SECOND, State.MISSED)
    assert missed is not None and missed.stands_until is None
    dated = back(five + SECOND, until=NOON + HOUR)
    assert dated is not None and dated.stands_until == NOON + HOUR


MET = Timeline(starts=(Start(at=NOON, state=State.MET, reason=Reason.WITHIN_LIMIT),), stands_until=NOON + HOUR)


def test_a_second_look_of_the_same_instant_takes_the_place_of_the_first() -> None:
    found = extend(
        MET, state=State.MISSED, reason=Reason.TOO_OLD, at=NOON, stands_until=NOON + HOUR, bears_evidence=True
    )
    assert found is not None and found.covers_from == NOON
    assert [start.state for start in after(MET, found).starts] == [State.MISSED]


def test_a_look_that_failed_is_unproven_and_stands_for_nothing() -> None:
    found = extend(
        Timeline(),
        state=State.MISSED,
        reason=Reason.UNREACHABLE,
        at=NOON,
        stands_until=NOON + HOUR,
        bears_evidence=False,
    )
    failed = Start(at=NOON, state=State.UNPROVEN, reason=Reason.UNREACHABLE)
    assert found == TimelineUpdate(covers_from=NOON, starts=(failed,), stands_until=None)


def test_evidence_aged_out_at_the_last_start_takes_nothing_before_it() -> None:
    line = replace(MET, stands_until=NOON - HOUR)
    found = extend(
        line,
        state=State.MET,
        reason=Reason.WITHIN_LIMIT,
        at=NOON + HOUR,
        stands_until=NOON + 2 * HOUR,
        bears_evidence=True,
    )
    assert found is not None and found.covers_from == NOON


def test_what_is_told_before_stays_and_what_is_new_fills_the_rest() -> None:
    line = Timeline(
        starts=(GOOD, start(2, State.UNPROVEN, STALE), BAD, start(6, State.UNPROVEN, STALE)),
        stands_until=NOON + 8 * HOUR,
    )
    new = stretch_from(1, start(1, State.MISSED, Reason.ABSENT), start(7, State.MET))

    def kept(of: Timeline, now: float = 9) -> tuple[Start, ...]:
        told = keeping_told(of, new, NOON + now * HOUR)
        assert told.covers_from == new.covers_from
        return told.starts

    absent = (State.MISSED, Reason.ABSENT)
    assert kept(line) == (
        start(1, State.MET), start(2, *absent), BAD, start(6, *absent), start(7, State.MET)
    )  # fmt: skip
    assert kept(Timeline()) == new.starts
    stands = Timeline(starts=(GOOD,), stands_until=NOON + 3 * HOUR)
    assert kept(stands) == (start(1, State.MET), start(3, *absent), start(7, State.MET))
    assert kept(stands, now=2) == (start(1, State.MET), start(2, *absent), start(7, State.MET))
    assert kept(replace(stands, stands_until=None), now=4) == (
        start(1, State.MET),
        start(4, *absent),
        start(7, State.MET),
    )


def test_what_is_missed_stays_so_where_nothing_was_unproven() -> None:
    line = Timeline(starts=(GOOD, start(2, State.UNPROVEN, STALE)), stands_until=NOON + 8 * HOUR)
    new = stretch_from(0, GOOD, start(1, State.MISSED), start(5, State.MET))
    assert keeping_unproven(line, new, NOON + 3 * HOUR).starts == (
        GOOD, start(1, State.MISSED), start(2, State.UNPROVEN, STALE), start(3, State.MISSED), start(5, State.MET)
    )  # fmt: skip
    assert keeping_unproven(line, new, NOON - HOUR).starts == new.starts
    assert keeping_unproven(Timeline(), new, NOON + 3 * HOUR).starts == new.starts
    proven = stretch_from(0, start(0, State.MET))
    assert keeping_unproven(line, proven, NOON + 3 * HOUR).starts == proven.starts
    late = stretch_from(0, start(4, State.MISSED))
    assert keeping_unproven(line, late, NOON + 3 * HOUR).starts == late.starts


def test_what_was_not_asked_is_not_missed_before_it_is_asked() -> None:
    unasked = (State.UNPROVEN, Reason.NOT_RUN)
    absent = (State.MISSED, Reason.ABSENT)
    new = stretch_from(1, start(1, *absent), start(3, State.MET), start(5, *absent))
    assert missing_nothing_before(new, NOON + 7 * HOUR).starts == (
        start(1, *unasked), start(3, State.MET), start(5, *unasked), start(7, *absent)
    )  # fmt: skip
    assert missing_nothing_before(new, NOON + 5 * HOUR).starts == (
        start(1, *unasked), start(3, State.MET), start(5, *absent)
    )  # fmt: skip
    good = stretch_from(1, start(1, *absent), start(3, State.MET))
    assert missing_nothing_before(good, NOON + 7 * HOUR).starts == (start(1, *unasked), start(3, State.MET))
    assert missing_nothing_before(stretch_from(1), NOON) == stretch_from(1)
