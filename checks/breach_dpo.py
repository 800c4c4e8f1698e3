"""breach-dpo: a breach of personal data is signalled to the DPO within 24 h of being detected (article 6)."""

from collections.abc import Iterator

from agent.core.entries import DUTIES
from agent.core.events import in_hours, judge_event
from agent.core.judging import Check, Question
from agent.core.model import Finding

TARGET = "breach-dpo"


def entered(question: Question) -> Iterator[Finding]:
    """Yield what a breach comes to, or a beneficiary's months."""
    yield from judge_event(question, DUTIES[TARGET], in_hours)


CHECK = Check(target=TARGET, entered=entered)
