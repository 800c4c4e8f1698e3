"""The half-year's execution: two quarters' counts, summed and never qualified, and what happened in it."""

import csv
import io
from dataclasses import replace
from datetime import date

import pytest

from agent.accounting.quarter import QuarterOutcome
from agent.accounting.rate import Tally
from agent.core.convention import CLAUSES
from agent.core.period import HalfYear, Quarter
from agent.report.build import build
from agent.report.further.execution import HEADER, Execution, execution, table_text
from agent.report.further.execution_view import execution_view
from agent.report.material import Material, PublishedEdition
from agent.report.names import Names
from agent.report.summary import TargetSummary, counted, read, summary
from agent.wording.report import OUTCOMES

S2 = HalfYear(2026, 2)
# The targets that are no matter of hosts that ask for them.
OF_ALL = [id for id, clause in CLAUSES.items() if not clause.on_request]


@pytest.fixture(scope="module")
def half(material: Material) -> Execution:
    """Return the second half of the synthetic year, of which only September onwards was watched."""
    counts = {target: counted(one) for target, one in execution(material, S2).quarters[1].targets.items()}
    return execution(replace(material, published={"2026-Q4": PublishedEdition(edition=2, counts=counts)}), S2)


def test_each_quarter_is_counted_as_in_its_own_report(half: Execution, material: Material) -> None:
    q3, q4 = half.quarters
    assert (q3.quarter, q4.quarter) == (Quarter(2026, 3), Quarter(2026, 4))
    report = {one.target: one for one in build(material, 1).targets}
    for target in OF_ALL:
        assert (q4.targets[target].outcome, q4.targets[target].tally) == (report[target].outcome, report[target].tally)


def test_counts_are_summed_numerators_over_denominators(half: Execution) -> None:
    """July and August have no row: they are unproven days of the sum, and not a shorter half-year."""
    assert half.quarters[0].targets["backup-rpo"].tally == Tally(met=30, unproven=62)
    assert half.total("backup-rpo") == Tally(met=119, missed=2, unproven=63)
    assert half.total("storage-quota") == Tally()


def test_no_word_is_made_of_two_quarters(half: Execution, material: Material) -> None:
    """A mark stands in the columns of the quarters alone; the last column, the half-year's, holds counts."""
    shown = execution_view(half, material, Names())
    (table,) = shown.sections[0].tables
    verdicts = {word for _, word in OUTCOMES.values()}
    assert len(table.rows) == len(OF_ALL)
    for row in table.rows:
        assert isinstance(row[-1], str)
        assert row[-1] not in verdicts
    assert table.rows[0][-1] == "119 sur 184 (64,6 %)"


def test_the_first_sentence_tells_missed_from_unproven(half: Execution, material: Material) -> None:
    assert execution_view(half, material, Names()).lead == (
        "3e trimestre 2026 : 1 objectif atteint sur 17 évalués, 16 non démontrés ;"
        " 4e trimestre 2026 : 7 objectifs atteints sur 19 évalués, 5 non atteints, 6 non démontrés,"
        " 1 sous risque accepté."
    )


def test_a_quarter_that_has_not_begun_is_told_and_not_counted(material: Material) -> None:
    early = execution(replace(material, quarter=Quarter(2026, 3), today=date(2026, 9, 20)), S2)
    assert [one.quarter for one in early.quarters] == [Quarter(2026, 3)]
    assert not early.quarters[0].over
    shown = execution_view(early, replace(material, today=date(2026, 9, 20)), Names())
    (table,) = shown.sections[0].tables
    assert {getattr(row[3], "word", row[3]) for row in table.rows} == {"pas commencé"}
    assert shown.sections[0].text == (
        "Le 3e trimestre 2026 n'est pas terminé : il est compté jusqu'au 19 septembre 2026.",
    )
    assert shown.provisional == (
        "La période n'est pas terminée : les jours sont comptés du 1er juillet au 19 septembre 2026."
    )


def test_it_says_which_editions_are_published(half: Execution, material: Material) -> None:
    assert execution_view(half, material, Names()).sections[0].text == (
        "Aucun rapport du 3e trimestre 2026 n'est publié.",
        "Le rapport du 4e trimestre 2026 est publié, édition 2 : ses comptes sont repris tels quels.",
    )


def test_a_published_quarter_comes_to_what_was_published(material: Material) -> None:
    """Whatever the ledger says of it now: a published quarter is frozen."""
    shown = TargetSummary(
        outcome=QuarterOutcome.ATTAINED, measured_outcome=QuarterOutcome.ATTAINED, tally=Tally(met=92)
    )
    half = execution(
        replace(material, published={"2026-Q4": PublishedEdition(edition=1, counts={"backup-rpo": shown})}), S2
    )
    assert half.total("backup-rpo") == Tally(met=122, unproven=62)
    assert "2026-Q4,backup-rpo,attained,attained,92,0,0,0,92\n" in table_text(half)
    (table,) = execution_view(half, material, Names()).sections[0].tables
    assert table.rows[0][4] == "92 sur 92 (100 %)"


