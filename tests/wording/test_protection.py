"""What is found of a protection and of a clock is told in a sentence of its own, judged for real."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.core.convention import CLAUSES
from agent.core.duties.expected import expected
from agent.core.facts.clock_offset import Reckoning
from agent.core.facts.clock_offset import facts_of as facts_of_clock
from agent.core.facts.protection import Protection
from agent.core.facts.protection import facts_of as facts_of_protection
from agent.core.inventory import Antivirus, Beneficiary, DeclaredHost, Export, Inventory
from agent.core.judging.check import Check
from agent.core.model import Fact, Gap, Observation, Target, Verdict
from agent.core.reason import Reason
from agent.evaluation.evaluate import EvaluationContext, NewestLooks, judge
from agent.wording.sentences import phrase
from checks import endpoint_protection, log_collection

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SOUND = Protection(
    product="clamav",
    running=True,
    loaded=NOW - 10 * HOUR,
    loaded_version="27001",
    on_disk_version="27001",
    proven=True,
    tried_at=NOW - 2 * HOUR,
)
SENSOR = Protection(product="wazuh", running=True, engaged=True, contact=NOW - timedelta(seconds=8))


def verdict(
    check: Check, collector: str, facts: tuple[Fact, ...], gaps: tuple[Gap, ...], declared: Antivirus
) -> Verdict:
    """Return the verdict on one machine that one look saw like this."""
    machine = DeclaredHost(id="srv-1", beneficiaries=("scota",), antivirus=declared)
    inventory = Inventory(beneficiaries=(Beneficiary(id="scota", name="SCOTA"),), hosts=(machine,))
    look = Observation(collector=collector, host="srv-1", subject="srv-1", begun=NOW, ended=NOW, facts=facts, gaps=gaps)
    seen = NewestLooks(reading=look, evidence_id="r-1", observation=look, observation_id="r-1")
    (one,) = [one for one in expected(inventory, None) if one.key.target == check.target and one.key.subject == "srv-1"]
    clause = CLAUSES[check.target]
    target = Target(id=clause.id, unit=clause.unit, limit=clause.limit, evidence_age=clause.evidence_age)
    return judge(one, check, target, NOW, EvaluationContext(inventory=inventory, readings=lambda *name: seen, now=NOW))


def protection(*seen: Protection, gaps: tuple[Gap, ...] = (), declared: Antivirus | None = None) -> tuple[str, str]:
    """Return what is said of a protection, in French and in English."""
    facts = tuple(fact for one in seen for fact in facts_of_protection(one, "srv-1", NOW))
    told = verdict(endpoint_protection.CHECK, "antivirus", facts, gaps, declared or Antivirus())
    return phrase(told, "fr"), phrase(told, "en")


def clock(*told: Reckoning, apart: float | None = None) -> tuple[str, str]:
    """Return what is said of a clock, in French and in English."""
    facts = tuple(fact for one in told for fact in facts_of_clock(one, "srv-1", NOW))
    if apart is not None:
        facts = (*facts, Fact(name="clock.apart", subject="srv-1", value=apart, as_of=NOW))
    said = verdict(log_collection.CHECK, "clock", facts, (), Antivirus())
    return phrase(said, "fr"), phrase(said, "en")


@pytest.mark.parametrize(
    ("seen", "french", "english"),
    [
        (SOUND, "datent de 10 h (objectif : 96 h)", "are 10 h old (objective: 96 h), detection proven 2 h ago"),
        (
            replace(SOUND, loaded=NOW - 60 * HOUR),
            "vieillissent : elles datent de 60 h",
            "are ageing: they are 60 h old",
        ),
        (
            replace(SOUND, on_disk_version="27009"),
            "(n° 27009) ne sont pas celles chargées",
            "(no. 27009) are not the ones",
        ),
        (
            replace(SOUND, loaded=NOW - 120 * HOUR, on_disk_version="27009"),
            "celles du disque (n° 27009) ne sont pas chargées",
            "those on disk (no. 27009) are not loaded",
        ),
        (replace(SOUND, loaded=NOW - 90 * HOUR, loaded_within=14 * HOUR), "à 14 h près", "give or take 14 h"),
        (replace(SOUND, loaded=NOW + 3 * HOUR), "dans le futur", "in the future"),
        (replace(SOUND, loaded=None), "chargée par clamav n'a pas de date", "that clamav has loaded has no date"),
        (
            replace(SOUND, proven=False),
            "n'a pas distingué la chaîne d'essai EICAR",
            "did not tell the EICAR test string",
        ),
        (replace(SOUND, tried_at=NOW - 30 * HOUR), "plus été éprouvée depuis 30 h", "last proven 30 h ago"),
        (replace(SOUND, running=False), "clamav est installé mais à l'arrêt", "clamav is installed and not running"),
        (
            SENSOR,
            "wazuh est actif et sa console a répondu il y a 8 s",
            "sensor wazuh is active and its console answered",
        ),
        (replace(SENSOR, engaged=False), "wazuh tourne mais sa protection n'agit pas", "wazuh runs but its protection"),
        (replace(SENSOR, contact=NOW - 200 * HOUR), "n'a plus répondu depuis 8 j 8 h", "has not answered for 8 d 8 h"),
        (
            Protection(product="defender", running=True, engaged=True, loaded=NOW - HOUR),
            "ne s'éprouve pas sans écrire de fichier d'essai",
            "cannot be tried without writing a test file",
        ),
    ],
)
def test_a_protection_is_told_by_the_matter_that_is_at_stake(seen: Protection, french: str, english: str) -> None:
    said = protection(seen)
    assert french in said[0]
    assert english in said[1]


def test_what_is_lacking_is_told_by_where_it_was_looked_for() -> None:
    export = Export(id="edr", path="/x", format="csv", host="h", date="d")
    assert protection()[1] == "no antivirus and no EDR is installed"
    assert protection(declared=Antivirus(export=export))[0].startswith("l'export edr de la console ne connaît pas")
    gap = Gap(subject="srv-1/clamav", reason=Reason.TOOL_MISSING, detail="…")
    assert "nothing to ask clamav with (python3, socat or netcat-openbsd)" in protection(gaps=(gap,))[1]


def test_a_clock_is_told_with_its_bound_and_who_says_so() -> None:
    assert clock(Reckoning(source="chrony", offset=0.002, within=0.003)) == (
        "l'horloge est juste à 5 ms près (objectif : 1 s, source : chrony)",
        "the clock is right to within 5 ms (objective: 1 s, source: chrony)",
    )
    assert "décalée d'au moins 1 s 500 ms" in clock(Reckoning(source="agent", offset=2.0, within=0.5))[0]
    assert "only known to within 16 s (kernel)" in clock(Reckoning(source="kernel", offset=0.0, within=16.0))[1]
    assert "nothing keeps the machine's clock right or shows it" in clock()[1]
    assert "is 30 s from the agent's, which nothing keeps right" in clock(apart=30.5)[1]
