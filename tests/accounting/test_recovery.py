"""The line of recovery points: moments judged by the points' own dates."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise, permutations, product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.accounting.days import account_day
from agent.accounting.recovery import (
    AgeFrom,
    CopyObservation,
    GonePoint,
    LimitFrom,
    RecoveryRule,
    earliest_reach,
    stretch_by_points,
)
from agent.accounting.timeline import Timeline, after, merged
from agent.core.model import WORST_FIRST, Key, State
from agent.core.period import day_end, day_start
from agent.core.reason import Reason
from tests.accounting.document import november, table

HOUR = timedelta(hours=1)
DAY = date(2026, 11, 10)
KEY = Key(target="backup-rpo", subject="files", beneficiary="scota")
LATER = november("16 00:00")
RULE = RecoveryRule(limits=(LimitFrom(at=november("01 00:00"), limit=26 * HOUR),), evidence_age=6 * HOUR)


def seen(
    at: datetime,
    *points: datetime,
    previous: datetime | None = None,
    copy: str = "offsite",
    late: frozenset[datetime] = frozenset(),
    unproven: Reason | None = None,
) -> CopyObservation:
    """Return what a look at a copy showed."""
    return CopyObservation(copy=copy, at=at, previous=previous, series=(points,), late=late, unproven=unproven)


def line_of(*turns: tuple[datetime, list[CopyObservation]], rule: RecoveryRule = RULE) -> Timeline:
    """Return the line after some evaluations, each at its instant."""
    line = Timeline()
    for now, copies in turns:
        stretch = stretch_by_points(copies, rule, now)
        line = line if stretch is None else after(line, stretch)
    return line


def day_of_line(line: Timeline, day: date = DAY, now: datetime = LATER) -> tuple[State, Reason]:
    """Return what a day comes to."""
    row = account_day(KEY, day, line, now=now)
    return row.measured, row.reason


def instants(text: str) -> list[datetime]:
    """Return the instants of a cell such as `09 23:00, 10 05:00`."""
    return [november(words) for words in text.split(", ")]


@pytest.mark.parametrize(
    "row", table("points", "looks", "state of the day", "reason", "why"), ids=lambda row: row["why"]
)
def test_the_documents_days_are_what_is_computed(row: dict[str, str]) -> None:
    points, looks = instants(row["points"]), instants(row["looks"])
    turns = [
        (at, [seen(at, *(point for point in points if point <= at), previous=before)])
        for before, at in zip([None, *looks], looks, strict=False)
    ]
    state, reason = day_of_line(line_of(*turns))
    assert (state.value, reason.value) == (row["state of the day"], row["reason"])


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 10), 24)]
)
def test_the_limit_counts_hours_and_not_the_clocks_figures(day: date, hours: int) -> None:
    # A point at midnight, the next one at midnight: the day of the clock change is as long as it is.
    first, second = day_start(day), day_end(day)
    rule = RecoveryRule(limits=(LimitFrom(at=first, limit=timedelta(hours=24)),), evidence_age=6 * HOUR)
    look = seen(second + HOUR, first, second)
    line = line_of((second + HOUR, [look]), rule=rule)
    row = account_day(KEY, day, line, now=second + HOUR)
    assert row.measured is (State.MISSED if hours > 24 else State.MET)


@pytest.mark.parametrize(
    ("before", "from_then_on", "fresh"),
    [
        (26, 6, [State.MET, State.MET, State.UNPROVEN]),
        (6, 26, [State.MET, State.UNPROVEN, State.MET]),
        (6, 6, [State.MET, State.UNPROVEN, State.UNPROVEN]),
    ],
)
def test_an_age_of_evidence_acts_from_the_load_that_has_it(before: int, from_then_on: int, fresh: list[State]) -> None:
    """One copy was good at 06:00; the other, which is bad, is looked at again after a load at 20:00."""
    changed = AgeFrom(at=november("10 20:00"), age=from_then_on * HOUR)
    rule = replace(RULE, evidence_age=before * HOUR, ages=(changed,))
    good = seen(november("10 06:00"), november("10 04:00"), previous=november("10 06:00"), copy="a")
    bad = seen(november("10 21:00"), november("08 04:00"), previous=november("10 07:00"), copy="b")
    stretch = stretch_by_points([good, bad], rule, november("10 21:00"))
    assert stretch is not None
    at = [november("10 11:00"), november("10 19:00"), november("10 20:30")]
    assert [[start.state for start in stretch.starts if start.at <= one][-1] for one in at] == fresh


def test_exactly_at_the_limit_is_met_and_a_microsecond_later_is_missed() -> None:
    point = november("09 02:00")
    exact = seen(point + 26 * HOUR, point)
    beyond = seen(point + 26 * HOUR + timedelta(microseconds=1), point)
    assert exact.at is not None and beyond.at is not None
    assert line_of((exact.at, [exact])).starts[-1].state is State.MET
    assert line_of((beyond.at, [beyond])).starts[-1].state is State.MISSED


def test_a_verdict_stands_after_the_last_look_until_its_evidence_has_aged_out() -> None:
    look = seen(november("10 03:00"), november("09 02:00"))  # the point turns too old at 04:00, and no one looks
    line = line_of((november("10 03:00"), [look]), (november("10 08:00"), [look]))
    assert merged(line.starts)[-1].state is State.MET
    assert line.stands_until == november("10 09:00")
    line = line_of((november("10 09:30"), [look]))
    assert (line.starts[-1].at, line.starts[-1].state) == (november("10 09:00"), State.UNPROVEN)


def test_a_failed_look_moves_nothing() -> None:
    look = seen(november("10 03:00"), november("10 02:00"), previous=november("10 03:00"))
    before = line_of((november("10 03:00"), [look]))
    assert merged(line_of((november("10 03:00"), [look]), (november("10 05:00"), [look])).starts) == before.starts


def test_a_copy_that_nobody_looked_at_again_opens_nothing_up() -> None:
    # The points of the ninth have been pruned meanwhile; what they showed stays shown.
    old = seen(november("07 03:00"), november("07 02:00"), previous=november("07 03:00"), copy="old")
    new = seen(november("10 03:00"), november("10 02:00"), previous=november("10 02:45"), copy="new")
    stretch = stretch_by_points([old, new], RULE, november("10 03:00"))
    assert stretch is not None
    assert stretch.covers_from == november("10 02:45")


def test_a_copy_bears_out_no_moment_over_its_limit_once_another_one_was_looked_at() -> None:
    """Its own next look tells: a day that ends before that is unproven, and then missed or met by late evidence."""
    point, evening, after_midnight, night = november("09 19:00"), *instants("10 20:00, 11 00:10, 11 02:00")
    other = seen(evening, point, previous=evening, copy="other")
    first = seen(after_midnight, point, previous=evening, copy="first")
    line = line_of(
        (evening, [seen(evening, point), seen(evening, point, copy="other")]), (after_midnight, [first, other])
    )
    assert day_of_line(line, now=after_midnight) == (State.UNPROVEN, Reason.NOT_RUN)
    told = stretch_by_points(
        [seen(after_midnight, point, previous=after_midnight), seen(night, point, previous=evening, copy="other")],
        RULE,
        night,
    )
    assert told is not None
    assert day_of_line(after(line, told), now=night) == (State.MISSED, Reason.TOO_OLD)


def test_without_a_new_look_only_age_changes_the_line() -> None:
    look = seen(november("10 03:00"), november("10 02:00"), previous=november("10 03:00"))
    stretch = stretch_by_points([look], RULE, november("10 10:00"))
    assert stretch is not None
    assert [(start.at, start.state) for start in stretch.starts] == [
        (november("10 03:00"), State.MET),
        (november("10 09:00"), State.UNPROVEN),
    ]


def test_a_clock_set_back_rewrites_nothing() -> None:
    look = seen(november("10 03:00"), november("10 02:00"), previous=november("10 02:45"))
    assert stretch_by_points([look], RULE, november("10 02:00")) is None


def test_a_repository_that_is_gone_is_missed_and_absent() -> None:
    look = CopyObservation(copy="offsite", at=november("10 03:00"), previous=november("10 02:00"), series=((),))
    assert day_of_line(line_of((november("10 03:00"), [look]), (november("10 03:00"), [look])))[0] is State.MISSED
    assert line_of((november("10 03:00"), [look])).starts[-1].reason is Reason.ABSENT


def test_no_copy_that_anybody_ever_saw_adds_nothing() -> None:
    assert stretch_by_points([], RULE, LATER) is None
    assert stretch_by_points([CopyObservation(copy="offsite")], RULE, LATER) is None


def test_every_path_needs_a_recent_point() -> None:
    at = november("10 03:00")
    both = CopyObservation(copy="offsite", at=at, series=((november("10 02:00"),), (november("08 02:00"),)))
    start = line_of((at, [both])).starts[-1]
    assert (start.state, start.reason) == (State.MISSED, Reason.TOO_OLD)
    one_never = CopyObservation(copy="offsite", at=at, series=((november("10 02:00"),), ()))
    assert line_of((at, [one_never])).starts[-1].state is State.MISSED


def test_a_point_a_little_ahead_counts_as_made_when_it_was_seen() -> None:
    at = november("10 03:00")
    assert line_of((at, [seen(at, at + timedelta(minutes=4))])).starts[-1].state is State.MET


def test_a_look_that_shows_nothing_either_way_is_unproven() -> None:
    at = november("10 03:00")
    start = line_of((at, [seen(at, november("10 02:00"), unproven=Reason.UNREADABLE)])).starts[-1]
    assert (start.state, start.reason) == (State.UNPROVEN, Reason.UNREADABLE)


GOOD, BAD, UNSEEN = State.MET, State.MISSED, State.UNPROVEN


def copy_in(state: State, name: str) -> CopyObservation:
    """Return a copy that shows a state at three o'clock."""
    if state is UNSEEN:
        return CopyObservation(copy=name)
    return seen(november("10 03:00"), november("10 02:00" if state is GOOD else "08 02:00"), copy=name)


