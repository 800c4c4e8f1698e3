"""The line of states: what a verdict adds to it, and what it leaves alone."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from agent.accounting.timeline import Start, Stretch, Timeline, after, extend, fold, merged, says_something_new
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


def fail(line: Timeline, at: datetime, reason: Reason = Reason.UNREACHABLE) -> Stretch | None:
    """Return what a look that failed adds."""
    return extend(line, state=State.UNPROVEN, reason=reason, at=at, stands_until=None, bears_evidence=False)


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
