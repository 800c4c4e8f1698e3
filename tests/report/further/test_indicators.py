"""A month's indicators: counts of what is entered, days of patching, and an absence that is never a zero."""

import csv
import io
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from agent.accounting.rate import Tally
from agent.core.duties.entries import RegisterEntry
from agent.core.model import Key, State, Verdict
from agent.core.period import Month
from agent.core.reason import Reason
from agent.report.further.indicators import Indicators, indicators, table_text
from agent.report.further.indicators_view import indicators_view
from agent.report.material import Material
from agent.report.names import Names, names
from tests.report.year import SCOTA

OCTOBER, NOVEMBER, DECEMBER = Month(2026, 10), Month(2026, 11), Month(2026, 12)
SRV_2 = Key(target="patching", subject="srv-2", beneficiary="scota")


def values(found: Indicators) -> dict[tuple[str, str], str]:
    rows = csv.DictReader(io.StringIO(table_text(found)))
    return {(row["indicator"], row["subject"]): row["value"] for row in rows}


@pytest.mark.parametrize(
    ("month", "incidents", "majors", "breaches", "departures"),
    [
        (OCTOBER, "1", "1", "0", ""),  # breaches signed as none; nothing tells of departures
        (NOVEMBER, "1", "1", "0", "1"),
        (DECEMBER, "1", "0", "", ""),
        (Month(2026, 9), "", "", "", ""),
    ],
)
def test_what_nobody_entered_or_signed_has_no_value(
    material: Material, month: Month, incidents: str, majors: str, breaches: str, departures: str
) -> None:
    found = values(indicators(material, month, {}))
    names = ("incidents", "incidents-major", "breaches", "departures")
    assert tuple(found[name, ""] for name in names) == (incidents, majors, breaches, departures)


def test_a_register_that_nobody_signed_is_said_so_and_not_as_zero(material: Material) -> None:
    shown = indicators_view(indicators(material, Month(2026, 9), {}), material, Names())
    assert dict(shown.sections[0].figures) == {
        "Incidents inscrits": "non renseigné",
        "Violations de données": "non renseigné",
        "Départs": "non renseigné",
    }
    assert shown.lead.startswith("Aucun incident n'est inscrit, et le mois n'est pas signé ;")


def test_days_of_patching_are_those_of_the_quarter(material: Material) -> None:
    machines = {one.key.subject: one.days for one in indicators(material, OCTOBER, {}).machines}
    assert machines == {"srv-1": Tally(met=31), "srv-2": Tally(met=19, accepted=12)}
    november = {one.key.subject: one.days for one in indicators(material, NOVEMBER, {}).machines}
    assert november["srv-2"] == Tally(met=11, accepted=19)


def test_the_first_sentence_of_a_month(material: Material) -> None:
    assert indicators_view(indicators(material, DECEMBER, {}), material, Names()).lead == (
        "1 incident inscrit ; correctifs à jour : 100 % (62 jours sur 62, toutes machines) ;"
        " 1 action du plan est en retard."
    )


def test_no_day_of_patching_is_said_in_the_singular(material: Material) -> None:
    lead = indicators_view(indicators(material, Month(2026, 8), {}), material, Names()).lead
    assert "correctifs à jour : 0 % (0 jour sur 62, toutes machines)" in lead.replace("\u202f", " ")


def test_days_without_a_row_are_unproven_days(material: Material) -> None:
    august = indicators(replace(material, quarter=material.quarter), Month(2026, 8), {})
    assert {one.days for one in august.machines} == {Tally(unproven=31)}


def test_the_last_measure_of_the_month_stands_beside(material: Material) -> None:
    at = datetime(2026, 10, 30, 12, tzinfo=UTC)
    verdict = Verdict(
        target="patching",
        subject="srv-2",
        beneficiary="scota",
        at=at,
        state=State.ACCEPTED,
        measured=State.MISSED,
        day_state=State.MISSED,
        reason=Reason.UPDATES_PENDING,
        unit="seconds",
        value=40 * 86400.0,
        limit=31 * 86400.0,
    )
    found = indicators(material, OCTOBER, {SRV_2: verdict})
    assert values(found)["patching-oldest-update", "srv-2"] == "3456000"
    assert values(found)["patching-oldest-update", "srv-1"] == ""
    (table,) = indicators_view(found, material, Names()).sections[1].tables
    assert [row[-1] for row in table.rows] == [
        "30 octobre 2026 à 13 h 00 : plus ancien correctif en attente depuis 40 j",
        "aucun",
    ]


