"""backup-rto: how long it takes to get a whole source back (article 5): measured by a full exercise, else estimated.

An estimate is an upper bound drawn from the weekly restores of parts of the off-site copy (see restore_pace).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from agent.core.durations import read_duration
from agent.core.duties.entries import RegisterEntry
from agent.core.duties.moments import read_when
from agent.core.duties.terms import due_after
from agent.core.facts.recovery_points import copies_to_restore_from
from agent.core.facts.restore_pace import COLLECTOR, DRAWS_STAND, LEAST_DRAWS, MeasuredRestore, draws_in, estimate
from agent.core.inventory import Backup, Copy
from agent.core.judging.check import Check, Need, Question
from agent.core.judging.counting import counted_points
from agent.core.judging.entry_date import late_entry
from agent.core.judging.periodic import last_performed
from agent.core.judging.recovery_tests import first_failed
from agent.core.measures import Seconds
from agent.core.model import Detail, Finding, Observation, State
from agent.core.reason import Reason


def needs(question: Question) -> tuple[Need, ...]:
    """Return the timed restores of the first off-site copy; optional where an exercise tells the time itself."""
    copy = _sampled(question)
    if copy is None:
        return ()
    told = _exercised(question)
    return (Need(collector=COLLECTOR, subject=copy.subject, by_occasion=True, evidence_age=DRAWS_STAND, optional=told),)


def entered(question: Question) -> Iterator[Finding]:
    """Yield how long the backup's last full exercise took; one that failed shows no time at all.

    Where there is none, or none of the last year, the timed restores tell instead, if any are made.
    """
    last = _last(question)
    if not _exercised(question) and _sampled(question) is not None:
        return
    if last is None:
        yield Finding(state=State.UNPROVEN, reason=Reason.NOT_RUN, about={"register": "recovery-test"})
    else:
        yield _measured(last, question)


def judge(need: Need, seen: Observation, question: Question) -> Iterator[Finding]:
    """Yield the bound on how long the newest point would take, wider the older what it rests on.

    Beside an exercise of the last year it only counts where it is beyond doubt: the source may have grown since.
    """
    last = _last(question)
    measured = None
    if last is not None and last.get("result") == "ok" and last.get("recovery_point"):
        point = read_when(last.values["recovery_point"]).begins
        measured = MeasuredRestore(point=point, seconds=read_duration(last.values["duration"]).total_seconds())
    found = estimate(seen, question.now, measured)
    beside = _exercised(question)
    if found is None and beside:
        return
    if found is None:
        about: Detail = {"draws": len(draws_in(seen)), "draws_needed": LEAST_DRAWS, "copy": seen.subject}
        yield Finding(state=State.UNPROVEN, reason=Reason.ON_COURSE, about=about)
        return
    limit = question.target.limit or 0.0
    state, reason = State.UNPROVEN, Reason.TOO_SLOW
    if found.upper <= limit:
        state, reason = State.MET, Reason.WITHIN_LIMIT
    elif found.lower > limit:
        state = State.MISSED
    if beside and state is State.UNPROVEN:
        return
    damage = _nothing_sound(need.subject, question) if state is State.MET else None
    if damage is not None:
        # How fast it comes back says nothing where no point is known to come back whole.
        about = {"copy": seen.subject, "file": damage}
        yield Finding(state=State.UNPROVEN, reason=Reason.DAMAGED, about=about)
        return
    likely = Seconds(round(found.mean, 3))
    about = {"basis": "estimated", "draws": found.draws, "likely_seconds": likely, "copy": seen.subject}
    if found.calibrated and last is not None:
        about = {**about, "calibrated_by": last.id}
    yield Finding(state=state, reason=reason, value=found.upper, limit=limit, unit="seconds", about=about)


def _nothing_sound(copy: str, question: Question) -> str | None:
    """Return a damaged file of a copy where that leaves some path without a point that is known to be sound."""
    backup: Backup = question.item
    listing = question.last_look(backup.program.listing, copy)
    if listing is None:
        return None
    series = counted_points(backup, listing, question.last_look, parts=backup.parts_of(copy))
    return next((one.damage for one in series if one.newest is None and (one.damaged or one.doubtful)), None)


def _last(question: Question) -> RegisterEntry | None:
    backup: Backup = question.item
    exercises = [first_failed(entry, question.objective) for entry in question.registered("recovery-test")]
    return last_performed([entry for entry in exercises if entry.get("backup") == backup.id], question.now)


def _exercised(question: Question) -> bool:
    """Return whether an exercise settles the time: one of the last year, or one that failed."""
    last = _last(question)
    return last is not None and (last.get("result") != "ok" or question.now <= _stands_until(last, question))


def _sampled(question: Question) -> Copy | None:
    """Return the copy whose pace is measured, if any is."""
    backup: Backup = question.item
    return None if backup.sample is None else next(iter(copies_to_restore_from(backup)), None)


def _stands_until(last: RegisterEntry, question: Question) -> datetime:
    return due_after(read_when(last.values["performed"]), question.target.evidence_age)


def _measured(last: RegisterEntry, question: Question) -> Finding:
    when = read_when(last.values["performed"])
    about: Detail = {"entry": last.id, "performed": when.value, "basis": "measured", **late_entry(last)}
    if last.get("result") != "ok" or read_duration(last.values["duration"]) <= timedelta(0):
        return Finding(state=State.UNPROVEN, reason=Reason.INCOMPLETE, about=about, evidence=(last.id,))
    age, stands_until = question.now - when.ends, _stands_until(last, question)
    if question.now > stands_until:
        good_for = Seconds(question.target.evidence_age.total_seconds())
        seconds = {"evidence_age": Seconds(age.total_seconds()), "evidence_limit": good_for}
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


CHECK = Check(target="backup-rto", needs=needs, judge=judge, entered=entered)
