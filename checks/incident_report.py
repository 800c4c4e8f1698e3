"""incident-report: major incidents are reported within ten working days of being detected (convention, article 5.1)."""

from collections.abc import Iterator

from agent.core.duties.entries import DUTIES
from agent.core.judging.check import Check, Question
from agent.core.judging.events import in_working_days, judge_event
from agent.core.model import Finding

TARGET = "incident-report"


def entered(question: Question) -> Iterator[Finding]:
    """Yield the findings on an incident, or a beneficiary's months."""
    yield from judge_event(question, DUTIES[TARGET], in_working_days)


CHECK = Check(target=TARGET, entered=entered)
