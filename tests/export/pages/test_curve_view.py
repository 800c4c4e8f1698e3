"""The curve of what was measured: a point a day, a gap where nothing was, and the same as figures."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from agent.export.pages.addresses import PageLinks
from agent.export.pages.curve_view import HEIGHT, WIDTH, CurveView, curve_view
from agent.export.pages.subject_page import render
from agent.export.pages.verdict_details import DayValue, ObjectiveInForce
from agent.export.snapshot import CurrentVerdict
from tests.export.details import details
from tests.export.samples import LATE, NOW, snapshot
from tests.parts.markup import tags, words

DAY = 86400.0
FIRST = date(2026, 11, 1)


def values(*hours: float | None) -> tuple[DayValue, ...]:
    """Return a value in hours for each day on end; None: nothing was measured."""
    return tuple(
        DayValue(day=FIRST + timedelta(days=number), value=hour * 3600.0)
        for number, hour in enumerate(hours)
        if hour is not None
    )


def curve(*hours: float | None, limit: float | None = DAY) -> CurveView:
    """Return the curve of these days."""
    drawn = curve_view(LATE.key, values(*hours), ObjectiveInForce(limit=limit, unit="seconds"), "fr")
    assert drawn is not None
    return drawn


def test_the_highest_is_at_the_top_and_the_objective_is_a_line() -> None:
    drawn = curve(0, 48, 24)
    assert drawn.lines == (f"M0 {HEIGHT}L{WIDTH // 2} 0L{WIDTH} {HEIGHT // 2}",)
    assert drawn.limit_at == HEIGHT // 2
    assert (drawn.limit, drawn.top) == ("≤ 24 h", "48 h")


def test_a_day_without_a_measurement_is_a_gap_and_never_drawn_through() -> None:
    drawn = curve(1, 2, None, 3, None, 4, 5)
    assert len(drawn.lines) == 2
    assert len(drawn.dots) == 1


def test_the_figures_are_all_there_the_newest_first() -> None:
    assert curve(1, 2, None, 3).rows == (
        ("4 novembre 2026", "3 h"),
        ("2 novembre 2026", "2 h"),
        ("1er novembre 2026", "1 h"),
    )


def test_without_a_limit_there_is_no_line_of_it() -> None:
    assert curve(1, 2, 3, limit=None).limit_at is None


@pytest.mark.parametrize("hours", [(), (1.0,), (1.0, 2.0)])
def test_too_few_days_are_no_curve(hours: tuple[float, ...]) -> None:
    assert curve_view(LATE.key, values(*hours), ObjectiveInForce(limit=DAY, unit="seconds"), "fr") is None


def test_nothing_but_zeroes_is_a_curve_on_the_ground() -> None:
    assert curve(0, 0, 0, limit=None).lines == (f"M0 {HEIGHT}L{WIDTH // 2} {HEIGHT}L{WIDTH} {HEIGHT}",)


def test_the_page_has_the_drawing_and_its_figures_where_there_are_any() -> None:
    shown = snapshot()
    bare = details([LATE], NOW)
    measured = replace(bare, values={LATE.key: values(1, 2, None, 3)})
    page = render([CurrentVerdict(verdict=LATE)], measured, shown, PageLinks())
    assert "Ce qui a été mesuré" in words(page)
    assert 'class="limit"' in page
    assert "4 novembre 2026 3 h" in words(page)
    assert tags(page)
    assert "Ce qui a été mesuré" not in words(render([CurrentVerdict(verdict=LATE)], bare, shown, PageLinks()))
