"""The scorecard on a terminal and elsewhere."""

import re
import unicodedata

import pytest
from hypothesis import given

from agent.cli.scorecard import render, render_targets, summary
from agent.cli.unwatched import Unwatched, UnwatchedKind
from agent.core.convention import CLAUSES
from agent.core.model import State, Verdict
from agent.core.reason import Reason
from agent.wording.inert import HIDDEN
from tests.verdicts import not_run, verdict, verdicts

COLOUR = re.compile(r"\x1b\[[0-9;]*m")

NOT_YET = ("patching", "endpoint-protection", "strong-authentication")
HOSTS = ("srv-1", "srv-2", "srv-3")
DEMO = (
    verdict("backup-rpo", "sound", State.MET, Reason.WITHIN_LIMIT, value=120.0, limit=86400.0),
    verdict("backup-rpo", "late", State.MISSED, Reason.TOO_OLD, value=259320.0, limit=86400.0),
    verdict("backup-offsite", "damaged/offsite", State.MISSED, Reason.DAMAGED),
    verdict(
        "backup-rpo",
        "mail",
        State.UNPROVEN,
        Reason.UNREACHABLE,
        about={"copy": "mail/offsite", "said": "host vault: no route to host"},
    ),
    verdict(
        "penetration-test",
        "internet",
        State.ACCEPTED,
        Reason.OVERDUE,
        measured=State.MISSED,
        acceptance="acceptance-3",
        value=400 * 86400.0,
        limit=365 * 86400.0,
    ),
    verdict("backup-offsite", "sound/local", State.NOT_APPLICABLE, Reason.NOT_EXPECTED),
    *(
        not_run(target, host)
        for host in HOSTS
        for target in ("patching", "endpoint-protection", "strong-authentication")
    ),
)


@pytest.fixture(autouse=True)
def _a_colour_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)


def mounts(*points: str) -> tuple[Unwatched, ...]:
    """Return mount points that nothing watches."""
    return tuple(Unwatched(kind=UnwatchedKind.MOUNT, name=point) for point in points)


def screen(told: tuple[Verdict, ...], width: int = 120, unwatched: tuple[Unwatched, ...] = ()) -> str:
    """Return the French scorecard of a terminal."""
    return render(told, language="fr", unwatched=unwatched, terminal=True, width=width)


def lines(told: tuple[Verdict, ...]) -> list[list[str]]:
    """Return the fields of each line of the scorecard that is not on a terminal."""
    text = render(told, language="fr", unwatched=mounts("/home"), terminal=False, width=80)
    return [line.split("\t") for line in text.splitlines()]


def test_one_screen_shows_what_matters_and_gathers_the_rest() -> None:
    assert (
        COLOUR.sub("", screen(DEMO, unwatched=mounts("/", "/home")))
        == """\
✕ non atteint     late             Sauvegarde quotidienne   le dernier point de reprise hors site date de 3 j
                                                            (objectif : 24 h)
✕ non atteint     damaged/offsite  Copie hors site intacte  des fichiers sont endommagés ou manquent
? non démontré    mail             Sauvegarde quotidienne   rien n'est démontré, car mail/offsite est injoignable
                                                            host vault: no route to host
? non démontré    3 éléments       3 objectifs              jamais contrôlé : Antivirus ou EDR à jour, Correctifs de
                                                            sécurité, Authentification forte
~ risque accepté  internet         Test d'intrusion annuel  risque accepté (inscription acceptance-3) ; mesuré non
                                                            atteint : l'échéance est dépassée (400 j, objectif : 365 j)
✓ atteint         sound            Sauvegarde quotidienne   le dernier point de reprise hors site date de 2 min
                                                            (objectif : 24 h)
- sans objet      sound/local      Copie hors site intacte  l'inventaire déclare que cela ne s'applique pas ici

2 non atteints · 10 non démontrés · 1 risque accepté · 1 atteint · 1 sans objet
non surveillé : points de montage : /, /home
"""
    )


def test_colour_is_there_on_a_terminal_and_gone_with_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    coloured = screen(DEMO)
    assert COLOUR.search(coloured)
    monkeypatch.setenv("NO_COLOR", "1")
    assert screen(DEMO) == COLOUR.sub("", coloured)


def test_a_dumb_terminal_gets_the_same_without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    coloured = screen(DEMO)
    monkeypatch.setenv("TERM", "dumb")
    assert screen(DEMO) == COLOUR.sub("", coloured)


def test_a_narrow_terminal_shows_everything_within_its_width() -> None:
    shown = COLOUR.sub("", screen(DEMO, width=60))
    assert max(len(line) for line in shown.splitlines()) <= 60
    for subject in ("late", "damaged/offsite", "mail", "internet", "sound/local"):
        assert subject in shown


def test_thirty_targets_never_looked_at_take_one_row() -> None:
    many = tuple(not_run(target, "scota") for target in CLAUSES) + DEMO[1:2]
    shown = COLOUR.sub("", screen(many)).splitlines()
    assert shown[0].startswith("✕ non atteint")
    assert sum(line.startswith("?") for line in shown) == 1