@pytest.mark.parametrize("states", list(product([GOOD, BAD, UNSEEN], repeat=3)))
def test_any_good_copy_is_enough_and_only_all_bad_ones_are_missed(states: tuple[State, ...]) -> None:
    copies = [copy_in(state, f"copy-{index}") for index, state in enumerate(states)]
    line = line_of((november("10 03:00"), copies))
    expected = GOOD if GOOD in states else BAD if set(states) == {BAD} else UNSEEN
    shown = line.starts[-1].state if line.starts else UNSEEN
    assert shown is expected


def test_a_copy_that_was_good_hides_nothing_once_its_look_has_aged_out() -> None:
    good = seen(november("10 03:00"), november("10 02:00"), copy="a")
    bad = seen(november("10 10:00"), november("08 02:00"), copy="b")
    line = line_of((november("10 10:00"), [good, bad]))
    assert [(start.at, start.state) for start in line.starts][-1] == (november("10 09:00"), State.UNPROVEN)
    assert line.stands_until is None


def test_good_stands_as_long_as_one_copy_shows_it_and_missed_only_as_long_as_all_do() -> None:
    now = november("10 05:00")
    for point, ends in ((november("10 02:00"), november("10 11:00")), (november("08 02:00"), november("10 09:00"))):
        copies = [seen(november("10 03:00"), point, copy="a"), seen(now, point, copy="b")]
        assert line_of((now, copies)).stands_until == ends


