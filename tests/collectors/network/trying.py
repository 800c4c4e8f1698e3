"""How the tests of this folder try flows, and how what they see is judged."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.core.collecting.collector import Look
from agent.core.convention import CLAUSES
from agent.core.host import Host
from agent.core.inventory import Flow, FlowRoute, Inventory
from agent.core.judging.check import Question
from agent.core.model import Finding, Observation, Target
from checks.network_segmentation import CHECK
from collectors.network import flows
from tests.parts.kept_look import kept_look

# An attempt takes a third of it, where no one answers.
TIMEOUT = timedelta(seconds=7.5)


def flow(to: str, *, expect: str = "blocked", protocol: str = "tcp", controls: tuple[FlowRoute, ...] = (),
         witnesses: tuple[FlowRoute, ...] = ()) -> Flow:  # fmt: skip
    """Return a flow from the machine `near`."""
    return Flow(
        id="guests-to-admin", from_host="near", to=to, protocol=protocol, expect=expect,
        controls=controls, witnesses=witnesses,
    )  # fmt: skip


def look(declared: Flow, doors: Mapping[str, Host], timeout: timedelta = TIMEOUT) -> Observation:
    """Return the result of trying a flow."""
    now = datetime.now(UTC)
    means = Look(now=now, here=doors["near"], host=doors.__getitem__, timeout=timeout, folder=Path("/nonexistent"))
    return kept_look("flows", declared.id, flows.collect(declared, means), now, "near")


def judged(declared: Flow, seen: Observation) -> Finding:
    """Return what the rule makes of one look."""
    clause = CLAUSES["network-segmentation"]
    target = Target(id=clause.id, unit=clause.unit, limit=clause.limit, evidence_age=clause.evidence_age)
    question = Question(item=declared, inventory=Inventory(), target=target, now=seen.ended, first_seen=seen.ended)
    (need,) = CHECK.needs(question)
    assert (need.collector, need.subject) == ("flows", declared.id)
    (finding,) = CHECK.judge(need, seen, question)
    return finding
