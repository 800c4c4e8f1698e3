"""Targets by event: the finding of each entry of a register, and of a beneficiary's months beside them.

Source: convention, «Targets by event»; contract, «Registers» and «Expected».
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

from agent.core.convention import EntryDuty
from agent.core.duties.entries import RegisterEntry, clock_keys, closed_on, first_opened, is_due, opened
from agent.core.duties.moments import CivilMoment, read_when
from agent.core.duties.terms import Term, TermState, end_of, hours_term, last_moment, unsigned_from, working_days_term
from agent.core.judging.check import Question
from agent.core.model import WORST_FIRST, Detail, DetailValue, Finding, State
from agent.core.period import Month, day_of
from agent.core.reason import Reason

TermOf = Callable[[CivilMoment, CivilMoment | None, float, datetime], Term]

OUTCOMES = {
    TermState.RUNNING: (State.MET, Reason.ON_COURSE),
    TermState.IN_TIME: (State.MET, Reason.WITHIN_LIMIT),
    TermState.LATE: (State.MISSED, Reason.OVERDUE),
    TermState.OVERDUE: (State.MISSED, Reason.OVERDUE),
    TermState.UNKNOWN: (State.UNPROVEN, Reason.INCOMPLETE),
}


def in_hours(start: CivilMoment, done: CivilMoment | None, limit: float, now: datetime) -> Term:
    """Return how a clock of some seconds stands."""
    return hours_term(start, done, timedelta(seconds=limit), now)


def in_working_days(start: CivilMoment, done: CivilMoment | None, limit: float, now: datetime) -> Term:
    """Return how a clock of some working days stands."""
    return working_days_term(start, done, limit, now)


# The clock of each unit in which a term is counted.
CLOCKS = {"seconds": in_hours, "working-days": in_working_days}


def judge_event(question: Question, duty: EntryDuty, term_of: TermOf) -> Iterator[Finding]:
    """Yield the finding of one entry, if the question is about one; else that of the beneficiary's months."""
    if isinstance(question.item, RegisterEntry):
        yield judge_entry(question.item, question, duty, term_of)
    else:
        yield from judge_months(question, duty, lambda entry: judge_entry(entry, question, duty, term_of))


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenTerm:
    """A term that had passed, not kept, before an amendment changed a date or a word that it rested on.

    `done` is when it was closed by the word before that amendment; None: it was open.
    """

    start: CivilMoment
    term: Term
    amended: date
    limit: float
    done: CivilMoment | None = None


ObjectiveOn = Callable[[date], float | None]


def limit_of(start: CivilMoment, term_of: TermOf, objective: ObjectiveOn, upto: date) -> float:
    """Return the limit of a clock: the one in force when its term fell, or on `upto`, its closing, before that.

    The term is counted by the limit of the day on which the clock started: an adaptation may move a term that is
    still to come, and none that has passed.
    """
    first = objective(start.day) or 0
    due = day_of(term_of(start, None, first, start.begins).due - timedelta(microseconds=1))
    return objective(max(min(due, upto), start.day)) or 0


def lost_term(entry: RegisterEntry, duty: EntryDuty, term_of: TermOf, objective: ObjectiveOn) -> BrokenTerm | None:
    """Return the first term that an earlier revision had missed and a later one amended away, or None.

    A value entered later for the first time (`reported`) takes nothing away; one that is changed or taken back does.
    """
    following = (*(one.values for one in entry.earlier), entry.values)[1:]
    for revision, after in zip(entry.earlier, following, strict=True):
        then = entry.as_it_was(revision)
        changed = any(key in then.values and then.values[key] != after.get(key) for key in clock_keys(duty))
        if not changed or then.signs is not None or not is_due(duty, then):
            continue
        start, amended = opened(duty, then), day_of(revision.until)
        limit = limit_of(start, term_of, objective, amended)
        done = None if duty.closed is None else then.when(duty.closed)
        term = term_of(start, done, limit, revision.until)
        if OUTCOMES[term.outcome][0] is State.MISSED:
            return BrokenTerm(start=start, term=term, amended=amended, limit=limit, done=done)
    return None


