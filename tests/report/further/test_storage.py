"""A year's storage: the highest measure of each day against a terabyte, and days without one that stay without."""

import csv
import io
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from agent.core.model import State
from agent.core.period import Month, Year
from agent.report.further.storage import highest, measured, storage, table_text
from agent.report.further.storage_view import storage_view
from agent.report.material import Material
from tests.report.further.samples import volume

Y2026 = Year(2026)
SEPTEMBER = date(2026, 9, 10)


def test_a_day_is_its_highest_measure(material: Material) -> None:
    found = storage(material, Y2026, [volume(SEPTEMBER, 5), volume(SEPTEMBER, 9), volume(SEPTEMBER, 7)])
    assert [(one.day, one.bytes) for one in measured(found.days)] == [(SEPTEMBER, 9)]


def test_a_look_that_knew_a_part_or_was_too_old_measured_nothing(material: Material) -> None:
    partial, stale = volume(SEPTEMBER, None), volume(SEPTEMBER, 5, measured=State.UNPROVEN)
    found = storage(material, Y2026, [partial, stale])
    assert measured(found.days) == ()
    assert storage_view(found, material, public=False).lead == (
        "Aucune mesure complète du volume occupé : on ne peut affirmer ni que le volume compris dans le prix a suffi,"
        " ni qu'il a été dépassé."
    )


def test_every_expected_day_is_there_up_to_yesterday(material: Material) -> None:
    assert len(storage(material, Y2026, []).days) == 365
    early = storage(replace(material, today=date(2026, 3, 2)), Y2026, [])
    assert (early.days[0].day, early.days[-1].day, len(early.days)) == (date(2026, 1, 1), date(2026, 3, 1), 60)
    assert len(storage(replace(material, today=date(2029, 1, 1)), Year(2028), []).days) == 366


def test_what_was_measured_after_yesterday_is_not_counted(material: Material) -> None:
    early = replace(material, today=SEPTEMBER)
    assert measured(storage(early, Y2026, [volume(SEPTEMBER, 5)]).days) == ()


def test_an_excess_of_a_few_gigabytes_shows_and_is_counted_in_days(material: Material) -> None:
    days = [volume(date(2026, 9, day), 1_002_300_000_000) for day in (10, 11)]
    found = storage(material, Y2026, [volume(date(2026, 9, 9), 10**12), *days])
    assert storage_view(found, material, public=False).lead == (
        "Plus haute mesure : 1\u202f002,3 Go, soit 100,2 % de 1 To, le 10 septembre 2026 ;"
        " le volume compris dans le prix a été dépassé 2 jours (mesurés : 3 sur 365)."
    )
    september = found.of(Month(2026, 9))
    most = highest(september)
    assert most is not None
    assert most.day == date(2026, 9, 10)


def test_a_month_without_a_measure_has_a_bar_that_says_so(material: Material) -> None:
    shown = storage_view(storage(material, Y2026, [volume(SEPTEMBER, 5 * 10**11)]), material, public=False)
    gauges = next(one.gauges for one in shown.sections if one.gauges is not None)
    told = {row.heading: (row.width, row.said, row.cells[-1]) for row in gauges.rows}
    assert len(told) == 12
    assert told["septembre 2026"] == (500, "Au plus 500 Go, soit 50 % de 1 To.", "1 sur 30")
    assert told["octobre 2026"] == (None, "Aucune mesure.", "0 sur 31")


def test_the_table_for_tools_leaves_a_day_without_a_measure_empty(material: Material) -> None:
    rows = list(csv.DictReader(io.StringIO(table_text(storage(material, Y2026, [volume(SEPTEMBER, 7)])))))
    assert len(rows) == 365
    assert {row["bytes"] for row in rows if row["day"] != "2026-09-10"} == {""}
    assert next(row for row in rows if row["bytes"]) == {
        "day": "2026-09-10",
        "bytes": "7",
        "limit": "1000000000000",
    }


@given(st.lists(st.tuples(st.integers(1, 28), st.one_of(st.none(), st.integers(0, 2 * 10**12))), max_size=40))
def test_measured_and_not_measured_are_all_expected_days(
    material: Material, looks: list[tuple[int, int | None]]
) -> None:
    """Whatever was seen in whatever order on one day, no day is lost and none is invented."""
    verdicts = [volume(date(2026, 9, day), bytes) for day, bytes in sorted(looks, key=lambda look: look[0])]
    found = storage(material, Y2026, verdicts)
    known = {day for day, bytes in looks if bytes is not None}
    assert len(measured(found.days)) == len(known)
    assert len(found.days) == 365
