"""What is found of ways in and of departures is told in a sentence of its own, judged for real, in both languages."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.core.convention import CLAUSES
from agent.core.duties.expected import expected
from agent.core.facts.access import ADMINISTRATOR, way_fact
from agent.core.inventory import Beneficiary, DeclaredHost, Door, Inventory
from agent.core.model import Fact, Gap, Observation, State, Target
from agent.core.reason import Reason
from agent.evaluation.evaluate import EvaluationContext, NewestLooks, judge
from agent.ledger.older_facts import access_path
from agent.wording.sentences import phrase
from checks import strong_authentication
from tests.checks.departed import NOW, account, departure, look, unreachable, verdicts

LEFT = "2026-11-20T17:00+01:00"
HOUR = timedelta(hours=1)


def said_of(ways: dict[str, set[str]], *gaps: Gap, door: bool = False) -> str:
    """Return what is said in French of a machine with these ways."""
    doors = (Door(id="vpn", accounts=("zoe@x",)),) if door else ()
    machine = DeclaredHost(id="srv-1", beneficiaries=("scota",), doors=doors)
    inventory = Inventory(beneficiaries=(Beneficiary(id="scota", name="SCOTA"),), hosts=(machine,))
    facts = [way_fact(access_path(name, frozenset(each)), NOW) for name, each in ways.items()]
    facts.append(Fact(name=ADMINISTRATOR, subject="srv-1/root", value=frozenset({"uid 0"}), as_of=NOW))
    seen = Observation(
        collector="access", host="srv-1", subject="srv-1", begun=NOW, ended=NOW, facts=tuple(facts), gaps=gaps
    )
    kept = NewestLooks(reading=seen, evidence_id="r-1", observation=seen, observation_id="r-1")
    (one,) = (one for one in expected(inventory, None) if one.key.target == "strong-authentication")
    clause = CLAUSES["strong-authentication"]
    target = Target(id=clause.id, unit=clause.unit, limit=clause.limit, evidence_age=clause.evidence_age)
    bench = EvaluationContext(inventory=inventory, readings=lambda collector, subject: kept, now=NOW + HOUR)
    return phrase(judge(one, strong_authentication.CHECK, target, NOW, bench), "fr")


@pytest.mark.parametrize(
    ("ways", "said"),
    [
        ({}, "aucun chemin d'accès à distance n'y est ouvert, à aucun compte, d'après tout ce qui en a été lu"),
        (
            {"root sshd@*": {"key"}, "zoe sshd@*": {"verified-key"}},
            "un mot de passe seul ne suffit nulle part (couples compte et chemin protégés : 100 % de 2, objectif : "
            "100 % ; deux facteurs prouvés : 1)",
        ),
        (
            {"root sshd@10.0.0.0/8": {"password"}, "zoe sshd@*": {"key"}},
            "root entre par sshd@10.0.0.0/8 avec un mot de passe seul (couples protégés : 50 % de 2, objectif : "
            "100 % ; deux facteurs prouvés : 0)",
        ),
        (
            {"zoe sshd@*": {"nothing"}},
            "zoe entre par sshd@* sans rien montrer (couples protégés : 0 % de 1, objectif : 100 %)",
        ),
        (
            {"zoe sshd@*": {"password+unknown:pam_x"}},
            "rien n'est démontré, car ce que zoe doit montrer par sshd@* ne se lit pas ici (mot de "
            "passe et inconnu : pam_x) ; "
            "couples dans ce cas : 1 sur 1",
        ),
    ],
)
def test_what_is_found_of_ways_in_is_said(ways: dict[str, set[str]], said: str) -> None:
    assert said_of(ways).replace(" ", " ") == said


def test_a_refused_part_says_the_command_that_settles_it() -> None:
    gap = Gap(subject="srv-1/sshd", reason=Reason.DENIED, detail="sshd tells root alone: sudo sshd -T -C user=root")
    assert "sudo sshd -T -C user=root" in said_of({"root sshd@*": {"key"}}, gap)


def test_a_door_without_evidence_is_said_to_be_one() -> None:
    assert "rien ne prouve ce que zoe@x doit montrer par door:vpn" in said_of({"root sshd@*": {"key"}}, door=True)


@pytest.mark.parametrize(
    ("now", "readings", "fr", "en"),
    [
        (
            "2026-11-20T21:00+01:00",
            (look("2026-11-20T20:00+01:00", account("adupont")), look("2026-11-20T20:00+01:00", host="srv-2")),
            "reste sur srv-1 : compte adupont (en tout : 1)",
            "still on srv-1: account adupont (in all: 1)",
        ),
        (
            "2026-11-20T21:00+01:00",
            (look("2026-11-20T20:00+01:00"), look("2026-11-20T20:00+01:00", host="srv-2")),
            "aucun hôte ne montre rien de ces comptes",
            "no host shows anything of these accounts",
        ),
        (
            "2026-11-20T21:00+01:00",
            (
                look("2026-11-20T16:00+01:00", account("adupont")),
                look("2026-11-20T20:00+01:00"),
                look("2026-11-20T20:00+01:00", host="srv-2"),
            ),
            "plus aucun droit sur aucun hôte depuis le",
            "no right left on any host since",
        ),
        (
            "2026-11-22T21:00+01:00",
            (look("2026-11-22T20:00+01:00", account("adupont")), look("2026-11-20T20:00+01:00", host="srv-2")),
            "52 h après le départ (objectif : 24 h), reste sur srv-1 : compte adupont",
            "52 h after the departure (objective: 24 h), still on srv-1: account adupont",
        ),
        (
            "2026-11-22T21:00+01:00",
            (look("2026-11-20T20:00+01:00"), unreachable("2026-11-22T20:00+01:00", host="srv-2")),
            "car srv-2 ne montre pas ce qui y reste de departure-1",
            "since srv-2 does not show what is left there of departure-1",
        ),
        (
            "2026-11-23T21:00+01:00",
            (look("2026-11-23T20:00+01:00"), look("2026-11-20T20:00+01:00", host="srv-2")),
            "personne n'a regardé à l'échéance du",
            "no look was made when due",
        ),
        (
            "2026-11-23T21:00+01:00",
            (
                look("2026-11-22T20:00+01:00", account("adupont")),
                look("2026-11-23T20:00+01:00"),
                look("2026-11-20T20:00+01:00", host="srv-2"),
            ),
            "seulement, 3 j 3 h après le départ",
            "only since",
        ),
    ],
)
def test_what_a_departure_comes_to_is_said(now: str, readings: tuple[Observation, ...], fr: str, en: str) -> None:
    verdict = verdicts(now, departure(LEFT), readings=readings)["departure-1"]
    assert fr in phrase(verdict, "fr").replace(" ", " ").replace(" ", " ")
    assert en in phrase(verdict, "en").replace(" ", " ")


def test_a_departure_without_a_host_to_look_at_says_what_to_declare() -> None:
    verdict = verdicts("2026-11-22T10:00+01:00", departure(LEFT))["departure-1"]
    nowhere = replace(verdict, state=State.UNPROVEN, measured=State.UNPROVEN, reason=Reason.NOT_DECLARED, rest=())
    assert "« access » dans collect" in phrase(nowhere, "fr").replace("\u00a0", " ")
    assert "“access” in collect" in phrase(nowhere, "en")