def judge_entry(entry: RegisterEntry, question: Question, duty: EntryDuty, term_of: TermOf) -> Finding:
    """Return the finding of one entry; an entry of which nothing is due is not applicable.

    A term that was missed stays so, whatever the entry was amended to since.
    """
    start = opened(duty, entry)
    about: Detail = {"entry": entry.id}
    objective = partial(question.objective, duty.target)
    lost = lost_term(entry, duty, term_of, objective)
    if lost is not None:
        return _lost(entry, lost, about)
    if not is_due(duty, entry):
        key, value = duty.unless or ("", "")
        return Finding(
            state=State.NOT_APPLICABLE,
            reason=Reason.NOT_EXPECTED,
            about={**about, "nothing_due": f"{key}={value}"},
            evidence=(entry.id,),
        )
    done = None if duty.closed is None else entry.when(duty.closed)
    limit = limit_of(start, term_of, objective, day_of(question.now) if done is None else done.day)
    term = term_of(start, done, limit, question.now)
    state, reason = OUTCOMES[term.outcome]
    change = entry.changed(duty.opened)
    if change is not None:
        about = {**about, "first_opened": read_when(change.first).value, "amended": change.on}
    running = term.outcome is TermState.RUNNING
    named: dict[str, DetailValue | None] = {
        "opened": start.value,
        "due": last_moment(term.sure if running else term.due),
        "delay_reason": entry.get("delay_reason"),
    }
    named["closed"] = None if done is None else done.value
    return Finding(
        state=state,
        reason=reason,
        value=term.value,
        limit=limit,
        stands_until=term.sure if running else None,
        about={**about, **{name: value for name, value in named.items() if value is not None}},
        evidence=(entry.id,),
    )


def _lost(entry: RegisterEntry, lost: BrokenTerm, about: Detail) -> Finding:
    told_of = {"first_opened": lost.start.value, "due": last_moment(lost.term.due), "amended_late": lost.amended}
    return Finding(
        state=State.MISSED,
        reason=Reason.OVERDUE,
        value=lost.term.value,
        limit=lost.limit,
        about={**about, **told_of},
        evidence=(entry.id,),
    )


def judge_months(
    question: Question, duty: EntryDuty, judge_one: Callable[[RegisterEntry], Finding]
) -> Iterator[Finding]:
    """Yield the worst of a beneficiary's months: those with an open entry, the present one, those no one signed.

    Where nothing happened, or nothing was due of what did, it is not applicable: months signed as empty say so.
    """
    present = Month.of(day_of(question.now))
    entries = [entry for entry in question.registered(duty.register) if entry.signs is None]
    running = [entry for entry in entries if closed_on(duty, entry) is None or present in months_of(duty, entry)]
    findings = [judge_one(entry) for entry in running]
    found = [*_most_urgent(findings), *unsigned(question, duty)]
    if found:
        yield from found
        return
    signed = sorted(entry.signs for entry in question.registered(duty.register) if entry.signs is not None)
    about: Detail = {"signed_until": str(signed[-1])} if signed else {"month": str(present)}
    yield Finding(state=State.NOT_APPLICABLE, reason=Reason.NOT_EXPECTED, about={**about, "nothing_due": "none"})


def months_of(duty: EntryDuty, entry: RegisterEntry) -> tuple[Month, ...]:
    """Return the month that an entry signs as empty, or those in which its clock started, at first and as amended."""
    if entry.signs is not None:
        return (entry.signs,)
    return Month.of(first_opened(duty, entry)), Month.of(opened(duty, entry).day)


def _most_urgent(findings: Sequence[Finding]) -> Iterator[Finding]:
    # One finding for each state, the first one due, which counts the others: a register may hold thousands.
    for state in WORST_FIRST:
        same = [finding for finding in findings if finding.state is state]
        if same and state is not State.NOT_APPLICABLE:
            first = min(same, key=_due)
            yield replace(first, about={**first.about, "entries": len(same)})


def _due(finding: Finding) -> datetime:
    """Return when a finding's term is over; one without a term comes last."""
    due = finding.about.get("due")
    return end_of(due) if isinstance(due, date) else datetime.max.replace(tzinfo=UTC)


def unsigned(question: Question, duty: EntryDuty) -> Iterator[Finding]:
    """Yield that some months are over and show nothing: neither an entry nor a signature that nothing happened."""
    entries = question.registered(duty.register)
    shown = {month for entry in entries for month in months_of(duty, entry)}
    missing = []
    month = Month.of(day_of(question.since or question.first_seen))
    while question.now >= unsigned_from(month):
        if month not in shown:
            missing.append(month)
        month = month.next
    if missing:
        about: Detail = {"register": duty.register, "month": str(missing[0]), "months": len(missing)}
        yield Finding(state=State.UNPROVEN, reason=Reason.INCOMPLETE, about=about)
