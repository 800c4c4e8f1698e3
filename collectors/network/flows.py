"""Flows: each declared network flow, really tried from the machine that should be refused, or should pass.

Reads:  what comes of one connection, or of a datagram a second for three seconds, from the machine that `from` names;
        beside a refusal, of a required flow from the same machine (the control), and of the same destination from
        another machine for which it is a required flow
Needs:  python3 on the machine that tries; for TCP, bash or netcat-openbsd will do
Blind:  a port that no one listens on is refused as a firewall would refuse it; a datagram that a server leaves
        unanswered passed unseen; one source address is tried, the one that the machine's own routes choose
"""

from collections.abc import Iterable, Iterator

from agent.core.collecting.collector import Collector, Look
from agent.core.deadline import Deadline
from agent.core.errors import LookError
from agent.core.facts.network_flows import CONTROL, TRIAL, WITNESS, Attempt, FlowResult, facts_of
from agent.core.inventory import Flow, FlowRoute
from agent.core.model import Fact, Gap
from agent.hosts.flow_attempts import attempt, late

# Of many required flows a few are enough; each that fails costs its whole deadline.
MOST_CONTROLS, MOST_WITNESSES = 3, 2


def collect(flow: Flow, look: Look) -> Iterator[Fact | Gap]:
    """Yield what came of one flow; where it did not pass, also whether the trial itself was able to."""
    deadline = Deadline(2 * look.timeout)
    tried = _attempt(flow.way, look, deadline)
    if flow.expect == "open" and not _opened(tried):
        # One trial may be lost, or come while the service starts anew: a real client would try again.
        tried = _attempt(flow.way, look, deadline)
    yield from facts_of(TRIAL, tried, flow.id, look.now)
    if flow.expect == "open" or _opened(tried):
        return
    yield from _controls(flow, tried, look, deadline)
    for way in flow.witnesses[:MOST_WITNESSES]:
        if _passes(way, look, deadline):
            yield Fact(name=WITNESS, subject=flow.id, value=way.host, as_of=look.now)
            return


def _controls(flow: Flow, tried: tuple[Attempt, ...], look: Look, deadline: Deadline) -> Iterator[Fact | Gap]:
    """Yield what came of required flows from the same machine, until each family that was tried has one that passes."""
    wanted = {one.family for one in tried if one.answer is not FlowResult.NO_ROUTE} or {one.family for one in tried}
    for number, way in enumerate(flow.controls[:MOST_CONTROLS]):
        try:
            came_of_it = _attempt(way, look, deadline)
        except LookError as error:
            yield Gap(subject=f"{flow.id}/control-{number}", reason=error.reason, detail=error.message)
            continue
        yield from facts_of(CONTROL, came_of_it, flow.id, look.now)
        wanted -= {one.family for one in came_of_it if one.answer is FlowResult.OPEN}
        if not wanted:
            return


def _passes(way: FlowRoute, look: Look, deadline: Deadline) -> bool:
    try:
        return _opened(_attempt(way, look, deadline))
    except LookError:  # told of its own flow, by its own look
        return False


def _opened(attempts: Iterable[Attempt]) -> bool:
    return any(one.answer is FlowResult.OPEN for one in attempts)


def _attempt(way: FlowRoute, look: Look, deadline: Deadline) -> tuple[Attempt, ...]:
    if deadline.passed:
        raise late(way, look.timeout)
    return attempt(look.host(way.host), way, look.timeout)


COLLECTOR = Collector(
    name="flows",
    schedule="network",
    looks_at=Flow,
    collect=collect,
    subject_of=lambda flow: flow.id,
    host_of=lambda flow: flow.from_host,
)
