"""The figures as JSON: every number of the report can be computed again from them and from the table of days."""

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from agent.core.duties.entries import Revision
from agent.core.period import PARIS
from agent.report import csv_file, figures_file
from agent.report.build import build
from agent.report.figures import Report
from agent.report.material import Material
from agent.report.printed import LABELS
from tests.parts.checkout import HOME

STATES = ("met", "missed", "unproven", "accepted")


@pytest.fixture(scope="module")
def report(material: Material) -> Report:
    """Return the first edition."""
    return build(material, 1)


@pytest.fixture(scope="module")
def figures(report: Report) -> dict[str, Any]:
    """Return its figures as a reader of the file has them."""
    found: dict[str, Any] = json.loads(figures_file.text(report))
    return found


def by_target(figures: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["target"]: one for one in figures["targets"]}


def test_the_file_names_its_form_its_quarter_and_its_edition(figures: dict[str, Any]) -> None:
    assert figures["schema"] == "beffroi.figures/1"
    assert (figures["quarter"], figures["edition"]) == ("2026-Q4", 1)


DATA = (HOME / "docs/report-data.md").read_text(encoding="utf-8")


def documented(before: str) -> set[str]:
    """Return the keys of the table that stands under a line of docs/report-data.md."""
    table = DATA.partition(f"\n{before}\n\n| key |")[2].partition("\n\n")[0]
    return {key for row in table.splitlines()[2:] for key in re.findall(r"`(\w+)`", row.split("|")[1])}


def test_the_document_names_every_key_of_the_file(figures: dict[str, Any]) -> None:
    whole = "The form is `beffroi.figures/1`. Keys may be added under the same form; a key that is there keeps its"
    (line,) = (one for one in DATA.splitlines() if one.startswith(whole))
    assert documented(line) == set(figures)
    (counts,) = re.findall(r"\| `subjects` \| `subject` and the five counts of each \|", DATA)
    assert counts
    for target in figures["targets"]:
        assert documented("A target:") == set(target)
        assert all(set(one) == {"subject", "expected", *STATES} for one in target["subjects"])
    for entry in figures["entries"]:
        assert documented("An entry:") == set(entry)


@pytest.mark.parametrize("key", ["excluded", "objectives", "occurrences", "intervals"])
def test_the_document_names_every_key_within_a_target(figures: dict[str, Any], key: str) -> None:
    (said,) = (line for line in DATA.splitlines() if line.startswith(f"| `{key}` |"))
    inner = [one[key] for one in figures["targets"] if one[key]]
    # What is excluded has «counts, rate and word», each as a target has them.
    counts = {"expected", *STATES, "rate", "word"} if key == "excluded" else set()
    assert inner
    for found in inner:
        for one in [found] if key == "excluded" else found:
            assert set(one) - counts <= set(re.findall(r"`(\w+)`", said))


def test_the_document_names_every_value_that_is_printed(figures: dict[str, Any]) -> None:
    said = set(re.findall(r"`(\w+)`", DATA.partition("`printed` has one object")[2]))
    assert {one["name"] for one in figures["printed"]} | set(LABELS) <= said
    assert {key for one in figures["printed"] for key in one} == {"target", "subject", "name", "data"}
    coverage = figures["coverage"]
    for key in {key for copy in coverage["copies"] for place in (copy, *copy["places"]) for key in place}:
        assert f"`{key}`" in DATA or key == "copy"


def test_a_provisional_report_has_no_edition(material: Material) -> None:
    report = build(replace(material, today=date(2026, 11, 1)), None)
    assert json.loads(figures_file.text(report))["edition"] is None


def test_the_days_of_each_subject_are_those_of_the_table(report: Report, figures: dict[str, Any]) -> None:
    counted: dict[tuple[str, str], Counter[str]] = {}
    for _, name, state in csv_file.read(csv_file.text(report.days)):
        counted.setdefault(name, Counter())[state.value] += 1
    by_day = {one.target for one in report.targets if one.result is not None}
    checked = 0
    for target in by_day:
        for subject in by_target(figures)[target]["subjects"]:
            states = counted[target, subject["subject"]]
            assert {name: states[name] for name in STATES} == {name: subject[name] for name in STATES}
            checked += 1
    assert checked > 10


def test_counts_add_up_and_the_rate_is_cut(figures: dict[str, Any]) -> None:
    for one in figures["targets"]:
        assert one["expected"] == sum(one[name] for name in STATES)
        if one["expected"] and one["rate"] is not None:
            assert one["rate"] == one["met"] * 1000 // one["expected"] / 10
    assert by_target(figures)["backup-rpo"]["rate"] == 96.7
    assert by_target(figures)["storage-quota"]["rate"] is None


