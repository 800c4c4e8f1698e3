"""What a report for everyone says of weaknesses that are open at its end: how many there are, and never which."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from agent.accounting.rate import Tally
from agent.core.model import State
from agent.report.build import build
from agent.report.crosscheck import CrossCheck, DayDisagreement, PrometheusComparison
from agent.report.entered_tables import after_quarter
from agent.report.figures import EditionChange, Report
from agent.report.figures_file import target_values
from agent.report.material import Material
from agent.report.names import Names, names
from agent.report.page import render
from agent.report.restore_times import RESTORE_TIME
from agent.report.two_factors import TITLE
from agent.report.undisclosed import counts_said, tells_of, undisclosed
from agent.report.view import ReportView, view
from agent.wording.languages import Words
from tests.ledger.samples import verdict
from tests.report.test_occurrences import entry

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
    assert said.startswith("Objectifs pour lesquels un écart ou un risque accepté subsistait à la fin de la période ou")
    assert " : 5. " in said
    assert "article L. 311-5" in said


def test_the_restricted_report_leaves_nothing_of_it_out(report: Report) -> None:
    assert undisclosed_in(report, public=False) == set()
    assert view(report, public=False).front.undisclosed == ""


def test_of_what_is_open_the_first_page_gives_counts_alone(report: Report) -> None:
    rows = {row.id: row for row in shown(report).front.rows}
    for target in OPEN:
        row = rows[target]
        assert {row.since, row.cause, *row.actions} == {"non communicable"}
        counted = "jours attendus|cas|cas ou mois sans signature ni inscription"
        assert re.fullmatch(rf"Sur \d+ ({counted}) : [\w ,]+\.", row.sentence)
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


@pytest.mark.parametrize(
    ("last_seen", "is_open"),
    [
        ((State.MISSED,), True),
        ((State.MISSED, State.UNPROVEN), True),
        ((State.MET,), False),
        ((State.MET, State.UNPROVEN), False),
    ],
)
def test_what_left_missed_is_not_said_to_have_ended(
    report: Report, last_seen: tuple[State, ...], is_open: bool
) -> None:
    """A host that is retired with an open way in takes its days along, and nothing shows that it was closed."""
    one = next(one for one in report.targets if one.target == "backup-rpo")
    own = next(item for item in one.subjects if item.days.key.subject == "files")
    seen = next(came for _, came in own.days.rows())
    ended = (
        *own.days.came[: 40 - len(last_seen)],
        *(replace(seen, state=state, measured=state) for state in last_seen),
    )
    gone = replace(own.days, came=(*ended, *(None,) * (len(own.days.came) - 40)))
    others = tuple(item for item in one.subjects if item is not own)
    left = replace(one, subjects=(*others, replace(own, days=gone)))
    made = replace(report, targets=tuple(left if item is one else item for item in report.targets))
    assert ("backup-rpo" in undisclosed_in(made)) is is_open
    assert target_values(left)["open"] is is_open
    (row,) = (row for row in view(made, public=False).front.rows if row.id == "backup-rpo")
    ending = "files : plus suivi ensuite, non atteint le dernier jour constaté" if is_open else "terminé depuis"
    assert row.since.endswith(ending)


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


def test_an_edition_tells_no_time_of_an_exercise_that_is_open(report: Report) -> None:
    """The time to restore is met, and measured by an exercise of the recovery test, which is open."""
    assert undisclosed_in(report) & {"backup-rto", "recovery-test"} == {"recovery-test"}
    nothing, length = Words(fr="—", en="—"), Words(fr="61 h, mesurée", en="61 h, measured")
    turned = EditionChange(
        said=nothing, target="backup-rto", subject="mail", name=RESTORE_TIME, printed=(nothing, length)
    )
    changed = replace(report, changes=(turned,))
    assert shown(changed).changes == ("Délai de restauration : modifié.",)
    assert "61 h" in str(view(changed, public=False).changes)


@pytest.mark.parametrize(
    ("register", "target"), [("change", "backup-rpo"), ("awareness", "awareness"), ("audit-draw", "backup-offsite")]
)
def test_an_entry_is_about_the_target_on_whose_page_it_stands(register: str, target: str) -> None:
    """No target is counted by these registers: entered late, they told of what was open."""
    late = entry(7, register, {"author": "RSSI"})
    assert (tells_of(late, {target}), tells_of(late, {"web-filtering"})) == (True, False)


def test_where_only_a_clock_runs_no_count_of_nothing_is_said(material: Material) -> None:
    incident = {"author": "RSSI", "title": "Intrusion", "detected": "2026-12-28T08:00:00+01:00", "major": "yes"}
    kept = tuple(one for one in material.entries if one.register != "incident")
    signed = (entry(number, "incident", {"author": "RSSI", "none": f"2026-{number}"}) for number in (10, 11))
    report = build(replace(material, entries=(*kept, *signed, entry(8, "incident", incident))), 1)
    (one,) = (one for one in shown(report).targets if one.id == "incident-report")
    assert one.sentence == "Aucune échéance n'est tombée dans la période."


def test_a_month_that_is_not_signed_is_called_no_case(report: Report) -> None:
    """No breach is entered: December is not signed, which is no breach that the CNIL was not told of."""
    (one,) = (one for one in shown(report).targets if one.id == "breach-cnil")
    assert one.sentence == "Sur 1 cas ou mois sans signature ni inscription : 1 non démontré."
    (exercise,) = (one for one in shown(report).targets if one.id == "recovery-test")
    assert exercise.sentence == "Sur 2 cas : 1 atteint, 1 non atteint."


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


def titles(report: Report, target: str, *, public: bool) -> list[str]:
    found = view(report, public=public)
    return [one.title for page in found.targets if page.id == target for one in page.tables]


def test_no_other_target_shows_an_exercise_of_one_that_is_open(report: Report) -> None:
    """What was restored, and failed, stands with the time to restore as well, which was met every day."""
    assert "Exercices de restauration inscrits" in titles(report, "backup-rto", public=False)
    assert titles(report, "backup-rto", public=True) == []


def test_no_other_target_shows_a_breach_of_one_that_is_open(material: Material) -> None:
    """The DPO was told in time, and the CNIL was not told at all: one table has both."""
    values = {
        "author": "RSSI",
        "title": "Fichier exposé",
        "detected": "2026-12-01T08:00:00+01:00",
        "dpo_informed": "2026-12-01T09:00:00+01:00",
        "cnil_due": "yes",
    }
    signed = {"author": "RSSI", "none": "2026-12"}
    entries = (*material.entries, entry(8, "breach", values), entry(9, "breach", signed))
    report = build(replace(material, entries=entries), 1)
    assert {"breach-dpo", "breach-cnil"} <= undisclosed_in(report)
    breaches = "Violations de données et leurs délais"
    assert breaches in titles(report, "breach-dpo", public=False)
    assert titles(report, "breach-dpo", public=True) == []


def test_what_is_open_in_time_is_not_told_to_everyone(material: Material) -> None:
    """The report on an incident of 28 December is due in January: no occurrence of the quarter, and open."""
    values = {"author": "RSSI", "title": "Intrusion", "detected": "2026-12-28T08:00:00+01:00", "major": "yes"}
    report = build(replace(material, entries=(*material.entries, entry(8, "incident", values))), 1)
    assert "incident-report" in undisclosed_in(report)
    assert titles(report, "incident-report", public=True) == []
    assert "incident-8" not in render(report, public=True)


def test_what_was_entered_late_about_what_is_open_is_named_alone(report: Report) -> None:
    after = datetime(2027, 1, 5, tzinfo=UTC)
    about = {"author": "RSSI", "left": "2026-12-29", "person": "A. Martin", "accounts": "amartin"}
    report = replace(
        report,
        entries=(
            replace(entry(7, "departure", about), received_at=after),
            replace(entry(8, "incident", {"author": "RSSI", "none": "2026-10"}), received_at=after),
        ),
    )
    (everyone,) = after_quarter(report, called(report))
    assert [row[:4] for row in everyone.rows] == [
        ("departure-7", "départ", "non communicable", "non communicable"),
        ("incident-8", "incident, mois sans événement", "—", "2026-10"),
    ]
    (restricted,) = after_quarter(report, called(report, public=False))
    assert "amartin" in str(restricted.rows)


def test_a_target_of_which_no_day_was_expected_is_given_no_count_of_none(report: Report) -> None:
    """A risk may be accepted for what is watched only later: its target is left out, and has no day."""
    [one] = [one for one in report.targets if one.target == "patching"]
    assert one.result is not None
    none = replace(one, result=replace(one.result, figures=replace(one.result.figures, tally=Tally())))
    assert counts_said(none, called(report)) == "Rien n'était suivi pendant cette période : on ne peut rien affirmer."


def test_no_page_for_everyone_says_where_one_factor_is_enough(material: Material) -> None:
    seen = replace(
        verdict(datetime(2026, 12, 31, 18, tzinfo=UTC)),
        target="strong-authentication",
        subject="srv-1",
        beneficiary="scota",
        about={"pairs": 5, "two_factors": 2},
    )
    report = build(replace(material, last_verdicts=(seen,)), 1)
    assert TITLE in titles(report, "strong-authentication", public=False)
    assert TITLE not in titles(report, "strong-authentication", public=True)
