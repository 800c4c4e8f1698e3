"""What the rule on the retention of logs says at, under and over each limit, and what it never claims."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.facts.logs import Kept, Room
from agent.core.model import Finding, Gap, State
from agent.core.reason import Reason
from checks.log_retention import CHECK
from tests.checks.sources import DAY, DENIED, LONG_AGO, NOW, ago, spoken

SOUND = Kept(oldest=ago(370), newest=ago(0.01), files=370)
MOMENT = timedelta(seconds=1)
OTHER = Gap(subject="central/fw-2", reason=Reason.DENIED, detail="/var/log/central/fw-2: Permission denied")


def told(found: Finding) -> tuple[str, str]:
    return found.state.value, found.reason.value


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        (SOUND, ("met", "within-limit")),
        (Kept(oldest=ago(350), newest=NOW), ("met", "within-limit")),
        (Kept(oldest=ago(350) + 2 * DAY, newest=NOW), ("missed", "incomplete")),
        (Kept(oldest=ago(28), newest=NOW), ("missed", "incomplete")),
        (Kept(oldest=ago(400), newest=NOW), ("met", "within-limit")),
        (Kept(oldest=ago(400) - MOMENT, newest=NOW), ("missed", "retention-exceeded")),
        (Kept(oldest=ago(370), newest=NOW, holes=((ago(40), ago(10)),)), ("missed", "gap")),
        (Kept(oldest=ago(370), newest=ago(1)), ("met", "within-limit")),
        (Kept(oldest=ago(370), newest=ago(1) - MOMENT), ("missed", "gap")),
        (Kept(oldest=ago(370), newest=NOW, holes=((ago(360), ago(351)),)), ("met", "within-limit")),
        (Kept(), ("missed", "absent")),
        (Kept(files=1), ("missed", "absent")),
        (Kept(waiting=3, unread=(ago(300), ago(200))), ("unproven", "on-course")),
        (Kept(oldest=ago(370), newest=NOW, waiting=3, unread=(ago(300), ago(200))), ("unproven", "on-course")),
        (Kept(oldest=ago(28), newest=NOW, waiting=3, unread=(ago(300), ago(200))), ("unproven", "on-course")),
        (Kept(oldest=ago(370), newest=NOW, rewritten=(("2026-03-01", NOW),)), ("missed", "content-changed")),
        (Kept(oldest=ago(370), newest=NOW, removed=(("2026-03-01", NOW),)), ("missed", "vanished")),
    ],
)
def test_a_source_that_is_long_expected(kept: Kept, expected: tuple[str, str]) -> None:
    assert told(spoken(CHECK, kept)) == expected


@pytest.mark.parametrize(
    ("since", "kept", "expected"),
    [
        (ago(60), Kept(oldest=ago(60), newest=NOW), ("unproven", "on-course")),
        (ago(60), Kept(oldest=ago(59), newest=NOW), ("unproven", "on-course")),
        (ago(60), Kept(oldest=ago(59) + MOMENT, newest=NOW), ("missed", "incomplete")),
        (ago(60), Kept(oldest=ago(100), newest=NOW), ("unproven", "on-course")),
        (ago(60), SOUND, ("met", "within-limit")),
        (ago(0), Kept(oldest=ago(28), newest=NOW), ("unproven", "on-course")),
        (ago(0), Kept(oldest=ago(28), newest=NOW, holes=((ago(20), ago(15)),)), ("missed", "gap")),
        (ago(0), Kept(), ("missed", "absent")),
    ],
)
def test_a_young_source_is_on_course_as_long_as_nothing_of_its_time_is_lost(
    since: datetime, kept: Kept, expected: tuple[str, str]
) -> None:
    assert told(spoken(CHECK, kept, since=since)) == expected


def test_a_declared_start_bounds_the_holes_and_gives_a_day_to_begin() -> None:
    before = Kept(oldest=ago(100), newest=NOW, holes=((ago(90), ago(80)),))
    assert told(spoken(CHECK, before, since=ago(60), starts=True)) == ("unproven", "on-course")
    across = Kept(oldest=ago(100), newest=NOW, holes=((ago(90), ago(58)),))
    found = spoken(CHECK, across, since=ago(60), starts=True)
    assert (told(found), found.value) == (("missed", "gap"), 2 * DAY.total_seconds())
    assert told(spoken(CHECK, Kept(), since=ago(0.5), starts=True)) == ("unproven", "on-course")
    assert told(spoken(CHECK, Kept(), since=ago(1.5), starts=True)) == ("missed", "absent")


def test_what_could_not_be_read_is_neither_kept_nor_lost() -> None:
    unread = Kept(oldest=ago(28), newest=NOW, unread=(ago(400), ago(28)))
    assert told(spoken(CHECK, unread, gaps=(DENIED,))) == ("unproven", "denied")
    assert told(spoken(CHECK, Kept(unread=(ago(400), NOW)), gaps=(DENIED,))) == ("unproven", "denied")
    assert told(spoken(CHECK, SOUND, gaps=(DENIED,))) == ("unproven", "denied")


def test_another_source_s_trouble_is_its_own() -> None:
    assert told(spoken(CHECK, SOUND, gaps=(OTHER,))) == ("met", "within-limit")


def test_what_is_seen_and_bad_stands_beside_what_could_not_be_read() -> None:
    old = Kept(oldest=ago(500), newest=NOW, unread=(ago(300), ago(200)))
    assert told(spoken(CHECK, old, gaps=(DENIED,))) == ("missed", "retention-exceeded")


def test_the_longest_hole_is_told_with_its_ends_and_their_number() -> None:
    holes = ((ago(300), ago(290)), (ago(200), ago(170)), (ago(100), ago(95)))
    found = spoken(CHECK, Kept(oldest=ago(370), newest=NOW, holes=holes))
    assert (found.value, found.limit) == ((30 * DAY).total_seconds(), DAY.total_seconds())
    assert found.about == {"from": ago(200).isoformat(), "until": ago(170).isoformat(), "holes": 3}


def test_a_young_source_tells_when_it_will_have_its_twelve_months() -> None:
    found = spoken(CHECK, Kept(oldest=ago(50), newest=NOW), since=ago(10))
    assert found.about["reached_on"] == (NOW + 300 * DAY).date().isoformat()


def test_room_that_ends_before_the_twelve_months_is_told() -> None:
    full = Room(free=10, daily=1, full=NOW + 10 * DAY)
    found = spoken(CHECK, Kept(oldest=ago(50), newest=NOW), since=ago(10), room=full)
    assert found.about["full_on"] == (NOW + 10 * DAY).date().isoformat()
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
    kept = Kept(
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