def test_a_summary_comes_back_as_it_was_counted(material: Material) -> None:
    report = build(material, 1)
    assert read(summary(report)) == {one.target: counted(one) for one in report.targets}


def test_a_day_that_nothing_shows_is_not_said_to_be_never_looked_at(half: Execution, material: Material) -> None:
    """Three days without a row stand between weeks of looks: the quarter's report calls them a missing finding."""
    (deviations,) = next(one for one in execution_view(half, material, Names()).sections if one.id == "ecarts").tables
    causes = {str(row[2]): row[5] for row in deviations.rows if row[1] == "srv-1" and str(row[3]) == "3"}
    assert causes == {"du 5 au 7 décembre 2026": "constat manquant"}


def test_months_that_nobody_signed_are_named(half: Execution, material: Material) -> None:
    incidents = next(one for one in execution_view(half, material, Names()).sections if one.id == "incidents")
    unsigned = next(table for table in incidents.tables if table.title.startswith("Mois ni signés"))
    said = {str(row[0]): str(row[1]) for row in unsigned.rows}
    assert said["Compte rendu des incidents majeurs"] == "juillet, août, septembre"
    assert said["Retrait des droits au départ"] == "juillet, août, septembre, octobre, décembre"


def test_a_month_signed_as_empty_is_no_incident_and_no_breach(half: Execution, material: Material) -> None:
    incidents = next(one for one in execution_view(half, material, Names()).sections if one.id == "incidents")
    assert [table.title for table in incidents.tables] == [
        "Incidents du semestre et leurs délais",
        "Mois ni signés ni renseignés : rien n'y est démontré",
    ]
    assert {one.register for one in half.entries if one.signs is not None} == set()


def test_a_half_year_of_which_nothing_was_expected_is_not_told_as_one_without_fault(material: Material) -> None:
    empty = replace(material, kept={}, loads=(replace(material.loads[0], declared={}),), entries=())
    shown = {one.id: one.text for one in execution_view(execution(empty, S2), empty, Names()).sections}
    assert shown["ecarts"] == (
        "Aucun jour n'était attendu de ce semestre : rien n'a été constaté, ni en bien ni en mal.",
    )
    assert "signé" not in shown["incidents"][0]


def test_a_quarter_of_which_nothing_was_expected_is_said_to_be_none_of_unproven_targets(material: Material) -> None:
    """Its own report is refused, since nothing was measured: the half-year says no more of it."""
    (load,) = material.loads
    late = {key: replace(days, starts=date(2026, 11, 16)) for key, days in load.declared.items()}
    began = replace(material, loads=(replace(load, declared=late),), entries=())
    half = execution(began, S2)
    assert [one.is_measured for one in half.quarters] == [False, True]
    shown = execution_view(half, began, Names())
    assert shown.lead.startswith("3e trimestre 2026 : rien n'était suivi ; 4e trimestre 2026 : ")
    assert shown.sections[0].text[0] == "Rien n'était suivi au 3e trimestre 2026 : il n'a aucun résultat."
    (table,) = shown.sections[0].tables
    assert {getattr(row[1], "word", row[1]) for row in table.rows} == {"non mesuré"}
    rows = list(csv.DictReader(io.StringIO(table_text(half))))
    assert {row["outcome"] for row in rows if row["quarter"] == "2026-Q3"} == {""}


def test_silence_about_the_volume_is_told_as_silence(half: Execution, material: Material) -> None:
    volume = next(one for one in execution_view(half, material, Names()).sections if one.id == "volume")
    assert volume.text == ("Aucune mesure du volume occupé ne vaut pour ce semestre : on ne peut rien affirmer.",)


@pytest.mark.parametrize(
    ("signed", "said"),
    [
        (None, "La date de signature n'est pas déclarée"),
        (date(2026, 8, 31), "au plus tard le 28 février 2027 : aucune inscription ne montre qu'elle s'est tenue."),
    ],
)
def test_the_dates_of_the_convention(half: Execution, material: Material, signed: date | None, said: str) -> None:
    shown = execution_view(half, replace(material, heading=replace(material.heading, signed=signed)), Names())
    dates = next(one for one in shown.sections if one.id == "calendrier")
    assert said in " ".join(dates.text)


def test_the_table_for_tools_has_a_row_for_each_quarter_and_target(half: Execution) -> None:
    rows = list(csv.DictReader(io.StringIO(table_text(half))))
    assert tuple(rows[0]) == HEADER
    assert [(row["quarter"], row["target"]) for row in rows] == [
        (quarter, target) for quarter in ("2026-Q3", "2026-Q4") for target in OF_ALL
    ]
    for row in rows:
        numbers = [row[name] for name in ("met", "missed", "unproven", "accepted")]
        if row["outcome"]:
            assert sum(map(int, numbers)) == int(row["expected"])
            assert QuarterOutcome(row["outcome"])
        else:
            assert [*numbers, row["expected"]] == [""] * 5


def test_a_half_year_without_an_entry_says_that_none_was_read(half: Execution, material: Material) -> None:
    """Its notes send the reader to the date of the last one."""
    shown = execution_view(half, replace(material, entries=()), Names())
    assert ("Dernière inscription lue", "aucune") in shown.evidence
