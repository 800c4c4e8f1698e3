"""From what was read to the figures of the report. Pure: the same material always gives the same report."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from agent.accounting.quarter import QuarterOutcome, QuarterResult, TargetDay, target_days
from agent.accounting.rate import tally
from agent.accounting.retirements import Retirement
from agent.core.convention import CLAUSES, COVERAGE, RECOVERY_TIME, STRONG_AUTHENTICATION, Clause, CountingRule
from agent.core.model import State, Verdict
from agent.report.backdating import with_hypothetical
from agent.report.counting import CountedQuarter, Counting
from agent.report.days import SubjectDays, distinct_rows
from agent.report.deviations import deviations, outages
from agent.report.event_figures import Events
from agent.report.figures import EarlierQuarter, Objective, Report, SubjectFigures, TargetFigures
from agent.report.grounds import grounds_of
from agent.report.intervals import Interval, longest
from agent.report.loaded_terms import evidence_ages, run_allowances
from agent.report.material import Material, quarters_up_to
from agent.report.periodic_terms import short_exercises
from agent.report.shortfall import of_days, of_events


def build(material: Material, edition: int | None) -> Report:
    """Return the report; `edition` None: provisional."""
    counting = Counting(material, material.quarter)
    earlier = [Counting(material, quarter) for quarter in quarters_up_to(material.quarter)[:-1]]
    expected = [
        clause
        for clause in CLAUSES.values()
        if not clause.on_request or any(one.declared(clause.id) for one in (counting, *earlier))
    ]
    targets = tuple(target_figures(clause, counting, earlier) for clause in expected)
    targets = tuple(with_hypothetical(targets, counting))
    return Report(
        quarter=material.quarter,
        beneficiary=material.beneficiary,
        beneficiary_name=material.heading.name,
        provider=material.heading.provider,
        reference=material.heading.reference,
        edition=edition,
        as_of=counting.as_of,
        made_on=material.today,
        span=counting.span,
        targets=targets,
        days=counting.subjects,
        entries=material.entries,
        agreements=material.agreements,
        evidence_ages={
            target: ages
            for target, ages in evidence_ages(counting.span, material.loads).items()
            if CLAUSES[target] in expected
        },
        run_allowances=run_allowances(counting.span, material.loads),
        proof=material.proof,
        version=material.version,
        hosts=material.hosts,
        copies=material.copies,
        demonstration=material.heading.demonstration,
        outages=outages(material.silent, counting.subjects),
        perimeters=material.perimeters,
        retentions=material.retentions,
        quotations={id: text for id, text in material.heading.quotations.items() if CLAUSES[id] in expected},
        agents=material.agents,
        unheard=material.unheard,
        short_exercises=short_exercises(material.entries, counting.event_inputs(RECOVERY_TIME)),
        taken_back={one.id: _missed(one, material) for one in material.retirements if one.mistake},
    )


def _missed(one: Retirement, material: Material) -> int:
    own = [days for key, days in material.kept.items() if one.covers(key)]
    return len({day for days in own for day, came in days.items() if came.measured is State.MISSED})


def target_figures(clause: Clause, counting: Counting, earlier: Sequence[Counting] = ()) -> TargetFigures:
    """Return the result of one target's quarter, and before it what the earlier ones did."""
    target, material = clause.id, counting.material
    subjects = counting.declared(target)
    objectives = tuple(_objectives(target, counting))
    last = tuple(one for one in material.last_verdicts if one.target == target)
    figures = TargetFigures(
        target=target,
        objectives=objectives,
        subjects=subject_figures(subjects),
    )
    if clause.counted is CountingRule.NOT:
        return replace(figures, standing=last)
    if clause.counted is CountingRule.BY_EVENT:
        events = events_of(clause, counting)
        return replace(
            figures,
            events=events,
            shortfall=of_events(events),
            past=tuple(_past(target, one, one.events(target) if one.declared(target) else None) for one in earlier),
        )
    days = target_days(distinct_rows(subjects, zone=material.zone))
    result = counting.result(target)
    return replace(
        figures,
        result=result,
        grounds=grounds_of(target, counting, objectives),
        days=days,
        shortfall=of_days(days, (_days_of(one, target) for one in reversed(earlier)), result.figures.outcome),
        deviations=deviations(subjects, frozenset(material.silent)),
        intervals=_intervals(counting) if clause.dated_evidence else (),
        restore_times=_expected(last, counting) if target == RECOVERY_TIME else (),
        coverage=_expected(last, counting) if target == COVERAGE else (),
        ways_in=_expected(last, counting) if target == STRONG_AUTHENTICATION else (),
        past=tuple(_past(target, one, one.result(target) if one.declared(target) else None) for one in earlier),
    )