def test_a_limit_that_changes_at_midnight_judges_each_day_by_its_own() -> None:
    rule = RecoveryRule(
        limits=(
            LimitFrom(at=november("01 00:00"), limit=26 * HOUR),
            LimitFrom(at=november("11 00:00"), limit=50 * HOUR),
        ),
        evidence_age=6 * HOUR,
    )
    look = seen(november("12 01:00"), november("09 21:00"))
    line = line_of((november("12 01:00"), [look]), rule=rule)
    assert day_of_line(line)[0] is State.MISSED
    assert day_of_line(line, date(2026, 11, 11))[0] is State.MISSED
    assert next(start.state for start in line.starts if start.at >= november("11 00:00")) is State.MET


def test_a_rule_without_a_limit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^a rule needs a limit$"):
        RecoveryRule(limits=(), evidence_age=HOUR)


def test_late_evidence_reaches_back_seven_days_and_no_further() -> None:
    now = november("18 10:00")
    points = [november(f"{day:02d} 02:00") for day in range(5, 19)]
    line = line_of((now, [seen(now, *points)]))
    assert line.starts[0].at == earliest_reach(now) == november("11 00:00")
    assert day_of_line(line, date(2026, 11, 11), now)[0] is State.MET
    assert day_of_line(line, DAY, now)[0] is State.UNPROVEN


