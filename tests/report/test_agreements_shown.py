"""What a report shows of what was agreed: each form that acted on a day of it, and none that never did."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from agent.accounting.agreements import Acceptance
from agent.core.duties.entries import Revision
from agent.core.model import Key
from agent.core.period import day_end, day_start
from agent.report.agreed_tables import agreed_tables
from agent.report.build import build
from agent.report.front import front
from agent.report.material import Material
from agent.report.names import Names
from tests.checks.entered import amended

SRV_1 = Key(target="patching", subject="srv-1", beneficiary="scota")
AMENDED_ON = date(2026, 12, 5)


def accepted(material: Material, **values: Any) -> Material:
    """Return the material with one more acceptance, of what no day was accepted for."""
    (first,) = material.agreements.acceptances
    more = replace(first, id="acceptance-2", key=SRV_1, **{"until": date(2026, 12, 31), **values})
    return with_acceptances(material, first, more)


def with_acceptances(material: Material, *found: Acceptance) -> Material:
    return replace(material, agreements=replace(material.agreements, acceptances=found))


def first_page(material: Material) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the accepted risks of the first page, and the decisions that it asks for."""
    page = front(build(material, 1), Names())
    return page.accepted, page.decisions


def rows(material: Material, target: str = "patching") -> list[tuple[str, ...]]:
    """Return every row of what was agreed about a target."""
    found = agreed_tables(target, build(material, 1), Names())
    return [tuple(str(cell) for cell in row) for table in found for row in table.rows]


@pytest.mark.parametrize(
    "values",
    [
        {"perimeter": "mutualised"},
        {"accepted_by": "RSSI"},
        {"signatories": ("Directeur",)},
        {"entered_on": date(2027, 1, 5)},
        {"declared": False},
    ],
    ids=str,
)
def test_an_acceptance_without_effect_is_not_on_the_first_page(material: Material, values: dict[str, Any]) -> None:
    page, decisions = first_page(accepted(material, **values))
    assert not any("srv-1" in line for line in page)
    assert not any("Reconduire" in line and "acceptance-2" in line for line in decisions)
    assert any(row[0] == "acceptance-2" and row[6].endswith("sans effet") for row in rows(accepted(material, **values)))


def test_the_first_page_counts_an_acceptance_from_the_day_of_its_entry(material: Material) -> None:
    late = accepted(material, accepted_on=date(2026, 10, 1), entered_on=date(2026, 11, 10))
    entered = "en vigueur à partir de son inscription, le 10 novembre 2026"
    assert rows(late)[1][6] == f"{entered} ; a pris fin le 31 décembre 2026"
    assert rows(accepted(material, entered_on=date(2026, 11, 10), until=date(2027, 1, 8)))[1][6] == entered
    page, _ = first_page(late)
    assert page[1] == (
        "Correctifs de sécurité, srv-1, du 10 novembre au 31 décembre 2026 ; signataire, selon le registre :"
        " Présidente du SCOTA ; préconisation écartée : non indiquée."
    )


def test_an_amended_acceptance_keeps_the_paper_of_the_days_that_it_covered(material: Material) -> None:
    (before,) = material.agreements.acceptances
    other = Key(target="network-segmentation", subject="guests-to-admin", beneficiary="scota")
    after = replace(before, key=other, accepted_on=AMENDED_ON, until=date(2026, 12, 31), entered_on=AMENDED_ON)
    entries = tuple(
        replace(
            one,
            values={**one.values, "author": "tech"},
            earlier=(Revision(values=one.values, until=datetime(2026, 12, 5, 9, tzinfo=UTC)),),
        )
        if one.id == before.id
        else one
        for one in material.entries
    )
    changed = with_acceptances(replace(material, entries=entries), replace(before, superseded_on=AMENDED_ON), after)
    (row,) = rows(changed)
    assert row[:3] == (
        "acceptance-1 (tel qu'inscrit jusqu'au 4 décembre 2026)", "srv-2", "du 19 octobre au 19 novembre 2026",
    )  # fmt: skip
    assert row[-1].startswith("le 19 octobre 2026, par RSSI ; ")
    assert any(row[0] == "acceptance-1" and "par tech ; " in row[-1] for row in rows(changed, other.target))
    page, _ = first_page(changed)
    assert [line.split(" ; ")[0] for line in page] == [
        "Correctifs de sécurité, srv-2, du 19 octobre au 19 novembre 2026",
        "Cloisonnement du réseau, guests-to-admin, du 5 au 31 décembre 2026",
    ]


@pytest.mark.parametrize(
    ("values", "worth"),
    [
        ({"declared": False}, "élément suivi retiré de la configuration, sans effet"),
        ({"perimeter": "mutualised"}, "hors de l'article 5.2, sans effet"),
    ],
)
def test_accepted_days_keep_their_paper_when_it_has_no_effect_any_more(
    material: Material, values: dict[str, Any], worth: str
) -> None:
    (before,) = material.agreements.acceptances
    changed = with_acceptances(material, replace(before, **values))
    (row,) = rows(changed)
    assert row[6] == f"{worth} ; 31 jours sous risque accepté auparavant, du 20 octobre au 19 novembre 2026"
    page, decisions = first_page(changed)
    assert page[0].startswith("Correctifs de sécurité, srv-2, du 20 octobre au 19 novembre 2026")
    assert not any("Reconduire" in line for line in decisions)


