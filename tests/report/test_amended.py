"""Amended entries: what they said first stays beside what they say now, in tables, in sentences and on page 1."""

from dataclasses import replace
from datetime import datetime

import pytest

from agent.core.duties.entries import RegisterEntry
from agent.core.period import PARIS
from agent.report.build import build
from agent.report.front import FrontView, front
from agent.report.material import Material
from agent.report.names import Names
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
