"""Amended entries: what they said first stays beside what they say now, in tables, in sentences and on page 1."""

from dataclasses import replace
from datetime import datetime

import pytest

from agent.core.duties.entries import RegisterEntry
from agent.core.period import PARIS
from agent.report.build import build
from agent.report.front import FrontRow, FrontView, front
from agent.report.material import Material
from agent.report.names import Names
from agent.report.view_annexes import annex
from agent.report.view_target import TargetSheet, target_view
from tests.checks.entered import amended


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=PARIS)


def entered(register: str, number: int, on: str, **values: str) -> RegisterEntry:
    return RegisterEntry(
        id=f"{register}-{number}",
        register=register,
        beneficiary="scota",
        values={"author": "RSSI", **values},
        received_at=at(on),
    )


def of(material: Material, *entries: RegisterEntry) -> Material:
    """Return the material with some entries in the place of those of their ids."""
    ids = {one.id for one in entries}
    return replace(material, entries=(*(one for one in material.entries if one.id not in ids), *entries))


def sheet(material: Material, target: str) -> TargetSheet:
    report = build(material, 1)
    return target_view(next(one for one in report.targets if one.target == target), report, Names())


def restricted(material: Material) -> tuple[tuple[str, ...], ...]:
    tables = annex(build(material, 1), Names()).restricted
    return tuple(tuple(map(str, row)) for one in tables for row in one.rows)


def page(material: Material) -> FrontView:
    return front(build(material, 1), Names())


def other(material: Material, target: str) -> tuple[str, str]:
    """Return under which title page 1 names a target that did not fall short, and how."""
    return next((title, said) for title, own in page(material).others for id, said in own if id == target)


def cell(view: TargetSheet, title: str, id: str, head: str) -> str:
    found = next(table for table in view.tables if table.title.startswith(title))
    row = next(row for row in found.rows if row[0] == id)
    return str(row[found.head.index(head)])


FLIPPED = "d'abord oui, modifié le 29 novembre 2026, par tech"


def breach() -> RegisterEntry:
    values = {"detected": "2026-11-27T09:00+01:00", "title": "fuite", "dpo_informed": "2026-11-27", "cnil_due": "yes"}
    return amended(entered("breach", 9, "2026-11-27", **values), "2026-11-29T09:00+01:00", cnil_due="no", author="tech")


@pytest.fixture
def flipped(material: Material) -> Material:
    return of(material, breach(), entered("breach", 8, "2027-01-04", none="2026-12"))


def test_a_duty_that_is_no_longer_said_due_keeps_its_trace(flipped: Material) -> None:
    found = sheet(flipped, "breach-cnil")
    assert found.mark.id == "not-applicable"
    assert f"breach-9, CNIL due, {FLIPPED}" in found.sentence
    assert cell(found, "Violations", "breach-9", "CNIL due") == f"non ({FLIPPED})"
    title, said = other(flipped, "breach-cnil")
    assert title.startswith("Objectifs sans objet")
    assert f"breach-9, CNIL due, {FLIPPED}" in said


def test_an_incident_that_is_no_longer_major_keeps_its_trace(material: Material) -> None:
    values = {"detected": "2026-11-27", "title": "panne", "major": "yes"}
    minor = amended(entered("incident", 9, "2026-11-27", **values), "2026-11-29T09:00+01:00", major="no", author="tech")
    found = sheet(of(material, minor), "incident-report")
    assert f"incident-9, majeur, {FLIPPED}" in found.sentence
    assert cell(found, "Incidents", "incident-9", "Majeur") == f"non ({FLIPPED})"
    (row,) = (one for one in page(of(material, minor)).rows if one.id == "incident-report")
    assert f"incident-9, majeur, {FLIPPED}" in row.sentence


def test_what_was_moved_out_of_the_quarter_stays_in_its_tables(material: Material) -> None:
    values = {"detected": "2026-12-28", "title": "panne", "major": "yes"}
    moved = amended(entered("incident", 9, "2026-12-28", **values), "2027-01-03T09:00+01:00", detected="2027-01-02")
    found = cell(sheet(of(material, moved), "incident-report"), "Incidents", "incident-9", "Détecté")
    assert found == "2 janvier 2027 (date modifiée le 3 janvier 2027, par RSSI, d'abord le 28 décembre 2026)"


def test_the_author_of_an_amendment_is_not_named_in_public(flipped: Material) -> None:
    report = build(flipped, 1)
    public = Names({})
    one = next(one for one in report.targets if one.target == "breach-cnil")
    assert "tech" not in target_view(one, report, public).sentence
    assert "modifié le 29 novembre 2026." in target_view(one, report, public).sentence


def test_many_amendments_are_counted_past_four(material: Material) -> None:
    found = [
        amended(entered("breach", 20 + number, "2026-11-27", detected="2026-11-27", title="x", cnil_due="yes"),
                "2026-11-28T09:00+01:00", cnil_due="no")
        for number in range(6)
    ]  # fmt: skip
    said = sheet(of(material, *found), "breach-cnil").sentence
    assert said.count("d'abord oui") == 4
    assert "2 autres modifications, dans les tableaux." in said


def rescanned() -> RegisterEntry:
    values = {"performed": "2026-11-05", "perimeter": "internet", "by": "prestataire"}
    late = entered("scan", 4, "2026-11-06", **values)
    return amended(late, "2026-12-10T09:00+01:00", performed="2026-10-20", author="tech")


def row(view: FrontView, target: str) -> FrontRow:
    return next(one for one in view.rows if one.id == target)


