"""Periodic duties (scan, test, session): when each is next due. Source: contract, «Registers»."""

from collections.abc import Sequence
from datetime import timedelta

from agent.core.duties.entries import RegisterEntry
from agent.core.duties.moments import CivilMoment, read_when
from agent.core.duties.terms import due_after, last_moment
from agent.core.judging.check import Question
from agent.core.model import Detail, Finding, State
from agent.core.period import day_of
from agent.core.reason import Reason


def last_performed(entries: Sequence[RegisterEntry]) -> RegisterEntry | None:
    """Return the entry that was performed last, whenever it was entered; None: there is none."""
    return max(entries, key=lambda entry: read_when(entry.values["performed"]).begins, default=None)


def judge_periodic(question: Question, entries: Sequence[RegisterEntry]) -> Finding:
    """Return how a duty stands by the entries about it.

    Never done, it is unproven and on course until its limit has passed since the subject's start, then overdue.
    """
    limit = timedelta(seconds=question.target.limit or 0)
    last = last_performed(entries)
    if last is None:
        return _never(question, limit)
    when = read_when(last.values["performed"])
    due = due_after(when, limit)
    late = question.now > due or (when.begins < when.ends and question.now == due)
    about: Detail = {"entry": last.id, "performed": when.value, "due": last_moment(due)}
    return Finding(
        state=State.MISSED if late else State.MET,
        reason=Reason.OVERDUE if late else Reason.WITHIN_LIMIT,
        value=max((question.now - when.ends).total_seconds(), 0.0),
        stands_until=None if late else due,
        about=about,
        evidence=(last.id,),
    )


def _never(question: Question, limit: timedelta) -> Finding:
    since = question.since or question.first_seen
    due = due_after(CivilMoment(text="", begins=since, ends=since), limit)
    late = question.now > due
    # No value: the time since the start is no age of anything that was done.
    return Finding(
        state=State.MISSED if late else State.UNPROVEN,
        reason=Reason.OVERDUE if late else Reason.ON_COURSE,
        stands_until=None if late else due,
        about={"never": day_of(since), "due": last_moment(due)},
    )
