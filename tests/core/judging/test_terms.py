"""A point that is gone is judged by the terms of the look that saw it last."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.core.inventory import Backup
from agent.core.judging.points_gone import gone
from agent.core.judging.terms import (
    EARLY,
    GONE_UNDER,
    TERMS,
    DailyPoints,
    Owed,
    asked_in,
    terms_in,
    terms_of,
    under_terms,
)
from agent.core.model import Observation
from agent.core.points import Point
from tests.checks.backups import BACKUP, DAY, HOUR, NOW, SECOND, look, point

KEPT_400 = replace(BACKUP, retention=400 * DAY)
THINNED = replace(KEPT_400, thinned_after=7 * DAY)
OLD = point(10 * DAY, 1)


def after(previous: Observation | None, backup: Backup, *points: Point, hours: int) -> Observation:
    """Return a look under the terms of a backup, as the collector remembers from look to look."""
    now = NOW + hours * HOUR
    lost = tuple(gone("files/offsite", points, (), previous, now))
    kept = (*lost, *under_terms(backup, "files/offsite", lost, previous, now))
    return look(*points, more=[(one.name, one.value, one.as_of) for one in kept], ended=now)


@pytest.mark.parametrize(
    "typed",
    [
        THINNED,
        replace(BACKUP, retention=5 * DAY),
        replace(BACKUP, paths=("/srv/other",)),
        replace(BACKUP, snapshot_host="x"),
    ],
    ids=["thinned_after", "retention", "paths", "snapshot_host"],
)
def test_terms_typed_when_a_point_is_gone_ask_nothing_less_of_it(typed: Backup) -> None:
    first = after(None, KEPT_400, OLD, hours=0)
    second = after(first, typed, hours=1)
    assert asked_in(second) == {OLD.id: Owed.KEPT}
    third = after(second, typed, hours=2)
    assert asked_in(third) == {OLD.id: Owed.KEPT}
    assert [fact.as_of for fact in third.named(GONE_UNDER)] == [NOW + HOUR]


def test_terms_that_were_in_force_at_the_look_before_are_believed() -> None:
    first = after(after(None, KEPT_400, OLD, hours=0), THINNED, OLD, hours=1)
    assert asked_in(after(first, KEPT_400, hours=2)) == {OLD.id: Owed.THINNED}


def test_a_look_that_kept_no_terms_is_taken_for_one_under_those_of_now() -> None:
    assert asked_in(after(look(OLD), THINNED, hours=1)) == {OLD.id: Owed.THINNED}


@pytest.mark.parametrize(
    ("backup", "age", "owed"),
    [
        (BACKUP, 999 * DAY, Owed.KEPT),
        (KEPT_400, 400 * DAY - EARLY - SECOND, Owed.KEPT),
        (KEPT_400, 400 * DAY - EARLY, Owed.EXPIRED),
        (THINNED, 400 * DAY, Owed.EXPIRED),
        (THINNED, 7 * DAY - EARLY, Owed.THINNED),
        (THINNED, 7 * DAY - EARLY - SECOND, Owed.KEPT),
        (replace(THINNED, snapshot_host="srv-2"), HOUR, Owed.FOREIGN),
        (replace(THINNED, paths=("/srv/other",)), 500 * DAY, Owed.FOREIGN),
    ],
)
def test_what_is_asked_of_a_point_follows_from_whose_it_is_and_its_age(
    backup: Backup, age: timedelta, owed: Owed
) -> None:
    assert terms_of(backup).asked_of(point(HOUR), age) is owed


@pytest.mark.parametrize("backup", [BACKUP, KEPT_400, THINNED])
def test_terms_are_read_back_as_they_were_kept(backup: Backup) -> None:
    seen = after(None, backup, hours=0)
    assert terms_in(seen) == terms_of(backup)
    assert [fact.as_of for fact in after(seen, backup, hours=1).named(TERMS)] == [NOW]
    typed = replace(backup, retention=DAY)
    assert [fact.as_of for fact in after(seen, typed, hours=1).named(TERMS)] == [NOW + HOUR]
    assert terms_in(look()) is None
    assert terms_in(None) is None


def without(previous: Observation | None, listed: tuple[Point, ...], at: datetime) -> Observation:
    """Return a look at a copy that is to keep every point for 400 days."""
    lost = tuple(gone("files/offsite", listed, (), previous, at))
    daily = DailyPoints(points=listed, timezone="Europe/Paris")
    kept = (*lost, *under_terms(KEPT_400, "files/offsite", lost, previous, at, daily))
    return look(*listed, more=[(one.name, one.value, one.as_of) for one in kept], ended=at)


def owed_beside(lost: Point, *standing: Point) -> Owed:
    """Return what is asked of a point that is gone beside those that stand."""
    return asked_in(without(look(lost, *standing), standing, NOW))[lost.id]


def at(hours: int, files: int = 100) -> Point:
    """Return a point of so many hours after the beginning of a day in winter, by UTC."""
    return replace(OLD, id=f"{hours}", time=datetime(2026, 11, 20, tzinfo=UTC) + hours * HOUR, files=files)


MORNING, EVENING = (replace(OLD, id=f"{hour}", time=datetime(2026, 11, 20, hour, tzinfo=UTC)) for hour in (9, 21))


@pytest.mark.parametrize(
    ("standing", "owed"),
    [
        ((EVENING,), Owed.THINNED),
        ((replace(EVENING, time=EVENING.time + 2 * HOUR),), Owed.THINNED),
        ((replace(EVENING, time=MORNING.time + DAY),), Owed.KEPT),
        ((replace(EVENING, time=MORNING.time - 2 * HOUR),), Owed.KEPT),
        ((replace(EVENING, paths=("/srv/other",)),), Owed.KEPT),
        ((replace(EVENING, host="srv-2"),), Owed.KEPT),
        ((replace(EVENING, files=0),), Owed.KEPT),
        ((replace(EVENING, files=49),), Owed.KEPT),
        ((replace(EVENING, files=50),), Owed.THINNED),
        ((replace(EVENING, files=None),), Owed.THINNED),
        ((), Owed.KEPT),
    ],
    ids=[
        "Paris",
        "UTC",
        "the next day",
        "earlier",
        "other paths",
        "another machine",
        "an empty one",
        "a stray file",
        "half",
        "unread",
        "none",
    ],
)
def test_of_several_points_of_a_day_the_last_one_is_enough(standing: tuple[Point, ...], owed: Owed) -> None:
    """`--keep-daily` keeps it alone, where someone ran the backup of the evening in the morning as well."""
    assert owed_beside(MORNING, *standing) is owed


def test_the_last_of_24_hourly_points_stands_for_none_of_the_day_before() -> None:
    """By turns, the day of the agent's zone and that of UTC would let every one of them go."""
    seen = None
    for hour in range(72):
        seen = without(seen, tuple(at(one) for one in range(max(0, hour - 23), hour + 1)), at(hour).time)
    assert seen is not None
    owed = asked_in(seen)
    assert len(owed) == 48
    assert {id for id, one in owed.items() if one is Owed.KEPT} == {"23", "47"}


def test_a_machine_keeps_the_days_of_one_zone() -> None:
    """By UTC, what was made at a quarter past midnight in Paris is the last of the day before, and stands for it."""
    first = without(None, (at(9), at(23), at(32), at(47)), at(48).time)
    second = without(first, (at(23), at(32), at(47)), at(49).time)
    assert asked_in(second) == {"9": Owed.THINNED}
    third = without(second, (at(23), at(47)), at(50).time)
    assert asked_in(third) == {"9": Owed.THINNED, "32": Owed.THINNED}
    fourth = without(third, (at(47),), at(51).time)
    assert asked_in(fourth)["23"] is Owed.KEPT
