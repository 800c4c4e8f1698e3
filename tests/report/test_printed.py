"""Whatever an edition prints differently from the one before it stands in «Ce que cette édition corrige»."""

import json
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from agent.core.places import CopyMachine
from agent.report import page
from agent.report.build import build
from agent.report.figures import EditionChange, InForce, Report
from agent.report.material import Material
from agent.report.names import names
from agent.report.printed import LABELS, printed_values
from agent.report.summary import changes, summary
from agent.report.view import view
from agent.wording.languages import Words


@pytest.fixture(scope="module")
def report(material: Material) -> Report:
    return build(material, 1)


def told(before: Report, after: Report) -> tuple[EditionChange, ...]:
    return changes(("", summary(before)), ("", summary(after)))


def lines(before: Report, after: Report, *, public: bool = False) -> tuple[str, ...]:
    changed = replace(after, changes=told(before, after))
    return tuple(line.replace("\u00a0", " ") for line in view(changed, public=public).changes)


def another_country(one: Report) -> Report:
    first, *others = one.copies
    terms = tuple(replace(term, value=replace(term.value, country="DE")) for term in first.terms if term.value)
    return replace(one, copies=(replace(first, terms=terms), *others))


def test_an_edition_names_each_printed_place_that_differs(report: Report) -> None:
    after = another_country(report)
    assert told(report, after) == (
        EditionChange(
            said=Words(fr="pays", en="country"),
            target="backup-offsite",
            subject="files/offsite",
            name="country",
            printed=(Words(fr="FR", en="FR"), Words(fr="DE", en="DE")),
        ),
    )
    assert lines(report, after) == ("Copie hors site intacte, files/offsite, pays : FR devient DE.",)
    assert lines(report, after, public=True) == ("Copie hors site intacte, copie 1, pays : modifié.",)


def objective(one: Report) -> Report:
    target = next(item for item in one.targets if item.target == "patching")
    (only,) = target.objectives
    changed = replace(target, objectives=(replace(only, limit=40 * 86400.0),))
    return replace(one, targets=tuple(changed if item is target else item for item in one.targets))


def share(one: Report) -> Report:
    target = next(item for item in one.targets if item.target == "patching")
    (only,) = target.objectives
    changed = replace(target, objectives=(replace(only, attainment=Fraction(1, 2)),))
    return replace(one, targets=tuple(changed if item is target else item for item in one.targets))


def first_copy(one: Report, **values: object) -> Report:
    return replace(one, copies=(replace(one.copies[0], **values), *one.copies[1:]))  # type: ignore[arg-type]  # a test's own


LENGTH = (InForce(since=date(2026, 10, 1), value=timedelta(hours=9)),)
# What the configuration or a later look could change of what a report prints, and what the edition says of it.
CHANGES: tuple[tuple[Callable[[Report], Report], str], ...] = (
    (lambda one: replace(one, beneficiary_name="SCOTA"), "Nom du bénéficiaire : "),
    (lambda one: replace(one, provider="Autre"), "Prestataire : Communauté Urbaine d'Arras, DIITUN devient Autre."),
    (lambda one: replace(one, reference="n° 1"), "Référence de la convention : "),
    (lambda one: replace(one, hosts=one.hosts[:1]), "Machine srv-2, adresse : srv-2.example devient —."),
    (lambda one: replace(one, hosts=(*one.hosts, ("srv-3", "", "lens"))), "Machine srv-3, site : — devient lens."),
    (lambda one: replace(one, copies=one.copies[1:]), "files/offsite, site : cambrai devient —."),
    (lambda one: replace(one, retentions=one.retentions[1:]), "files, durée de conservation : ≤ 400 j, "),
    (lambda one: replace(one, run_allowances=LENGTH), "tolérance d'exécution : 2 h devient 9 h, au-delà"),
    (
        lambda one: replace(one, evidence_ages={**one.evidence_ages, "patching": LENGTH}),
        "Correctifs de sécurité, durée de validité des preuves : 13 h devient 9 h.",
    ),
    (
        lambda one: replace(one, perimeters=dict.fromkeys(one.perimeters, "mutualised")),
        "Correctifs de sécurité, srv-2, périmètre : propre au bénéficiaire devient mutualisé.",
    ),
    (objective, "Correctifs de sécurité, objectif en vigueur : ≤ 31 j, chaque jour devient ≤ 40 j, chaque jour."),
    (
        lambda one: replace(one, quotations={"patching": "Chaque mois."}),
        "Correctifs de sécurité, texte de la convention : — devient « Chaque mois. ».",
    ),
    (share, "objectif en vigueur : ≤ 31 j, chaque jour devient ≤ 31 j, au moins 50 % des jours."),
    (lambda one: first_copy(one, machine=CopyMachine.OTHER), "machine de la copie : site déclaré, non constaté"),
    (lambda one: first_copy(one, verified_on=date(2026, 11, 3)), "dernière vérification saine : — devient 3 novembre"),
    (lambda one: first_copy(one, damaged_on=date(2026, 11, 3)), "dommage constaté : — devient 3 novembre 2026."),
)  # fmt: skip