POINTS = st.lists(st.integers(-30, 40), max_size=8)


@given(made=POINTS, removed=st.data())
def test_removing_a_point_never_improves_a_day(made: list[int], removed: st.DataObject) -> None:
    at = day_end(DAY) + 3 * HOUR
    points = [day_start(DAY) + hours * HOUR for hours in made if day_start(DAY) + hours * HOUR <= at]
    whole = day_of_line(line_of((at, [seen(at, *points)])))[0]
    if points:
        points.remove(removed.draw(st.sampled_from(points)))
        fewer = day_of_line(line_of((at, [seen(at, *points)])))[0]
        assert WORST_FIRST.index(fewer) <= WORST_FIRST.index(whole)


@given(made=POINTS, looks=st.lists(st.integers(-20, 30), unique=True, max_size=6))
def test_however_often_one_looked_the_last_look_tells_the_same(made: list[int], looks: list[int]) -> None:
    last = day_end(DAY) + 8 * HOUR
    points = [day_start(DAY) + hours * HOUR for hours in made]
    ats = [*(day_start(DAY) + hours * HOUR for hours in sorted(looks)), last]
    turns = [
        (at, [seen(at, *(point for point in points if point <= at), previous=before)])
        for before, at in zip([None, *ats], ats, strict=False)
    ]
    once = line_of((last, [seen(last, *(point for point in points if point <= last))]))
    assert day_of_line(line_of(*turns)) == day_of_line(once)


@given(made=st.tuples(POINTS, POINTS, POINTS))
def test_the_order_in_which_late_evidence_arrives_is_irrelevant(made: tuple[list[int], ...]) -> None:
    at = day_end(DAY) + 3 * HOUR
    copies = [
        seen(at, *(day_start(DAY) + hours * HOUR for hours in points if hours < 27), copy=f"copy-{index}")
        for index, points in enumerate(made)
    ]
    outcomes = set()
    for order in permutations(range(3)):
        turns = []
        for count in range(1, 4):
            now = at + count * HOUR
            known = [
                copies[index] if index in order[:count] else CopyObservation(copy=f"copy-{index}") for index in range(3)
            ]
            turns.append((now, known))
        outcomes.add(day_of_line(line_of(*turns)))
    assert len(outcomes) == 1


@given(made=POINTS, seen_at=st.integers(0, 30), later=st.integers(0, 30))
def test_a_stretch_is_in_the_order_of_time_and_stands_no_longer_than_its_evidence(
    made: list[int], seen_at: int, later: int
) -> None:
    at = day_start(DAY) + seen_at * HOUR
    now = at + later * HOUR
    stretch = stretch_by_points([seen(at, *(day_start(DAY) + hours * HOUR for hours in made))], RULE, now)
    assert stretch is not None
    moments = [start.at for start in stretch.starts]
    assert moments == sorted(set(moments))
    assert moments[0] == stretch.covers_from
    assert moments[-1] <= now
    if later >= 6:
        assert stretch.starts[-1].state is State.UNPROVEN
        assert stretch.stands_until is None
    else:
        assert stretch.stands_until == at + RULE.evidence_age


def test_a_point_written_too_late_shows_nothing_of_the_days_before() -> None:
    nights = [november(f"{day:02} 03:00") for day in range(8, 13)]
    back_dated = frozenset(nights[1:4])
    look = seen(november("12 12:00"), *nights, previous=november("08 12:00"), late=back_dated)
    line = line_of((november("12 12:00"), [look]))
    assert day_of_line(line) == (State.UNPROVEN, Reason.NOT_RUN)
    without = seen(november("12 12:00"), nights[0], nights[-1], previous=november("08 12:00"))
    assert day_of_line(line_of((november("12 12:00"), [without]))) == (State.MISSED, Reason.TOO_OLD)