def test_a_scan_that_was_late_as_entered_is_not_amended_into_time(material: Material) -> None:
    given = of(material, rescanned())
    found = sheet(given, "vulnerability-scan")
    assert found.mark.word == "non atteint"
    corrected = "Selon la correction du 10 décembre 2026, par tech : atteint."
    assert corrected in found.sentence
    assert corrected in row(page(given), "vulnerability-scan").sentence
    assert "scan-4, fait le, d'abord 5 novembre 2026, modifié le 10 décembre 2026, par tech" in found.sentence
    assert cell(found, "Ce qui a été fait", "scan-4", "Fait") == (
        "20 octobre 2026 (date modifiée le 10 décembre 2026, par tech, d'abord le 5 novembre 2026)"
    )
    due = next(table for table in found.tables if table.title == "Ce qui était dû").rows
    assert [str(one[0]) for one in due] == [
        "internet (inscription modifiée le 10 décembre 2026, par tech ; selon la correction : atteint)"
    ]


def test_an_amendment_before_the_term_counts_and_is_marked(material: Material) -> None:
    values = {"performed": "2026-10-21", "perimeter": "internet", "by": "prestataire"}
    early = entered("scan", 4, "2026-10-22", **values)
    given = of(material, amended(early, "2026-10-23T09:00+02:00", performed="2026-10-20", author="tech"))
    title, said = other(given, "vulnerability-scan")
    assert title == "Objectifs atteints"
    assert said.endswith("(scan-4, fait le, d'abord 21 octobre 2026, modifié le 23 octobre 2026, par tech)")


def test_a_scan_of_another_perimeter_is_not_amended_into_this_one(material: Material) -> None:
    values = {"performed": "2026-10-20", "perimeter": "inside", "by": "prestataire"}
    elsewhere = entered("scan", 9, "2026-10-21", **values)
    moved = amended(elsewhere, "2026-12-10T09:00+01:00", perimeter="internet", author="tech")
    found = sheet(of(material, moved), "vulnerability-scan")
    assert found.mark.word == "non atteint"
    assert "Selon la correction du 10 décembre 2026, par tech : atteint." in found.sentence


@pytest.mark.parametrize("first", [{"duration": "60h"}, {"result": "failed"}, {"recovery_point": "2026-10-01"}])
def test_an_exercise_that_failed_as_entered_is_not_amended_into_a_success(
    material: Material, first: dict[str, str]
) -> None:
    values = {"performed": "2026-10-12T10:00:00+02:00", "backup": "files", "duration": "3h", "result": "ok",
              "recovery_point": "2026-10-12T02:00:00+02:00"}  # fmt: skip
    mail = entered("recovery-test", 9, "2026-10-12", **{**values, "backup": "mail"})
    made = entered("recovery-test", 1, "2026-10-12", **{**values, **first})
    given = of(material, mail, amended(made, "2026-12-06T09:00+01:00", author="tech", **values))
    found = sheet(given, "recovery-test")
    assert found.mark.word == "non atteint"
    assert "Selon la correction du 6 décembre 2026, par tech : atteint." in found.sentence
    shown = " ".join(str(cell) for table in found.tables for one in table.rows for cell in one)
    assert "modifié le 6 décembre 2026, par tech" in shown


def test_a_missed_report_that_was_amended_away_shows_its_correction(material: Material) -> None:
    values = {"detected": "2026-10-05T08:00:00+02:00", "title": "x", "major": "yes", "reported": "2026-10-28"}
    late = amended(entered("incident", 9, "2026-10-06", **values), "2026-12-06T09:00+01:00", reported="2026-10-12")
    due = next(t for t in sheet(of(material, late), "incident-report").tables if t.title == "Ce qui était dû")
    (shown,) = (str(one[0]) for one in due.rows if str(one[0]).startswith("incident-9"))
    assert shown.endswith("(inscription modifiée le 6 décembre 2026, par RSSI ; selon la correction : atteint)")


def test_an_amendment_does_not_move_the_day_of_a_late_report(material: Material) -> None:
    values = {"detected": "2026-10-05T08:00:00+02:00", "title": "x", "major": "yes", "reported": "2026-10-28"}
    first = entered("incident", 9, "2026-10-06", **values)
    for change in ({"detected": "2026-10-16T08:00:00+02:00"}, {"major": "no"}):
        found = sheet(of(material, amended(first, "2026-12-10T09:00+01:00", **change)), "incident-report")
        due = next(t for t in found.tables if t.title == "Ce qui était dû")
        (row,) = (one for one in due.rows if str(one[0]).startswith("incident-9"))
        assert str(row[2]).startswith("28 octobre 2026")
        assert str(row[3]).startswith("17 jours")


def test_the_annex_has_first_accounts_and_reasons_of_entries(material: Material) -> None:
    gone = entered("departure", 9, "2026-12-02", left="2026-12-01T18:00+01:00", person="B. Martin", accounts="bmartin")
    restored = entered("restore", 9, "2026-12-02", performed="2026-12-02", backup="files", reason="exercice")
    rows = restricted(
        of(
            material,
            amended(gone, "2026-12-10T12:00+01:00", accounts="personne", author="tech"),
            amended(restored, "2026-12-10T12:00+01:00", reason="demande", author="tech"),
        )
    )
    changed = ", modifié le 10 décembre 2026, par tech"
    accounts = next(row for row in rows if row[:2] == ("departure-9", "B. Martin"))[2]
    assert accounts == f"personne (d'abord bmartin{changed})"
    assert next(row for row in rows if row[0] == "restore-9")[-1] == f"demande (d'abord exercice{changed})"