@pytest.mark.parametrize(("change", "said"), CHANGES)
def test_a_change_of_what_is_printed_is_named(report: Report, change: Callable[[Report], Report], said: str) -> None:
    named = lines(report, change(report))
    assert any(said in line for line in named), named


@pytest.mark.parametrize(("change", "said"), CHANGES)
def test_a_report_for_everyone_names_no_place_of_a_change(
    report: Report, change: Callable[[Report], Report], said: str
) -> None:
    named = " ".join(lines(report, change(report), public=True))
    assert named
    assert not any(name in named for name in ("cambrai", "lens", "srv-2", "srv-3", "files"))


# What differs between any two reports, or is compared by its own rows: days, entries, words, what the ledger holds;
# and why an exercise is no test, which follows from its entry and the objectives.
OTHERWISE = {
    "quarter", "beneficiary", "edition", "as_of", "made_on", "span", "targets", "days", "entries", "agreements",
    "proof", "version", "changes", "csv_sha256", "demonstration", "comparison", "outages",
    "taken_back", "draft", "agents", "unheard", "short_exercises",
}  # fmt: skip


def test_every_field_of_a_report_is_compared_or_said_why_not(report: Report) -> None:
    """A new field of what is printed has to be listed among the printed values."""
    changed = {
        field.name
        for change, _ in CHANGES
        for field in fields(Report)
        if getattr(change(report), field.name) != getattr(report, field.name)
    }
    assert {field.name for field in fields(Report)} - OTHERWISE == changed - {"targets"}


def test_an_older_summary_has_nothing_to_compare_with(report: Report) -> None:
    older = summary(report).replace('"printed"', '"terms"')
    assert changes(("", older), ("", summary(another_country(report)))) == ()


def test_counts_that_change_are_told_whole(report: Report) -> None:
    """A month that is signed later takes an unproven one away; no more is met for that."""
    earlier = json.loads(summary(report))
    earlier["targets"]["access-revocation"]["unproven"] += 1
    earlier["targets"]["patching"]["measured_outcome"] = "not-demonstrated"
    leaving, patching = (change.said for change in changes(("", json.dumps(earlier)), ("", summary(report))))
    assert leaving.fr == (
        "Retrait des droits au départ : décompte des jours ou échéances, 4 non démontrés devient 3 non démontrés"
    )
    assert leaving.en == "Rights removed on departure: count of days or occurrences, 4 unproven becomes 3 unproven"
    assert patching.fr == (
        "Correctifs de sécurité : sans les acceptations de risque, le verdict « non démontré » devient « non atteint »"
    )


def test_another_wording_of_the_same_is_no_change(report: Report) -> None:
    reworded = summary(report).replace("run allowance", "tolerance").replace("chaque jour", "tous les jours")
    assert reworded != summary(report)
    assert changes(("", reworded), ("", summary(report))) == ()


def test_each_printed_value_has_its_label(report: Report) -> None:
    found = list(printed_values(report))
    assert {one.name for one in found} <= LABELS.keys()
    shown = page.render(report).replace("&#39;", "'")
    called = names((one.key for one in report.days), report.beneficiary, public=False)
    assert called.of("backup-offsite", "files/offsite") in shown
