"""The tables of a target: who fell short, when and why."""

from dataclasses import replace
from datetime import date

import pytest

from agent.accounting.rate import tally
from agent.core.convention import CLAUSES
from agent.core.model import State
from agent.core.reason import Reason
from agent.ledger.day_rows import DayResult
from agent.report.build import build, target_figures
from agent.report.counting import Counting
from agent.report.deviations import deviations
from agent.report.figures import Report, SubjectFigures, TargetFigures
from agent.report.material import Material
from agent.report.names import Names
from agent.report.tables import ReportTable
from agent.report.target_tables import each_of, tables

BAD = DayResult(state=State.MISSED, measured=State.MISSED, reason=Reason.UPDATES_PENDING)
MET = DayResult(state=State.MET, measured=State.MET, reason=Reason.WITHIN_LIMIT)


@pytest.fixture
def patching(material: Material) -> TargetFigures:
    """Return patching with one host missed on some days and two that were met every day."""
    made = target_figures(CLAUSES["patching"], Counting(material, material.quarter))
    (first, *_) = made.subjects
    ill = {date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 9), date(2026, 11, 5)}
    came = tuple(BAD if day in ill else MET for day in first.days.span.days)

    def subject(name: str, results: tuple[DayResult, ...]) -> SubjectFigures:
        days = replace(first.days, key=first.days.key._replace(subject=name), came=results)
        return SubjectFigures(days=days, tally=tally(one.state for one in results))

    good = (MET,) * len(came)
    subjects = (subject("srv-1", good), subject("srv-2", came), subject("srv-3", good))
    return replace(made, subjects=subjects, deviations=deviations([one.days for one in subjects]))


def titled(one: TargetFigures, report: Report, title: str) -> ReportTable:
    return next(table for table in tables(one, report, Names()) if table.title == title)


def test_what_is_alike_but_for_its_days_is_told_once(patching: TargetFigures, report: Report) -> None:
    (row,) = titled(patching, report, "Écarts, avec leur cause").rows
    assert row[:3] == ("srv-2", "oct. : 1–2, 9 ; nov. : 5", "4")


def test_who_was_met_every_day_is_named_and_has_no_row(patching: TargetFigures, report: Report) -> None:
    found = titled(patching, report, "Par élément suivi, en jours")
    assert [row[0] for row in found.rows] == ["srv-2"]
    assert found.note == "Atteint chaque jour attendu pour : srv-1, srv-3."


def test_subjects_that_fell_short_alike_share_a_row(patching: TargetFigures, report: Report) -> None:
    _, ill, *_ = patching.subjects
    twin = replace(ill, days=replace(ill.days, key=ill.days.key._replace(subject="srv-9")))
    both = (ill, twin)
    alike = replace(patching, subjects=both, deviations=deviations([one.days for one in both]))
    (row,) = titled(alike, report, "Écarts, avec leur cause").rows
    assert row[:3] == ("2 éléments, pour chacun : srv-2, srv-9", "oct. : 1–2, 9 ; nov. : 5", "4")
    (counts,) = titled(alike, report, "Par élément suivi, en jours").rows
    assert counts[:3] == ("2 éléments, pour chacun : srv-2, srv-9", "88", "4")


def test_a_heading_names_few_of_many_subjects() -> None:
    said = each_of([f"srv-{number}" for number in range(27)], Names())
    assert said == "27 éléments, pour chacun : srv-0, srv-1, srv-2, srv-3 et 23 de plus"


def test_days_in_many_runs_are_counted_by_month(patching: TargetFigures, report: Report) -> None:
    _, ill, *_ = patching.subjects
    came = tuple(BAD if day.day % 3 == 1 else MET for day in ill.days.span.days)
    many = replace(ill, days=replace(ill.days, came=came), tally=tally(one.state for one in came))
    ragged = replace(patching, subjects=(many,), deviations=deviations([many.days]))
    (row,) = titled(ragged, report, "Écarts, avec leur cause").rows
    assert row[1] == (
        "oct. : 11 jours entre le 1er et le 31 ; nov. : 10 jours entre le 1er et le 28 ;"
        " déc. : 11 jours entre le 1er et le 31"
    )


def test_the_session_that_awareness_rests_on_has_its_date(material: Material) -> None:
    report = build(material, 1)
    [one] = [one for one in report.targets if one.target == "awareness"]
    [shown] = [
        table for table in tables(one, report, Names(language="fr")) if table.title == "Dernière session inscrite"
    ]
    assert [tuple(map(str, row))[1:] for row in shown.rows] == [("15 septembre 2026", "DPO")]
