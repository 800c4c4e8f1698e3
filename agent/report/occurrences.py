"""Targets by event: what fell due in a quarter, and whether it was shown to be done in time. Pure.

What fell due earlier and was still open when the quarter began counts again, as missed: it is not forgotten by waiting.
A month that no one signed and in which nothing was entered shows nothing. Source: convention, «Targets by event».
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import partial

from agent.accounting.days import after_acceptances
from agent.accounting.quarter import QuarterOutcome, judge
from agent.accounting.rate import tally
from agent.core.convention import EntryDuty
from agent.core.duties.entries import DUTIES, RegisterEntry, closed_on, is_due, opened
from agent.core.duties.terms import TermState, unsigned_from
from agent.core.judging.departures import digest_of
from agent.core.judging.events import CLOCKS, OUTCOMES, in_hours, limit_of, lost_term, months_of
from agent.core.model import Key, State, Target, Verdict
from agent.core.period import Month, Quarter, day_of
from agent.core.reason import Reason
from agent.report.entered import entered_after
from agent.report.event_books import PERIODIC, OccurrenceInputs, OwedSince
from agent.report.event_figures import Events, NextDue, Occurrence
from agent.report.other_reading import other_outcome
from agent.report.periodic_terms import last_day_of, performed_of, terms_of

# The registers of which each month is signed as empty, or has an entry.
SIGNED_BY_MONTH = frozenset({"incident", "breach", "departure"})


def count_events(target: Target, owed: Sequence[OwedSince], books: OccurrenceInputs) -> Events:
    """Return the result of a target by event; `owed` are the keys of the inventory that it is expected of.

    Each occurrence is judged by the objective in force when it fell due: one that comes later moves nothing. So does
    an amendment that would take a missed term away: the word is the one as entered, with the corrected one beside it.
    """
    found = _count(target, owed, books)
    found = replace(found, in_time=_in_time(found, books))
    if not books.entries:
        return found
    corrected = _count(target, owed, replace(books, corrected=True))
    return replace(
        found,
        occurrences=tuple(_beside(one, corrected.occurrences) for one in found.occurrences),
        corrected=None if corrected.outcome is found.outcome else corrected.outcome,
    )


def _in_time(found: Events, books: OccurrenceInputs) -> QuarterOutcome | None:
    """Return the word without what was entered late and after its term; None: the same."""
    after = [one for one in found.occurrences if one.entered_after is not None]
    if not after:
        return None
    late = State.MISSED
    without = (
        one if one.entered_after is None else _agreed(replace(one, measured=late, state=late), books)
        for one in found.occurrences
    )
    outcome = judged_by(tuple(without), books)[0]
    return None if outcome is found.outcome else outcome


def judged_by(ordered: Sequence[Occurrence], books: OccurrenceInputs) -> tuple[QuarterOutcome, QuarterOutcome]:
    """Return the word that some occurrences make, and that without acceptances; some of them are expected."""
    counted, measured = tally(one.state for one in ordered), tally(one.measured for one in ordered)
    due = (max(one.due, books.quarter.first) for one in ordered if one.state is not State.NOT_APPLICABLE)
    needed = sum((books.attainment(day) for day in due), Fraction(0))
    outcome, measured_outcome = judge(counted, needed), judge(measured, needed)
    return measured_outcome if outcome is QuarterOutcome.NOT_ATTAINED else outcome, measured_outcome


def _beside(one: Occurrence, corrected: Sequence[Occurrence]) -> Occurrence:
    """Return an occurrence with its state by the last amendments, where that is another one."""
    own = [other for other in corrected if other.key == one.key]
    same = [other for other in own if other.entry == one.entry] or [other for other in own if other.due == one.due]
    state = same[0].measured if same else State.NOT_APPLICABLE
    return one if state is one.measured else replace(one, corrected=state)


def _count(target: Target, owed: Sequence[OwedSince], books: OccurrenceInputs) -> Events:
    if target.id in PERIODIC:
        found = [one for since in owed for one in _periodic(target, since, books)]
        ahead = tuple(one for since in owed if (one := _ahead(target, since, books)) is not None)
    else:
        found = [one for since in owed for one in _entered(target, since, books.beside(since.key))]
        ahead = ()
    ordered = tuple(sorted(found, key=lambda one: (one.due, one.key, one.entry or "")))
    counted, measured = tally(one.state for one in ordered), tally(one.measured for one in ordered)
    outcome = measured_outcome = QuarterOutcome.NOT_APPLICABLE if owed else QuarterOutcome.NOT_DEMONSTRATED
    if counted.expected:
        outcome, measured_outcome = judged_by(ordered, books)
    return Events(
        outcome=outcome,
        measured_outcome=measured_outcome,
        tally=counted,
        measured_tally=measured,
        occurrences=ordered,
        ahead=ahead,
        other=other_outcome(target.id, owed, books) if target.id in PERIODIC else None,
    )


def _agreed(one: Occurrence, books: OccurrenceInputs) -> Occurrence:
    """Return an occurrence once acceptances are counted."""
    day = max(one.due, books.quarter.first)
    return replace(one, state=after_acceptances(one.measured, books.agreements.acceptances, one.key, day))


def _counts(due: date, done: date | None, quarter: Quarter) -> bool:
    return due in quarter or (due < quarter.first and (done is None or done >= quarter.first))


def _entered(target: Target, since: OwedSince, books: OccurrenceInputs) -> Iterator[Occurrence]:
    """Yield each entry that fell due, and each month that shows nothing."""
    duty = DUTIES[target.id]
    for entry in books.of(duty.register):
        one = _of_entry(target, duty, entry, books)
        if one is not None and _counts(one.due, one.done, books.quarter):
            yield _agreed(replace(one, carried=one.due < books.quarter.first), books)
    if duty.register in SIGNED_BY_MONTH:
        yield from _unsigned(duty, since, books)


def _of_entry(target: Target, duty: EntryDuty, entry: RegisterEntry, books: OccurrenceInputs) -> Occurrence | None:
    """Return the result of one entry by the quarter's end; None: nothing was due of it by then."""
    key = Key(target=target.id, subject=entry.id, beneficiary=entry.beneficiary)
    objective = partial(books.objective_on, key)
    held = target.unit in CLOCKS and not books.corrected
    lost = None if not held else lost_term(entry, duty, CLOCKS[target.unit], objective)
    if lost is not None and duty.closed is not None:
        due, value, state, reason = last_day_of(lost.term.due), lost.term.value, State.MISSED, Reason.OVERDUE
        done_on = closed_on(duty, entry)
        if done_on is not None and lost.done is not None:
            # The day that the missed term was closed on, by the word that is judged; an amendment closes nothing anew.
            done_on = lost.done.day
        return Occurrence(
            key=key, due=due, state=state, measured=state, reason=reason, entry=entry.id, done=done_on, value=value
        )
    if not is_due(duty, entry):
        return None
    start, done = opened(duty, entry), None if duty.closed is None else entry.when(duty.closed)
    if duty.register == "restore":
        shown = bool(entry.get("reason") and entry.get("author"))
        state, reason = (State.MET, Reason.WITHIN_LIMIT) if shown else (State.MISSED, Reason.INCOMPLETE)
        return Occurrence(
            key=key, due=start.day, state=state, measured=state, reason=reason, entry=entry.id, done=start.day
        )
    upto = last_day_of(books.as_of) if done is None else done.day
    limit = limit_of(start, CLOCKS[target.unit], objective, upto)
    term = CLOCKS[target.unit](start, done, limit, books.as_of)
    due = last_day_of(term.due)
    if duty.closed is None:
        return _seen(key, entry, due, books)
    state, reason = OUTCOMES[term.outcome]
    if state is State.MET and reason is Reason.ON_COURSE:
        return None
    done_on = None if done is None else done.day
    return Occurrence(
        key=key,
        due=due,
        state=state,
        measured=state,
        reason=reason,
        entry=entry.id,
        done=done_on,
        value=term.value,
        entered_after=entered_after(entry, duty.closed, due) if state is State.MET else None,
    )


