"""One look at a machine's firewall, what the rule makes of it, and the parts of rulesets."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.core.collecting.collector import Look
from agent.core.convention import CLAUSES
from agent.core.host import Host
from agent.core.inventory import DeclaredHost, Inventory
from agent.core.judging.check import Question
from agent.core.model import Finding, Observation, Target
from checks.network_segmentation import CHECK
from collectors.network import firewall
from collectors.network.rules import ProbeOutcome
from collectors.network.traffic import Probe

RECORDED = Path(__file__).parent / "recorded"


# What ends a program that hangs.
BOUNDED = ("timeout", "date")
V4, V6 = Probe("eth0", 4, "tcp"), Probe("eth0", 6, "tcp")
DENY, ACCEPT, UNCLEAR, ABSENT = ProbeOutcome.DENY, ProbeOutcome.ACCEPT, ProbeOutcome.UNCLEAR, ProbeOutcome.ABSENT


def look(host: Host) -> Observation:
    """Return the result of one look at a machine's firewall."""
    now = datetime.now(UTC)
    means = Look(
        now=now, here=host, host=lambda id: host, timeout=timedelta(seconds=20), folder=Path("/nonexistent")
    )  # fmt: skip
    facts = tuple(firewall.collect(DeclaredHost(id="srv-1"), means))
    return Observation(collector="firewall", host="srv-1", subject="srv-1", begun=now, ended=now, facts=facts)


def judged(seen: Observation) -> Finding:
    """Return what the rule makes of it."""
    clause = CLAUSES[CHECK.target]
    target = Target(id=clause.id, unit=clause.unit, limit=clause.limit, evidence_age=clause.evidence_age)
    item = DeclaredHost(id="srv-1")
    question = Question(item=item, inventory=Inventory(), target=target, now=seen.ended, first_seen=seen.ended)
    (need,) = CHECK.needs(question)
    assert (need.collector, need.subject) == ("firewall", "srv-1")
    (finding,) = CHECK.judge(need, seen, question)
    return finding


def seen_of(seen: Observation) -> tuple[object, ...]:
    """Return what became of each family."""
    return tuple(fact.value for name in ("firewall.ipv4", "firewall.ipv6") for fact in seen.named(name))


THIRDS = ("0-20000", "20001-40000", "40001-65535")
INPUT = "type filter hook input priority 0;"
USUAL = 'iif "lo" accept; ct state established,related accept; tcp dport 22 accept;'


def on_lines(rules: str) -> str:
    """Return rules as nft reads them: a line for each statement and for each brace that ends a block."""
    rules = re.sub(r";\s+", ";\n", rules)
    rules = re.sub(r"(chain|set|map) (\w) \{ ", r"\n\1 \2 {\n", rules)
    while (split := re.sub(r"\n\} *(?=[^\n])", "\n}\n", rules)) != rules:
        rules = split
    return rules + "\n"


def one_rule(expressions: list[object]) -> bytes:
    """Return a ruleset of one rule, as nft tells it."""
    own = {"family": "ip", "table": "f"}
    objects = [
        {"table": {"family": "ip", "name": "f"}},
        {"chain": {**own, "name": "i", "type": "filter", "hook": "input", "policy": "drop"}},
        {"rule": {**own, "chain": "i", "expr": expressions}},
    ]
    return json.dumps({"nftables": objects}).encode()