def thinned(*, there_until: datetime | None, gone_by: datetime) -> CopyObservation:
    """Return a look on the 12th that lacks the point of the night to the 10th, which an earlier one may have seen."""
    gone = GonePoint(made=november("10 03:00"), gone_by=gone_by, there_until=there_until)
    nights = [november(f"{day:02} 03:00") for day in (9, 11, 12)]
    look = seen(november("12 12:00"), *nights, previous=november("09 12:00"))
    return replace(look, gone=((gone,),))


@pytest.mark.parametrize(
    ("there_until", "gone_by", "state"),
    [
        (november("12 11:00"), november("12 12:00"), State.MET),
        (november("11 03:00"), november("12 12:00"), State.MET),
        (november("10 12:00"), november("12 12:00"), State.UNPROVEN),
        (None, november("12 12:00"), State.UNPROVEN),
        (None, november("10 12:00"), State.MISSED),
    ],
    ids=["seen until later", "seen until the next one", "seen at noon", "gone at some time", "gone at noon"],
)
def test_a_point_thinned_since_was_there_until_a_look_last_saw_it(
    there_until: datetime | None, gone_by: datetime, state: State
) -> None:
    look = thinned(there_until=there_until, gone_by=gone_by)
    assert day_of_line(line_of((november("12 12:00"), [look])))[0] is state


def test_without_the_point_that_was_thinned_the_day_was_missed() -> None:
    look = replace(thinned(there_until=None, gone_by=november("12 12:00")), gone=())
    assert day_of_line(line_of((november("12 12:00"), [look]))) == (State.MISSED, Reason.TOO_OLD)


@pytest.mark.parametrize(
    ("newest", "thinned_after", "previous", "state"),
    [
        ("14 03:00", 2, "09 12:00", State.UNPROVEN),
        ("14 03:00", 5, "09 12:00", State.MISSED),
        ("14 03:00", None, "09 12:00", State.MISSED),
        ("09 03:00", 2, "09 12:00", State.MISSED),
    ],
    ids=["thinned after two days", "not that old yet", "never thinned", "no newer point"],
)
def test_a_point_that_came_and_was_thinned_between_two_looks_is_no_miss(
    newest: str, thinned_after: int | None, previous: str, state: State
) -> None:
    at = november("14 12:00")
    look = replace(
        seen(at, november("09 03:00"), november(newest), previous=november(previous)),
        thinned_after=None if thinned_after is None else timedelta(days=thinned_after),
    )
    assert day_of_line(line_of((at, [look])))[0] is state


def test_hourly_looks_miss_no_point_that_could_have_been_thinned_between() -> None:
    looks = [november(f"10 {hour:02}:00") for hour in range(24)]
    turns = [
        (at, [replace(seen(at, november("08 03:00"), november("08 04:00"), previous=before), thinned_after=2 * HOUR)])
        for before, at in pairwise(looks)
    ]
    assert day_of_line(line_of(*turns)) == (State.MISSED, Reason.TOO_OLD)


def test_what_was_missed_at_the_last_look_may_have_been_thinned_since() -> None:
    """The newest point was too old at the look before; one made just after it may have been thinned by this one."""
    at, before = november("14 12:00"), november("09 12:00")
    look = seen(at, november("08 03:00"), november("14 03:00"), previous=before)
    may = replace(look, thinned_after=timedelta(days=2))
    assert day_of_line(line_of((at, [may]))) == (State.UNPROVEN, Reason.NOT_RUN)
    assert day_of_line(line_of((at, [look]))) == (State.MISSED, Reason.TOO_OLD)


def test_before_the_look_before_no_point_can_have_come_unseen() -> None:
    at, before = november("14 12:00"), november("11 12:00")
    first = seen(at, november("01 03:00"), previous=november("09 12:00"), copy="a")
    second = replace(
        seen(at, november("01 03:00"), november("14 03:00"), previous=before, copy="b"), thinned_after=HOUR
    )
    assert day_of_line(line_of((at, [first, second]))) == (State.MISSED, Reason.TOO_OLD)