def test_an_amended_exclusion_is_shown_as_it_left_days_out(material: Material) -> None:
    (before,) = material.agreements.exclusions
    after = replace(before, begins=before.ends, ends=datetime(2026, 12, 20, tzinfo=UTC), entered_on=AMENDED_ON)
    agreements = replace(material.agreements, exclusions=(replace(before, superseded_on=AMENDED_ON), after))
    assert [row[0] for row in rows(replace(material, agreements=agreements), before.key.target)] == [
        "exclusion-1 (tel qu'inscrit jusqu'au 4 décembre 2026)", "exclusion-1",
    ]  # fmt: skip


def test_an_amended_adaptation_is_shown_as_it_was_in_force(material: Material) -> None:
    (before,) = material.agreements.adaptations
    after = replace(before, informed_on=None, entered_on=AMENDED_ON)
    agreements = replace(material.agreements, adaptations=(replace(before, superseded_on=AMENDED_ON), after))
    found = rows(replace(material, agreements=agreements), before.target)
    assert [(row[0], row[2]) for row in found] == [
        (
            "adaptation-1 (tel qu'inscrit jusqu'au 4 décembre 2026)",
            "1er octobre 2026 (bénéficiaire informé le 28 septembre 2026)",
        ),
        ("adaptation-1", "sans effet : le bénéficiaire n'a pas été informé"),
    ]


def test_an_acceptance_without_declared_signatories_is_marked(material: Material) -> None:
    changed = accepted(material, accepted_by="technicien DIITUN", signatories=())
    page, _ = first_page(changed)
    marked = "signataire, selon le registre : technicien DIITUN (aucun signataire n'était déclaré à son inscription)"
    assert marked in page[1]
    ended = "a pris fin le 31 décembre 2026 ; aucun signataire n'était déclaré à son inscription"
    assert rows(changed)[1][6] == ended


def test_an_acceptance_is_in_force_until_its_last_day_is_over(material: Material) -> None:
    """The report is of 8 January: what ended before is not said to be in force."""
    words = [rows(accepted(material, until=date(2027, 1, day)))[1][6] for day in (7, 8, 9)]
    assert words == ["a pris fin le 7 janvier 2027", "en vigueur", "en vigueur"]


@pytest.mark.parametrize(("last", "is_shown"), [(date(2026, 9, 30), False), (date(2026, 10, 1), True)])
def test_an_exclusion_is_shown_up_to_its_last_day(material: Material, last: date, is_shown: bool) -> None:
    """Its end is the midnight after its last day, which is another day, and may be another quarter."""
    (one,) = material.agreements.exclusions
    entry = next(entry for entry in material.entries if entry.id == one.id)
    values = {**entry.values, "from": "2026-09-28", "to": f"{last}"}
    moved = replace(one, begins=day_start(date(2026, 9, 28)), ends=day_end(last), entered_on=date(2026, 9, 20))
    changed = replace(
        material,
        agreements=replace(material.agreements, exclusions=(moved,)),
        entries=tuple(replace(entry, values=values) if entry.id == one.id else entry for entry in material.entries),
    )
    found = [row for row in rows(changed, "network-segmentation") if row[0] == one.id]
    assert [row[2:4] for row in found] == [("28 septembre 2026", "1er octobre 2026")] * is_shown
    _, asked = first_page(changed)
    assert any(one.id in line for line in asked) is is_shown


def test_an_adaptation_says_when_the_beneficiary_was_informed(material: Material) -> None:
    report = build(material, 1)
    (table,) = (one for one in agreed_tables("log-retention", report, Names()) if one.title.startswith("Adaptations"))
    effect = table.rows[0][table.head.index("Prend effet")]
    assert str(effect) == "1er octobre 2026 (bénéficiaire informé le 28 septembre 2026)"


def test_an_action_that_was_amended_says_what_it_was_first(material: Material) -> None:
    plan = next(one for one in material.entries if one.register == "plan")
    later = amended(plan, "2026-12-06T09:00+01:00", action="attendre", done="2026-10-20", author="tech")
    entries = tuple(later if one is plan else one for one in material.entries)
    found = agreed_tables("backup-rpo", build(replace(material, entries=entries), 1), Names())
    (table,) = (one for one in found if one.title.startswith("Plan"))
    row = dict(zip(table.head, map(str, table.rows[0]), strict=True))
    assert row["Action"] == "attendre (d'abord alerter dès 20 h, modifié le 6 décembre 2026, par tech)"
    assert row["Fait"] == "20 octobre 2026 (inscrit le 6 décembre 2026, par tech)"
