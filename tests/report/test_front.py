"""The first page: what fell short, worst first, with its cause and who acts; what the beneficiary is to decide."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from agent.accounting.quarter import QuarterOutcome, TargetDay
from agent.accounting.rate import Tally
from agent.core.duties.entries import RegisterEntry, Revision
from agent.core.model import State
from agent.core.period import PARIS, Month, Quarter
from agent.core.reason import Reason
from agent.report.build import build
from agent.report.figures import EarlierQuarter, Report, TargetFigures
from agent.report.front import FrontRow, FrontView, front
from agent.report.material import Material
from agent.report.names import names
from agent.report.shortfall import of_days, of_events
from agent.report.tables import TableMark
from agent.wording.front import coverage
from agent.wording.quantities import day
from tests.checks.entered import amended


def shown(material: Material, *, public: bool = False) -> FrontView:
    report = build(material, 1)
    return front(report, names((one.key for one in report.days), report.beneficiary, public=public))


@pytest.fixture(scope="module")
def view(material: Material) -> FrontView:
    """Return the first page of the first edition."""
    return shown(material)


def rows(view: FrontView) -> dict[str, FrontRow]:
    return {row.id: row for row in view.rows}


def test_what_is_missed_comes_before_what_is_unproven(view: FrontView) -> None:
    marks = [row.mark for row in view.rows]
    missed, unproven = TableMark(id="missed", word="non atteint"), TableMark(id="unproven", word="non démontré")
    assert marks == [missed] * 5 + [unproven] * 6


def test_what_is_still_open_comes_first(view: FrontView) -> None:
    assert view.rows[0].id == "recovery-test"
    assert "toujours ouvert" in view.rows[0].since
    assert [row.id for row in view.rows if "toujours ouvert" in row.since][:2] == ["recovery-test", "web-filtering"]


def test_a_row_says_since_when_and_until_when(view: FrontView) -> None:
    found = rows(view)
    assert found["backup-rpo"].since == "les 14 et 15 octobre 2026, terminé depuis"
    assert found["vulnerability-scan"].since == "échéance du 24 octobre 2026, honorée le 5 novembre 2026"
    assert found["web-filtering"].since.startswith("depuis le ")


def test_a_row_names_what_was_seen_and_the_action(view: FrontView) -> None:
    row = rows(view)["backup-rpo"]
    assert row.cause == "constaté : sauvegarde trop ancienne, preuve périmée"
    assert row.actions == ("alerter dès 20 h (DIITUN, 31 décembre 2026, échéance dépassée)",)
    assert rows(view)["web-filtering"].actions == ("sans action inscrite",)


def test_the_cause_that_was_entered_stands_before_what_was_seen(material: Material) -> None:
    entries = tuple(
        replace(one, values={**one.values, "cause": "espace plein"}) if one.register == "plan" else one
        for one in material.entries
    )
    assert rows(shown(replace(material, entries=entries)))["backup-rpo"].cause == (
        "selon le registre (plan-1, le 16 octobre 2026, par RSSI) : espace plein ;"
        " constaté : sauvegarde trop ancienne, preuve périmée"
    )


def test_an_amended_cause_names_who_amended_it_and_when(material: Material) -> None:
    until = datetime(2026, 12, 6, 9, tzinfo=PARIS)
    entries = tuple(
        replace(
            one,
            values={**one.values, "cause": "le SCOTA a refusé le correctif", "author": "tech"},
            earlier=(Revision(values=one.values, until=until),),
        )
        if one.register == "plan"
        else one
        for one in material.entries
    )
    cause = rows(shown(replace(material, entries=entries)))["backup-rpo"].cause
    assert cause.startswith("selon le registre (plan-1, le 6 décembre 2026, par tech) : le SCOTA a refusé")


def test_measured_and_declared_targets_are_counted_apart(view: FrontView) -> None:
    assert view.apart == (
        "Objectifs mesurés : 4 atteints sur 11. Objectifs déclarés (selon les registres, sauf la conservation des"
        " sauvegardes, qui est contrôlée) : 3 atteints sur 8."
    )


def test_it_says_what_the_figures_rest_on_and_what_is_out_of_sight(view: FrontView) -> None:
    assert view.coverage.startswith("Ces chiffres portent sur : 2 machines, 2 sauvegardes, 2 copies,")
    assert "Postes de travail" in view.coverage


def test_it_counts_no_machine_of_which_nothing_was_expected(report: Report) -> None:
    """As one that was declared after the quarter, or that answers only for a store."""
    more = replace(report, hosts=(*report.hosts, ("srv-new", "new.example", "arras"), ("vault", "", "cambrai")))
    found = front(more, names((), report.beneficiary, public=False))
    assert found.coverage.startswith("Ces chiffres portent sur : 2 machines,")


def test_several_flows_have_a_plural_in_english() -> None:
    assert "1 flow," in coverage({"flux": 1, "filtre web": 1}, "en")
    assert "8 declared flows," in coverage({"flux": 8, "filtre web": 1}, "en")


def test_the_trend_is_that_against_the_quarter_before(view: FrontView) -> None:
    assert {row.trend for row in view.rows} <= {"—", "= stable", "▲ mieux", "▼ moins bien"}
    assert rows(view)["vulnerability-scan"].trend == "▼ moins bien"


def test_what_waits_for_the_beneficiary_is_listed(view: FrontView) -> None:
    assert view.decisions[0] == (
        "Reconduire ou non le risque accepté acceptance-1 (Correctifs de sécurité, srv-2), qui a pris fin le"
        " 19 novembre 2026."
    )
    acknowledge = (
        "Accuser réception de l'inscription adaptation-1 (Conservation des journaux), du 28 septembre 2026, ou la"
    )
    assert f"{acknowledge} contester." in view.decisions


def test_an_agreement_that_was_acknowledged_waits_for_nothing(material: Material) -> None:
    entries = tuple(
        replace(one, values={**one.values, "acknowledged_by": "Directeur", "acknowledged_on": "2026-10-20"})
        for one in material.entries
    )
    found = shown(replace(material, entries=entries))
    assert [one for one in found.decisions if one.startswith("Accuser")] == []


def test_only_what_has_an_effect_is_to_be_acknowledged(material: Material) -> None:
    (accepted,), (excluded,) = material.agreements.acceptances, material.agreements.exclusions
    unsigned = replace(accepted, accepted_by=accepted.author)
    of_an_hour = replace(excluded, ends=excluded.begins + timedelta(hours=1))
    changed = replace(material.agreements, acceptances=(unsigned,), exclusions=(of_an_hour,))
    found = shown(replace(material, agreements=changed))
    assert [one.split(" (")[0] for one in found.decisions] == ["Accuser réception de l'inscription adaptation-1"]


def test_an_accepted_risk_names_the_recommendation_that_was_declined(material: Material, view: FrontView) -> None:
    assert view.accepted == (
        "Correctifs de sécurité, srv-2, du 19 octobre au 19 novembre 2026 ; signataire, selon le registre :"
        " Présidente du SCOTA ; préconisation écartée : non indiquée.",
    )


def test_a_public_first_page_holds_no_text_of_a_register(material: Material) -> None:
    action = RegisterEntry(
        id="plan-9",
        register="plan",
        beneficiary="scota",
        values={"target": "web-filtering", "subject": "proxy", "action": "A. Dupont relance", "owner": "A. Dupont",
                "due": "2027-01-31", "cause": "proxy de A. Dupont", "author": "RSSI"},
        received_at=datetime(2026, 12, 1, tzinfo=PARIS),
    )  # fmt: skip
    found = shown(replace(material, entries=(*material.entries, action)), public=True)
    assert "Dupont" not in str(found)
    assert date(2027, 1, 31).isoformat() not in str(found)


def test_the_page_is_issued_on_the_day_on_which_it_was_made(material: Material, view: FrontView) -> None:
    assert view.issued == day(material.today, "fr")
    later = shown(replace(material, today=date(2027, 3, 20)))
    assert later.issued == "20 mars 2027"


def test_what_a_register_says_is_not_said_to_be_seen(view: FrontView) -> None:
    """A scan that was entered late was seen by no one, a month that nobody signed neither."""
    assert rows(view)["vulnerability-scan"].cause == "selon le registre : échéance dépassée"
    assert rows(view)["access-revocation"].cause == "mois ni signé ni renseigné ; constat manquant"
    assert rows(view)["web-filtering"].cause == "constat manquant"


def test_a_cause_that_was_amended_says_whose_word_it_is_and_what_it_was(material: Material) -> None:
    entries = tuple(
        amended(
            replace(one, values={**one.values, "cause": "espace plein"}),
            "2026-12-06T09:00+01:00",
            cause="le SCOTA a refusé le correctif",
            author="tech",
        )
        if one.register == "plan"
        else one
        for one in material.entries
    )
    assert rows(shown(replace(material, entries=entries)))["backup-rpo"].cause.startswith(
        "selon le registre (plan-1, le 6 décembre 2026, par tech) : le SCOTA a refusé le correctif (d'abord espace"
        " plein, modifié le 6 décembre 2026, par tech) ; constaté : "
    )


def test_two_reports_that_were_late_are_each_said_with_their_own_day(material: Material) -> None:
    values = {"detected": "2026-11-05T09:00:00+01:00", "title": "x", "major": "yes", "reported": "2026-11-28"}
    second = RegisterEntry(
        id="incident-9",
        register="incident",
        beneficiary="scota",
        values=values,
        received_at=datetime(2026, 11, 6, tzinfo=PARIS),
    )
    december = replace(second, id="incident-10", values={"none": "2026-12"})
    found = rows(shown(replace(material, entries=(*material.entries, second, december))))["incident-report"]
    assert found.since == (
        "échéance du 19 octobre 2026, honorée le 28 octobre 2026 ; échéance du 20 novembre 2026, honorée le 28 novembre"
        " 2026"
    )


def against(report: Report, before: Tally, now: Tally, *, word: QuarterOutcome = QuarterOutcome.NOT_ATTAINED) -> str:
    """Return the trend of the daily backup from one quarter's tally to the next one's."""
    past = EarlierQuarter(quarter=Quarter(2026, 3), outcome=QuarterOutcome.NOT_DEMONSTRATED, tally=before)
    [one] = [one for one in report.targets if one.target == "backup-rpo"]
    assert one.result is not None
    result = replace(one.result, figures=replace(one.result.figures, outcome=word, tally=now))
    made = replace(report, targets=(replace(one, past=(past,), result=result),))
    return front(made, names((), report.beneficiary, public=False)).rows[0].trend


def test_what_is_unproven_shows_no_trend(report: Report) -> None:
    now = Tally(met=90, missed=2)
    assert against(report, Tally(met=19, unproven=73), now) == "—"
    assert against(report, Tally(met=19, accepted=73), now) == "—"
    assert against(report, Tally(met=10, missed=80, unproven=2), now) == "▲ mieux"
    assert against(report, Tally(met=92), Tally(met=80, missed=1, unproven=11)) == "▼ moins bien"
    assert against(report, Tally(met=90, missed=2), Tally(met=50, missed=1, unproven=41)) == "—"
    assert against(report, Tally(met=90, missed=2), now) == "= stable"
    assert against(report, Tally(unproven=92), Tally(unproven=92), word=QuarterOutcome.NOT_DEMONSTRATED) == "—"


def test_an_outage_after_missed_days_neither_dates_nor_ends_them(report: Report) -> None:
    first = date(2026, 10, 14)
    states = (State.MISSED, State.MISSED, State.MET, State.UNPROVEN)
    days = [TargetDay(day=first + timedelta(days=n), state=one, measured=one) for n, one in enumerate(states)]
    [one] = [one for one in report.targets if one.target == "backup-rpo"]
    told = replace(one, shortfall=of_days(days, outcome=one.outcome))
    row = front(replace(report, targets=(told,)), names((), report.beneficiary, public=False)).rows[0]
    assert row.since == "les 14 et 15 octobre 2026 ; non démontré depuis le 17 octobre 2026"


def test_what_was_never_looked_at_is_not_listed_as_watched(report: Report) -> None:
    [one] = [one for one in report.targets if one.target == "storage-quota"]
    found = front(replace(report, targets=(replace(one, standing=()),)), names((), report.beneficiary, public=False))
    [(_, [(_, said)])] = found.others
    assert said.endswith("(aucun contrôle)")


def test_a_quarter_that_began_late_says_since_when_it_is_counted(report: Report, view: FrontView) -> None:
    begins = date(2026, 11, 16)
    late = [
        replace(
            one, came=tuple(None if day < begins else came for day, came in zip(one.span.days, one.came, strict=True))
        )
        for one in report.days
    ]
    found = front(replace(report, days=tuple(late)), names((), report.beneficiary, public=False))
    # Terms of before count: what was counted of no day says nothing of them.
    said = (
        "Les objectifs évalués jour par jour ne le sont que depuis le 16 novembre 2026 : les jours d'avant ne sont pas"
        " comptés."
    )
    assert found.outages == said
    assert said not in view.outages


def test_a_target_of_fewer_days_than_others_says_how_many(report: Report) -> None:
    """That it is met says nothing of the days on which nothing was expected of it."""
    fewer = replace(report, targets=tuple(map(of_two_days, report.targets)))
    found = front(fewer, names((), report.beneficiary, public=False))
    (said,) = (said for _, own in found.others for id, said in own if id == "strong-authentication")
    assert said == "Authentification forte (2 jours comptés sur 92)"
    others = [said for _, own in found.others for id, said in own if id != "strong-authentication"]
    assert not any("comptés sur" in said for said in others)


def of_two_days(one: TargetFigures) -> TargetFigures:
    if one.target != "strong-authentication" or one.result is None:
        return one
    return replace(one, result=replace(one.result, figures=replace(one.result.figures, tally=Tally(met=2))))


def test_accepted_days_that_cost_the_quarter_give_its_date_and_cause(report: Report) -> None:
    """With a day unproven beside them, which alone would not."""
    first = date(2026, 10, 14)
    states = (State.ACCEPTED, State.ACCEPTED, State.MET, State.UNPROVEN, State.MET)
    days = [TargetDay(day=first + timedelta(days=n), state=one, measured=one) for n, one in enumerate(states)]
    [one] = [one for one in report.targets if one.target == "patching"]
    assert one.result is not None
    missed = replace(one.result, figures=replace(one.result.figures, outcome=QuarterOutcome.NOT_ATTAINED))
    told = replace(one, result=missed, shortfall=of_days(days, outcome=QuarterOutcome.NOT_ATTAINED))
    row = front(replace(report, targets=(told,)), names((), report.beneficiary, public=False)).rows[0]
    assert row.since == "les 14 et 15 octobre 2026, terminé depuis"
    assert row.cause == "constaté : correctifs de sécurité en attente"


def test_accepted_days_are_no_cause_of_a_proof_that_is_lacking(report: Report) -> None:
    [one] = [one for one in report.targets if one.target == "patching"]
    assert one.result is not None
    (accepted,) = [item for item in one.deviations if item.state is State.ACCEPTED]
    lacking = replace(accepted, state=State.UNPROVEN, measured=State.UNPROVEN, reason=Reason.UNREACHABLE)
    unproven = replace(one.result, figures=replace(one.result.figures, outcome=QuarterOutcome.NOT_DEMONSTRATED))
    told = replace(one, result=unproven, deviations=(accepted, lacking))
    row = front(replace(report, targets=(told,)), names((), report.beneficiary, public=False)).rows[0]
    assert row.cause == "constaté : injoignable"


def test_an_accepted_report_that_costs_the_quarter_gives_its_cause(report: Report) -> None:
    """With a month unsigned beside it, which alone would not."""
    [one] = [one for one in report.targets if one.target == "incident-report"]
    assert one.events is not None
    late = next(item for item in one.events.occurrences if item.state is State.MISSED)
    accepted = replace(late, state=State.ACCEPTED)
    unsigned = replace(late, state=State.UNPROVEN, reason=Reason.INCOMPLETE, entry=None, month=Month(2026, 12))
    events = replace(one.events, outcome=QuarterOutcome.NOT_ATTAINED, occurrences=(accepted, unsigned))
    told = replace(one, events=events, shortfall=of_events(events))
    row = front(replace(report, targets=(told,)), names((), report.beneficiary, public=False)).rows[0]
    assert row.cause == "selon le registre : échéance dépassée ; mois ni signé ni renseigné"
