"""awareness: a session of GDPR awareness was held within the last year (convention, article 6)."""

from collections.abc import Iterator

from agent.core.judging.check import Check, Question
from agent.core.judging.periodic import judge_periodic
from agent.core.model import Finding


def entered(question: Question) -> Iterator[Finding]:
    """Yield how long ago the beneficiary's last session was."""
    yield judge_periodic(question, question.registered("awareness"))


CHECK = Check(target="awareness", entered=entered)
