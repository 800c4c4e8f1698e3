"""Which objective rules a day of a quarter."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from agent.accounting.agreements import Adaptation, Agreements
from agent.accounting.expectation import Days
from agent.accounting.quarter import QuarterOutcome
from agent.evaluation.round_basis import objective_on
from agent.report.build import build
from agent.report.counting import Counting, targets_on
from agent.report.figures import TargetFigures
from agent.report.material import Material
from agent.report.names import Names
from agent.report.view_target import TargetSheet, target_view
from tests.ledger.samples import DAY, KEY, MORNING, HandClock, day_row, open_ledger, target
from tests.register.books import configuration


@pytest.mark.parametrize(("day", "limit"), [(1, 43200.0), (3, 43200.0), (9, 43200.0), (10, 86400.0)])
def test_a_clock_set_back_loosens_no_limit_of_earlier_days(tmp_path: Path, day: int, limit: float) -> None:
    clock, today = HandClock(), MORNING.date()
    with open_ledger(tmp_path, clock) as ledger:
        ledger.keep_load("strict", {KEY: Days()}, {"backup-rpo": target(43200.0)})
        clock.time += 10 * DAY
        ledger.keep_days([day_row(today)])
        clock.time = MORNING + 2 * DAY
        ledger.keep_load("loose", {KEY: Days()}, {"backup-rpo": target()})
        loads = ledger.loads()
    assert targets_on(today + day * DAY, loads)["backup-rpo"].limit == limit
    edited = replace(configuration(), targets={"backup-rpo": target()})
    assert objective_on(KEY, today + day * DAY, loads, edited, Agreements()) == limit


def test_a_share_of_no_day_is_not_attained_without_evidence(material: Material) -> None:
    nothing = Adaptation(
        id="adaptation-9",
        target="web-filtering",
        beneficiary="scota",
        informed_on=date(2026, 9, 30),
        effective_on=date(2026, 9, 30),
        attainment=Fraction(0),
        reason="x",
        author="RSSI",
    )
    agreed = replace(material, agreements=replace(material.agreements, adaptations=(nothing,)))
    assert Counting(agreed, agreed.quarter).result("web-filtering").figures.outcome is QuarterOutcome.NOT_DEMONSTRATED


def adapted(material: Material, *said: Adaptation) -> Material:
    agreements = replace(material.agreements, adaptations=(*material.agreements.adaptations, *said))
    return replace(material, agreements=agreements)


def adaptation(id: str, target: str, **values: Any) -> Adaptation:
    first = date(2026, 10, 1)
    rest = {"informed_on": first, "effective_on": first, "reason": "x", "author": "RSSI", **values}
    return Adaptation(id=id, target=target, beneficiary="scota", **rest)


def figures(material: Material, target: str) -> TargetFigures:
    return next(one for one in build(material, 1).targets if one.target == target)


def page(material: Material, target: str) -> TargetSheet:
    return target_view(figures(material, target), build(material, 1), Names())


def test_an_objective_names_the_adaptation_that_set_each_figure(material: Material) -> None:
    limit = adaptation("adaptation-2", "backup-rpo", limit=108000.0)
    share = adaptation("adaptation-3", "backup-rpo", attainment=Fraction(9, 10), effective_on=date(2026, 11, 1))
    before, after = figures(adapted(material, limit, share), "backup-rpo").objectives
    assert (before.adaptation, before.share_adaptation) == ("adaptation-2", None)
    assert (after.adaptation, after.share_adaptation) == ("adaptation-2", "adaptation-3")
    assert page(adapted(material, limit, share), "backup-rpo").objectives[:2] == (
        "≤ 30 h, chaque jour (au début de la période, inscription adaptation-2)",
        "≤ 30 h, au moins 90 % des jours (à partir du 1er novembre 2026, seuil : inscription adaptation-2 ; part des"
        " jours : inscription adaptation-3)",
    )


def test_an_adaptation_of_one_subject_is_an_objective_in_force(material: Material) -> None:
    own = adaptation("adaptation-2", "log-retention", subject="central/srv-1", limit=30 * 86400.0)
    own = replace(own, effective_on=date(2026, 11, 15))
    found = figures(adapted(material, own), "log-retention").objectives
    assert [(one.subject, one.since, one.limit) for one in found] == [
        (None, date(2026, 10, 1), 350 * 86400.0),
        ("central/srv-1", date(2026, 10, 1), 350 * 86400.0),
        ("central/srv-1", date(2026, 11, 15), 30 * 86400.0),
    ]
    sheet = page(adapted(material, own), "log-retention")
    assert "central/srv-1 : ≥ 30 j (à partir du 15 novembre 2026, inscription adaptation-2)" in sheet.objectives
    assert "douze mois" not in sheet.sentence
    assert "350 j" not in sheet.sentence


@pytest.mark.parametrize(
    ("target", "limit", "fixed", "said"),
    [
        ("strong-authentication", 0.1, "simple mot de passe", "≥ 10 %"),
        ("network-segmentation", 0.5, "étaient bloqués", "≥ 50 %"),
        ("backup-offsite", 2000 * 3600.0, "récentes", "≤ 83 j 8 h"),
        ("endpoint-protection", 2000 * 3600.0, "à jour", "≤ 83 j 8 h"),
        ("awareness", 800 * 86400.0, "moins d'un an", "≤ 800 j"),
    ],
)
def test_no_fixed_sentence_stands_under_a_loosened_limit(
    material: Material, target: str, limit: float, fixed: str, said: str
) -> None:
    sentence = page(adapted(material, adaptation("adaptation-2", target, limit=limit)), target).sentence
    assert fixed not in sentence
    assert f"l'objectif adapté ({said}) était respecté" in sentence


@pytest.mark.parametrize(("target", "limit"), [("log-retention", 500 * 86400.0), ("awareness", 180 * 86400.0)])
def test_a_day_missed_by_a_tightened_limit_is_not_said_to_miss_the_usual_one(
    material: Material, target: str, limit: float
) -> None:
    """A session of eight months is less than a year old, and logs of 400 days are about twelve months."""
    later = adaptation("adaptation-2", target, limit=limit, effective_on=date(2026, 11, 20))
    sentence = page(adapted(material, later), target).sentence
    assert "l'objectif en vigueur ce jour-là" in sentence
    assert "moins d'un an" not in sentence
    assert "environ douze mois" not in sentence


@pytest.mark.parametrize(
    ("target", "limit", "said"), [("backup-rpo", 48 * 3600.0, "≤ 48 h"), ("log-retention", 30 * 86400.0, "≥ 30 j")]
)
def test_a_day_before_an_adaptation_is_not_said_to_have_missed_the_adapted_objective(
    material: Material, target: str, limit: float, said: str
) -> None:
    """The days of October were judged by the convention's limit: nothing tells whether they missed the looser one."""
    later = adaptation("adaptation-2", target, limit=limit, effective_on=date(2026, 11, 20))
    sentence = page(adapted(material, later), target).sentence
    assert f"l'objectif en vigueur ce jour-là (au plus souple : {said}) était respecté" in sentence
    assert "objectif adapté" not in sentence