def subject_figures(subjects: Iterable[SubjectDays]) -> tuple[SubjectFigures, ...]:
    """Return the days of each subject of a target, with their counts."""
    return tuple(SubjectFigures(days=one, tally=tally(came.state for _, came in one.rows())) for one in subjects)


def _days_of(counting: Counting, target: str) -> tuple[TargetDay, ...]:
    return target_days(distinct_rows(counting.declared(target), zone=counting.material.zone))


def events_of(clause: Clause, counting: CountedQuarter) -> Events:
    """Return the result of a target that is counted by event.

    Nothing is due of what only exposed perimeters owe, where some are declared and none is exposed.
    """
    events = counting.events(clause.id)
    of_all = [one.id for one in CLAUSES.values() if one.subjects == clause.subjects and not one.exposed_only]
    none_exposed = clause.exposed_only and not counting.declared(clause.id)
    if none_exposed and any(counting.declared(target) for target in of_all):
        return replace(events, outcome=QuarterOutcome.NOT_APPLICABLE, measured_outcome=QuarterOutcome.NOT_APPLICABLE)
    return events


def _objectives(target: str, counting: Counting) -> Iterator[Objective]:
    """Yield the objectives of a target's quarter: those of all subjects, then those of each that has its own."""
    of_all = [counting.objective(target, day) for day in counting.span.days]
    yield from _changes(of_all)
    agreed = {one.subject for one in counting.material.agreements.adaptations if one.target == target}
    for subject in sorted(one for one in agreed if one is not None):
        own = [counting.own_objective(target, subject, day) for day in counting.span.days]
        if [(one.limit, one.adaptation) for one in own] != [(one.limit, one.adaptation) for one in of_all]:
            yield from _changes(own)


def _changes(objectives: Iterable[Objective]) -> Iterator[Objective]:
    before: Objective | None = None
    for one in objectives:
        if before is None or replace(one, since=before.since) != before:
            before = one
            yield one


def _past(target: str, counting: Counting, came: QuarterResult | Events | None) -> EarlierQuarter:
    """Return the result of an earlier quarter: as it was published, whatever was entered since, else as counted now."""
    edition = counting.material.published.get(str(counting.quarter))
    if edition is not None and target in edition.counts:
        said = edition.counts[target]
        return EarlierQuarter(quarter=counting.quarter, outcome=said.outcome, tally=said.tally)
    if came is None:
        return EarlierQuarter(quarter=counting.quarter, outcome=None, tally=None)
    figures = came.figures if isinstance(came, QuarterResult) else came
    return EarlierQuarter(quarter=counting.quarter, outcome=figures.outcome, tally=figures.tally)


def _expected(verdicts: Iterable[Verdict], counting: Counting) -> tuple[Verdict, ...]:
    """Return the verdicts on what is expected, in the order of their keys."""
    expected = {one.key for one in counting.subjects}
    return tuple(sorted((one for one in verdicts if one.key in expected), key=lambda one: one.key))


def _intervals(counting: Counting) -> tuple[Interval, ...]:
    seen = [
        replace(longest(one.backup, one.dates, counting.span, one.seen_at), removed=one.removed)
        for one in counting.material.points
    ]
    worst: dict[str, Interval] = {}
    for one in seen:
        kept = worst.get(one.subject)
        if kept is None or one.length is None or (kept.length is not None and one.length > kept.length):
            worst[one.subject] = one
    return tuple(worst[subject] for subject in sorted(worst))
