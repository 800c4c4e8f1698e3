"""breach-cnil: a breach is notified to the CNIL, where that is due, within 72 h of being detected (article 6)."""

from collections.abc import Iterator

from agent.core.duties.entries import DUTIES
from agent.core.judging.check import Check, Question
from agent.core.judging.events import in_hours, judge_event
from agent.core.model import Finding

TARGET = "breach-cnil"


def entered(question: Question) -> Iterator[Finding]:
    """Yield the findings on a breach, or a beneficiary's months."""
    yield from judge_event(question, DUTIES[TARGET], in_hours)


CHECK = Check(target=TARGET, entered=entered)
