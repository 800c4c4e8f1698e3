"""What a report for everyone leaves out of a target that still fell short: weaknesses that are open. Pure.

Source: code des relations entre le public et l'administration, article L. 311-5, 2°, d: documents whose disclosure
would endanger the security of an administration's information systems are not communicated.
"""

from collections.abc import Collection, Iterable

from agent.accounting.agreements import Acceptance
from agent.accounting.quarter import QuarterOutcome
from agent.core.convention import CLAUSES, OFF_SITE
from agent.core.duties.entries import AWARENESS, DUTIES, RegisterEntry, closed_on, duties_of, is_due
from agent.core.judging.wanted_change import REGISTER as CHANGES
from agent.core.model import State
from agent.report.figures import EditionChange, Report, TargetFigures
from agent.report.names import Names
from agent.report.occurrences import SIGNED_BY_MONTH
from agent.report.restore_times import RESTORE_TIME
from agent.report.tables import ReportTable
from agent.wording import front as words
from agent.wording.report import NOT_FOLLOWED, states

# Draws that were read back of a copy.
AUDITS = "audit-draw"
# Registers by which no target is counted, with those on whose pages their entries stand.
_SHOWN_WITH = {
    AUDITS: (OFF_SITE,),
    AWARENESS: (AWARENESS,),
    CHANGES: tuple(target for target, clause in CLAUSES.items() if clause.dated_evidence),
}
# One exercise counts for each of them: of one that is open another says how long it took.
EXERCISED = frozenset(target for target, clause in CLAUSES.items() if clause.exercised)
_ENDED = (State.MET, State.NOT_APPLICABLE)


def undisclosed(one: TargetFigures, report: Report, called: Names) -> bool:
    """Return True where a report for everyone gives a target's counts alone.

    It fell short at the end of the period, something left whose last day seen was missed, a risk was accepted for it
    beyond that end, or a clock runs for an entry.
    """
    if not called.public or one.outcome is None:
        return False
    if _clock_runs(one.target, report):
        return True
    if one.outcome is QuarterOutcome.NOT_APPLICABLE:
        return False
    if one.open or any(
        risk.key.target == one.target and lasting(risk, report) for risk in report.agreements.latest.acceptances
    ):
        return True
    if one.events is not None:
        return any(item.done is None and item.state not in _ENDED for item in one.events.occurrences)
    return bool(one.days) and one.days[-1].state not in _ENDED


def _clock_runs(target: str, report: Report) -> bool:
    """Return True where something is still to be done of an entry by which a target is counted, even in time.

    By any target of its register: of a breach of which the CNIL is not told, the word to the DPO tells the day as well.
    """
    return target in DUTIES and still_to_be_done(DUTIES[target].register, report.entries)


def still_to_be_done(register: str, entries: Iterable[RegisterEntry]) -> bool:
    """Return True where something is still to be done of an entry of a register, in time as well."""
    own = [entry for entry in entries if entry.register == register and entry.signs is None]
    return any(is_due(duty, entry) and closed_on(duty, entry) is None for duty in duties_of(register) for entry in own)


def undisclosed_targets(report: Report, called: Names) -> frozenset[str]:
    """Return the targets of which a report for everyone gives the counts alone."""
    return frozenset(one.target for one in report.targets if undisclosed(one, report, called))


def tells_of(entry: RegisterEntry, targets: Collection[str]) -> bool:
    """Return True where an entry is about one of some targets, or one of them is counted by its register."""
    counted_by = (
        id
        for id, clause in CLAUSES.items()
        for by in (clause.duty, clause.performed)
        if by is not None and by.register == entry.register
    )
    shown_with = _SHOWN_WITH.get(entry.register, ())
    return any(target in targets for target in (entry.get("target"), *counted_by, *shown_with))


def named_alone(one: EditionChange, targets: Collection[str]) -> bool:
    """Return True where a change is of one of some targets, or of the time of an exercise that counts for one."""
    return one.target in targets or (one.name == RESTORE_TIME and not EXERCISED.isdisjoint(targets))


def lasting(risk: Acceptance, report: Report) -> bool:
    """Return True where an accepted risk is in force on the last day of the period, or later."""
    return risk.has_effect and risk.in_force_from <= report.made_on and risk.last_day >= report.span.last


def counts_said(one: TargetFigures, called: Names) -> str:
    """Return a target's counts in a sentence that says nothing of what they count."""
    if one.tally is None:
        return ""
    tally = one.tally
    if not tally.expected:
        return called.say(NOT_FOLLOWED if one.events is None else words.NOTHING_DUE)
    said = words.COUNTS_OF_DAYS if one.result is not None else words.COUNTS_DUE
    if one.target in DUTIES and DUTIES[one.target].register in SIGNED_BY_MONTH:
        # A month that is not signed counts as well, and is no incident, breach or departure.
        said = words.COUNTS_OR_MONTHS
    return called.say(said).format(expected=tally.expected, parts=states(tally, called.language))


def notice_or_tables(tables: Iterable[ReportTable], called: Names) -> tuple[tuple[str, ...], tuple[ReportTable, ...]]:
    """Return for everyone a notice in the place of tables that may show what is still open; else the tables alone."""
    shown = tuple(tables)
    return ((called.say(words.TABLES_ELSEWHERE),), ()) if called.public and shown else ((), shown)


def open_counted(report: Report, called: Names) -> str:
    """Return how many targets are given by their counts alone, and why; empty where none is."""
    number = len(undisclosed_targets(report, called))
    return called.say(words.OPEN_COUNTED).format(number=number) if number else ""
