"""What came of a flow is told in a sentence of its own, judged for real."""

from datetime import UTC, datetime

import pytest

from agent.core.convention import CLAUSES
from agent.core.expected import expected
from agent.core.inventory import Beneficiary, Flow, Inventory, Way
from agent.core.model import Fact, Observation, Target
from agent.core.reach import CONTROL, TRIAL, WITNESS
from agent.evaluate import Bench, Seen, judge
from agent.wording.sentences import sentence
from checks.network_segmentation import CHECK

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CONTROLS = (Way(host="srv-1", to="192.0.2.1:443"),)
PASSED = (CONTROL, "open 192.0.2.1 far")


def told(
    *facts: tuple[str, str], expect: str = "blocked", protocol: str = "tcp", controls: tuple[Way, ...] = CONTROLS
) -> tuple[str, str]:
    """Return the sentence about a flow of which one look saw this, in French and in English."""
    flow = Flow(
        id="guests", from_host="srv-1", to="192.0.2.9:22", protocol=protocol, expect=expect,
        beneficiaries=("scota",), controls=controls,
    )  # fmt: skip
    inventory = Inventory(beneficiaries=(Beneficiary(id="scota", name="SCOTA"),), flows=(flow,))
    look = Observation(
        collector="flows", host="srv-1", subject="guests", begun=NOW, ended=NOW,
        facts=tuple(Fact(name=name, subject="guests", value=value, as_of=NOW) for name, value in facts),
    )  # fmt: skip
    seen = Seen(reading=look, evidence_id="r-1", observation=look, observation_id="r-1")
    (one,) = [one for one in expected(inventory, None) if one.key.subject == "guests"]
    clause = CLAUSES[CHECK.target]
    target = Target(id=clause.id, unit=clause.unit, limit=clause.limit, evidence_age=clause.evidence_age)
    said = judge(one, CHECK, target, NOW, Bench(inventory=inventory, readings=lambda *name: seen, now=NOW))
    return sentence(said, "fr"), sentence(said, "en")


@pytest.mark.parametrize(
    ("answer", "french", "english"),
    [
        ("refused", "la connexion est refusée vers", "the connection is refused to"),
        ("filtered", "la tentative reste sans réponse vers", "nothing answers the attempt to"),
        ("unreachable", "le réseau répond qu'il n'y a pas de passage vers", "the network answers that there is no way"),
        ("no-route", "la machine n'a aucun chemin vers 192.0.2.9:22", "the machine has no way at all to"),
    ],
)
def test_how_a_flow_was_stopped_is_told(answer: str, french: str, english: str) -> None:
    fr, en = told((TRIAL, f"{answer} 192.0.2.9 far"), PASSED)
    assert french in fr
    assert "alors qu'un flux témoin de la même machine passe" in fr
    assert english in en


def test_the_sentences_about_flows() -> None:
    stopped = (TRIAL, "filtered 192.0.2.9 far")
    assert told((TRIAL, "open 192.0.2.9 far"))[0] == (
        "Cloisonnement du réseau, guests : le flux interdit vers 192.0.2.9:22 passe."
    )
    assert told((TRIAL, "open 192.0.2.9 far"), expect="open")[1] == (
        "Network segmentation, guests: the required flow to 192.0.2.9:22 passes."
    )
    assert "la destination répond à srv-2" in told(stopped, PASSED, (WITNESS, "srv-2"))[0]
    assert "alors que ce flux est nécessaire" in told(stopped, expect="open")[0]
    assert (
        "rien n'est démontré, car aucun flux nécessaire de la même machine n'est déclaré"
        in told(stopped, controls=())[0]
    )
    assert "rien n'est démontré, car aucun flux témoin vers un réseau n'est passé" in told(stopped)[0]
    silent = (TRIAL, "silent 192.0.2.9 far")
    assert "car un serveur peut laisser un datagramme sans réponse" in told(silent, PASSED, protocol="udp")[0]
    assert "laisse un datagramme sans réponse" in told(silent, expect="open", protocol="udp")[0]


def test_a_family_without_any_way_counts_only_where_there_is_no_other() -> None:
    no_way = (TRIAL, "no-route 2001:db8::9 far")
    assert "témoin de la même machine passe" in told((TRIAL, "filtered 192.0.2.9 far"), no_way, PASSED)[0]
    assert "aucun flux témoin" in told(no_way, PASSED)[0]
