"""Agreements that were entered after their own date: both words are given, never the better one alone."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from agent.accounting.agreements import Acceptance, Adaptation
from agent.accounting.quarter import QuarterOutcome
from agent.core.model import Key
from agent.report.build import build
from agent.report.figures import Report, TargetFigures
from agent.report.material import Material
from agent.report.view import view

LATE = date(2027, 1, 9)


def of(report: Report, target: str) -> TargetFigures:
    return next(one for one in report.targets if one.target == target)


def with_adaptation(material: Material, informed_on: date, effective_on: date) -> Material:
    adaptation = Adaptation(
        id="adaptation-9",
        target="backup-rpo",
        beneficiary="scota",
        informed_on=informed_on,
        effective_on=effective_on,
        attainment=Fraction(90, 100),
        reason="x",
        author="RSSI",
        entered_on=LATE,
    )
    agreements = replace(material.agreements, adaptations=(*material.agreements.adaptations, adaptation))
    return replace(material, agreements=agreements)


def test_an_adaptation_entered_after_the_quarter_gives_both_words(material: Material) -> None:
    report = build(with_adaptation(material, date(2026, 9, 30), date(2026, 10, 1)), 1)
    found = of(report, "backup-rpo")
    assert found.outcome is QuarterOutcome.NOT_ATTAINED
    assert found.hypothetical is not None
    assert (found.hypothetical.outcome, found.hypothetical.entered_on) == (QuarterOutcome.ATTAINED, LATE)
    rows = {row.id: row for row in view(report, public=False).front.rows}
    assert rows["backup-rpo"].sentence.endswith("Atteint si l'accord inscrit le 9 janvier 2027 l'avait été à sa date.")


def test_an_adaptation_of_its_own_day_gives_one_word(material: Material) -> None:
    assert of(build(with_adaptation(material, LATE, LATE), 1), "backup-rpo").hypothetical is None
    assert all(one.hypothetical is None for one in build(material, 1).targets)


def test_an_acceptance_entered_late_gives_the_word_that_it_would_have_made(material: Material) -> None:
    (acceptance,) = material.agreements.acceptances
    late = replace(acceptance, entered_on=LATE)
    kept = {
        key: {day: replace(came, state=came.measured) for day, came in days.items()} if key == late.key else days
        for key, days in material.kept.items()
    }
    agreements = replace(material.agreements, acceptances=(late,))
    found = of(build(replace(material, agreements=agreements, kept=kept), 1), "patching")
    assert found.outcome is QuarterOutcome.NOT_ATTAINED
    assert found.hypothetical is not None
    assert found.hypothetical.outcome is QuarterOutcome.RISK_ACCEPTED


def test_the_other_word_names_the_paper_that_makes_it(material: Material) -> None:
    later = Acceptance(
        id="acceptance-9",
        key=Key(target="backup-rpo", subject="files", beneficiary="scota"),
        author="RSSI",
        accepted_by="Présidente du SCOTA",
        accepted_on=date(2026, 10, 1),
        until=date(2026, 12, 31),
        reason="x",
        entered_on=LATE + timedelta(days=4),
    )
    adapted = with_adaptation(material, date(2026, 9, 30), date(2026, 10, 1))
    acceptances = adapted.agreements.acceptances
    for more in (replace(later, perimeter="mutualised"), replace(later, until=date(2026, 10, 2))):
        agreements = replace(adapted.agreements, acceptances=(*acceptances, more))
        found = of(build(replace(adapted, agreements=agreements), 1), "backup-rpo").hypothetical
        assert found is not None
        assert (found.outcome, found.entered_on) == (QuarterOutcome.ATTAINED, LATE)


def test_an_acceptance_without_effect_gives_no_other_word(material: Material) -> None:
    (acceptance,) = material.agreements.acceptances
    late = replace(acceptance, entered_on=LATE, perimeter="mutualised")
    agreements = replace(material.agreements, acceptances=(late,))
    assert of(build(replace(material, agreements=agreements), 1), "patching").hypothetical is None
