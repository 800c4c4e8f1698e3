"""The sentence for a verdict, and the line of detail."""

import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given

from agent.core.convention import CLAUSES
from agent.core.facts import access
from agent.core.model import DetailValue, Finding, State, Verdict
from agent.core.reason import Reason
from agent.wording.detail import detail
from agent.wording.in_french import in_french
from agent.wording.inert import HIDDEN
from agent.wording.languages import LANGUAGES, Language
from agent.wording.sentences import NOT_YET_SHOWN, phrase, sentence
from agent.wording.targets.every import TARGETS
from checks.strong_authentication import PARTS
from collectors.access.traces import KINDS
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


def test_a_month_is_signed_by_the_name_that_the_registers_know() -> None:
    """A centre puts the agent before it."""
    about: dict[str, DetailValue] = {"months": 1, "month": "2026-10", "register": "incident"}
    for subject in ("scota", "arras-1/scota"):
        unsigned = verdict("incident-report", subject, State.UNPROVEN, Reason.INCOMPLETE, about=about)
        assert "none=2026-10 beneficiary=scota author=" in sentence(unsigned, "fr")


@pytest.mark.parametrize(
    ("also", "said"),
    [
        ((), "postgresql:a n'est dans aucune sauvegarde ; autres dans ce cas : 5"),
        (("/b",), "postgresql:a n'est dans aucune sauvegarde ; dans ce cas aussi : /b et 4 de plus"),
        (("/b", "/c", "/d", "/e", "/f"), "n'est dans aucune sauvegarde ; dans ce cas aussi : /b, /c, /d et 2 de plus"),
    ],
)
def test_what_else_no_backup_holds_is_named_beside_the_first(also: tuple[str, ...], said: str) -> None:
    rest = tuple(Finding(state=State.MISSED, reason=Reason.NOT_COVERED, about={"what": one}) for one in also)
    about: dict[str, DetailValue] = {"what": "postgresql:a", "found_since": date(2026, 12, 1), "others": 5}
    seen = verdict("backup-coverage", "srv-1", State.MISSED, Reason.NOT_COVERED, about=about, rest=rest)
    assert said in sentence(seen, "fr").replace(" (vu depuis le 1er décembre 2026)", "")
    declared = replace(seen, about={**about, "backup": "files", "no_point": 1})
    assert said.partition("sauvegarde")[2] in sentence(declared, "fr").partition("le contient")[2] + "sauvegarde"


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
        ("srv-1 has no find", "le programme find n'est pas installé", "program find is not installed"),
        (
            "srv-1 has neither nft nor iptables-save, so that its rules cannot be read",
            "ni nft ni iptables-save n'est installé",
            "neither nft nor iptables-save is installed",
        ),
        ("srv-1 has no tool for it", "car un outil nécessaire au contrôle manque.", "is missing: srv-1 has no"),
    ],
)
def test_a_missing_tool_is_named(said: str, fr: str, en: str) -> None:
    missing = verdict("backup-rpo", "files", State.UNPROVEN, Reason.TOOL_MISSING, about={"said": said})
    assert fr in sentence(missing, "fr")
    assert en in sentence(missing, "en")


ENGLISH_SAID = "60-local.conf on srv-1, of sshd's configuration, may belong to another user than root"


def test_no_french_sentence_quotes_what_a_look_said_of_itself() -> None:
    """Of every target, reason and further condition; in English it stands where a phrase has a place for it."""
    about: dict[str, DetailValue] = {
        "said": ENGLISH_SAID,
        "part": "sshd",
        "way_lost": "mail",
        "way_failing": "mail",
        "gap": 1,
        "product": "x",
    }
    for target in CLAUSES:
        for reason in Reason:
            rest = (Finding(state=State.UNPROVEN, reason=reason, about=about),)
            for state in (State.MISSED, State.UNPROVEN):
                told = verdict(target, "x", state, reason, observed_at=NOW, about=about, rest=rest)
                assert "another user" not in sentence(told, "fr")
                assert "another user" in detail(told)


@pytest.mark.parametrize(
    ("reason", "about", "fr"),
    [
        (Reason.UNREADABLE, {"part": "shadow"}, "une partie de la machine ne se lit pas : l'expiration des comptes"),
        (Reason.DENIED, {"part": "sudo"}, "n'a pas le droit de voir : les droits sudo"),
        (Reason.DENIED, {"part": "door:vpn"}, "n'a pas le droit de voir : un accès déclaré"),
        (
            Reason.UNREADABLE,
            {"account": "a", "path": "ssh", "enough": "key+unknown:pam_x", "untold": 1, "pairs": 2},
            "(clé et inconnu : pam_x)",
        ),
    ],
)
def test_what_a_finding_names_in_words_of_the_program_is_french(
    reason: Reason, about: dict[str, DetailValue], fr: str
) -> None:
    told = verdict("strong-authentication", "srv-1", State.UNPROVEN, reason, about=about)
    assert fr in sentence(told, "fr")


def test_every_word_of_a_look_at_accounts_has_a_french_one() -> None:
    """Each factor, each part of a host, each kind of right that a look names."""
    names = ("NOTHING", "PASSWORD", "OTP", "PUSH", "SECOND_FACTOR", "KEY_FACTOR", "CERTIFICATE", "VERIFIED_KEY")
    factors = {getattr(access, name) for name in (*names, "VERIFIED_CERTIFICATE")} - {"certificate"}
    assert {one for one in factors if in_french("enough", one) == one} == set()
    assert {one for one in PARTS if in_french("part", one) in (one, "un accès déclaré")} == set()
    assert {one for one in ("account", "key", *KINDS) if in_french("right", one) == one} == set()


def test_what_rests_on_a_date_entered_late_says_when_and_by_whom() -> None:
    about: dict[str, DetailValue] = {"entry": "scan-1", "performed": date(2026, 10, 20), "due": date(2027, 1, 20)}
    late: dict[str, DetailValue] = {**about, "entered_late": date(2026, 12, 10), "entered_by": "tech"}
    said = [
        sentence(verdict("vulnerability-scan", "internet", State.MET, Reason.WITHIN_LIMIT, about=one), "fr")
        for one in (about, late)
    ]
    assert "inscrite" not in said[0]
    assert said[1].endswith(" ; date inscrite le 10 décembre 2026, par tech.")


def test_what_is_not_shown_yet_is_said_with_its_reason_once() -> None:
    """Of what goes on and of what is lacking the sentence says «car», and no phrase says it a second time."""
    phrases = {
        one.fr for words in TARGETS.values() for reason in NOT_YET_SHOWN for one in words.phrases.get(reason, ())
    }
    assert phrases
    assert [text for text in phrases if text.startswith("car ")] == []
