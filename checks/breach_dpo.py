"""breach-dpo: a breach of personal data is signalled to the DPO within 24 h of being detected (article 6).

An incident that touches personal data, beside which no breach was entered, is an open question: nothing shows whether
there was one, whatever the months say.
"""

from collections.abc import Iterator
from datetime import timedelta

from agent.core.duties.entries import DUTIES, RegisterEntry
from agent.core.judging.check import Check, Question
from agent.core.judging.events import in_hours, judge_event
from agent.core.model import Detail, Finding, State
from agent.core.reason import Reason

TARGET = "breach-dpo"
# A breach may come to light while its incident is looked into, or bring that to light.
BEFORE, AFTER = timedelta(days=1), timedelta(days=31)


def entered(question: Question) -> Iterator[Finding]:
    """Yield the findings on a breach, or a beneficiary's months."""
    findings = tuple(judge_event(question, DUTIES[TARGET], in_hours))
    asked = () if isinstance(question.item, RegisterEntry) else unanswered(question)
    if not asked:
        yield from findings
        return
    about: Detail = {"incident": asked[0].id, "incidents": len(asked)}
    evidence = tuple(entry.id for entry in asked)
    yield Finding(state=State.UNPROVEN, reason=Reason.INCOMPLETE, about=about, evidence=evidence)
    yield from (finding for finding in findings if finding.state is not State.NOT_APPLICABLE)


def unanswered(question: Question) -> tuple[RegisterEntry, ...]:
    """Return the incidents that touch personal data and beside which no breach was entered; one breach answers one.

    All windows have one length: taken by their days, each incident with the first breach that is left in its own, as
    many as can be are answered.
    """
    breaches = sorted(when.day for one in question.registered("breach") if (when := one.when("detected")) is not None)
    incidents = [
        (when.day, entry)
        for entry in question.registered("incident")
        if entry.get("personal_data") == "yes" and (when := entry.when("detected")) is not None
    ]
    asked: list[RegisterEntry] = []
    for day, entry in sorted(incidents, key=lambda one: one[0]):
        own = next((breach for breach in breaches if -BEFORE <= breach - day <= AFTER), None)
        if own is None:
            asked.append(entry)
        else:
            breaches.remove(own)
    return tuple(asked)


CHECK = Check(target=TARGET, entered=entered)
