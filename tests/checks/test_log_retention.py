"""What the rule on the retention of logs says at, under and over each limit, and what it never claims."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.facts.logs import FreeSpace, RetainedRecords
from agent.core.judging.moving import FactLine, MovedLook
from agent.core.model import Detail, Finding, Gap, State
from agent.core.reason import Reason
from checks.log_retention import CHECK
from tests.checks.sources import DAY, DENIED, LONG_AGO, NOW, ago, findings, spoken

SOUND = RetainedRecords(oldest=ago(370), newest=ago(0.01), files=370)
MOMENT = timedelta(seconds=1)
OTHER = Gap(subject="central/fw-2", reason=Reason.DENIED, detail="/var/log/central/fw-2: Permission denied")


def told(found: Finding) -> tuple[str, str]:
    return found.state.value, found.reason.value


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        (SOUND, ("met", "within-limit")),
        (RetainedRecords(oldest=ago(350), newest=NOW), ("met", "within-limit")),
        (RetainedRecords(oldest=ago(350) + 2 * DAY, newest=NOW), ("missed", "incomplete")),
        (RetainedRecords(oldest=ago(28), newest=NOW), ("missed", "incomplete")),
        (RetainedRecords(oldest=ago(400), newest=NOW), ("met", "within-limit")),
        (RetainedRecords(oldest=ago(400) - MOMENT, newest=NOW), ("missed", "retention-exceeded")),
        (RetainedRecords(oldest=ago(370), newest=NOW, holes=((ago(40), ago(10)),)), ("missed", "gap")),
        (RetainedRecords(oldest=ago(370), newest=ago(1)), ("met", "within-limit")),
        (RetainedRecords(oldest=ago(370), newest=ago(1) - MOMENT), ("missed", "gap")),
        (RetainedRecords(oldest=ago(370), newest=NOW, holes=((ago(360), ago(351)),)), ("met", "within-limit")),
        (RetainedRecords(), ("missed", "absent")),
        (RetainedRecords(files=1), ("missed", "absent")),
        (RetainedRecords(waiting=3, unread=(ago(300), ago(200))), ("unproven", "on-course")),
        (
            RetainedRecords(oldest=ago(370), newest=NOW, waiting=3, unread=(ago(300), ago(200))),
            ("unproven", "on-course"),
        ),
        (
            RetainedRecords(oldest=ago(28), newest=NOW, waiting=3, unread=(ago(300), ago(200))),
            ("unproven", "on-course"),
        ),
        (RetainedRecords(oldest=ago(370), newest=NOW, rewritten=(("2026-03-01", NOW),)), ("missed", "content-changed")),
        (RetainedRecords(oldest=ago(370), newest=NOW, removed=(("2026-03-01", NOW),)), ("missed", "vanished")),
    ],
)
def test_a_source_that_is_long_expected(kept: RetainedRecords, expected: tuple[str, str]) -> None:
    assert told(spoken(CHECK, kept)) == expected


def test_a_source_declared_since_the_look_was_not_looked_for() -> None:
    found = spoken(CHECK, None)
    assert (found.state, found.reason) == (State.UNPROVEN, Reason.NOT_RUN)


@pytest.mark.parametrize(
    ("since", "kept", "expected"),
    [
        (ago(60), RetainedRecords(oldest=ago(60), newest=NOW), ("unproven", "on-course")),
        (ago(60), RetainedRecords(oldest=ago(59), newest=NOW), ("unproven", "on-course")),
        (ago(60), RetainedRecords(oldest=ago(59) + MOMENT, newest=NOW), ("missed", "incomplete")),
        (ago(60), RetainedRecords(oldest=ago(100), newest=NOW), ("unproven", "on-course")),
        (ago(60), SOUND, ("met", "within-limit")),
        (ago(0), RetainedRecords(oldest=ago(28), newest=NOW), ("unproven", "on-course")),
        (ago(0), RetainedRecords(oldest=ago(28), newest=NOW, holes=((ago(20), ago(15)),)), ("missed", "gap")),
        (ago(0), RetainedRecords(), ("missed", "absent")),
    ],
)
def test_a_young_source_is_on_course_as_long_as_nothing_of_its_time_is_lost(
    since: datetime, kept: RetainedRecords, expected: tuple[str, str]
) -> None:
    assert told(spoken(CHECK, kept, since=since)) == expected


def test_a_declared_start_bounds_the_holes_and_gives_a_day_to_begin() -> None:
    before = RetainedRecords(oldest=ago(100), newest=NOW, holes=((ago(90), ago(80)),))
    assert told(spoken(CHECK, before, since=ago(60), starts=True)) == ("unproven", "on-course")
    across = RetainedRecords(oldest=ago(100), newest=NOW, holes=((ago(90), ago(58)),))
    found = spoken(CHECK, across, since=ago(60), starts=True)
    assert (told(found), found.value) == (("missed", "gap"), 2 * DAY.total_seconds())
    assert told(spoken(CHECK, RetainedRecords(), since=ago(0.5), starts=True)) == ("unproven", "on-course")
    assert told(spoken(CHECK, RetainedRecords(), since=ago(1.5), starts=True)) == ("missed", "absent")


def test_what_could_not_be_read_is_neither_kept_nor_lost() -> None:
    unread = RetainedRecords(oldest=ago(28), newest=NOW, unread=(ago(400), ago(28)))
    assert told(spoken(CHECK, unread, gaps=(DENIED,))) == ("unproven", "denied")
    assert told(spoken(CHECK, RetainedRecords(unread=(ago(400), NOW)), gaps=(DENIED,))) == ("unproven", "denied")
    assert told(spoken(CHECK, SOUND, gaps=(DENIED,))) == ("unproven", "denied")


def test_another_source_s_trouble_is_its_own() -> None:
    assert told(spoken(CHECK, SOUND, gaps=(OTHER,))) == ("met", "within-limit")


def test_what_is_seen_and_bad_stands_beside_what_could_not_be_read() -> None:
    old = RetainedRecords(oldest=ago(500), newest=NOW, unread=(ago(300), ago(200)))
    assert told(spoken(CHECK, old, gaps=(DENIED,))) == ("missed", "retention-exceeded")


def test_the_longest_hole_is_told_with_its_ends_and_their_number() -> None:
    holes = ((ago(300), ago(290)), (ago(200), ago(170)), (ago(100), ago(95)))
    found = spoken(CHECK, RetainedRecords(oldest=ago(370), newest=NOW, holes=holes))
    assert (found.value, found.limit) == ((30 * DAY).total_seconds(), DAY.total_seconds())
    assert found.about == {"from": ago(200), "until": ago(170), "holes": 3}


def test_a_young_source_tells_when_it_will_have_its_twelve_months() -> None:
    found = spoken(CHECK, RetainedRecords(oldest=ago(50), newest=NOW), since=ago(10))
    assert found.about["reached_on"] == (NOW + 300 * DAY).date()


def test_room_that_ends_before_the_twelve_months_is_told() -> None:
    full = FreeSpace(free=10, daily=1, full=NOW + 10 * DAY)
    found = spoken(CHECK, RetainedRecords(oldest=ago(50), newest=NOW), since=ago(10), room=full)
    assert found.about["full_on"] == (NOW + 10 * DAY).date()
    assert "full_on" not in spoken(CHECK, SOUND, room=full).about


@given(
    depth=st.floats(0, 500),
    silence=st.floats(0, 500),
    hole=st.tuples(st.floats(0, 500), st.floats(0, 500)),
    since=st.floats(0, 700),
    unread=st.booleans(),
)
def test_met_is_only_what_was_seen_whole(
    depth: float, silence: float, hole: tuple[float, float], since: float, unread: bool
) -> None:
    begin, end = max(hole), min(hole)
    kept = RetainedRecords(
        oldest=ago(depth),
        newest=ago(min(silence, depth)),
        holes=((ago(begin), ago(end)),) if begin - end > 1 else (),
        unread=(LONG_AGO, NOW) if unread else None,
    )
    found = spoken(CHECK, kept, since=ago(since), gaps=(DENIED,) if unread else ())
    if found.state is State.MET:
        assert 350 <= depth <= 400
        assert min(silence, depth) <= 1.0
        assert not unread
        assert not kept.holes or min(begin, 350) - end <= 1.0


# Each finding whole, as the sentences are made of it, and each term to the second.


def all_of(kept: RetainedRecords, **seen: Any) -> tuple[Finding, ...]:
    """Return all findings on a source."""
    return findings(CHECK, kept, **seen)


def told_of(day: datetime) -> date:
    """Return a day as a slot has it."""
    return day.date()


def seconds(days: float) -> float:
    """Return days in seconds."""
    return days * 86400.0


def test_a_sound_source_says_how_deep_it_goes_in_how_many_files() -> None:
    assert all_of(SOUND) == (
        Finding(
            state=State.MET,
            reason=Reason.WITHIN_LIMIT,
            value=seconds(370),
            about={"files": 370, "oldest": told_of(ago(370))},
        ),
    )


def test_what_could_not_be_read_is_said_with_its_gap() -> None:
    first, _ = all_of(SOUND, gaps=(DENIED,))
    assert first == Finding(state=State.UNPROVEN, reason=Reason.DENIED, about={"said": DENIED.detail, "gap": 1})


@pytest.mark.parametrize(("what", "reason"), [("rewritten", Reason.CONTENT_CHANGED), ("removed", Reason.VANISHED)])
def test_the_first_day_that_is_no_longer_what_it_was_is_named(what: str, reason: Reason) -> None:
    days = (("2026-10-02", NOW), ("2026-10-01", NOW))
    kept = replace(SOUND, rewritten=days) if what == "rewritten" else replace(SOUND, removed=days)
    first, _ = all_of(kept)
    assert first == Finding(state=State.MISSED, reason=reason, about={"day": date(2026, 10, 1), "days": 2})


def test_records_kept_too_long_are_said_with_their_age() -> None:
    first, _ = all_of(replace(SOUND, oldest=ago(401)))
    assert first == Finding(
        state=State.MISSED,
        reason=Reason.RETENTION_EXCEEDED,
        value=seconds(401),
        limit=seconds(400),
        about={"oldest": told_of(ago(401))},
    )


def test_a_hole_is_one_from_24_hours_on_and_up_to_now_is_one_too() -> None:
    def holes_of(length: timedelta) -> list[Reason]:
        hole = ((ago(40), ago(40) + length),)
        return [one.reason for one in all_of(replace(SOUND, holes=hole)) if one.state is State.MISSED]

    assert (holes_of(DAY), holes_of(DAY + MOMENT)) == ([], [Reason.GAP])
    first, _ = all_of(replace(SOUND, newest=ago(2)))
    assert first == Finding(
        state=State.MISSED,
        reason=Reason.GAP,
        value=seconds(2),
        limit=seconds(1),
        about={"from": ago(2), "until": NOW, "holes": 1},
    )


def test_a_hole_counts_from_350_days_back_only() -> None:
    first, _ = all_of(replace(SOUND, holes=((ago(360), ago(348)),)))
    assert (first.value, first.about["from"]) == (seconds(2), ago(350))


def test_unread_files_beyond_the_newest_record_may_fill_the_hole_up_to_now() -> None:
    def is_a_hole(until: datetime) -> bool:
        kept = replace(SOUND, newest=ago(3), unread=(ago(5), until))
        return any(one.reason is Reason.GAP for one in all_of(kept))

    assert (is_a_hole(ago(3)), is_a_hole(ago(1) - MOMENT), is_a_hole(ago(1))) == (True, True, False)


def test_files_that_were_not_read_yet_are_counted() -> None:
    waiting = Finding(state=State.UNPROVEN, reason=Reason.ON_COURSE, about={"waiting": 3})
    assert all_of(RetainedRecords(waiting=3)) == (waiting,)
    (one,) = all_of(replace(SOUND, waiting=3))
    assert one == replace(waiting, value=seconds(370))


def test_a_young_source_is_on_course_while_a_day_at_most_is_lost() -> None:
    kept = RetainedRecords(oldest=ago(9), newest=NOW, files=9)
    (one,) = all_of(kept, since=ago(10))
    about: Detail = {"files": 9, "oldest": told_of(ago(9)), "reached_on": told_of(ago(9) + 350 * DAY)}
    assert one == Finding(state=State.UNPROVEN, reason=Reason.ON_COURSE, value=seconds(9), about=about)
    (one,) = all_of(kept, since=ago(10) - MOMENT)
    assert one == Finding(
        state=State.MISSED,
        reason=Reason.INCOMPLETE,
        value=seconds(9),
        about={"files": 9, "oldest": told_of(ago(9))},
    )
    assert all_of(kept, since=None)[0].reason is Reason.INCOMPLETE


def test_what_could_not_be_read_may_hold_what_the_past_lacks() -> None:
    kept = RetainedRecords(oldest=ago(9), newest=NOW, unread=(ago(400), ago(9)))
    assert [one.reason for one in all_of(kept, gaps=(DENIED,))] == [Reason.DENIED]
    assert all_of(RetainedRecords(unread=(ago(9), NOW))) == ()


def test_a_source_of_which_nothing_is_kept_has_its_first_24_hours_to_the_second() -> None:
    joined = Finding(state=State.UNPROVEN, reason=Reason.ON_COURSE, about={"joined": told_of(ago(1))})
    absent = Finding(state=State.MISSED, reason=Reason.ABSENT, about={"records": 0})
    assert all_of(RetainedRecords(), since=ago(1), starts=True) == (joined,)
    assert all_of(RetainedRecords(), since=ago(1) - MOMENT, starts=True) == (absent,)
    assert all_of(RetainedRecords(), since=NOW) == (absent,)


def test_a_hole_before_the_declared_start_is_none() -> None:
    kept = replace(SOUND, holes=((ago(61), ago(59)),))
    reasons = [one.reason for one in all_of(kept, since=ago(60), starts=True)]
    assert reasons == [Reason.WITHIN_LIMIT]
    assert all_of(kept, since=ago(60))[0].reason is Reason.GAP
    assert all_of(kept, since=None, starts=True)[0].reason is Reason.GAP


def test_room_says_when_it_is_full_and_what_is_erased_before_twelve_months() -> None:
    kept = RetainedRecords(oldest=ago(50), newest=NOW)

    def room(full: datetime | None = None, age: timedelta | None = None) -> dict[str, object]:
        return dict(all_of(kept, since=ago(10), room=FreeSpace(free=10, daily=1, full=full, age=age))[0].about)

    end = kept.oldest + 350 * DAY if kept.oldest is not None else NOW
    plain = room()
    assert room(full=end - MOMENT) == {**plain, "full_on": told_of(end - MOMENT)}
    assert room(full=end) == plain
    assert room(age=349 * DAY) == {**plain, "erased_age": seconds(349)}
    assert room(age=350 * DAY) == plain


def test_without_a_limit_any_depth_is_enough_and_no_hole_counts() -> None:
    (one,) = all_of(RetainedRecords(oldest=NOW, newest=NOW), limit=None)
    assert (one.state, one.value) == (State.MET, 0.0)
    (one,) = all_of(replace(SOUND, holes=((ago(40), ago(10)),)), limit=None)
    assert one.state is State.MET


@pytest.mark.parametrize(
    ("oldest", "may"), [("2025-11-24T12:00:00.000000Z", True), ("2025-11-24T12:00:01.000000Z", False)]
)
def test_records_may_be_erased_as_long_as_the_rest_reaches_as_far_as_is_to_be_kept(oldest: str, may: bool) -> None:
    before, after = (
        FactLine(date, "log.oldest", '"central/fw-1"', "true") for date in ("2025-11-20T12:00:00.000000Z", oldest)
    )
    look = MovedLook(facts=(), ended="2026-11-24T12:00:00.000000Z", limit=timedelta(days=365))
    assert CHECK.moving.facts["log.oldest"](before, after, look) is may
