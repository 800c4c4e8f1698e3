"""A clock must be within a second of reference time: at the limit, beyond it, and where the bound is too wide."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.facts.clock_offset import Reckoning, facts_of, reckonings_in
from agent.core.judging.clock_offset import CLOCK_MOVES, clock_finding
from agent.core.judging.moving import MovedLook, fact_line
from agent.core.model import Fact, Finding, Gap, Observation, State
from agent.core.reason import Reason

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def look(*told: Reckoning, gaps: tuple[Gap, ...] = ()) -> Observation:
    return Observation(
        collector="clock",
        host="srv-1",
        subject="srv-1",
        begun=NOW,
        ended=NOW,
        facts=tuple(fact for one in told for fact in facts_of(one, "srv-1", NOW)),
        gaps=gaps,
    )


def came_to(*told: Reckoning) -> tuple[State, Reason]:
    found = clock_finding(look(*told))
    return found.state, found.reason


def by(source: str, offset: float, within: float) -> Reckoning:
    return Reckoning(source=source, offset=offset, within=within)


MET = (State.MET, Reason.WITHIN_LIMIT)
OFF = (State.MISSED, Reason.CLOCK_OFF)
DOUBTFUL = (State.UNPROVEN, Reason.CLOCK_DOUBTFUL)


@pytest.mark.parametrize(
    ("offset", "within", "answer"),
    [
        (0.0, 1.0, MET),
        (0.75, 0.25, MET),
        (-0.75, 0.25, MET),
        (0.75, 0.5, DOUBTFUL),
        (1.25, 0.25, DOUBTFUL),
        (1.5, 0.25, OFF),
        (-1.5, 0.25, OFF),
        (0.0, 16.0, DOUBTFUL),
        (30.0, 0.01, OFF),
    ],
)
def test_only_what_is_certain_is_told(offset: float, within: float, answer: tuple[State, Reason]) -> None:
    assert came_to(by("chrony", offset, within)) == answer


def test_the_narrowest_bound_shows_that_a_clock_is_right_and_any_certain_miss_that_it_is_not() -> None:
    assert came_to(by("kernel", 0.0, 1.02), by("timesyncd", 0.0, 0.05)) == MET
    assert came_to(by("chrony", 0.0, 0.001), by("agent", 30.0, 0.1)) == OFF


def test_nothing_seen_is_unproven_and_a_way_that_failed_says_why() -> None:
    assert came_to() == DOUBTFUL
    gap = Gap(subject="srv-1/chrony", reason=Reason.TIMED_OUT, detail="it did not answer")
    found = clock_finding(look(gaps=(gap,)))
    assert (found.state, found.reason) == (State.UNPROVEN, Reason.TIMED_OUT)


finite = st.floats(-1e6, 1e6)


@given(st.lists(st.builds(by, st.sampled_from(["chrony", "agent", "kernel"]), finite, finite.map(abs)), max_size=3))
def test_a_clock_is_never_both_and_never_right_while_one_way_is_certain_that_it_is_off(told: list[Reckoning]) -> None:
    state, _ = came_to(*told)
    kept = reckonings_in(look(*told))
    if state is State.MET:
        assert all(one.least <= 1 for one in kept)
        assert any(one.most <= 1 for one in kept)
    if state is State.MISSED:
        assert any(one.least > 1 for one in kept)


def test_a_clock_that_is_known_says_by_what_and_how_far_it_is_off() -> None:
    for offset, value, state, reason in (
        (0.5, 0.75, State.MET, Reason.WITHIN_LIMIT),
        (2.0, 1.75, State.MISSED, Reason.CLOCK_OFF),
    ):
        assert clock_finding(look(by("chrony", offset, 0.25))) == Finding(
            state=state,
            reason=reason,
            value=value,
            limit=1.0,
            unit="seconds",
            about={"source": "chrony", "offset": offset, "within_seconds": 0.25},
        )


def test_a_clock_that_is_known_too_roughly_says_the_most_that_it_may_be_off() -> None:
    assert clock_finding(look(by("ntpd", 0.5, 16.0), by("chrony", 0.5, 2.0))) == Finding(
        state=State.UNPROVEN,
        reason=Reason.CLOCK_DOUBTFUL,
        limit=1.0,
        about={"source": "chrony", "most_seconds": 2.5},
    )


def test_a_clock_that_nothing_shows_says_why_and_how_far_it_is_from_ours() -> None:
    def shown(*gaps: Gap, apart: object = None) -> Finding:
        seen = look(gaps=gaps)
        if apart is not None:
            fact = Fact(name="clock.apart", subject="srv-1", value=apart, as_of=NOW)  # type: ignore[arg-type]
            seen = replace(seen, facts=(fact,))
        return clock_finding(seen)

    doubtful = Finding(state=State.UNPROVEN, reason=Reason.CLOCK_DOUBTFUL, limit=1.0, about={"unshown": "srv-1"})
    assert shown() == doubtful
    assert shown(apart="far") == doubtful
    assert shown(apart=-3.5) == replace(doubtful, about={"unshown": "srv-1", "apart_seconds": 3.5})
    denied = Gap(subject="srv-1", reason=Reason.DENIED, detail="refused")
    assert shown(denied) == replace(doubtful, reason=Reason.DENIED, about={"unshown": "srv-1", "said": "refused"})


@pytest.mark.parametrize(
    ("facts", "moves"),
    [
        ([("offset", "0.5"), ("within", "0.5"), ("apart", "9.0")], True),
        ([("offset", "0.5"), ("within", "0.6")], False),
        ([("offset", "0.5"), ("offset", "0.1"), ("within", "0.1")], False),
        ([("offset", "0.5"), ("within", "0.1"), ("within", "0.1")], False),
        ([("offset", "0.5")], False),
        ([("offset", "1"), ("within", "0.0")], False),
    ],
)
def test_a_clock_moves_only_where_one_way_shows_it_within_the_limit(facts: list[tuple[str, str]], moves: bool) -> None:
    lines = [f'{{"as_of":null,"name":"clock.{name}","subject":"srv-1","value":{value}}}' for name, value in facts]
    after = fact_line(lines[0])
    assert after is not None
    assert CLOCK_MOVES["clock.offset"](after, after, MovedLook(facts=lines, ended="", limit=timedelta(0))) is moves