def _seen(key: Key, entry: RegisterEntry, due: date, books: OccurrenceInputs) -> Occurrence | None:
    """Return what was seen of a departure: only a look shows that a right is gone.

    A verdict on a former revision shows nothing of this one, but that it was missed. What was missed once stays so
    under a verdict that shows nothing, as one of a doubtful clock.
    """
    verdict = books.verdicts.get(key)
    is_missed = verdict is not None and (verdict.measured is State.MISSED or "seen_late" in verdict.about)
    if verdict is not None and not is_missed and _is_of_another_revision(verdict, entry):
        verdict = None
    if is_missed and not books.corrected:
        due = min((due, *_passed(key, entry, books)))
    if due >= day_of(books.as_of) and not books.over:
        return None
    state, reason = State.UNPROVEN, Reason.NOT_RUN
    if verdict is not None and is_missed and verdict.measured is not State.MISSED:
        state, reason = State.MISSED, Reason.RIGHT_REMAINING if entry.closing is None else Reason.OVERDUE
    elif verdict is not None and verdict.reason is not Reason.ON_COURSE:
        state, reason = verdict.measured, verdict.reason
    return Occurrence(
        key=key,
        due=due,
        state=state,
        measured=state,
        reason=reason,
        entry=entry.id,
        done=None if entry.closing is None else day_of(entry.closing.at),
        value=None if verdict is None else verdict.value,
    )