def start_at(look: CopyObservation, moment: datetime, *others: CopyObservation) -> tuple[State, Reason]:
    """Return what the line of a look says just after a moment."""
    assert look.at is not None
    stretch = stretch_by_points([look, *others], RULE, look.at)
    assert stretch is not None
    last = [start for start in stretch.starts if start.at <= moment][-1]
    return last.state, last.reason


def test_a_point_that_is_gone_stopped_counting_once_it_was_too_old() -> None:
    gone = GonePoint(made=november("09 00:00"), gone_by=november("10 09:00"), there_until=november("10 06:00"))
    look = seen(november("10 09:00"), november("07 05:00"), november("10 05:00"), previous=november("09 09:00"))
    look = replace(look, gone=((gone,),))
    assert start_at(look, november("10 01:59"))[0] is State.MET
    assert start_at(look, november("10 02:00")) == (State.MISSED, Reason.TOO_OLD)
    assert start_at(look, november("10 05:00"))[0] is State.MET


def test_once_a_thinned_point_is_too_old_as_well_the_moment_is_missed() -> None:
    rule = RecoveryRule(limits=(LimitFrom(at=november("01 00:00"), limit=6 * HOUR),), evidence_age=6 * HOUR)
    look = seen(november("10 12:00"), november("08 01:00"), november("10 11:00"), previous=november("08 12:00"))
    stretch = stretch_by_points([replace(look, thinned_after=24 * HOUR)], rule, november("10 12:00"))
    assert stretch is not None
    assert [(start.at, start.state) for start in stretch.starts] == [
        (november("08 12:00"), State.UNPROVEN),
        (november("09 18:00"), State.MISSED),
        (november("10 11:00"), State.MET),
    ]


def test_of_several_missed_copies_the_one_that_is_too_old_is_named() -> None:
    at = november("10 12:00")
    empty = CopyObservation(copy="near", at=at, previous=at)
    assert start_at(empty, at, seen(at, november("08 01:00"))) == (State.MISSED, Reason.TOO_OLD)


def test_a_point_written_too_late_hides_no_moment_for_which_it_is_too_old() -> None:
    late = november("09 00:00")
    look = seen(november("10 20:00"), late, november("10 18:00"), previous=november("08 12:00"), late=frozenset([late]))
    assert start_at(look, november("10 01:59")) == (State.UNPROVEN, Reason.NOT_RUN)
    assert start_at(look, november("10 02:00")) == (State.MISSED, Reason.TOO_OLD)


def test_beside_a_point_written_too_late_the_others_show_what_they_show() -> None:
    sure, late = november("09 00:00"), november("09 22:00")
    look = seen(november("10 20:00"), sure, late, previous=november("08 12:00"), late=frozenset([late]))
    assert start_at(look, november("10 01:59")) == (State.MET, Reason.WITHIN_LIMIT)
    assert start_at(look, november("10 02:00")) == (State.UNPROVEN, Reason.NOT_RUN)


@pytest.mark.parametrize("series", [(), ((),)], ids=["no path", "a path without a point"])
def test_where_no_point_is_left_none_can_have_been_thinned_for_a_newer_one(
    series: tuple[tuple[datetime, ...], ...],
) -> None:
    look = CopyObservation(
        copy="offsite", at=november("12 12:00"), previous=november("09 12:00"), series=series, thinned_after=HOUR
    )
    assert start_at(look, november("10 12:00")) == (State.MISSED, Reason.ABSENT)


def test_late_evidence_reaches_back_by_the_days_of_the_place() -> None:
    cayenne, now = ZoneInfo("America/Cayenne"), november("18 02:00")
    assert earliest_reach(now, cayenne) == day_start(DAY, cayenne)
    assert earliest_reach(now) == day_start(DAY + timedelta(days=1))
    stretch = stretch_by_points([seen(now, now)], RULE, now, cayenne)
    assert stretch is not None and stretch.covers_from == day_start(DAY, cayenne)


