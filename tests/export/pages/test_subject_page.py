"""The page of a subject as text: what it answers, in which order and words, and what it never says."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.duties.entries import RegisterEntry
from agent.core.inventory import Beneficiary
from agent.core.model import Gap, State
from agent.core.reason import Reason
from agent.export.pages.addresses import PageLinks
from agent.export.pages.calendar_view import PERIODS, calendar_view
from agent.export.pages.subject_page import render
from agent.export.pages.subject_view import commands
from agent.export.pages.verdict_details import (
    DAYS,
    Calendar,
    CalendarDay,
    DayWithoutState,
    EvidenceDetail,
    ObjectiveInForce,
    ReadingDetail,
)
from agent.export.snapshot import CurrentVerdict, Snapshot
from agent.fleet.agent_standing import AgentStanding, AgentState
from agent.wording.explain import explain
from agent.wording.languages import LANGUAGES
from agent.wording.targets.every import TARGETS, words_of
from tests.export.details import ROW, calendar, details
from tests.export.samples import ACCEPTED, LATE, NOW, SOUND, UNREACHABLE, snapshot, verdict
from tests.parts.markup import tags, words


def page_of(*standings: CurrentVerdict, shown: Snapshot | None = None) -> str:
    """Return the page of some standings of one subject."""
    known = details([one.verdict for one in standings], NOW)
    return render(standings, known, shown or snapshot(), PageLinks())


def test_the_first_lines_say_what_is_wrong_by_how_much_since_when() -> None:
    """What someone who was woken reads before anything else."""
    text = words(page_of(CurrentVerdict(verdict=LATE, since=NOW - timedelta(hours=2, minutes=3))))
    first = text.partition("Que faire")[0]
    for said in ("Sauvegarde quotidienne", "files", "non atteint", "26 h 3 min", "≤ 24 h", "2 h 3 min", "il y a 4 min"):
        assert said in first


def test_what_to_do_is_what_explain_says_with_the_commands_and_the_runbook() -> None:
    """The mend of the reason, then of the target; nothing else is invented."""
    for language in LANGUAGES:
        text = words(page_of(CurrentVerdict(verdict=LATE), shown=snapshot(language=language)))
        explained = explain("too-old", language, collectors={}, metrics={})
        assert explained is not None
        reason = words_of("backup-rpo", Reason.TOO_OLD)
        for said in (reason.means, reason.why, reason.mend):
            assert said.of(language) in text
            assert said.of(language) in " ".join(explained.split())
        assert TARGETS["backup-rpo"].mend.of(language) in text
        assert "beffroi status files --history 14d" in text
        assert "sudo beffroi check --target backup-rpo" in text.replace(TARGETS["backup-rpo"].mend.of(language), "")
        assert "backup-rpo-missed" in text


def test_what_is_met_asks_nobody_to_do_anything() -> None:
    """No mend and no runbook, and still the days and the evidence."""
    text = words(page_of(CurrentVerdict(verdict=SOUND)))
    assert "Que faire" not in text
    assert "-missed" not in text
    assert "Les 92 derniers jours" in text
    assert "restic_snapshots" in text


def test_an_accepted_risk_shows_what_was_measured_and_until_when() -> None:
    """The acceptance silences the alert, not the page."""
    standing = CurrentVerdict(verdict=ACCEPTED, accepted_until=NOW + timedelta(days=20))
    text = words(page_of(standing))
    for said in ("risque accepté", "40 j", "≤ 31 j", "Risque accepté jusqu'au 14 décembre 2026", "Que faire"):
        assert said in text


def test_no_evidence_is_said_to_be_no_evidence() -> None:
    """A verdict that rests on nothing says so, in so many words."""
    text = words(page_of(CurrentVerdict(verdict=verdict("backup-rpo", "files"))))
    assert "Aucune preuve ne soutient ce constat" in text
    assert "target-unproven" in text


@pytest.mark.parametrize(
    ("proof", "said"),
    [
        (EvidenceDetail(evidence="r-7", row=ROW), "Ne se lit plus"),
        (EvidenceDetail(evidence="unkept-x"), "Ne se lit plus"),
        (
            EvidenceDetail(evidence="incident-3", row=ROW, register="incident", entered_at=NOW),
            "Inscription au registre : incident",
        ),
    ],
)
def test_evidence_that_is_no_look_is_named_for_what_it_is(proof: EvidenceDetail, said: str) -> None:
    """Erased, never kept, or an entry of a register."""
    known = replace(details([LATE], NOW), proofs={LATE.key: (proof,)})
    assert said in words(render([CurrentVerdict(verdict=LATE)], known, snapshot(), PageLinks()))


def test_a_look_that_failed_says_why_and_is_no_success() -> None:
    """Its reason in words, and what was answered."""
    look = ReadingDetail(
        collector="restic_snapshots",
        host="srv-1",
        subject="files/offsite",
        begun=NOW,
        ended=NOW,
        reason=Reason.UNREACHABLE,
        detail="ssh: connect to host vault port 22: No route to host",
    )
    known = replace(details([UNREACHABLE], NOW), proofs={UNREACHABLE.key: (EvidenceDetail(evidence="r-7", look=look),)})
    text = words(render([CurrentVerdict(verdict=UNREACHABLE)], known, snapshot(), PageLinks()))
    assert "en échec" in text
    assert "(message d'origine : « ssh: connect to host vault port 22: No route to host »)" in text
    assert "réussi" not in text.partition("La preuve")[2].partition("Ce que demande")[0]


def test_what_a_look_could_not_see_is_said_beside_what_it_saw() -> None:
    """Why, and what was answered; of many only the first, and how many more."""
    gap = Gap(subject="srv-1", reason=Reason.INCOMPLETE, detail="apt on srv-1 has no list of security updates")
    look = ReadingDetail(
        collector="patches", host="srv-1", subject="srv-1", begun=NOW, ended=NOW, facts=11, gaps=(gap,) * 7
    )
    known = replace(details([LATE], NOW), proofs={LATE.key: (EvidenceDetail(evidence="r-7", look=look),)})
    text = words(render([CurrentVerdict(verdict=LATE)], known, snapshot(), PageLinks()))
    assert "(message d'origine : « apt on srv-1 has no list of security updates »)" in text
    assert "Non relevé et 2 autres" in text


def test_what_is_planned_about_it_is_there_and_a_miss_without_a_plan_says_so() -> None:
    """The action, who and until when; of this subject only."""
    values = {"target": "backup-rpo", "subject": "files", "action": "changer le disque", "owner": "DIITUN"}
    own = RegisterEntry(
        id="plan-1", register="plan", beneficiary="scota", values={**values, "due": "2026-12-24"}, received_at=NOW
    )
    other = replace(own, values={**values, "subject": "mail", "action": "autre chose", "due": "2026-12-24"})
    text = words(page_of(CurrentVerdict(verdict=LATE), shown=replace(snapshot(), planned=(own, other))))
    assert "changer le disque ; DIITUN, reste 30 j" in text
    assert "autre chose" not in text
    assert "aucune action n'est inscrite au plan" in words(page_of(CurrentVerdict(verdict=LATE)))


def test_an_agent_in_trouble_says_so_on_each_page() -> None:
    """What is shown may be growing old."""
    text = words(page_of(CurrentVerdict(verdict=SOUND), shown=snapshot(fault="the loop stands still")))
    assert "Le logiciel de mesure a un problème : the loop stands still" in text


def test_two_beneficiaries_have_two_cases_and_only_then_are_they_named() -> None:
    """Worst first; alone, no one is named twice."""
    other = Beneficiary(id="other", name="Syndicat des eaux")
    shared = replace(SOUND, subject="files", beneficiary="other")
    both = replace(snapshot(), beneficiaries=(*snapshot().beneficiaries, other))
    page = page_of(CurrentVerdict(verdict=shared), CurrentVerdict(verdict=LATE), shown=both)
    assert page.index('id="case-1"') < page.index('id="case-2"')
    assert page.index("<bdi>Syndicat Mixte") < page.index("<bdi>Syndicat des eaux</bdi>")
    assert "<bdi>scota</bdi>" not in page_of(CurrentVerdict(verdict=LATE))


@given(name=st.text(min_size=1, max_size=60))
def test_no_name_becomes_markup_or_a_hidden_character(name: str) -> None:
    """Whatever a subject, a host or a command is called; every tag that opens is closed."""
    strange = replace(LATE, subject=name)
    known = details([strange], NOW)
    (proof,) = known.proofs[strange.key]
    assert proof.look is not None
    look = replace(proof.look, host=name, subject=name, collector=name, depth=name)
    hostile = replace(known, proofs={strange.key: (replace(proof, evidence=name, look=look),)})
    page = render([CurrentVerdict(verdict=strange)], hostile, snapshot(), PageLinks())
    plain = render([CurrentVerdict(verdict=LATE)], details([LATE], NOW), snapshot(), PageLinks())
    assert [tag for tag, _ in tags(page)] == [tag for tag, _ in tags(plain)]


def test_a_command_with_a_strange_name_can_be_pasted() -> None:
    """The shell takes it as one word."""
    assert commands(replace(LATE, subject="a b; rm -rf $HOME"))[0] == "beffroi status 'a b; rm -rf $HOME' --history 14d"


def test_a_centre_gives_the_commands_of_the_agent() -> None:
    """It refuses them itself, and what no agent watches has none."""
    agents = (AgentStanding(agent="lens-1", state=AgentState.CURRENT),)
    shown = replace(snapshot(), agents=agents)
    text = words(page_of(CurrentVerdict(verdict=replace(LATE, subject="lens-1/files")), shown=shown))
    assert "(sur la machine de l'agent lens-1) beffroi status files --history 14d" in text
    assert "sudo beffroi check --target backup-rpo" in text
    own = words(page_of(CurrentVerdict(verdict=LATE), shown=shown))
    assert "beffroi status" not in own
    assert "sur la machine de l'agent" not in own


FIRST = date(2026, 8, 25)


def built(*days: CalendarDay) -> Calendar:
    """Return a calendar of some days."""
    return Calendar(key=LATE.key, objective=ObjectiveInForce(limit=1.0, unit="seconds"), days=days)


def day(number: int, state: State = State.MET, reason: Reason = Reason.WITHIN_LIMIT, **more: object) -> CalendarDay:
    """Return the day of that number, in one state."""
    given = {"state": state, "measured": state, "reason": reason, **more}
    return replace(CalendarDay(day=FIRST + timedelta(days=number)), **given)  # type: ignore[arg-type]


def test_a_month_is_weeks_of_seven_days_from_monday_on() -> None:
    """25 August 2026 is a Tuesday; 92 days later is 24 November, and no day is lost on the way."""
    shown = calendar_view(calendar(LATE.key, NOW), "fr")
    assert [month.title for month in shown.months] == ["août 2026", "septembre 2026", "octobre 2026", "novembre 2026"]
    assert shown.months[0].weeks[0][0] is None
    cells = [cell for month in shown.months for week in month.weeks for cell in week if cell is not None]
    assert all(len(week) == 7 for month in shown.months for week in month.weeks)
    assert len(cells) == DAYS
    assert [cell.machine for cell in cells] == sorted(cell.machine for cell in cells)
    for month in shown.months:
        for week in month.weeks:
            for weekday, cell in enumerate(week):
                assert cell is None or date.fromisoformat(cell.machine).weekday() == weekday


def test_each_day_is_told_in_words() -> None:
    """State, reason, lateness and exclusion; untold days say why."""
    days = [
        day(0, State.MISSED, Reason.TOO_OLD),
        day(1, State.MET, late=True),
        day(2, State.UNPROVEN, Reason.NOT_RUN, excluded=("exclusion-1", "exclusion-2")),
        replace(day(3, State.ACCEPTED, Reason.TOO_OLD), measured=State.MISSED),
        CalendarDay(day=FIRST + timedelta(days=4), untold=DayWithoutState.NOT_EXPECTED_YET),
        CalendarDay(day=FIRST + timedelta(days=5), untold=DayWithoutState.NO_LONGER_EXPECTED),
        CalendarDay(day=FIRST + timedelta(days=6), untold=DayWithoutState.NOT_OVER),
    ]
    assert told(days, "fr") == [
        "non atteint : trop ancien",
        "atteint, preuve tardive",
        "non démontré : jamais contrôlé, exclu (exclusion-1, exclusion-2)",
        "risque accepté (mesuré : non atteint) : trop ancien",
        "pas encore attendu",
        "plus attendu",
        "en cours",
    ]
    assert told(days, "en")[3] == "risk accepted (measured: missed): too old"


def told(days: Sequence[CalendarDay], language: str) -> list[str]:
    """Return what each cell says."""
    shown = calendar_view(built(*days), "en" if language == "en" else "fr")
    return [cell.words for month in shown.months for week in month.weeks for cell in week if cell is not None]


def test_days_in_a_row_that_were_alike_are_one_period_the_newest_first() -> None:
    """Another reason, an exclusion or a good day between makes two of them."""
    bad = (State.MISSED, Reason.TOO_OLD)
    days = [day(0, *bad), day(1, *bad), day(2, State.MISSED, Reason.EMPTY), day(3), day(4, *bad), day(5, *bad)]
    shown = calendar_view(built(*days, day(6, *bad, excluded=("exclusion-1",))), "en")
    assert [one.period for one in shown.periods] == [
        "31 August 2026",
        "29 – 30 August 2026",
        "27 August 2026",
        "25 – 26 August 2026",
    ]
    assert shown.earlier == ""


def test_more_periods_than_there_is_room_for_are_counted() -> None:
    """Every second day missed: the newest are listed, the others told as a number."""
    days = [day(number, State.MISSED if number % 2 else State.MET, Reason.TOO_OLD) for number in range(60)]
    shown = calendar_view(built(*days), "fr")
    assert len(shown.periods) == PERIODS
    assert shown.earlier == f"{30 - PERIODS} périodes plus anciennes"


def test_a_summary_counts_what_was_expected_and_no_more() -> None:
    """Days of which nothing is expected, and today, are not in it; no day at all is not success."""
    assert calendar_view(calendar(LATE.key, NOW), "fr").summary.startswith("82 jours comptés : 74 atteints, ")
    nothing = built(CalendarDay(day=FIRST, untold=DayWithoutState.NOT_EXPECTED_YET))
    assert calendar_view(nothing, "fr").summary == "Aucun de ces jours n'est encore compté."
