"""backup-rto: how long it takes to get a whole source back, as its last full exercise measured it (article 5)."""

from collections.abc import Iterator
from datetime import timedelta

from agent.core.durations import read_duration
from agent.core.entries import Entry
from agent.core.inventory import Backup
from agent.core.judging import Check, Question
from agent.core.model import Detail, Finding, State
from agent.core.moments import read_when
from agent.core.periodic import last_performed
from agent.core.reason import Reason
from agent.core.terms import due_after


def entered(question: Question) -> Iterator[Finding]:
    """Yield how long the backup's last full exercise took; one that failed shows no time at all."""
    backup: Backup = question.item
    last = last_performed([entry for entry in question.registered("recovery-test") if entry.get("backup") == backup.id])
    if last is None:
        yield Finding(state=State.UNPROVEN, reason=Reason.NOT_RUN, about={"register": "recovery-test"})
    else:
        yield _measured(last, question)


def _measured(last: Entry, question: Question) -> Finding:
    when = read_when(last.values["performed"])
    about: Detail = {"entry": last.id, "performed": when.text, "basis": "measured"}
    if last.get("result") != "ok":
        return Finding(state=State.UNPROVEN, reason=Reason.INCOMPLETE, about=about, evidence=(last.id,))
    age, stands_until = question.now - when.ends, due_after(when, question.target.evidence_age)
    if question.now > stands_until:
        seconds = {"evidence_age": age.total_seconds(), "evidence_limit": question.target.evidence_age.total_seconds()}
        return Finding(
            state=State.UNPROVEN, reason=Reason.STALE_EVIDENCE, about={**about, **seconds}, evidence=(last.id,)
        )
    took, limit = read_duration(last.values["duration"]), timedelta(seconds=question.target.limit or 0)
    return Finding(
        state=State.MET if took <= limit else State.MISSED,
        reason=Reason.WITHIN_LIMIT if took <= limit else Reason.TOO_SLOW,
        value=took.total_seconds(),
        limit=limit.total_seconds(),
        unit="seconds",
        observed_at=min(when.ends, question.now),
        stands_until=stands_until,
        about=about,
        evidence=(last.id,),
    )


CHECK = Check(target="backup-rto", entered=entered)
