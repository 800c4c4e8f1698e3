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
    Owed,
    asked_in,
    last_of_their_day,
    terms_in,
    terms_of,
    under_terms,
)
from agent.core.model import Fact, Observation
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


def owed_beside(lost: Point, *standing: Point) -> Owed:
    """Return what is asked of a point that is gone beside those that stand."""
    fact = Fact(name="backup.point.gone", subject="files/offsite", value=lost, as_of=NOW)
    is_stood_for = last_of_their_day(standing, "Europe/Paris")
    kept = tuple(under_terms(KEPT_400, "files/offsite", (fact,), look(lost), NOW, is_stood_for))
    return asked_in(look(more=[(one.name, one.value, one.as_of) for one in kept]))[lost.id]


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
        ((), Owed.KEPT),
    ],
    ids=["Paris", "UTC", "the next day", "earlier", "other paths", "another machine", "an empty one", "none"],
)
def test_of_several_points_of_a_day_the_last_one_is_enough(standing: tuple[Point, ...], owed: Owed) -> None:
    """`--keep-daily` keeps it alone, where someone ran the backup of the evening in the morning as well."""
    assert owed_beside(MORNING, *standing) is owed
