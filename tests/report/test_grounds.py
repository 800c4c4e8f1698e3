"""What a sentence rests on stands in it: how many things of how many, which verification, how young a source."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from agent.accounting.quarter import QuarterOutcome
from agent.accounting.rate import Tally
from agent.accounting.storing import StoringTerms
from agent.core.duties.entries import Revision
from agent.core.model import State
from agent.core.places import CopyMachine
from agent.report.build import build
from agent.report.figures import InForce
from agent.report.material import Material
from agent.report.names import Names
from agent.report.view_target import TargetSheet, target_view
from agent.wording.grounds import Grounds, kept_for, rests_on, verified
from agent.wording.report import day_sentence
from agent.wording.targets.every import TARGETS
from checks.log_collection import PROVEN_WITHIN as ALERT_PATH_PROVEN
from checks.log_retention import CEILING, HOLE
from checks.patching import RESTART_WITHIN


def said(material: Material, target: str) -> str:
    return sheet(material, target).sentence


def sheet(material: Material, target: str) -> TargetSheet:
    report = build(material, 1)
    return target_view(next(one for one in report.targets if one.target == target), report, Names())


def test_a_sentence_says_of_how_many_things_it_speaks(material: Material) -> None:
    assert "Ce résultat repose sur 2 sauvegardes." in said(material, "backup-rpo")
    assert "2 sources de journaux, 2 machines et la chaîne d'alerte." in said(material, "log-collection")


def test_a_sentence_says_how_many_hosts_it_leaves_out(material: Material) -> None:
    assert said(material, "strong-authentication").endswith("Ce résultat repose sur 1 machine (sur 2 déclarées).")


def test_a_declared_place_is_said_to_be_declared(material: Material) -> None:
    assert "Site déclaré, non constaté, pour 2 copies sur 2." in said(material, "backup-offsite")
    seen = tuple(replace(one, machine=CopyMachine.OTHER) for one in material.copies)
    assert "non constaté" not in said(replace(material, copies=seen), "backup-offsite")


def test_intact_is_said_with_the_date_of_its_verification(material: Material) -> None:
    dated = tuple(
        replace(one, verified_on=date(2026, 12, day)) for one, day in zip(material.copies, (12, 30), strict=True)
    )
    told = said(replace(material, copies=dated), "backup-offsite")
    assert "intactes à leur dernière vérification, faite entre le 12 décembre 2026 et le 30 décembre 2026 ;" in told


def test_no_copy_is_said_intact_where_no_verification_is_dated(material: Material) -> None:
    told = said(material, "backup-offsite")
    assert "intact" not in told
    assert "récentes ; la date de leur dernière vérification n'est pas connue ;" in told


@pytest.mark.parametrize(
    ("days", "text"),
    [
        ((date(2026, 12, 1),), ", et intactes à leur dernière vérification, faite le 1er décembre 2026"),
        (
            (date(2026, 12, 1), None),
            ", et intactes à leur dernière vérification, faite le 1er décembre 2026 (date inconnue pour 1 copie sur 2)",
        ),
        ((), ""),
    ],
)
def test_a_copy_without_a_verification_is_counted(days: tuple[date | None, ...], text: str) -> None:
    assert verified(Grounds(verified=days)) == text


def test_a_copy_that_was_damaged_since_is_not_said_intact_at_its_last_verification(material: Material) -> None:
    first, second = material.copies
    sound = replace(first, verified_on=date(2026, 11, 29), damaged_on=date(2026, 12, 10))
    copies = (sound, replace(second, verified_on=date(2026, 11, 29)))
    told = said(replace(material, copies=copies), "backup-offsite")
    assert (
        "intactes à leur dernière vérification saine, faite le 29 novembre 2026 (dommage constaté sur 1 copie sur 2, le"
        " 10 décembre 2026)"
    ) in told


def test_a_young_source_is_never_kept_for_twelve_months(material: Material) -> None:
    told = said(material, "log-retention")
    assert "depuis leur entrée, entre le 1er janvier 2026 et le 10 novembre 2026" in told
    assert "douze mois" not in told


def test_an_entry_typed_after_the_quarter_makes_no_source_older(material: Material) -> None:
    last = material.loads[-1]
    old = {key: replace(days, starts=date(2024, 1, 1)) for key, days in last.declared.items()}
    later = replace(last, at=datetime(2027, 1, 9, 12, tzinfo=UTC), declared=old)
    told = said(replace(material, loads=(*material.loads, later)), "log-retention")
    assert "depuis leur entrée, entre le 1er janvier 2026 et le 10 novembre 2026" in told


@pytest.mark.parametrize(
    ("grounds", "text"),
    [
        (Grounds(sources=2, limit=350 * 86400.0), "environ douze mois (350 j au moins)"),
        (Grounds(sources=2, limit=200 * 86400.0, usual_limit=False), "au moins 200 j"),
        (Grounds(sources=1, limit=1.0, joined=(date(2026, 11, 10),)), "depuis son entrée, le 10 novembre 2026"),
        (
            Grounds(sources=3, limit=350 * 86400.0, joined=(date(2026, 11, 10),)),
            "environ douze mois (350 j au moins) pour 2 sources de journaux, et depuis son entrée, le 10 novembre 2026"
            " pour 1 source de journaux",
        ),
    ],
)
def test_how_long_logs_were_kept_is_said_as_known(grounds: Grounds, text: str) -> None:
    assert kept_for(grounds) == text


def test_nothing_counted_is_nothing_said() -> None:
    assert rests_on(Grounds()) == ""


def test_every_threshold_of_a_compound_target_is_printed(material: Material) -> None:
    assert sheet(material, "log-collection").objectives == (
        "≤ 24 h, chaque jour",
        "horloges à 1 s près ; chaîne d'alerte éprouvée depuis 24 h au plus",
    )
    assert "tolérance d'exécution d'un jour, en plus de l'objectif : 2 h" in sheet(material, "backup-rpo").objectives
    assert "relue en entier depuis 90 j au plus" in sheet(material, "backup-offsite").objectives[-1]


def test_the_printed_thresholds_are_those_that_are_judged() -> None:
    assert ALERT_PATH_PROVEN == HOLE == timedelta(hours=24)
    assert (timedelta(days=400), timedelta(days=7)) == (CEILING, RESTART_WITHIN)
    for target, said in (("log-retention", "400 j"), ("log-retention", "24 h"), ("patching", "7 j")):
        thresholds = TARGETS[target].thresholds
        assert thresholds is not None
        assert said in thresholds.fr


def test_a_retention_is_printed_where_it_is_judged(material: Material) -> None:
    assert sheet(material, "backup-lifecycle").objectives == ("files, mail : ≤ 400 j, et un jour pour la purge",)
    terms = StoringTerms(backup="files", beneficiary="scota")
    unset = replace(material, retentions=(("files", (InForce(since=date(2026, 10, 1), value=terms),)),))
    assert sheet(unset, "backup-lifecycle").objectives == ("files : durée non fixée",)


def test_a_perimeter_is_printed_with_its_subjects(material: Material) -> None:
    assert sheet(material, "patching").perimeters == "mutualisé : srv-1 ; propre au bénéficiaire : srv-2"


def test_an_amended_departure_is_marked_as_amended(material: Material) -> None:
    first = {"left": "2026-11-10T18:00+01:00"}
    until = datetime(2026, 12, 12, 9, tzinfo=UTC)
    changed = tuple(
        replace(one, earlier=(Revision(values={**one.values, **first}, until=until),))
        if one.register == "departure" and one.signs is None
        else one
        for one in material.entries
    )
    tables = sheet(replace(material, entries=changed), "access-revocation").tables
    due = next(one for one in tables if one.title == "Ce qui était dû")
    assert (
        "departure-1, parti le 13 novembre 2026 à 18 h 00 (date modifiée le 12 décembre 2026, par RSSI, d'abord le 10"
        " novembre 2026 à 18 h 00) (inscription modifiée le 12 décembre 2026, par RSSI)"
    ) in [row[0] for row in due.rows]


def test_an_accepted_day_on_which_nothing_was_shown_is_not_said_to_be_outside(material: Material) -> None:
    key = next(key for key in material.kept if (key.target, key.subject) == ("patching", "srv-2"))
    silent = {f"2026-10-{day}": State.UNPROVEN for day in range(20, 25)}
    days = {day: replace(came, measured=silent.get(day, came.measured)) for day, came in material.kept[key].items()}
    told = said(replace(material, kept={**material.kept, key: days}), "patching")
    covered = "couverts par un risque accepté, selon le registre"
    assert f"26 jours hors objectif, {covered} ; 5 jours non démontrés, {covered}." in told
    assert "non démontrés" not in said(material, "patching")


@pytest.mark.parametrize(
    ("target", "things", "said"),
    [
        (
            "log-collection",
            (("host", 2),),
            "les horloges étaient justes et la chaîne d'alerte répondait (aucune source de journaux n'est déclarée)",
        ),
        ("log-collection", (("source", 1),), "les journaux arrivaient et la chaîne d'alerte répondait"),
        (
            "log-collection",
            (("source", 1), ("host", 1)),
            "les journaux arrivaient, les horloges étaient justes et la chaîne d'alerte répondait",
        ),
        (
            "network-segmentation",
            (("host", 1),),
            "le pare-feu des machines surveillées refusait par défaut (aucun flux n'est déclaré)",
        ),
        (
            "network-segmentation",
            (("flow", 1), ("host", 1)),
            "les flux déclarés interdits étaient bloqués et les flux nécessaires passaient",
        ),
    ],
)
def test_nothing_is_said_to_have_held_of_a_kind_that_is_not_declared(
    target: str, things: tuple[tuple[str, int], ...], said: str
) -> None:
    grounds = Grounds(things=things, alert_path=target == "log-collection")
    for outcome, tally in ((QuarterOutcome.ATTAINED, Tally(met=92)), (QuarterOutcome.NOT_ATTAINED, Tally(missed=92))):
        assert re.search(rf", {re.escape(said)}( ;|\.)", day_sentence(target, tally, outcome, grounds))
    assert not re.search(r"[éèà]", day_sentence(target, Tally(met=92), QuarterOutcome.ATTAINED, grounds, language="en"))