def test_an_unproven_verdict_with_something_to_say_is_never_gathered_with_the_silent_ones() -> None:
    not_verified = verdict("backup-offsite", "files/offsite", State.UNPROVEN, Reason.NOT_RUN, about={"collector": "x"})
    shown = COLOUR.sub("", screen((*(not_run(target, "scota") for target in CLAUSES), not_verified)))
    assert "files/offsite" in shown


def test_elsewhere_each_verdict_is_exactly_one_line_of_five_fields_worst_first() -> None:
    found = lines(DEMO)
    assert len(found) == len(DEMO)
    assert all(len(fields) == 5 for fields in found)
    assert found[0][:4] == ["missed", "backup-rpo", "late", "too-old"]
    order = [fields[0] for fields in found]
    assert order == sorted(order, key=["missed", "unproven", "accepted", "met", "not-applicable"].index)
    assert "\x1b" not in render(DEMO, language="fr", unwatched=(), terminal=False, width=80)


def test_identifiers_stay_whatever_the_language() -> None:
    french = lines(DEMO)
    text = render(DEMO, language="en", unwatched=(), terminal=False, width=80)
    english = [line.split("\t") for line in text.splitlines()]
    assert [fields[:4] for fields in english] == [fields[:4] for fields in french]
    assert [fields[4] for fields in english] != [fields[4] for fields in french]


def test_beneficiaries_that_fare_differently_are_named_and_others_share_a_row() -> None:
    alike = tuple(verdict("patching", "srv-1", State.MET, Reason.WITHIN_LIMIT, beneficiary=one) for one in ("a", "b"))
    shown = COLOUR.sub("", screen(alike))
    assert shown.count("srv-1") == 1
    assert "2 atteints" in shown
    accepted = verdict("patching", "srv-1", State.ACCEPTED, Reason.TOO_OLD, beneficiary="c", acceptance="acceptance-1")
    apart = COLOUR.sub("", screen((*alike, accepted)))
    assert "srv-1 [c]" in apart
    assert len(lines((*alike, accepted))) == 3


def test_many_met_ones_of_a_target_share_a_row_that_counts_them() -> None:
    many = tuple(verdict("backup-rpo", f"base-{number}", State.MET, Reason.WITHIN_LIMIT) for number in range(12))
    assert "12 éléments" in COLOUR.sub("", screen(many))


def test_several_stopped_antiviruses_are_named_as_what_they_are() -> None:
    hosts = [f"srv-{number}" for number in range(1, 7)]
    stopped = tuple(verdict("endpoint-protection", host, State.MISSED, Reason.NOT_RUNNING) for host in hosts)
    bare = tuple(verdict("network-segmentation", host, State.MISSED, Reason.ABSENT) for host in hosts)
    text = " ".join(screen((*stopped, *bare)).split())
    assert "antivirus arrêté sur srv-1, srv-2, srv-3 et 3 autres" in text
    assert "aucun pare-feu sur srv-1, srv-2, srv-3 et 3 autres" in text


def test_nothing_expected_is_said_and_is_no_success() -> None:
    assert "aucun verdict" in screen(())
    assert summary((), "fr") == ""


def test_the_short_form_has_one_line_for_each_target() -> None:
    text = render_targets(DEMO, language="fr", terminal=False, width=80)
    fields = [line.split("\t") for line in text.splitlines()]
    assert [row[1] for row in fields] == list(dict.fromkeys(row[1] for row in fields))
    assert ["missed", "backup-rpo", "1", "1", "0", "1", "0"] in fields
    assert fields[0][0] == "missed"
    shown = COLOUR.sub("", render_targets(DEMO, language="fr", terminal=True, width=80)).splitlines()
    assert shown[0].split() == ["Pire", "état", "Objectif", "Verdicts", "par", "état"]
    assert len(shown) == 1 + len(fields)
    assert any(line.endswith("1 ✕ · 1 ? · 1 ✓") for line in shown)


def test_the_short_form_of_nothing_says_so() -> None:
    assert render_targets((), language="fr", terminal=False, width=80) == ""
    assert "rien n'est attendu" in render_targets((), language="fr", terminal=True, width=80)


@given(verdicts())
def test_a_hostile_verdict_stays_one_line_of_five_fields(told: Verdict) -> None:
    (fields,) = lines((told,))
    assert len(fields) == 5
    assert not any(unicodedata.category(character) in HIDDEN for character in "".join(fields))


@given(verdicts())
def test_a_hostile_verdict_sends_a_terminal_nothing_but_our_own_colours(told: Verdict) -> None:
    shown = COLOUR.sub("", screen((told,), unwatched=mounts(told.subject)))
    assert not any(unicodedata.category(character) in HIDDEN for character in shown.replace("\n", ""))


def test_markup_in_a_name_is_only_text() -> None:
    named = verdict("backup-rpo", "[red]x[/red] :boom:", State.MET, Reason.WITHIN_LIMIT)

    assert "[red]x[/red] :boom:" in COLOUR.sub("", screen((named,), width=200))
