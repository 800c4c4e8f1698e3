"""Entries held against the days that they tell of: what is late, what came after the quarter, what was changed."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from agent.core.duties.entries import RegisterEntry, Revision
from agent.core.period import PARIS, Quarter
from agent.report.build import build
from agent.report.entered import amendments, entered_late, entering
from agent.report.entered_tables import after_quarter
from agent.report.material import Material, happened_on
from agent.report.names import names

Q4 = Quarter(2026, 4)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def entry(register: str, received: str, *earlier: Revision, **values: str) -> RegisterEntry:
    return RegisterEntry(
        id=f"{register}-1",
        register=register,
        beneficiary="scota",
        values={"author": "RSSI", **values},
        received_at=at(received),
        earlier=earlier,
    )


def revision(until: str, **values: str) -> Revision:
    return Revision(values={"author": "RSSI", **values}, until=at(until))


@pytest.mark.parametrize(
    ("received", "late"), [("2026-10-08T23:59", False), ("2026-10-09T00:01", True), ("2026-10-05T09:00", False)]
)
def test_an_entry_made_more_than_three_days_after_its_day_is_late(received: str, late: bool) -> None:
    made = entering(entry("incident", received, detected="2026-10-05T08:00+02:00", title="x", major="yes"), Q4)
    assert made.late is late


def test_the_newest_date_that_an_entry_tells_of_decides() -> None:
    made = entering(entry("incident", "2026-10-20T09:00", detected="2026-10-05", reported="2026-10-19"), Q4)
    assert made.late is False


def test_the_end_of_an_agreement_dates_nothing() -> None:
    values = {"target": "patching", "subject": "srv-1", "accepted_on": "2026-10-01", "until": "2027-09-30"}
    assert entering(entry("acceptance", "2027-01-09T09:00", **values), Q4).late


def test_an_amendment_is_late_by_the_dates_that_it_changes() -> None:
    first = revision("2026-10-28T10:00", detected="2026-10-05", title="x")
    told_in_time = entry("incident", "2026-10-05T09:00", first, detected="2026-10-05", title="x", reported="2026-10-28")
    assert not entering(told_in_time, Q4).late
    backdated = entry("incident", "2026-10-05T09:00", first, detected="2026-10-05", title="x", reported="2026-10-19")
    assert entering(backdated, Q4).late
    words_alone = entry("incident", "2026-10-05T09:00", first, detected="2026-10-05", title="y")
    assert not entering(words_alone, Q4).late


@pytest.mark.parametrize(("received", "after"), [("2026-12-31T23:59", False), ("2027-01-01T00:00", True)])
def test_what_was_entered_after_the_quarter_says_so(received: str, after: bool) -> None:
    made = entering(entry("incident", received, detected="2026-12-30", title="x"), Q4)
    assert made.after_quarter is after


def test_an_amendment_after_the_quarter_is_after_it() -> None:
    first = revision("2027-01-09T10:00", detected="2026-10-05", reported="2026-10-28")
    made = entering(entry("incident", "2026-10-05T09:00", first, detected="2026-10-05", reported="2026-10-19"), Q4)
    assert (made.after_quarter, made.amended, made.last_at) == (True, True, at("2027-01-09T10:00"))
    assert made.at == at("2026-10-05T09:00")


def test_an_amendment_names_each_key_with_both_values_and_its_author() -> None:
    first = revision("2027-01-09T10:00", detected="2026-10-05", reported="2026-10-28", delay_reason="x")
    changed = entry("incident", "2026-10-05T09:00", first, detected="2026-10-05", reported="2026-10-19")
    found = [(one.key, one.before, one.after, one.author) for one in amendments(changed, at("2027-01-01T00:00"))]
    assert found == [("delay_reason", "x", None, "RSSI"), ("reported", "2026-10-28", "2026-10-19", "RSSI")]
    assert list(amendments(changed, at("2027-01-09T10:01"))) == []


def test_an_acknowledgement_is_one_once_somebody_gave_it() -> None:
    values = {"target": "patching", "subject": "srv-1", "accepted_on": "2026-10-01", "until": "2027-09-30"}
    assert not entering(entry("acceptance", "2026-10-01T09:00", **values), Q4).acknowledged
    assert entering(
        entry("acceptance", "2026-10-01T09:00", **values, acknowledged_by="Directeur", acknowledged_on="2026-10-02"), Q4
    ).acknowledged


def test_a_date_entered_late_has_the_day_of_its_entry() -> None:
    told = entry("incident", "2026-10-12T09:00", detected="2026-10-05", title="x")
    assert entered_late(told, "detected") == date(2026, 10, 12)
    assert entered_late(told, "title") is None
    in_time = entry("incident", "2026-10-08T09:00", detected="2026-10-05", title="x")
    assert entered_late(in_time, "detected") is None
    assert in_time.received_at - at("2026-10-05T09:00") == timedelta(days=3)


def test_what_was_taken_back_is_told_in_every_quarter_that_it_changes(material: Material) -> None:
    values = {"kind": "host", "subject": "srv-9", "reason": "x", "mistake": "yes"}
    taken_back = entry("retirement", "2027-01-03T09:00", **values)
    assert happened_on(taken_back) <= Q4.first
    report = build(replace(material, entries=(*material.entries, taken_back)), 1)
    (table,) = after_quarter(report, names((), "scota", public=False))
    assert {row[0] for row in table.rows} == {"retirement-1"}
    ended = entry("retirement", "2027-01-03T09:00", kind="host", subject="srv-9", reason="x", on="2027-02-01")
    assert happened_on(ended) > Q4.last


def test_many_entries_crowd_no_other_out_of_the_first_page(material: Material) -> None:
    trivial = tuple(
        replace(entry("incident", "2027-01-09T09:00", detected="2026-12-30", title="x", major="no"), id=f"incident-{n}")
        for n in range(100, 130)
    )
    test = entry(
        "recovery-test",
        "2027-01-09T10:00",
        performed="2026-12-01",
        backup="mail",
        duration="3h",
        result="ok",
        recovery_point="2026-11-30",
    )
    report = build(replace(material, entries=(*material.entries, *trivial, test)), 1)
    (table,) = after_quarter(report, names((), "scota", public=False))
    assert "recovery-test-1" in {row[0] for row in table.rows}
    assert table.more == ""


def test_an_entry_under_a_clock_set_back_came_in_after_what_was_seen() -> None:
    made = replace(entry("breach", "2026-12-31T09:00", none="2026-12"), not_before=at("2027-01-08T09:00"))
    assert entering(made, Q4).after_quarter
    assert entering(made, Q4).at == at("2027-01-08T09:00")


def test_what_was_entered_late_is_said_in_words(material: Material) -> None:
    late = entry(
        "recovery-test",
        "2027-01-09T10:00",
        performed="2026-12-01",
        backup="mail",
        duration="60h",
        result="failed",
        recovery_point="2026-11-30",
    )
    agreed = entry("adaptation", "2027-01-09T11:00", target="log-retention", limit="350d")
    report = build(replace(material, entries=(late, agreed)), 1)
    (table,) = after_quarter(report, names((), "scota", public=False))
    values = {str(row[1]).rpartition(", ")[2]: row[3] for row in table.rows}
    assert (values["résultat"], values["durée"], values["objectif"]) == ("échoué", "60 h", "Conservation des journaux")
