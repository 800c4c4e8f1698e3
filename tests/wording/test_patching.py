"""What the rule on security updates finds is told in plain sentences, judged for real."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from agent.core.convention import CLAUSES
from agent.core.duties.expected import expected
from agent.core.facts.security_updates import PackageVersion, System
from agent.core.inventory import Beneficiary, DeclaredHost, Export, Inventory, Updates
from agent.core.model import Fact, FactValue, Gap, Observation, Target
from agent.core.reason import Reason
from agent.evaluation.evaluate import EvaluationContext, NewestLooks, judge
from agent.wording.sentences import phrase
from checks.patching import CHECK

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FIX = PackageVersion(package="openssl:amd64", version="3.5.7-1~deb13u3")


def fact(name: str, value: FactValue, days: float = 0) -> Fact:
    """Return a fact about the machine, as the world was that many days ago."""
    return Fact(name=name, subject="srv-1", value=value, as_of=NOW - timedelta(days=days))


SOUND = (
    fact("patch.security_source", True),
    fact("patch.metadata", NOW + timedelta(days=5), 2),
    fact("system.release", System(distribution="debian", version="13", codename="trixie")),
    fact("patch.campaign", True, 10),
)
OVERDUE = fact("patch.pending", FIX, 40)


def said(facts: Sequence[Fact], language: str = "fr", gaps: Sequence[Gap] = (), updates: Updates | None = None) -> str:
    """Return what is said of a machine after its title."""
    machine = DeclaredHost(id="srv-1", beneficiaries=("scota",), collect=("patches",), updates=updates or Updates())
    inventory = Inventory(beneficiaries=(Beneficiary(id="scota", name="SCOTA"),), hosts=(machine,))
    seen = Observation(
        collector="patches", host="srv-1", subject="srv-1", begun=NOW, ended=NOW, facts=tuple(facts), gaps=tuple(gaps)
    )
    kept = NewestLooks(reading=seen, evidence_id="r-1", observation=seen, observation_id="r-1")
    bench = EvaluationContext(inventory=inventory, readings=lambda collector, subject: kept, now=NOW)
    clause = CLAUSES["patching"]
    target = Target(id=clause.id, unit=clause.unit, limit=clause.limit, evidence_age=clause.evidence_age)
    (one,) = (one for one in expected(inventory, None) if one.key.target == "patching")
    return phrase(judge(one, CHECK, target, NOW, bench), "en" if language == "en" else "fr")


SENTENCES: dict[str, tuple[tuple[Fact, ...], str]] = {
    "nothing waits": (SOUND, "aucun correctif de sécurité n'attend, listes signées à l'appui"),
    "a fix in time": (
        (*SOUND, fact("patch.pending", FIX, 4), fact("patch.pending.after", FIX, 5)),
        "correctifs de sécurité en attente : 1, le plus ancien (openssl) depuis 4 j au moins et 5 j au plus "
        "(objectif : 31 j)",
    ),
    "a first sight": (
        (*SOUND, fact("patch.pending", FIX, 4)),
        "rien n'est démontré, car des correctifs de sécurité attendent : 1, le plus ancien (openssl) depuis 4 j au "
        "moins ; la date de leur parution n'a pas été observée (objectif : 31 j)",
    ),
    "overdue and held": (
        (*SOUND, OVERDUE, fact("patch.pending.held", FIX)),
        "un correctif de sécurité (openssl) attend depuis 40 j au moins (objectif : 31 j) ; en attente : 1, "
        "dont retenus par dpkg : 1",
    ),
    "out of support": (
        (*SOUND, fact("system.supported_until", datetime(2026, 7, 12, tzinfo=UTC))),
        "ce système (debian 13 trixie) ne reçoit plus de correctifs de sécurité depuis le 11 juillet 2026",
    ),
    "no source": (
        (fact("patch.security_source", False),),
        "aucune source de correctifs de sécurité n'est configurée",
    ),
    "stale lists": (
        (fact("patch.metadata", NOW - timedelta(days=1), 8),),
        "rien n'est démontré, car les listes de correctifs de sécurité sont périmées, les plus vieilles datent de 8 j",
    ),
    "a kernel": (
        (*SOUND, fact("restart.kernel", "6.12.48+deb13-amd64 (6.12.48-1)", 9)),
        "un noyau plus récent (6.12.48+deb13-amd64 (6.12.48-1)) attend un redémarrage depuis 9 j (objectif : 7 j)",
    ),
    "a program": (
        (*SOUND, fact("restart.program", "nginx", 9), fact("restart.program", "php", 3)),
        "des programmes tournent avec du code remplacé : 1, dont nginx depuis 9 j (objectif : 7 j)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SENTENCES)
def test_each_condition_has_its_sentence(case: str) -> None:
    facts, sentence = SENTENCES[case]
    assert said(facts) == sentence
    assert said(facts, "en") != sentence


def test_what_may_not_be_seen_is_said_as_what_it_is_and_beside_what_is_worse() -> None:
    gap = Gap(subject="srv-1", reason=Reason.DENIED, detail="processes may not be looked into")
    denied = "une partie de la machine n'a pu être vue avec les droits du contrôle"
    assert said(SOUND, gaps=[gap]) == f"rien n'est démontré, car {denied}"
    assert said((*SOUND, OVERDUE), gaps=[gap]).endswith(f"; par ailleurs : {denied}")


WSUS = Updates(export=Export(id="wsus", path="/x", format="csv", fact="updates"))
REPORT = (
    fact("patch.metadata", NOW + timedelta(days=5), 2),
    fact("restart.machine", False),
    fact("system.supported_until", NOW + timedelta(days=900)),
    fact("patch.campaign", True, 10),
)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (
            (*REPORT, fact("patch.reported.waiting", 3), fact("patch.reported.oldest", True, 4)),
            "mises à jour de sécurité en attente : 3, la plus ancienne parue il y a 4 j (objectif : 31 j), "
            "d'après l'export wsus",
        ),
        (
            (*REPORT, fact("patch.reported.waiting", 0)),
            "aucune mise à jour de sécurité n'attend, d'après l'export wsus",
        ),
        (
            (*REPORT, fact("patch.reported.waiting", 3), fact("patch.reported.oldest", True, 40)),
            "une mise à jour de sécurité attend depuis 40 j (objectif : 31 j) ; en attente : 3, d'après l'export wsus",
        ),
        ((), "l'export wsus ne connaît pas cette machine"),
        (
            (*REPORT[:1], *REPORT[2:], fact("patch.reported.waiting", 0)),
            "rien n'est démontré, car l'export wsus ne dit pas si un redémarrage est dû",
        ),
        (
            (*REPORT[:1], *REPORT[2:], fact("restart.machine", True, 9), fact("patch.reported.waiting", 0)),
            "un redémarrage est dû depuis 9 j (objectif : 7 j)",
        ),
    ],
)
def test_a_console_s_account_is_told_as_one(facts: tuple[Fact, ...], sentence: str) -> None:
    assert sentence in said(facts, updates=WSUS)
    assert "{" not in said(facts, "en", updates=WSUS)
