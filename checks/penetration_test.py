"""penetration-test: each exposed perimeter was tested within the last year (convention, article 5)."""

from collections.abc import Iterator

from agent.core.inventory import Perimeter
from agent.core.judging.check import Check, Question
from agent.core.judging.periodic import judge_periodic
from agent.core.model import Finding, State
from agent.core.reason import Reason


def declared(question: Question) -> Iterator[Finding]:
    """Yield that nothing is due of a perimeter that is not exposed."""
    perimeter: Perimeter = question.item
    if not perimeter.exposed:
        yield Finding(state=State.NOT_APPLICABLE, reason=Reason.NOT_EXPECTED)


def entered(question: Question) -> Iterator[Finding]:
    """Yield how long ago the perimeter's last test was; a test of another perimeter shows nothing of this one."""
    perimeter: Perimeter = question.item
    yield judge_periodic(question, question.registered("pentest"), lambda entry: entry.get("perimeter") == perimeter.id)


CHECK = Check(target="penetration-test", declared=declared, entered=entered)
