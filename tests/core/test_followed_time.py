"""What is noted of the comparisons that a rule makes with its instant: never a turn too few."""

import operator
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.followed_time import FollowedDuration, FollowedInstant, FollowedSeconds, Turns, plain
from agent.core.measures import Seconds
from agent.core.period import PARIS, day_end, day_of

NOW = datetime(2026, 11, 24, 4, 12, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
COMPARISONS = (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne)
INSTANTS = st.integers(-(10**6), 10**6).map(lambda seconds: NOW + timedelta(seconds=seconds / 3))
# Few values, so that equal ones and the instants of turns come up.
HOURS = st.integers(-50, 50).map(lambda hours: hours * HOUR)
NEAR = HOURS.map(lambda by: NOW + by)

# What a rule may ask of its instant: given it, another instant, a length of time and a comparison.
QUESTIONS: tuple[Callable[[datetime, datetime, timedelta, Callable[[Any, Any], bool]], object], ...] = (
    lambda now, other, limit, compared: compared(now, other),
    lambda now, other, limit, compared: compared(other, now),
    lambda now, other, limit, compared: compared(now + limit, other),
    lambda now, other, limit, compared: compared(other, now - limit),
    lambda now, other, limit, compared: compared(now - other, limit),
    lambda now, other, limit, compared: compared(limit, now - other),
    lambda now, other, limit, compared: compared(other - now, limit),
    lambda now, other, limit, compared: compared(other - (now - limit), HOUR),
    lambda now, other, limit, compared: compared(max(timedelta(0), now - other), limit),
    lambda now, other, limit, compared: compared(now - other + HOUR, limit),
    lambda now, other, limit, compared: compared(limit - (now - other), HOUR),
    lambda now, other, limit, compared: compared(-(now - other), limit),
    lambda now, other, limit, compared: compared((now - other).total_seconds(), limit.total_seconds()),
    lambda now, other, limit, compared: compared(max((now - other).total_seconds(), 0.0), limit.total_seconds()),
    lambda now, other, limit, compared: compared(-(other - now).total_seconds(), limit.total_seconds()),
    lambda now, other, limit, compared: bool(now - other),
    lambda now, other, limit, compared: compared(now - other, now - (other + limit)),
    lambda now, other, limit, compared: compared(now - other, other - now),
    lambda now, other, limit, compared: compared(now - (now - limit), HOUR),
    lambda now, other, limit, compared: day_of(now),
    lambda now, other, limit, compared: compared(day_of(now - limit), day_of(other)),
    lambda now, other, limit, compared: now.hour,
    lambda now, other, limit, compared: now.isoformat(),
    lambda now, other, limit, compared: (now - other) / HOUR,
    lambda now, other, limit, compared: round((now - other).total_seconds()),
    lambda now, other, limit, compared: compared(other + (now - other), other),
)


@given(
    question=st.sampled_from(QUESTIONS),
    compared=st.sampled_from(COMPARISONS),
    at=NEAR,
    other=NEAR,
    limit=HOURS,
    later=st.integers(0, 200).map(lambda halves: halves * HOUR / 2),
)
def test_an_answer_holds_until_its_noted_turn(
    question: Callable[..., object],
    compared: Callable[[Any, Any], bool],
    at: datetime,
    other: datetime,
    limit: timedelta,
    later: timedelta,
) -> None:
    turns = Turns(at)
    answer = question(turns.now, other, limit, compared)
    assert plain(answer) == question(at, other, limit, compared)
    then = at + later
    if turns.restless or (turns.next is not None and then >= turns.next):
        return
    assert question(then, other, limit, compared) == plain(answer)


@given(at=INSTANTS, other=INSTANTS)
def test_a_comparison_notes_the_other_instant_and_no_earlier_one(at: datetime, other: datetime) -> None:
    turns = Turns(at)
    _ = turns.now - other > DAY
    assert turns.next == (other + DAY if other + DAY >= at else None)
    assert not turns.restless


def test_the_earliest_turn_to_come_is_the_next_one() -> None:
    turns = Turns(NOW)
    for hours in (5, 2, -1, 9):
        _ = turns.now > NOW + hours * HOUR
    assert turns.next == NOW + 2 * HOUR


def test_a_civil_day_turns_at_its_midnight_in_paris() -> None:
    turns = Turns(NOW)
    assert day_of(turns.now) == date(2026, 11, 24)
    assert turns.next == day_end(date(2026, 11, 24))
    assert not turns.restless


def test_an_instant_written_in_another_zone_turns_at_the_same_moment() -> None:
    turns = Turns(NOW)
    other = NOW.astimezone(PARIS) - timedelta(hours=20)
    _ = turns.now - other > DAY
    assert turns.next == NOW + 4 * HOUR
    turns = Turns(NOW.astimezone(timezone(timedelta(hours=9))))
    _ = turns.now > NOW + HOUR
    assert turns.next == NOW + HOUR


def test_a_limit_beyond_the_calendar_turns_nothing() -> None:
    turns = Turns(NOW)
    age = turns.now - (NOW - HOUR)
    assert not age > timedelta.max
    assert age.total_seconds() < float("inf")
    assert turns.next is None


def test_a_figure_in_seconds_settles_nothing_and_is_shown_as_it_is() -> None:
    turns = Turns(NOW)
    figure = Seconds((turns.now - (NOW - HOUR)).total_seconds())
    assert (type(figure), figure) == (Seconds, 3600.0)
    assert (turns.next, turns.restless) == (None, False)


# What does not concern the value: how Python makes, names and stores objects.
_OF_OBJECTS = {
    *("__class__", "__new__", "__init__", "__init_subclass__", "__subclasshook__", "__doc__", "__dir__", "__sizeof__"),
    *(
        "__getattribute__",
        "__setattr__",
        "__delattr__",
        "__getstate__",
        "__reduce__",
        "__reduce_ex__",
        "__getnewargs__",
    ),
    *("__getformat__", "__replace__", "now", "today", "utcnow", "fromtimestamp", "utcfromtimestamp"),
}
_COMPARED = {"__lt__", "__le__", "__gt__", "__ge__", "__eq__", "__ne__"}
_FOLLOWED = {
    FollowedInstant: {"__add__", "__radd__", "__sub__", "__rsub__", "astimezone"},
    FollowedDuration: {"__add__", "__radd__", "__sub__", "__rsub__", "__neg__", "__bool__", "total_seconds"},
    FollowedSeconds: {"__neg__", "__bool__"},
}


@pytest.mark.parametrize(
    ("kind", "of"),
    [(FollowedInstant, datetime), (FollowedDuration, timedelta), (FollowedSeconds, float)],
    ids=["datetime", "timedelta", "float"],
)
def test_whatever_is_not_followed_makes_the_judgement_restless(kind: type, of: type) -> None:
    """A new method of Python's own types, or one that was left out, shows here."""
    for name in sorted(set(dir(of)) - _OF_OBJECTS - _COMPARED - _FOLLOWED[kind]):
        turns = Turns(NOW)
        value: Any = turns.now
        if kind is not FollowedInstant:
            value = value - (NOW - HOUR)
        if kind is FollowedSeconds:
            value = value.total_seconds()
        assert type(value) is kind
        found = getattr(value, name)
        if callable(found):
            for given_ in ((), (2,), (NOW,), ("",), (PARIS,)):
                try:
                    found(*given_)
                    break
                except (TypeError, ValueError, AttributeError, OverflowError):
                    continue
        assert turns.restless, name


def test_no_stand_in_passes_for_the_value_itself() -> None:
    """The methods of a subclass that are written in C would read the instant without a note."""
    now = cast(Any, Turns(NOW).now)
    assert not isinstance(now, datetime)
    assert not isinstance(now - NOW, timedelta)
    assert not isinstance((now - NOW).total_seconds(), float)
