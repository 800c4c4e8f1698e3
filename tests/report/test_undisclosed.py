"""What a report for everyone says of weaknesses that are open at its end: how many there are, and never which."""

import re
from dataclasses import replace
from datetime import date

import pytest

from agent.core.model import State
from agent.report.build import build
from agent.report.crosscheck import CrossCheck, DayDisagreement, PrometheusComparison
from agent.report.figures import EditionChange, Report
from agent.report.material import Material
from agent.report.names import Names, names
from agent.report.page import render
from agent.report.undisclosed import undisclosed
from agent.report.view import ReportView, view
from agent.wording.languages import Words

# What still fell short on 31 December: never looked at, not made yet, or left unsigned.
OPEN = {"recovery-test", "web-filtering", "access-revocation", "breach-dpo", "breach-cnil"}


def called(report: Report, *, public: bool = True) -> Names:
    return names((one.key for one in report.days), report.beneficiary, public=public)


def shown(report: Report) -> ReportView:
    return view(report, public=True)


def undisclosed_in(report: Report, *, public: bool = True) -> set[str]:
    found = called(report, public=public)
    return {one.target for one in report.targets if undisclosed(one, report, found)}


def test_what_is_open_at_the_end_is_counted_for_everyone(report: Report) -> None:
    assert undisclosed_in(report) == OPEN
    said = shown(report).front.undisclosed
    assert said.startswith("Objectifs dont un écart restait ouvert, ou un risque accepté, à la fin de la période : 5.")
    assert "article L. 311-5" in said


def test_the_restricted_report_leaves_nothing_of_it_out(report: Report) -> None:
    assert undisclosed_in(report, public=False) == set()
    assert view(report, public=False).front.undisclosed == ""


def test_of_what_is_open_the_first_page_gives_counts_alone(report: Report) -> None:
    rows = {row.id: row for row in shown(report).front.rows}
    for target in OPEN:
        row = rows[target]
        assert {row.since, row.cause, *row.actions} == {"non communicable"}
        assert re.fullmatch(r"Sur \d+ (jours attendus|cas) : [\w ,]+\.", row.sentence)
    assert rows["recovery-test"].sentence == "Sur 2 cas : 1 atteint, 1 non atteint."
    assert rows["web-filtering"].sentence == "Sur 92 jours attendus : 92 non démontrés."
    assert rows["backup-rpo"].since == "les 14 et 15 octobre 2026, terminé depuis"
    assert "toujours ouvert" not in str(rows)


def test_the_page_of_a_target_that_is_open_gives_counts_alone(report: Report) -> None:
    pages = {one.id: one for one in shown(report).targets}
    for target in OPEN:
        page = pages[target]
        assert (page.calendar, page.tables, page.perimeters, page.followed) == ((), (), "", "")
        assert page.figures
    assert pages["backup-rpo"].calendar
    assert pages["backup-rpo"].tables


def test_what_was_missed_on_the_last_day_is_open_whatever_the_word(report: Report) -> None:
    """A share of days can be reached by a target that is missed today."""
    patching = next(one for one in report.targets if one.target == "patching")
    ended = (*patching.days[:-1], replace(patching.days[-1], state=State.ACCEPTED))
    made = replace(report, targets=(replace(patching, days=ended, shortfall=None),))
    assert undisclosed_in(made) == {"patching"}


def test_a_risk_accepted_beyond_the_end_is_counted_for_everyone(material: Material) -> None:
    (risk,) = material.agreements.acceptances
    later = replace(risk, until=date(2027, 3, 31))
    report = build(replace(material, agreements=replace(material.agreements, acceptances=(later,))), 1)
    assert "patching" in undisclosed_in(report)
    assert shown(report).front.accepted == (
        "Risques acceptés pour des objectifs dont le détail n'est pas communicable : 1.",
    )
    assert "machine 2" not in str(next(one for one in shown(report).targets if one.id == "patching"))


def test_decisions_that_are_awaited_are_counted_for_everyone(report: Report) -> None:
    number = len(view(report, public=False).front.decisions)
    assert shown(report).front.decisions == (
        f"Décisions attendues, énumérées dans la version à diffusion restreinte : {number}.",
    )


def test_an_edition_names_no_change_of_what_is_open(report: Report) -> None:
    nothing = Words(fr="", en="")
    turned = tuple(
        EditionChange(
            said=nothing,
            target=target,
            subject=subject,
            first=date(2026, 12, 30),
            last=date(2026, 12, 31),
            before=State.UNPROVEN,
            after=State.MISSED,
        )
        for target, subject in (("web-filtering", "malware"), ("backup-rpo", "mail"))
    )
    assert shown(replace(report, changes=turned)).changes == (
        "Filtrage web : modifié.",
        "Sauvegarde quotidienne, sauvegarde 2, les 30 et 31 décembre 2026 : non démontré devient non atteint.",
    )


def test_what_prometheus_heard_otherwise_is_counted_for_everyone(report: Report) -> None:
    differs = DayDisagreement(
        name=("web-filtering", "malware"),
        days=tuple((date(2026, 12, day), State.UNPROVEN, State.MISSED) for day in (30, 31)),
    )
    heard = CrossCheck(compared=92, unheard=0, differences=(differs,))
    made = replace(report, comparison=PrometheusComparison(server="http://127.0.0.1:9090", found=heard))
    shown_to_all = shown(made).annex.comparison
    assert shown_to_all is not None
    assert shown_to_all.tables == ()
    assert shown_to_all.sentences[-1].endswith("dans la version à diffusion restreinte : 1.")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_page_for_everyone_says_that_something_is_open(report: Report, language: str) -> None:
    page = render(report, public=True, language="fr" if language == "fr" else "en").partition('id="methode"')[0]
    assert re.findall(r"toujours ouvert\b|, still open|à faire, le délai|to be done", page) == []
