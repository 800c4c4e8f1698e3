"""gdpr-audit: how long ago the last audit was; one may be asked for, none has to be (convention, article 6)."""

from collections.abc import Iterator

from agent.core.duties.moments import read_when
from agent.core.judging.check import Check, Question
from agent.core.judging.periodic import last_performed
from agent.core.model import Finding, State
from agent.core.reason import Reason


def entered(question: Question) -> Iterator[Finding]:
    """Yield the age of the last audit; where none was made, none was asked for, and nothing is due."""
    last = last_performed(question.registered("audit"), question.now)
    if last is None:
        yield Finding(state=State.NOT_APPLICABLE, reason=Reason.NOT_EXPECTED, about={"nothing_due": "none"})
        return
    when = read_when(last.values["performed"])
    yield Finding(
        state=State.MET,
        reason=Reason.WITHIN_LIMIT,
        value=max((question.now - when.ends).total_seconds(), 0.0),
        about={"entry": last.id, "performed": when.value},
        evidence=(last.id,),
    )


CHECK = Check(target="gdpr-audit", entered=entered)