def test_until_a_thinned_point_would_be_too_old_every_moment_is_unproven() -> None:
    limits = tuple(LimitFrom(at=november(at), limit=6 * HOUR) for at in ("01 00:00", "09 10:00"))
    look = seen(november("10 12:00"), november("08 01:00"), november("10 11:00"), previous=november("08 12:00"))
    rule = RecoveryRule(limits=limits, evidence_age=6 * HOUR)
    stretch = stretch_by_points([replace(look, thinned_after=24 * HOUR)], rule, november("10 12:00"))
    assert stretch is not None
    assert [start.at for start in stretch.starts if start.state is State.MISSED] == [november("09 18:00")]


def test_before_the_first_look_nothing_is_taken_for_thinned() -> None:
    look = replace(seen(november("12 12:00"), november("12 03:00")), thinned_after=HOUR)
    assert start_at(look, november("10 12:00"))[0] is State.MISSED


def replayed(at: datetime, to: datetime, *before: datetime, previous: datetime | None) -> CopyObservation:
    """Return a look at a cluster with a base backup of a week ago, whose WAL leads to an instant."""
    base = at - timedelta(days=7)
    return replace(seen(at, base, to, *before, previous=previous), moved_to=(to,))


def test_between_two_looks_at_wal_the_instant_of_the_first_one_counts() -> None:
    first = replayed(november("10 03:00"), november("10 02:55"), previous=november("10 02:45"))
    second = replayed(november("10 03:15"), november("10 03:10"), november("10 02:55"), previous=november("10 03:00"))
    line = line_of((november("10 03:00"), [first]), (november("10 03:15"), [second]))
    assert {start.state for start in line.starts if start.at >= november("10 03:00")} == {State.MET}


def test_wal_that_came_while_nothing_looked_is_no_miss() -> None:
    look = replayed(november("12 12:00"), november("12 11:00"), november("10 02:55"), previous=november("10 03:00"))
    stretch = stretch_by_points([look], RULE, november("12 12:00"))
    assert stretch is not None
    assert [(start.at, start.state) for start in stretch.starts] == [
        (november("10 03:00"), State.MET),
        (november("11 04:55"), State.UNPROVEN),
        (november("12 11:00"), State.MET),
    ]


def test_wal_may_have_come_right_after_the_look_before() -> None:
    look = replayed(november("12 12:00"), november("12 11:00"), november("10 02:55"), previous=november("11 05:00"))
    stretch = stretch_by_points([look], RULE, november("12 12:00"))
    assert stretch is not None
    assert [(start.at, start.state) for start in stretch.starts] == [
        (november("11 05:00"), State.UNPROVEN),
        (november("12 11:00"), State.MET),
    ]


def test_wal_that_no_longer_comes_is_missed_from_its_newest_instant_on() -> None:
    look = replayed(november("12 12:00"), november("10 04:00"), november("10 02:55"), previous=november("10 03:00"))
    stretch = stretch_by_points([look], RULE, november("12 12:00"))
    assert stretch is not None
    assert [(start.at, start.state) for start in stretch.starts] == [
        (november("10 03:00"), State.MET),
        (november("11 06:00"), State.MISSED),
    ]


def test_before_the_first_look_wal_shows_no_miss() -> None:
    look = replayed(november("10 12:00"), november("10 11:00"), previous=None)
    stretch = stretch_by_points([look], RULE, november("10 12:00"))
    assert stretch is not None
    assert State.MISSED not in {start.state for start in stretch.starts}


def test_a_path_that_moved_on_hides_no_miss_of_another_one() -> None:
    """As two mirrors of one copy, of which one followed again after the looks had failed."""
    to, noon = november("12 11:00"), november("12 12:00")
    old = replayed(noon, to, previous=november("11 05:00"))

    def of(newest: datetime) -> tuple[State, Reason]:
        two = replace(old, series=(*old.series, (newest,)), moved_to=(to, None))
        return start_at(two, november("12 06:00"))

    assert of(november("11 03:00"))[0] is State.MISSED
    assert of(november("11 05:00")) == (State.UNPROVEN, Reason.NOT_RUN)
