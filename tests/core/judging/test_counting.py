"""Which recovery points of a copy count, and which date its newest one has."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.core.judging.counting import counted_points, newest_that_counts
from agent.core.points import Point
from tests.checks.backups import BACKUP, DAY, HOUR, NOW, look, point

GOOD = point(30 * HOUR, 1)


@pytest.mark.parametrize(
    "other",
    [
        point(HOUR, 2, host="elsewhere"),
        point(HOUR, 2, path="/srv/other"),
        point(HOUR, 2, path="/srv/scota/inner"),
        point(HOUR, 2, files=0),
        point(-2 * DAY, 2),
    ],
    ids=["another machine's", "of another path", "of a narrower path", "empty", "of the future"],
)
def test_the_newest_point_is_the_newest_that_counts(other: Point) -> None:
    assert newest_that_counts(BACKUP, look(GOOD, other)) == GOOD.time
    assert newest_that_counts(BACKUP, look(other)) is None


def test_of_several_paths_the_one_with_the_oldest_point_decides() -> None:
    backup = replace(BACKUP, paths=("/srv/scota", "/etc"))
    assert newest_that_counts(backup, look(point(HOUR), point(5 * HOUR, 1, path="/etc"))) == NOW - 5 * HOUR
    assert newest_that_counts(backup, look(point(HOUR))) is None


def test_a_point_slightly_ahead_of_the_clock_counts() -> None:
    (found,) = counted_points(BACKUP, look(point(-timedelta(minutes=5))))
    assert found.newest is not None
