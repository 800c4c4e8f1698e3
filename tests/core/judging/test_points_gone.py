"""Which recovery points are gone since an earlier look, since when, and for how long that is told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.core.judging.points_gone import GONE_KEPT, gone
from agent.core.model import Fact, Observation
from agent.core.points import Point
from tests.checks.backups import DAY, HOUR, NOW, SECOND, look, point

OLD, NEW = point(3 * DAY, 1), point(HOUR, 2)


def told(
    *listed: Point, previous: Observation | None, unread: tuple[str, ...] = (), later: timedelta = HOUR
) -> list[Fact]:
    """Return what is said of the points that an earlier look, of now, saw."""
    return list(gone("files/offsite", listed, unread, previous, NOW + later))


def fact(name: str, value: object, later: timedelta = HOUR) -> Fact:
    """Return a fact of the copy."""
    return Fact(name=name, subject="files/offsite", value=value, as_of=NOW + later)  # type: ignore[arg-type]


def test_a_first_look_has_nothing_to_compare_with() -> None:
    assert told(NEW, previous=None) == []


def test_a_point_that_is_not_listed_any_more_is_gone_as_of_this_look() -> None:
    assert told(NEW, previous=look(OLD, NEW)) == [fact("backup.point.gone", OLD)]
    assert told(OLD, NEW, previous=look(OLD, NEW)) == []


def test_a_point_that_could_not_be_read_before_is_gone_as_well() -> None:
    previous = look(NEW, more=[("backup.point.unread", OLD, NOW)])
    assert told(NEW, previous=previous) == [fact("backup.point.gone", OLD)]


@pytest.mark.parametrize("ago", [GONE_KEPT - HOUR, GONE_KEPT - HOUR + SECOND])
def test_a_point_that_went_away_is_told_for_eight_days_as_of_that_day(ago: timedelta) -> None:
    previous = look(NEW, more=[("backup.point.gone", OLD, NOW - ago)])
    expected = [fact("backup.point.gone", OLD, -ago)] if ago + HOUR <= GONE_KEPT else []
    assert told(NEW, previous=previous) == expected


def test_a_point_that_was_told_as_gone_keeps_its_day_though_it_was_seen_beside() -> None:
    previous = look(OLD, more=[("backup.point.gone", OLD, NOW - DAY)])
    assert told(NEW, previous=previous) == [fact("backup.point.gone", OLD, -DAY)]


def test_a_point_that_is_there_and_cannot_be_read_is_remembered_and_not_gone() -> None:
    previous = look(OLD, NEW)
    assert told(NEW, previous=previous, unread=(OLD.id[:8],)) == [fact("backup.point.unread", OLD)]
    assert told(NEW, previous=previous, unread=("ff",)) == [fact("backup.point.gone", OLD)]


def test_a_point_that_another_stands_for_is_not_gone() -> None:
    assert told(replace(OLD, id="ee" * 32, original=OLD.id), previous=look(OLD)) == []


def test_what_is_no_point_is_passed_over() -> None:
    previous = look(more=[("backup.point", "no point", NOW), ("backup.point.gone", "none", NOW)])
    assert told(previous=previous) == []


def test_a_point_that_was_gone_and_is_there_unread_is_so_as_of_this_look() -> None:
    previous = look(NEW, more=[("backup.point.gone", OLD, NOW - DAY)])
    assert told(NEW, previous=previous, unread=(OLD.id[:8],)) == [fact("backup.point.unread", OLD)]
