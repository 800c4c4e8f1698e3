"""What someone reads at three in the morning, in both languages: number, limit, host, command, page."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from agent.alert.message import of_change, of_day, of_test, repeated
from agent.alert.transitions import EVERYTHING, LastNotification, Transition, step
from agent.core.model import State
from agent.core.reason import Reason
from agent.wording.languages import LANGUAGES, Language
from agent.wording.reasons.every import REASONS
from agent.wording.sentences import sentence
from agent.wording.targets.every import TARGETS as WORDS
from tests.export.samples import NOW, TARGETS, UNREACHABLE, verdict

LATE = verdict("backup-rpo", "files", State.MISSED, Reason.TOO_OLD, value=30 * 3600.0, seen=timedelta(minutes=4))


def transitions_of(*verdicts: object) -> tuple[Transition, ...]:
    return step(list(verdicts), {}, TARGETS, [], NOW).transitions  # type: ignore[arg-type]  # verdicts, all of them


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_holds_what_is_needed_at_three_in_the_morning(language: Language) -> None:
    message = of_change(transitions_of(LATE), language, {"files": "srv-1"})
    assert message.subject.startswith("ALERTE : files" if language == "fr" else "ALERT : files")
    assert ("Hôte : srv-1" if language == "fr" else "Host : srv-1") in message.body.splitlines()
    for words in ("30 h", "24 h", "files", "sudo beffroi status files", "beffroi explain backup-rpo-missed", "too-old"):
        assert words in message.body


def test_the_runbook_is_read_at_the_agent_s_own_address() -> None:
    message = of_change(transitions_of(LATE), "fr", address="https://beffroi.example/")
    at = "https://beffroi.example/runbook/backup-rpo-missed"
    assert f"Fiche : {at}" in message.body
    assert json.loads(message.document)["changes"][0]["runbook"] == at


def test_what_is_the_same_for_two_beneficiaries_is_read_once() -> None:
    message = of_change(transitions_of(LATE, replace(LATE, beneficiary="eaux")), "fr")
    assert message.body.count("Fiche : ") == 1
    assert len(json.loads(message.document)["changes"]) == 2


def test_what_wakes_someone_is_read_before_all_that_could_not_be_looked_at() -> None:
    told = {LATE.key: LastNotification(state=State.MET, since=NOW, notified=False)}
    unseen = [replace(UNREACHABLE, subject=f"srv-{number}") for number in range(40)]
    told |= {one.key: told[LATE.key] for one in unseen}
    message = of_change(step([*unseen, LATE], told, TARGETS, [], NOW).transitions, "fr")
    assert message.subject.startswith("ALERTE : plusieurs causes à la fois : Sauvegarde quotidienne")
    assert "Confirmer : sudo beffroi status files" in message.body.splitlines()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_holds_the_verdict_s_keys_and_where_it_came_from(language: Language) -> None:
    (change,) = json.loads(of_change(transitions_of(LATE), language).document)["changes"]
    assert (change["target"], change["subject"], change["state"], change["from"]) == (
        "backup-rpo",
        "files",
        "missed",
        "unproven",
    )
    assert {"beneficiary", "measured", "reason", "value", "limit", "unit", "observed_at", "detail"} <= set(change)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hostile_name_breaks_neither_a_subject_nor_a_document(language: Language) -> None:
    hostile = replace(LATE, subject="a\r\nBcc: b@example.fr\x00\u202e", about={"said": "x\r\n.\r\ny"})
    message = of_change(transitions_of(hostile), language)
    assert "\n" not in message.subject
    assert "\r" not in message.body
    json.loads(message.document)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_test_says_that_it_is_one(language: Language) -> None:
    assert json.loads(of_test(language).document)["test"] is True


def test_a_repeat_is_marked_in_the_document() -> None:
    assert json.loads(repeated(of_test("fr").document))["repeat"] is True


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_digest_names_what_stands_what_is_silenced_and_what_is_well(language: Language) -> None:
    mended = verdict("patching", "srv-1", State.MET, Reason.WITHIN_LIMIT, value=1.0, seen=timedelta(minutes=4))
    digest = of_day([LATE, UNREACHABLE], [(LATE, NOW)], [mended], language)
    assert digest is not None
    assert digest.subject.endswith("2")
    assert ("Rétabli" if language == "fr" else "Mended") in digest.body
    assert "srv-1" in digest.body.splitlines()[-1]
    assert of_day([], [], [], language) is None


def test_a_digest_begins_with_what_is_missed() -> None:
    never = verdict("patching", "srv-1", State.UNPROVEN, Reason.NOT_RUN)
    digest = of_day([never, UNREACHABLE, LATE], [], [], "fr")
    assert digest is not None
    lines = digest.body.splitlines()
    assert [line.partition(" : ")[0] for line in lines] == ["- non atteint", "- non démontré", "- non démontré"]
    assert sentence(UNREACHABLE, "fr") in lines[1]


def test_what_nobody_could_see_is_mended_otherwise_than_what_is_missed() -> None:
    told = {UNREACHABLE.key: LastNotification(state=State.MET, since=NOW, notified=False)}
    body = of_change(step([UNREACHABLE], told, TARGETS, [], NOW).transitions, "fr").body
    assert REASONS[UNREACHABLE.reason].mend.fr in body
    assert WORDS[UNREACHABLE.target].mend.fr not in body


def test_a_risk_that_is_accepted_is_not_told_as_mended() -> None:
    (transition,) = transitions_of(LATE)
    accepted = replace(LATE, state=State.ACCEPTED, acceptance="acceptance-1")
    changed = replace(transition, verdict=accepted, before=State.MISSED)
    assert of_change([changed], "fr").subject.startswith("Risque accepté")


def test_what_owes_nothing_yet_is_no_alert() -> None:
    told = {LATE.key: LastNotification(state=State.MISSED, since=NOW, notified=True, paged=True)}
    on_course = verdict("backup-rpo", "files", State.UNPROVEN, Reason.ON_COURSE, seen=timedelta(minutes=4))
    assert of_change(step([on_course], told, TARGETS, [], NOW).transitions, "fr").subject.startswith("Rétabli")


def test_a_mail_stays_one_that_is_read() -> None:
    """500 subjects at once make a page of text, and a document that names all."""
    message = of_change(transitions_of(*(replace(LATE, subject=f"files-{number}") for number in range(500))), "fr")
    assert len(message.body) < 20_000
    assert message.body.endswith("Et 470 de plus. Tout voir : sudo beffroi status\n")
    assert len(json.loads(message.document)["changes"]) == 500
    assert len(message.document) < 1_000_000


def test_several_causes_are_said_to_be_several() -> None:
    (transition,) = transitions_of(LATE)
    assert "plusieurs causes" in of_change([replace(transition, cause=EVERYTHING)], "fr").subject