def test_words_are_states(figures: dict[str, Any]) -> None:
    found = by_target(figures)
    assert (found["patching"]["word"], found["patching"]["measured_word"]) == ("accepted", "missed")
    assert found["web-filtering"]["word"] == "unproven"
    assert found["penetration-test"]["word"] == "not-applicable"
    assert found["gdpr-audit"]["word"] is None


def test_declared_targets_are_said_apart(figures: dict[str, Any]) -> None:
    measured = {one["target"] for one in figures["targets"] if not one["declared"]}
    assert measured == {
        *("backup-rpo", "backup-offsite", "backup-rto", "log-retention", "log-collection", "endpoint-protection"),
        *("patching", "strong-authentication", "access-revocation", "network-segmentation", "web-filtering"),
    }


def test_since_when_and_whether_it_lasts_are_there(figures: dict[str, Any]) -> None:
    found = by_target(figures)
    assert (found["backup-rpo"]["since"], found["backup-rpo"]["open"]) == ("2026-10-14", False)
    assert found["web-filtering"]["open"] is True
    assert (found["log-collection"]["since"], found["log-collection"]["open"]) == (None, False)


def test_exclusions_and_measured_counts_stand_beside(figures: dict[str, Any]) -> None:
    found = by_target(figures)
    assert found["network-segmentation"]["excluded"]["word"] == "met"
    assert found["patching"]["measured"]["missed"] == 31
    assert found["backup-rpo"]["excluded"] is None


def test_an_entry_made_late_or_after_the_quarter_is_marked(material: Material) -> None:
    incident = next(one for one in material.entries if one.values.get("title") == "Messagerie indisponible")
    amended = replace(
        incident,
        values={**incident.values, "reported": "2026-10-19"},
        earlier=(Revision(values=incident.values, until=datetime(2027, 1, 9, 10, tzinfo=PARIS)),),
    )
    entries = tuple(amended if one.id == incident.id else one for one in material.entries)
    figures = figures_file.document(build(replace(material, entries=entries), 1))
    marked = {one["id"]: one for one in figures["entries"]}
    assert (marked[incident.id]["late"], marked[incident.id]["after_quarter"]) == (True, True)
    assert marked[incident.id]["amended_at"] == "2027-01-09T09:00:00.000000Z"
    others = [one for one in figures["entries"] if one["id"] != incident.id]
    assert not any(one["after_quarter"] for one in others)
    assert {one["acknowledged"] for one in figures["entries"]} == {False}


def test_coverage_says_what_the_figures_rest_on(figures: dict[str, Any], report: Report) -> None:
    coverage = figures["coverage"]
    assert coverage["hosts"] == [host for host, _, _ in report.hosts]
    assert coverage["subjects"]["backup-rpo"] == 2
    assert all(set(one) >= {"copy", "site", "country", "reached_by"} for one in coverage["copies"])


def test_every_occurrence_is_there_as_it_was_counted(figures: dict[str, Any], report: Report) -> None:
    found = by_target(figures)
    for one in report.targets:
        counted = [] if one.events is None else [item.state.value for item in one.events.occurrences]
        assert [item["state"] for item in found[one.target]["occurrences"]] == counted
    assert found["incident-report"]["occurrences"][0] == {
        "subject": "incident-1",
        "entry": "incident-1",
        "month": None,
        "due": "2026-10-19",
        "done": "2026-10-28",
        "state": "missed",
        "measured": "missed",
        "reason": "overdue",
        "value": 17.0,
        "carried": False,
        "entered_after": None,
    }
    assert found["vulnerability-scan"]["other_reading"] == "met"


def test_the_share_that_is_asked_of_days_is_there(figures: dict[str, Any]) -> None:
    """98 % of the days of an adapted target, each day of the others."""
    found = by_target(figures)
    assert [one["attainment"] for one in found["log-retention"]["objectives"]] == ["49/50"]
    assert found["log-retention"]["objectives"][0]["adaptation"] == "adaptation-1"
    assert [(one["limit"], one["attainment"]) for one in found["backup-rpo"]["objectives"]] == [(86400.0, "1")]


def test_the_longest_intervals_are_there_in_seconds(figures: dict[str, Any]) -> None:
    intervals = by_target(figures)["backup-rpo"]["intervals"]
    assert [(one["subject"], one["seconds"]) for one in intervals] == [("files", 172800.0), ("mail", 172800.0)]
