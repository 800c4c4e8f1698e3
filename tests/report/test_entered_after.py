"""What is entered after its term, with an older date: counted by that date, and never said without the other word."""

from dataclasses import replace
from datetime import date

import pytest

from agent.accounting.quarter import QuarterOutcome
from agent.core.duties.entries import RegisterEntry
from agent.report.build import build
from agent.report.event_figures import Events
from agent.report.figures_file import document
from agent.report.material import Material
from agent.report.names import Names
from agent.report.view_target import target_view
from tests.report.test_amended import entered, of, other, page, row, sheet

LATE = "2026-12-10"


def scan(number: int, performed: str, on: str, **values: str) -> RegisterEntry:
    own = {"performed": performed, "perimeter": "internet", "by": "prestataire", **values}
    return entered("scan", number, on, **own)


def without(material: Material, *ids: str) -> Material:
    return replace(material, entries=tuple(one for one in material.entries if one.id not in ids))


def scans(material: Material, *entries: RegisterEntry) -> Material:
    """Return the material with some scans after that of 24 July, whose term is 24 October."""
    return of(without(material, "scan-4"), *entries)


def events(material: Material, target: str = "vulnerability-scan") -> Events:
    found = next(one for one in build(material, 1).targets if one.target == target).events
    assert found is not None
    return found


def test_a_scan_entered_after_its_term_has_both_words(material: Material) -> None:
    given = scans(material, scan(9, "2026-10-20", LATE, author="tech"))
    found = sheet(given, "vulnerability-scan")
    both = "Sans ce qui a été inscrit après l'échéance (scan-9, le 10 décembre 2026, par tech) : non atteint."
    assert found.mark.word == "atteint"
    assert both in found.sentence
    title, said = other(given, "vulnerability-scan")
    assert title == "Objectifs atteints"
    assert f"({both[0].lower()}{both[1:-1]})" in said
    due = next(table for table in found.tables if table.title == "Ce qui était dû").rows
    assert str(due[0][0]) == "internet (inscrit le 10 décembre 2026, par tech, après l'échéance)"
    figures = document(build(given, 1))
    own = next(one for one in figures["targets"] if one["target"] == "vulnerability-scan")
    assert (own["word"], own["word_in_time"]) == ("met", "missed")
    assert own["occurrences"][0]["entered_after"] == LATE


@pytest.mark.parametrize(
    ("performed", "on"),
    [
        ("2026-10-20", "2026-10-24"),  # late, and within the term
        ("2026-10-23", "2026-10-26"),  # after the term, and within three days
    ],
)
def test_a_scan_entered_in_its_term_or_within_three_days_stands_alone(
    material: Material, performed: str, on: str
) -> None:
    found = events(scans(material, scan(9, performed, on)))
    assert (found.outcome, found.in_time) == (QuarterOutcome.ATTAINED, None)


def test_a_new_scan_with_an_old_date_takes_no_late_scan_away(material: Material) -> None:
    given = scans(material, scan(4, "2026-11-05", "2026-11-06"), scan(9, "2026-10-20", LATE, author="tech"))
    found = sheet(given, "vulnerability-scan")
    assert found.mark.word == "non atteint"
    assert "Selon l'inscription faite le 10 décembre 2026, par tech : atteint." in found.sentence
    assert "Selon l'inscription faite le 10 décembre" in row(page(given), "vulnerability-scan").sentence
    due = next(table for table in found.tables if table.title == "Ce qui était dû").rows
    assert str(due[0][0]) == "internet (selon la correction : atteint)"


def test_scans_entered_on_one_day_in_any_order_contradict_nothing(material: Material) -> None:
    given = scans(material, scan(4, "2026-11-05", LATE), scan(9, "2026-10-20", LATE))
    assert events(given).outcome is QuarterOutcome.ATTAINED


def test_the_same_scan_entered_again_is_no_later_than_it_was(material: Material) -> None:
    given = scans(material, scan(4, "2026-10-20", "2026-10-21"), scan(10, "2026-10-20", LATE))
    assert events(given).in_time is None


def test_a_new_exercise_with_an_old_date_has_both_words(material: Material) -> None:
    values = {"performed": "2026-10-12T10:00:00+02:00", "backup": "mail", "duration": "3h", "result": "ok",
              "recovery_point": "2026-10-12T02:00:00+02:00"}  # fmt: skip
    spring = {**values, "performed": "2025-11-02T10:00:00+01:00", "recovery_point": "2025-11-02T02:00:00+01:00"}
    before = entered("recovery-test", 8, "2025-11-02", **spring)
    typed = of(material, before, entered("recovery-test", 9, LATE, **values))
    in_time = of(material, before, entered("recovery-test", 9, "2026-10-13", **values))
    found = [
        next(one.entered_after for one in events(made, "recovery-test").occurrences if one.key.subject == "mail")
        for made in (typed, in_time)
    ]
    assert found == [date(2026, 12, 10), None]


def test_a_report_to_scota_entered_after_its_term_has_both_words(material: Material) -> None:
    values = {"detected": "2026-11-10T09:00:00+01:00", "title": "Panne", "major": "yes", "reported": "2026-11-20"}
    given = of(without(material, "incident-1"), entered("incident", 2, LATE, **values))
    found = events(given, "incident-report")
    assert (found.outcome, found.in_time) == (QuarterOutcome.NOT_DEMONSTRATED, QuarterOutcome.NOT_ATTAINED)
    assert "(incident-2, le 10 décembre 2026, par RSSI) : non atteint." in sheet(given, "incident-report").sentence


def test_a_report_for_everyone_names_no_author_of_a_late_entry(material: Material) -> None:
    report = build(scans(material, scan(9, "2026-10-20", LATE, author="tech")), 1)
    one = next(one for one in report.targets if one.target == "vulnerability-scan")
    assert "(scan-9, le 10 décembre 2026) : non atteint." in target_view(one, report, Names({})).sentence


def due(material: Material, target: str, title: str = "Ce qui était dû") -> dict[str, tuple[str, ...]]:
    """Return the rows of a target's table of what fell due, by their first cell."""
    rows = next(table for table in sheet(material, target).tables if table.title == title).rows
    return {str(cells[0]): tuple(str(cell) for cell in cells[1:]) for cells in rows}


def test_a_restore_entered_late_says_when_and_by_whom(material: Material) -> None:
    late = entered("restore", 9, "2026-11-20", performed="2026-11-02", backup="files", reason="saisie", author="tech")
    in_time = entered("restore", 8, "2026-11-04", performed="2026-11-02", backup="files", reason="saisie")
    found = due(of(material, late, in_time), "restore-reason")
    assert found["restore-9"][1] == "2 novembre 2026 (inscrit le 20 novembre 2026, par tech)"
    assert found["restore-8"][1] == "2 novembre 2026"


def test_what_is_next_due_counts_from_a_date_that_says_when_it_was_entered(material: Material) -> None:
    given = scans(material, scan(9, "2026-10-20", "2026-10-30", author="tech"))
    last, _ = due(given, "vulnerability-scan", "Prochaines échéances")["internet"]
    assert last == "20 octobre 2026 (inscrit le 30 octobre 2026, par tech)"


def test_what_was_made_good_on_page_1_says_when_it_was_entered(material: Material) -> None:
    given = scans(material, scan(9, "2026-11-05", "2026-11-20", author="tech"))
    since = next(row.since for row in page(given).rows if row.id == "vulnerability-scan")
    assert since == ("échéance du 24 octobre 2026, honorée le 5 novembre 2026 (inscrit le 20 novembre 2026, par tech)")
