"""The figures of the synthetic year's last quarter, target by target, as someone would count them by hand."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from agent.accounting.expectation import Days
from agent.accounting.quarter import QuarterOutcome
from agent.accounting.rate import Tally
from agent.core.convention import CLAUSES
from agent.core.model import Key, State
from agent.core.period import Quarter
from agent.core.reason import Reason
from agent.ledger.ledger import VerdictRecord
from agent.report.build import build
from agent.report.figures import Report, TargetFigures
from agent.report.material import Material, PublishedEdition
from agent.report.names import Names
from agent.report.read_material import read
from agent.report.summary import TargetSummary
from agent.report.target_tables import tables
from agent.report.view_annexes import annex
from tests.checks.entered import entry
from tests.ledger.samples import verdict
from tests.report.year import FIRST, RPO, SCOTA, year

ATTAINED, NOT_ATTAINED = QuarterOutcome.ATTAINED, QuarterOutcome.NOT_ATTAINED
NOT_DEMONSTRATED, RISK_ACCEPTED = QuarterOutcome.NOT_DEMONSTRATED, QuarterOutcome.RISK_ACCEPTED

# target: word, then days (or occurrences) met, missed, unproven, accepted
COUNTED = {
    "backup-rpo": (NOT_ATTAINED, 89, 2, 1, 0),
    "backup-offsite": (NOT_DEMONSTRATED, 91, 0, 1, 0),
    "backup-rto": (ATTAINED, 92, 0, 0, 0),
    "recovery-test": (NOT_ATTAINED, 1, 1, 0, 0),
    "log-retention": (ATTAINED, 92, 0, 0, 0),
    "log-collection": (ATTAINED, 92, 0, 0, 0),
    "endpoint-protection": (NOT_DEMONSTRATED, 89, 0, 3, 0),
    "patching": (RISK_ACCEPTED, 61, 0, 0, 31),
    "vulnerability-scan": (NOT_ATTAINED, 0, 1, 0, 0),
    "penetration-test": (QuarterOutcome.NOT_APPLICABLE, 0, 0, 0, 0),
    "strong-authentication": (ATTAINED, 92, 0, 0, 0),
    "access-revocation": (NOT_DEMONSTRATED, 0, 0, 3, 0),
    "network-segmentation": (NOT_ATTAINED, 91, 1, 0, 0),
    "web-filtering": (NOT_DEMONSTRATED, 0, 0, 92, 0),
    "incident-report": (NOT_ATTAINED, 1, 1, 0, 0),
    "breach-dpo": (NOT_DEMONSTRATED, 0, 0, 1, 0),
    "breach-cnil": (NOT_DEMONSTRATED, 0, 0, 1, 0),
    "restore-reason": (ATTAINED, 1, 0, 0, 0),
    "backup-lifecycle": (ATTAINED, 92, 0, 0, 0),
    "awareness": (ATTAINED, 92, 0, 0, 0),
}


@pytest.fixture(scope="module")
def report(material: Material) -> Report:
    """Return the first edition."""
    return build(material, 1)


def by_target(report: Report) -> Mapping[str, TargetFigures]:
    return {one.target: one for one in report.targets}


def test_every_target_of_the_convention_is_there_in_its_order(report: Report) -> None:
    assert [one.target for one in report.targets] == [id for id, clause in CLAUSES.items() if not clause.on_request]


def test_each_target_comes_to_what_its_days_and_entries_say(report: Report) -> None:
    found = {}
    for target, one in by_target(report).items():
        counted = one.tally
        if counted is not None:
            found[target] = (one.outcome, counted.met, counted.missed, counted.unproven, counted.accepted)
    assert found == COUNTED


def test_what_has_no_rate_has_no_word(report: Report) -> None:
    targets = by_target(report)
    assert [target for target in targets if targets[target].outcome is None] == [
        "gdpr-audit",
        "storage-quota",
        "convention-review",
    ]


def test_an_accepted_quarter_shows_the_measured_word_beside_it(report: Report) -> None:
    patching = by_target(report)["patching"]
    assert (patching.outcome, patching.measured_outcome) == (RISK_ACCEPTED, NOT_ATTAINED)
    assert patching.result is not None
    assert patching.result.figures.measured_tally.missed == 31


def test_an_exclusion_is_shown_beside_the_rate_and_never_in_its_place(report: Report) -> None:
    result = by_target(report)["network-segmentation"].result
    assert result is not None
    assert result.figures.outcome is NOT_ATTAINED
    assert result.with_exclusions is not None
    assert (result.with_exclusions.outcome, result.with_exclusions.tally.met) == (ATTAINED, 92)


def test_an_adapted_objective_is_in_force_from_its_day(report: Report) -> None:
    (objective,) = by_target(report)["log-retention"].objectives
    assert (objective.attainment, objective.share_adaptation) == (Fraction(98, 100), "adaptation-1")


def test_days_in_a_row_with_one_cause_are_one_deviation(report: Report) -> None:
    found = [
        (one.subject, one.first, one.last, one.measured, one.reason)
        for one in by_target(report)["backup-rpo"].deviations
    ]
    assert found == [
        ("files", date(2026, 10, 14), date(2026, 10, 15), State.MISSED, Reason.TOO_OLD),
        ("mail", date(2026, 11, 3), date(2026, 11, 3), State.UNPROVEN, Reason.STALE_EVIDENCE),
    ]
    silence = by_target(report)["endpoint-protection"].deviations
    assert {(one.subject, one.days, one.reason) for one in silence} == {
        ("srv-1", 3, Reason.NOT_RUN),
        ("srv-2", 3, Reason.NOT_RUN),
    }


def test_the_longest_interval_runs_from_point_to_point(report: Report) -> None:
    intervals = by_target(report)["backup-rpo"].intervals
    assert [(one.subject, one.length) for one in intervals] == [
        ("files", timedelta(days=2)),
        ("mail", timedelta(days=2)),
    ]


def test_a_quarter_in_which_nothing_was_kept_has_no_figure_in_the_trend(material: Material) -> None:
    early = replace(material, loads=[replace(material.loads[0], declared={})])
    assert all(past.tally is None for one in build(early, 1).targets for past in one.past)


def test_an_open_quarter_counts_up_to_yesterday(material: Material) -> None:
    report = build(replace(material, today=date(2026, 11, 1)), None)
    assert report.provisional
    assert (report.span.first, report.span.last) == (date(2026, 10, 1), date(2026, 10, 31))
    rpo = by_target(report)["backup-rpo"]
    assert rpo.tally is not None
    assert (rpo.tally.met, rpo.tally.missed, rpo.tally.expected) == (29, 2, 31)
    scans = by_target(report)["vulnerability-scan"]
    assert scans.tally is not None
    assert scans.tally.missed == 1


def test_a_subject_that_disappeared_stays_in_its_target(material: Material) -> None:
    key = Key(target="backup-rpo", subject="mail", beneficiary="scota")
    (load,) = material.loads
    without = {one: days for one, days in load.declared.items() if one != key}
    later = replace(load, at=load.at.replace(month=12, day=1), declared=without)
    report = build(replace(material, loads=[load, later]), 1)
    tally = by_target(report)["backup-rpo"].tally
    assert tally is not None
    assert (tally.expected, tally.unproven) == (92, 31)
    gone = [one for one in by_target(report)["backup-rpo"].deviations if one.reason is Reason.NO_LONGER_DECLARED]
    assert [(one.subject, one.first, one.last) for one in gone] == [("mail", date(2026, 12, 2), date(2026, 12, 31))]


def test_the_same_material_gives_the_same_report(material: Material) -> None:
    assert build(material, 1) == build(material, 1)


def test_an_earlier_quarter_has_the_result_that_was_published(material: Material) -> None:
    """Whatever was entered about it since: a published quarter is frozen."""
    said = TargetSummary(outcome=ATTAINED, measured_outcome=ATTAINED, tally=Tally(met=92))
    published = {"2026-Q3": PublishedEdition(edition=1, counts={"web-filtering": said})}
    found = by_target(build(replace(material, published=published), 1))
    shown = {past.quarter: past for past in found["web-filtering"].past}[Quarter(2026, 3)]
    assert (shown.outcome, shown.tally) == (ATTAINED, Tally(met=92))
    now = {past.quarter: past for past in by_target(build(material, 1))["web-filtering"].past}[Quarter(2026, 3)]
    assert now.outcome is NOT_DEMONSTRATED


def test_a_backup_that_was_removed_has_its_interval_by_its_findings(tmp_path: Path) -> None:
    """Its points are those that its verdicts dated: one at 1 h each night, then none for two days."""
    old = Key(target="backup-rpo", subject="old", beneficiary=SCOTA)
    with year(tmp_path, first=date(2026, 10, 1), last=date(2026, 10, 20)) as made:
        declared = {old: Days(starts=FIRST), RPO: Days(starts=FIRST)}
        made.ledger.keep_load("e" * 64, declared, made.configuration.targets)
        looks = ((2, 5), (3, 5), (5, 53), (6, 5))
        for day, hours in looks:
            found_then = verdict(datetime(2026, 10, day, 6, tzinfo=UTC), key=old, value=hours * 3600.0)
            made.ledger.keep_verdicts([VerdictRecord(verdict=found_then, stretch=None)])
        found = read(made.configuration, made.ledger, Quarter(2026, 4), SCOTA, made.clock.now())
    (points,) = [one for one in found.points if one.removed]
    assert [one.day for one in points.dates] == [2, 3, 6]
    report = build(found, None)
    one = by_target(report)["backup-rpo"]
    (table,) = [table for table in tables(one, report, Names()) if table.title.startswith("Plus long intervalle")]
    (row,) = [row for row in table.rows if str(row[0]).startswith("old")]
    assert row[:2] == ("old (retirée de la configuration : d'après ses constats)", "72 h")


def test_an_exercise_that_is_no_test_says_why(material: Material) -> None:
    """Of the last day's point: slow, then of an old one, then of an hour that no one entered."""
    done = {"backup": "mail", "performed": "2026-12-27T10:00+01:00", "duration": "3h", "result": "ok",
            "recovery_point": "2026-12-27T02:00+01:00"}  # fmt: skip
    said: tuple[dict[str, str], ...] = (
        {"duration": "60h"},
        {"recovery_point": "2026-12-24T02:00+01:00"},
        {"performed": "2026-12-27", "recovery_point": "2026-12-26"},
        {},
    )
    entries = tuple(entry("recovery-test", f"recovery-test-{n}", **{**done, **one}) for n, one in enumerate(said, 5))
    report = build(replace(material, entries=(*material.entries, *entries)), 1)
    (table,) = [one for one in tables(by_target(report)["recovery-test"], report, Names()) if "Exercices" in one.title]
    assert [row[-1] for row in table.rows][1:] == [
        "réussi ; ne compte pas comme test : plus de 48 h de restauration",
        "réussi ; ne compte pas comme test : données de plus de 24 h",
        "réussi ; ne compte pas comme test : dates ou durée trop imprécises",
        "réussi",
    ]


def test_what_is_open_from_before_the_quarter_is_told_with_what_it_is(material: Material) -> None:
    """An incident that fell due in the quarter, and a departure whose rights no one saw removed."""
    older = (
        entry("incident", "incident-20", detected="2026-09-24T09:00+02:00", title="Coupure du lien", major="yes"),
        entry("departure", "departure-20", left="2026-09-24T09:00+02:00", person="C. Petit", accounts="cpetit"),
    )
    entered = tuple(replace(one, received_at=datetime(2026, 9, 25, tzinfo=UTC)) for one in older)
    report = build(replace(material, entries=(*material.entries, *entered)), 1)
    target = by_target(report)["incident-report"]
    (table,) = [one for one in tables(target, report, Names()) if one.title.startswith("Incidents et leurs délais")]
    assert [row[1] for row in table.rows if row[0] == "incident-20"] == ["Coupure du lien"]
    (persons,) = [one for one in annex(report, Names()).restricted if one.title == "Départs"]
    assert ("departure-20", "C. Petit", "cpetit") in persons.rows
