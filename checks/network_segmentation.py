"""network-segmentation: declared flows do as declared when tried, and each firewall denies by default (article 5)."""

from collections.abc import Iterable, Iterator

from agent.core.facts.firewall import Passage
from agent.core.facts.network_flows import CONTROL, TRIAL, WITNESS, Attempt, FlowResult, attempts_in
from agent.core.inventory import DeclaredHost, Flow
from agent.core.judging.check import Check, Need, Question
from agent.core.model import Detail, DetailValue, Finding, Observation, State
from agent.core.reason import Reason


def needs(question: Question) -> tuple[Need, ...]:
    """Return the one look at the flow, or at the machine's firewall."""
    item: Flow | DeclaredHost = question.item
    return (Need(collector="flows" if isinstance(item, Flow) else "firewall", subject=item.id),)


def judge(need: Need, seen: Observation, question: Question) -> Iterator[Finding]:
    """Yield the findings on one look."""
    item: Flow | DeclaredHost = question.item
    yield judge_flow(item, seen) if isinstance(item, Flow) else judge_firewall(seen)


# From worst to best, as the collector tells them of each family.
FIREWALL = {
    "accept": (State.MISSED, Reason.NOT_ENGAGED),
    "absent": (State.MISSED, Reason.ABSENT),
    "unclear": (State.UNPROVEN, Reason.UNREADABLE),
    "deny": (State.MET, Reason.WITHIN_LIMIT),
}


def judge_firewall(seen: Observation) -> Finding:
    """Return what a machine's firewall comes to: the family in which it denies least."""
    told = {family: fact for family in (4, 6) if (fact := seen.one(f"firewall.ipv{family}")) is not None}
    if not told:
        return Finding(state=State.UNPROVEN, reason=Reason.UNREADABLE)
    answer = {family: str(fact.value) for family, fact in told.items()}
    family = min(answer, key=lambda one: list(FIREWALL).index(answer[one]))
    about: dict[str, DetailValue] = {"family": f"IPv{family}"} if len(set(answer.values())) > 1 else {}
    by, where = seen.one("firewall.by"), seen.one(f"firewall.ipv{family}.where")
    if by is not None and answer[family] != "absent":
        about["by"] = str(by.value)
    if where is not None and isinstance(where.value, Passage):
        about |= {"chain": where.value.chain, "interface": where.value.interface}
    state, reason = FIREWALL[answer[family]]
    value = {State.MET: 1.0, State.MISSED: 0.0}.get(state)
    return Finding(state=state, reason=reason, value=value, about=about)


def judge_flow(flow: Flow, seen: Observation) -> Finding:
    """Return what trying a flow comes to; silence counts only where a trial from there is shown able to pass."""
    tried = attempts_in(seen, TRIAL)
    about: dict[str, DetailValue] = {"to": flow.to}
    if any(one.answer is FlowResult.OPEN for one in tried):
        return _missed(Reason.FLOW_OPEN, about) if flow.expect == "blocked" else _met(about | {"passes": 1})
    # A family for which the machine has no way at all says nothing beside one that was really tried.
    counted = [one for one in tried if one.answer is not FlowResult.NO_ROUTE] or tried
    about |= {one.answer.value.replace("-", "_"): 1 for one in counted[:1]}
    if any(one.answer is FlowResult.ERROR for one in counted):
        return Finding(state=State.UNPROVEN, reason=Reason.EXITED, about=about)
    witness = seen.one(WITNESS)
    if witness is not None:
        about |= {"witness": str(witness.value)}
    silent = any(one.answer is FlowResult.SILENT for one in counted)
    if flow.expect == "open":
        return (
            Finding(state=State.UNPROVEN, reason=Reason.TIMED_OUT, about=about)
            if silent
            else _missed(Reason.FLOW_BLOCKED, about)
        )
    # Someone else said no, and no trial that should pass says anything else: the way there works.
    refused = [one for one in counted if one.answer is FlowResult.REFUSED and not one.here]
    if counted and not flow.controls and refused == counted:
        return _met(about)
    if not counted or (silent and witness is None) or not _controlled(counted, attempts_in(seen, CONTROL)):
        if not flow.controls:
            about |= {"undeclared": 1}
        return Finding(state=State.UNPROVEN, reason=Reason.NO_CONTROL, about=about)
    return _met(about)


def _controlled(tried: Iterable[Attempt], controls: Iterable[Attempt]) -> bool:
    """Return True where one of the family of each tried address passed; over a network, unless both are here."""
    passed = [one for one in controls if one.answer is FlowResult.OPEN]
    return all(
        any(control.family == one.family and (one.here or not control.here) for control in passed) for one in tried
    )


def _met(about: Detail) -> Finding:
    return Finding(state=State.MET, reason=Reason.WITHIN_LIMIT, value=1.0, about=about)


def _missed(reason: Reason, about: Detail) -> Finding:
    return Finding(state=State.MISSED, reason=reason, value=0.0, about=about)


CHECK = Check(target="network-segmentation", needs=needs, judge=judge)
