"""The page of a target as text: its state, its subjects, its days, what is asked."""

from dataclasses import replace

import pytest

from agent.core.convention import CLAUSES
from agent.core.model import State
from agent.export.pages.addresses import PageLinks
from agent.export.pages.target_page import render
from agent.export.pages.verdict_details import ObjectiveInForce
from agent.export.snapshot import CurrentVerdict, Snapshot
from agent.wording.languages import LANGUAGES, Language
from agent.wording.targets.every import TARGETS
from tests.export.details import calendar
from tests.export.samples import LATE, NOW, OTHER, SCOTA, SOUND, snapshot, verdict
from tests.parts.markup import tags, words

WHOLE = LATE.key._replace(subject="")


def page_of(*standings: CurrentVerdict, shown: Snapshot | None = None) -> str:
    """Return the page of some standings of one target."""
    return render(standings, [calendar(WHOLE, NOW)], shown or snapshot(), PageLinks())


def test_a_target_says_how_its_subjects_stand_the_worst_first() -> None:
    """In words and numbers, each leading to its page."""
    page = page_of(CurrentVerdict(verdict=SOUND), CurrentVerdict(verdict=LATE))
    assert "1 non atteint, 1 atteint, sur 2 éléments suivis." in words(page)
    assert page.index('href="/target/backup-rpo/files"') < page.index('href="/target/backup-rpo/mail"')
    assert "<h1>Sauvegarde quotidienne</h1>" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_asked_is_the_conventions_with_the_limit_in_force(language: str) -> None:
    """Its words, how it is measured, the objective of the day and its adaptation."""
    adapted = replace(
        calendar(WHOLE, NOW), objective=ObjectiveInForce(limit=2 * 86400.0, unit="seconds", adaptation="adaptation-1")
    )
    text = words(render([CurrentVerdict(verdict=LATE)], [adapted], snapshot(language=language), PageLinks()))
    said = TARGETS["backup-rpo"]
    for line in (said.says, said.measured):
        assert (line.en if language == "en" else line.fr) in text
    assert "≤ 48 h (" in text
    assert "adaptation-1" in text


def test_objectives_that_differ_stand_side_by_side_in_the_hours_of_the_convention() -> None:
    days = [
        replace(calendar(WHOLE, NOW), objective=ObjectiveInForce(limit=limit * 3600.0, unit="seconds", adaptation=None))
        for limit in (72, 96)
    ]
    text = words(render([CurrentVerdict(verdict=LATE)], days, snapshot(), PageLinks()))
    assert "≤ 72 h ; ≤ 96 h" in text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_conventions_own_sentence_is_quoted_with_its_article(language: Language) -> None:
    said = "Les sauvegardes sont <quotidiennes>."
    shown = snapshot(language=language)
    shown = replace(shown, convention=replace(shown.convention, quotations={"backup-rpo": said}))
    page = page_of(CurrentVerdict(verdict=LATE), shown=shown)
    assert f"« {said} »" in words(page)
    assert CLAUSES["backup-rpo"].article in page.partition('id="asked"')[2].partition("</h2>")[0]
    assert TARGETS["backup-rpo"].says.of(language) not in words(page)


def test_a_target_that_is_met_asks_for_nothing() -> None:
    """No mend, no runbook."""
    assert "Que faire" not in words(page_of(CurrentVerdict(verdict=SOUND)))
    assert 'href="/runbook/backup-rpo-missed"' in page_of(CurrentVerdict(verdict=LATE))


def test_what_no_check_counts_stands_beside_what_is_promised() -> None:
    said = TARGETS["network-segmentation"].unmeasured
    assert said is not None
    flow = CurrentVerdict(verdict=verdict("network-segmentation", "flow"))
    text = words(render([flow], [calendar(flow.key._replace(subject=""), NOW)], snapshot(), PageLinks()))
    assert f"Promis, non mesuré {said.fr}" in text


def test_a_target_counted_by_event_says_how_its_calendar_is_meant() -> None:
    """Days do not make its rate."""
    tested = CurrentVerdict(verdict=verdict("recovery-test", "files"))
    days = calendar(tested.key._replace(subject=""), NOW)
    assert "se compte par échéance" in words(render([tested], [days], snapshot(), PageLinks()))


def test_each_beneficiary_has_a_calendar_of_its_own() -> None:
    """Two rates are never one."""
    theirs = replace(SOUND, subject="eaux", beneficiary="other")
    both = replace(snapshot(), beneficiaries=(SCOTA, OTHER))
    calendars = [calendar(WHOLE._replace(beneficiary=one), NOW) for one in ("other", "scota")]
    page = render([CurrentVerdict(verdict=LATE), CurrentVerdict(verdict=theirs)], calendars, both, PageLinks())
    assert page.count('class="months"') == 2
    assert f"<bdi>{OTHER.name}</bdi>" in page
    assert [tag for tag, _ in tags(page)].count("h1") == 1


def test_what_does_not_apply_says_nothing_of_the_others() -> None:
    """A target with one subject met and one out of scope is met."""
    out = replace(SOUND, subject="x", state=State.NOT_APPLICABLE, measured=State.NOT_APPLICABLE)
    page = page_of(CurrentVerdict(verdict=out), CurrentVerdict(verdict=SOUND))
    assert 'class="verdict met"' in page
