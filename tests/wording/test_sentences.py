"""The sentence for a verdict, and the line of detail."""

import unicodedata

import pytest
from hypothesis import given

from agent.core.convention import CLAUSES
from agent.core.model import Finding, State, Verdict
from agent.core.reason import Reason
from agent.wording.detail import detail
from agent.wording.inert import HIDDEN
from agent.wording.languages import LANGUAGES, Language
from agent.wording.sentences import phrase, sentence
from tests.verdicts import NOW, not_run, verdict, verdicts

TOO_OLD = verdict("backup-rpo", "files", State.MISSED, Reason.TOO_OLD, value=93784.0, limit=86400.0)


def test_a_late_backup_is_told_with_its_age_and_the_objective() -> None:
    assert sentence(TOO_OLD, "fr") == (
        "Sauvegarde quotidienne, files : le dernier point de reprise hors site date de 26 h 3 min (objectif : 24 h)."
    )
    assert sentence(TOO_OLD, "en") == (
        "Daily backup, files: the newest recovery point off site is 26 h 3 min old (objective: 24 h)."
    )


def test_what_was_never_looked_at_is_said_to_be_unproven() -> None:
    assert sentence(not_run("patching", "srv-1"), "fr") == (
        "Correctifs de sécurité, srv-1 : rien n'est démontré, car aucun contrôle n'a encore été fait."
    )


def test_the_copy_is_named_where_it_is_not_the_subject() -> None:
    about = {"copy": "files/offsite", "collector": "restic_snapshots"}
    unreachable = verdict("backup-rpo", "files", State.UNPROVEN, Reason.UNREACHABLE, about=about)
    assert "files/offsite est injoignable" in sentence(unreachable, "fr")
    of_copy = verdict("backup-offsite", "files/offsite", State.UNPROVEN, Reason.UNREACHABLE, about=about)
    assert sentence(of_copy, "fr").count("files/offsite") == 1


def test_a_missed_limit_never_reads_as_kept() -> None:
    just_over = verdict("backup-rpo", "files", State.MISSED, Reason.TOO_OLD, value=86400.0 + 20, limit=86400.0)
    assert "24 h 20 s (objectif : 24 h)" in sentence(just_over, "fr")


def test_an_accepted_risk_shows_what_was_measured_beside_it() -> None:
    accepted = verdict(
        "backup-rpo",
        "files",
        State.ACCEPTED,
        Reason.TOO_OLD,
        measured=State.MISSED,
        acceptance="acceptance-3",
        value=93784.0,
        limit=86400.0,
    )
    said = sentence(accepted, "fr")
    assert "risque accepté (inscription acceptance-3)" in said
    assert "mesuré non atteint" in said
    assert "26 h 3 min" in said


def test_what_else_is_wrong_is_told_and_what_is_well_is_not() -> None:
    rest = (
        Finding(state=State.UNPROVEN, reason=Reason.UNREACHABLE, about={"copy": "files/archive"}),
        Finding(state=State.MET, reason=Reason.WITHIN_LIMIT, about={"copy": "files/third"}),
    )
    said = phrase(verdict("backup-rpo", "files", State.MISSED, Reason.TOO_OLD, rest=rest), "fr")
    assert said.endswith("; par ailleurs : files/archive injoignable")


def test_a_miss_within_the_run_allowance_says_that_the_day_stands() -> None:
    lenient = verdict("backup-rpo", "files", State.MISSED, Reason.TOO_OLD, day_state=State.MET)
    assert "tolérance d'exécution" in sentence(lenient, "fr")
    assert "the day stands met with the run allowance" in detail(lenient)


def test_the_detail_leaves_no_number_and_no_condition_out() -> None:
    rest = (Finding(state=State.UNPROVEN, reason=Reason.LOCKED, about={"copy": "files/archive", "said": "by host a"}),)
    told = verdict(
        "backup-rpo",
        "files",
        State.MISSED,
        Reason.TOO_OLD,
        value=93784.0,
        limit=86400.0,
        rest=rest,
        about={"copy": "files/offsite", "points": 3},
    )
    assert detail(told) == (
        "too-old: 26 h 3 min, limit 24 h (93784 against 86400 seconds) (copy=files/offsite, points=3); "
        "observed 2026-11-24T04:12:09Z; also unproven, locked (copy=files/archive, said=by host a)"
    )


@given(verdicts())
def test_no_verdict_however_hostile_breaks_its_line(told: Verdict) -> None:
    for text in (sentence(told, "fr"), sentence(told, "en"), detail(told)):
        assert text
        assert not any(unicodedata.category(character) in HIDDEN for character in text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_of_every_target_makes_a_sentence_of_its_own_language(language: Language) -> None:
    for target in CLAUSES:
        for reason in Reason:
            said = sentence(verdict(target, "x", State.MISSED, reason, observed_at=NOW), language)
            assert said.endswith(".")
            assert "{" not in said


def test_a_name_that_looks_like_a_format_is_only_shown() -> None:
    hostile = verdict("backup-rpo", "{limit.__class__}", State.MISSED, Reason.TOO_OLD, about={"copy": "{value}"})
    assert "{limit.__class__}" in sentence(hostile, "fr")


@pytest.mark.parametrize(
    ("said", "fr", "en"),
    [
        (
            "restic is not installed on srv-1",
            "le programme restic n'est pas installé",
            "program restic is not installed",
        ),
        ("srv-1 has no find", "un outil nécessaire au contrôle manque : srv-1 has no find", "is missing: srv-1 has no"),
    ],
)
def test_a_missing_tool_is_named(said: str, fr: str, en: str) -> None:
    missing = verdict("backup-rpo", "files", State.UNPROVEN, Reason.TOOL_MISSING, about={"said": said})
    assert fr in sentence(missing, "fr")
    assert en in sentence(missing, "en")