def test_what_comes_back_stands_as_it_did_when_the_month_ended(material: Material) -> None:
    """The scan of July was due on 24 October and made on 5 November: overdue at the end of October, not in November."""
    october, november = (indicators(material, month, {}) for month in (OCTOBER, NOVEMBER))
    ((overdue, last),) = october.standing["vulnerability-scan"].overdue
    assert (overdue.due, last) == (date(2026, 10, 24), date(2026, 7, 24))
    assert november.standing["vulnerability-scan"].overdue == ()
    assert [one.last for one in november.standing["vulnerability-scan"].ahead] == [date(2026, 11, 5)]
    tests = october.standing["recovery-test"].ahead
    assert {one.key.subject: one.last for one in tests} == {"files": date(2026, 10, 12), "mail": None}


def plan(id: str, due: str, done: str | None = None) -> RegisterEntry:
    held = {"target": "patching", "subject": "srv-2", "action": "x", "owner": "y", "due": due, "author": "z"}
    return RegisterEntry(
        id=id,
        register="plan",
        beneficiary="scota",
        values=held if done is None else {**held, "done": done},
        received_at=datetime(2026, 9, 1, tzinfo=UTC),
    )


def test_an_action_is_open_late_or_done_by_the_end_of_the_month(material: Material) -> None:
    entries = (
        plan("open", "2026-11-01"),
        plan("due-on-the-last-day", "2026-10-31"),
        plan("late", "2026-10-30"),
        plan("done-in-it", "2026-10-01", "2026-10-31"),
        plan("done-before", "2026-09-20", "2026-09-30"),
        plan("done-after", "2026-10-15", "2026-11-01"),
    )
    found = indicators(replace(material, entries=entries), OCTOBER, {})
    assert [one.id for one in found.open_actions] == ["open", "due-on-the-last-day", "late", "done-after"]
    assert [one.id for one in found.overdue_actions] == ["due-on-the-last-day", "late", "done-after"]
    assert [one.id for one in found.done_actions] == ["done-in-it"]


def test_an_open_month_counts_up_to_yesterday(material: Material) -> None:
    found = indicators(replace(material, today=date(2026, 10, 6)), OCTOBER, {})
    assert {one.days for one in found.machines} == {Tally(met=5)}
    assert found.as_of == date(2026, 10, 6)


def test_a_failed_exercise_is_not_the_last_one_done(material: Material) -> None:
    failed = RegisterEntry(
        id="recovery-test-9",
        register="recovery-test",
        beneficiary="scota",
        values={"performed": "2027-01-05", "backup": "mail", "duration": "1h", "result": "failed", "author": "x",
                "recovery_point": "2027-01-05"},
        received_at=datetime(2027, 1, 6, tzinfo=UTC),
    )  # fmt: skip
    later = replace(material, entries=(*material.entries, failed), today=date(2027, 2, 8))
    found = indicators(later, Month(2027, 1), {})
    overdue = {one.key.subject: last for one, last in found.standing["recovery-test"].overdue}
    assert overdue == {"mail": None}
    assert Counter(one.register for one in found.happened)["recovery-test"] == 1


def test_no_month_for_everyone_counts_what_is_still_to_be_done(material: Material) -> None:
    """A breach of which the CNIL is not told, and a major incident without its report: as where nothing tells."""
    kept = tuple(one for one in material.entries if one.register != "incident")
    open_ones = (
        held("breach", detected="2026-12-18", title="x", cnil_due="yes"),
        held("incident", detected="2026-12-18", title="x", major="yes"),
    )
    made = replace(material, entries=(*kept, *open_ones))
    found = indicators(made, DECEMBER, {})
    assert dict(indicators_view(found, made, Names()).sections[0].figures)["Majeurs sans compte rendu inscrit"] == "1"
    shown = indicators_view(found, made, names((), SCOTA, public=True))
    not_told = "non renseigné ou non communicable"
    terms = ("Incidents inscrits", "Violations de données", "Départs")
    assert dict(shown.sections[0].figures) == dict.fromkeys(terms, not_told)
    assert shown.lead.startswith("Le nombre d'incidents n'est pas renseigné, ou pas communicable ;")


def held(register: str, **values: str) -> RegisterEntry:
    own = {"author": "z", **values}
    received = datetime(2026, 12, 19, tzinfo=UTC)
    return RegisterEntry(id="x", register=register, beneficiary="scota", values=own, received_at=received)
