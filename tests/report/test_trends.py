"""A target over four quarters: a line where its own quarter is not split, else bars."""

from dataclasses import replace

from agent.accounting.quarter import QuarterOutcome
from agent.accounting.rate import Tally
from agent.core.convention import CLAUSES
from agent.core.period import Quarter
from agent.report.build import target_figures
from agent.report.counting import Counting
from agent.report.figures import EarlierQuarter, Report, TargetFigures
from agent.report.material import Material
from agent.report.names import Names
from agent.report.trends import said_in_line, trend_rows

MET, SPLIT = Tally(met=90), Tally(met=80, missed=10)


def target(material: Material, *tallies: Tally | None) -> TargetFigures:
    made = target_figures(CLAUSES["strong-authentication"], Counting(material, material.quarter))
    outcomes = {MET: QuarterOutcome.ATTAINED, SPLIT: QuarterOutcome.NOT_ATTAINED, None: None}
    past = tuple(
        EarlierQuarter(quarter=Quarter(2026, number), outcome=outcomes[one], tally=one)
        for number, one in enumerate(tallies, 1)
    )
    return replace(made, past=past)


def line(one: TargetFigures, report: Report, called: Names) -> str:
    return said_in_line(tuple(trend_rows(one, report, called)), called)


def test_quarters_that_are_not_split_are_said_in_a_line(material: Material, report: Report) -> None:
    met = target(material, MET, None, MET)
    assert line(met, report, Names()) == (
        "Sur quatre trimestres : T1 2026, atteint, 90 sur 90 (100 %) ; T2 2026, non mesuré ;"
        " T3 2026, atteint, 90 sur 90 (100 %) ; T4 2026, atteint, 92 sur 92 (100 %)."
    )
    assert line(met, report, Names(language="en")).startswith("Over four quarters: Q1 2026, met, 90 of 90 (100 %)")


def test_an_earlier_quarter_that_is_split_says_what_was_missed(material: Material, report: Report) -> None:
    said = line(target(material, MET, SPLIT, MET), report, Names())
    assert "T2 2026, non atteint, 80 sur 90 (88,8 %), 10 non atteints ;" in said
    assert "Q2 2026, missed, 80 of 90 (88.8 %), 10 missed;" in line(
        target(material, MET, SPLIT, MET), report, Names(language="en")
    )


def test_a_quarter_that_is_split_has_its_bar(material: Material, report: Report) -> None:
    split = target_figures(CLAUSES["backup-rpo"], Counting(material, material.quarter))
    assert line(split, report, Names()) == ""