def _is_of_another_revision(verdict: Verdict, entry: RegisterEntry) -> bool:
    """Return whether a verdict names a revision of a departure that asks for something else than the last one."""
    revision = verdict.about.get("revision")
    return revision is not None and revision != digest_of(entry)


def _passed(key: Key, entry: RegisterEntry, books: OccurrenceInputs) -> Iterator[date]:
    """Yield the last day of each term that had passed before an amendment moved it."""
    duty = DUTIES[key.target]
    for revision in entry.earlier:
        then = entry.as_it_was(revision)
        if then.signs is not None:
            continue
        start, amended = opened(duty, then), day_of(revision.until)
        limit = limit_of(start, in_hours, partial(books.objective_on, key), amended)
        term = in_hours(start, None, limit, revision.until)
        if term.outcome is TermState.OVERDUE:
            yield last_day_of(term.due)


def _unsigned(duty: EntryDuty, since: OwedSince, books: OccurrenceInputs) -> Iterator[Occurrence]:
    own = [entry for entry in books.entries if entry.register == duty.register]
    shown = {month for entry in own for month in months_of(duty, entry)}
    month = Month.of(books.quarter.first)
    for _ in range(3):
        begun = day_of(since.starts) <= month.last
        # Once the quarter is over nothing waits for the sixth working day: what it lacks, it lacks.
        if begun and month not in shown and (books.over or books.as_of >= unsigned_from(month)):
            yield _agreed(
                Occurrence(
                    key=since.key,
                    due=month.last,
                    state=State.UNPROVEN,
                    measured=State.UNPROVEN,
                    reason=Reason.INCOMPLETE,
                    month=month,
                ),
                books,
            )
        month = month.next


def _periodic(target: Target, since: OwedSince, books: OccurrenceInputs) -> Iterator[Occurrence]:
    """Yield each term of a duty that comes back, in the quarter in which it was fulfilled or else fell due."""
    for due, done in terms_of(target.id, since, books):
        day = last_day_of(due)
        done_on = None if done is None else done[0].day
        in_time = done is not None and done[0].ends <= due
        ended = done_on if in_time and done_on is not None else day
        carried = day < books.quarter.first and (done_on is None or done_on >= books.quarter.first)
        if not (ended in books.quarter or carried) or (done is None and due > books.as_of):
            continue
        state = State.MET if in_time else State.MISSED
        yield _agreed(
            Occurrence(
                key=since.key,
                due=day,
                state=state,
                measured=state,
                reason=Reason.WITHIN_LIMIT if in_time else Reason.OVERDUE,
                entry=None if done is None else done[1].id,
                done=done_on,
                carried=carried,
                entered_after=None if done is None or not in_time else entered_after(done[1], "performed", day),
            ),
            books,
        )
    if since.gone:
        yield _agreed(
            Occurrence(
                key=since.key,
                due=books.quarter.last,
                state=State.UNPROVEN,
                measured=State.UNPROVEN,
                reason=Reason.NO_LONGER_DECLARED,
            ),
            books,
        )


def _ahead(target: Target, since: OwedSince, books: OccurrenceInputs) -> NextDue | None:
    *_, (due, _) = terms_of(target.id, since, books)
    performed = performed_of(target.id, since, books)
    if since.gone or due <= books.as_of:
        return None
    last, entry = (performed[-1][0].day, performed[-1][1].id) if performed else (None, None)
    return NextDue(key=since.key, due=last_day_of(due), last=last, entry=entry)
