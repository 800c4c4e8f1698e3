"""Periodic duties (scan, test, session): when each is next due. Source: contract, «Registers»."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from agent.core.ahead import lies_ahead
from agent.core.duties.entries import RegisterEntry
from agent.core.duties.moments import CivilMoment, read_when
from agent.core.duties.terms import due_after, last_moment
from agent.core.judging.as_entered import as_entered, missed_terms
from agent.core.judging.check import Question
from agent.core.judging.entry_date import late_entry
from agent.core.model import Detail, Finding, State
from agent.core.period import day_of
from agent.core.reason import Reason


def last_performed(entries: Sequence[RegisterEntry], now: datetime) -> RegisterEntry | None:
    """Return the entry that was performed last, whenever it was entered; None: there is none.

    One that lies ahead of now was entered under a clock that ran ahead, and shows nothing before its day.
    """
    begun = [(read_when(entry.values["performed"]).begins, entry) for entry in entries]
    past = [(begins, entry) for begins, entry in begun if not lies_ahead(begins, now)]
    return max(past, key=lambda one: one[0], default=(None, None))[1]


def judge_periodic(
    question: Question, entries: Sequence[RegisterEntry], counts: Callable[[RegisterEntry], bool] = lambda entry: True
) -> Finding:
    """Return how a duty stands by the entries of a register that count for it, as they were entered.

    Never done, it is unproven and on course until its limit has passed since the subject's start, then overdue.
    """
    limit = timedelta(seconds=question.target.limit or 0)
    since = question.since or question.first_seen

    def missed(known: Sequence[RegisterEntry], at: datetime | None) -> Sequence[datetime]:
        done = {read_when(one.values["performed"]) for one in known if counts(one)}
        return missed_terms(since, sorted(done, key=lambda when: when.begins), limit, at)

    last = last_performed([one for one in as_entered(entries, missed) if counts(one)], question.now)
    if last is None:
        return _never(question, limit)
    when = read_when(last.values["performed"])
    due = due_after(when, limit)
    late = question.now > due or (when.begins < when.ends and question.now == due)
    about: Detail = {"entry": last.id, "performed": when.value, "due": last_moment(due), **late_entry(last)}
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
