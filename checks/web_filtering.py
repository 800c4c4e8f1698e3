"""web-filtering: the test address of each blocked category is refused, while its control address opens (article 5)."""

from collections.abc import Iterator

from agent.core.facts.web_pages import CONTROL, SAME, TRIAL, Fetched, FetchOutcome, fetched_in
from agent.core.inventory import WebFilter
from agent.core.judging.check import Check, Need, Question
from agent.core.model import DetailValue, Finding, Observation, State
from agent.core.reason import Reason

REASONS = {
    FetchOutcome.TIMED_OUT: Reason.TIMED_OUT,
    FetchOutcome.UNRESOLVED: Reason.UNREACHABLE,
    FetchOutcome.REFUSED: Reason.UNREACHABLE,
    FetchOutcome.UNREACHABLE: Reason.UNREACHABLE,
    FetchOutcome.PROXY: Reason.UNREACHABLE,
}
About = dict[str, DetailValue]


def needs(question: Question) -> tuple[Need, ...]:
    """Return the one look at the category."""
    category: WebFilter = question.item
    return (Need(collector="web_filter", subject=category.id),)


def judge(need: Need, seen: Observation, question: Question) -> Iterator[Finding]:
    """Yield what the two pages come to; what opened is seen and bad, whatever the control says."""
    trial, control = fetched_in(seen, TRIAL), fetched_in(seen, CONTROL)
    if trial is None or control is None:
        return
    about = _about(trial) | _by_whom(trial, control)
    same = seen.one(SAME) is not None
    if trial.opened and not same:
        yield Finding(state=State.MISSED, reason=Reason.NOT_FILTERED, value=0.0, about=about)
    elif same or (trial.refused_as is not None and not control.opened):
        about |= {"same": 1} if same else {f"control_{name}": value for name, value in _about(control).items()}
        yield Finding(state=State.UNPROVEN, reason=Reason.NO_CONTROL, about=about)
    elif trial.refused_as is not None:
        yield Finding(state=State.MET, reason=Reason.WITHIN_LIMIT, value=1.0, about=about)
    else:
        yield Finding(state=State.UNPROVEN, reason=REASONS.get(trial.end, Reason.EXITED), about=about)


def _about(fetched: Fetched) -> About:
    """Return what came: the form of refusal, else the status, else how it ended."""
    if fetched.refused_as is not None:
        kind, _, rest = fetched.refused_as.partition(" ")
        return {f"refused_{kind}": rest or 1}
    if fetched.end is FetchOutcome.ANSWERED and fetched.status is not None:
        return {"status": str(fetched.status)}
    return {f"ended_{fetched.end.value.replace('-', '_')}": 1}


def _by_whom(trial: Fetched, control: Fetched) -> About:
    """Return through which proxy it went, and that someone on the way answered under another's certificate."""
    about: About = {}
    if trial.proxy is not None:
        about["proxy"] = trial.proxy
    intercepted = next((one for one in (trial, control) if one.intercepted), None)
    if intercepted is not None:
        about["issuer"] = intercepted.issuer or "?"
    return about


CHECK = Check(target="web-filtering", needs=needs, judge=judge)
