"""What came of a flow or of a page is told in a sentence of its own, judged for real."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent.core.convention import CLAUSES
from agent.core.duties.expected import expected
from agent.core.facts.firewall import Passage
from agent.core.facts.network_flows import CONTROL, TRIAL, WITNESS, understood
from agent.core.facts.web_pages import CONTROL as PAGE_CONTROL
from agent.core.facts.web_pages import SAME, CertificateTrust, Fetched, FetchOutcome, facts_of
from agent.core.facts.web_pages import TRIAL as PAGE_TRIAL
from agent.core.inventory import Beneficiary, DeclaredHost, Flow, FlowRoute, Inventory, WebFilter
from agent.core.judging.check import Check
from agent.core.model import Fact, FactValue, Observation, Target
from agent.evaluation.evaluate import EvaluationContext, NewestLooks, judge
from agent.wording.sentences import sentence
from checks import network_segmentation, web_filtering

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SCOTA = (Beneficiary(id="scota", name="SCOTA"),)
CONTROLS = (FlowRoute(host="srv-1", to="192.0.2.1:443"),)
PASSED = (CONTROL, "open 192.0.2.1 far")


def kept_value(name: str, text: str) -> FactValue:
    """Return the value of a fact about a flow; an attempt is three words."""
    return text if name == WITNESS else understood(*text.split(" "))


def told(
    *facts: tuple[str, str], expect: str = "blocked", protocol: str = "tcp", controls: tuple[FlowRoute, ...] = CONTROLS
) -> tuple[str, str]:
    """Return the sentence about a flow of which one look saw this, in French and in English."""
    flow = Flow(
        id="guests", from_host="srv-1", to="192.0.2.9:22", protocol=protocol, expect=expect,
        beneficiaries=("scota",), controls=controls,
    )  # fmt: skip
    kept = tuple(Fact(name=name, subject="guests", value=kept_value(name, text), as_of=NOW) for name, text in facts)
    return sentences(network_segmentation.CHECK, Inventory(beneficiaries=SCOTA, flows=(flow,)), "guests", kept)


def sentences(check: Check, inventory: Inventory, subject: str, facts: tuple[Fact, ...]) -> tuple[str, str]:
    """Return the sentence about a subject of which one look saw this, in French and in English."""
    look = Observation(collector="x", host="srv-1", subject=subject, begun=NOW, ended=NOW, facts=facts)
    seen = NewestLooks(reading=look, evidence_id="r-1", observation=look, observation_id="r-1")
    (one,) = [one for one in expected(inventory, None) if one.key.subject == subject]
    clause = CLAUSES[check.target]
    target = Target(id=clause.id, unit=clause.unit, limit=clause.limit, evidence_age=clause.evidence_age)
    said = judge(one, check, target, NOW, EvaluationContext(inventory=inventory, readings=lambda *name: seen, now=NOW))
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


OPENED = Fetched(end=FetchOutcome.ANSWERED, status=200)
FORBIDDEN = Fetched(end=FetchOutcome.ANSWERED, status=403, refused_as="status 403")


def page(trial: Fetched, control: Fetched = OPENED, *, same: bool = False) -> tuple[str, str]:
    """Return the sentence about a category of which one look saw this."""
    category = WebFilter(
        id="malware", from_host="srv-1", url="http://x/", control_url="http://y/", refused_as=("status 403",),
        beneficiaries=("scota",),
    )  # fmt: skip
    facts = (*facts_of(PAGE_TRIAL, trial, "malware", NOW), *facts_of(PAGE_CONTROL, control, "malware", NOW))
    if same:
        facts = (*facts, Fact(name=SAME, subject="malware", value=True, as_of=NOW))
    inventory = Inventory(beneficiaries=SCOTA, web_filters=(category,))
    return sentences(web_filtering.CHECK, inventory, "malware", facts)


@pytest.mark.parametrize(
    ("trial", "control", "french", "english"),
    [
        (FORBIDDEN, OPENED, "est refusée (réponse 403), alors que l'adresse témoin s'ouvre", "while the control"),
        (
            replace(FORBIDDEN, proxy="proxy:3128", trust=CertificateTrust.LOCAL, issuer="CUA"),
            OPENED,
            "par le mandataire proxy:3128 (réponse 403), alors que l'adresse témoin s'ouvre ; "
            "certificat d'une autorité locale (CUA) : TLS est intercepté",
            "through the proxy proxy:3128",
        ),
        (OPENED, OPENED, "d'une catégorie interdite s'ouvre, réponse 200", "of a blocked category opens, answer 200"),
        (FORBIDDEN, FORBIDDEN, "l'adresse témoin est refusée elle aussi (réponse 403)", "is refused as well"),
        (FORBIDDEN, replace(OPENED, status=503), "ne s'ouvre pas non plus (réponse 503)", "either (answer 503)"),
        (
            FORBIDDEN,
            Fetched(end=FetchOutcome.RESET),
            "ne s'ouvre pas non plus (connexion coupée)",
            "does not open either (connection cut)",
        ),
        (replace(OPENED, status=404), OPENED, "ne donne ni une page ni un refus déclaré (réponse 404)", "(answer 404)"),
        (Fetched(end=FetchOutcome.TLS), OPENED, "ni un refus déclaré (échec de TLS)", "(TLS fails)"),
        (
            Fetched(end=FetchOutcome.UNRESOLVED),
            OPENED,
            "n'a pas été atteinte (nom inconnu du DNS)",
            "was not reached (name unknown to the DNS)",
        ),
        (Fetched(end=FetchOutcome.TIMED_OUT), OPENED, "n'a pas répondu à temps", "did not answer in time"),
    ],
)
def test_the_sentences_about_pages(trial: Fetched, control: Fetched, french: str, english: str) -> None:
    fr, en = page(trial, control)
    assert french in fr
    assert english in en


def test_a_gate_that_shows_one_page_for_all_is_told() -> None:
    assert "mènent à la même page" in page(OPENED, same=True)[0]


@pytest.mark.parametrize(
    ("told", "french", "english"),
    [
        (
            {"ipv4": "deny", "by": "ufw"},
            "le pare-feu (ufw) refuse ce qu'aucune règle ne nomme.",
            "(ufw) refuses what no",
        ),
        (
            {"ipv4": "accept", "ipv4.where": Passage(chain="INPUT", interface="eth0"), "by": "iptables"},
            "le pare-feu (iptables) laisse entrer ce qu'aucune règle ne nomme (chaîne INPUT, interface eth0)",
            "lets in what no rule names (chain INPUT, interface eth0)",
        ),
        ({"ipv4": "deny", "ipv6": "absent"}, "aucun pare-feu ne filtre ce qui entre en IPv6", "comes in over IPv6"),
        (
            {"ipv4": "unclear", "ipv4.where": Passage(chain="input", interface="eth0"), "by": "nftables"},
            "rien n'est démontré, car une règle du pare-feu (nftables) que le logiciel de mesure ne sait pas suivre",
            "a rule of the firewall (nftables) that the agent cannot follow",
        ),
    ],
)
def test_the_sentences_about_firewalls(told: dict[str, str], french: str, english: str) -> None:
    machine = DeclaredHost(id="srv-1", beneficiaries=("scota",), collect=("network",))
    facts = tuple(
        Fact(name=f"firewall.{name}", subject="srv-1", value=value, as_of=NOW) for name, value in told.items()
    )
    inventory = Inventory(beneficiaries=SCOTA, hosts=(machine,))
    fr, en = sentences(network_segmentation.CHECK, inventory, "srv-1", facts)
    assert french in fr
    assert english in en
