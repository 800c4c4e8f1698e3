"""Count one quarter of some material: which days are whose, which objective rules them, the result. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from agent.accounting.agreements import Agreements, limit_set_by, share_set_by
from agent.accounting.expectation import Expectation, expectation, present_since
from agent.accounting.quarter import QuarterOutcome, QuarterResult, count_quarter
from agent.accounting.rate import tally
from agent.core.convention import CLAUSES
from agent.core.duties.entries import RegisterEntry, closed_on, duties_of, first_opened
from agent.core.model import Key, Target
from agent.core.period import Quarter, day_end, day_of, day_start
from agent.ledger.load_rows import Load
from agent.report.counted_material import CountedMaterial
from agent.report.days import EntryInterval, Span, SubjectDays, days_of_keys, distinct_rows
from agent.report.event_books import OccurrenceInputs, OwedSince
from agent.report.event_figures import Events
from agent.report.figures import Objective
from agent.report.material import Material
from agent.report.occurrences import count_events

EVERYTHING = Fraction(1)


def targets_on(day: date, loads: Sequence[Load]) -> Mapping[str, Target]:
    """Return the targets that the last load up to a day's end set; before the first load, the first one's."""
    ruling = [load for load in loads if day_of(load.acts_from) <= day]
    return (ruling[-1] if ruling else loads[0]).targets


class CountedQuarter:
    """Count one quarter of what rows say; each target's days are looked up by its id."""

    def __init__(self, material: CountedMaterial, quarter: Quarter) -> None:
        self.material = material
        self.quarter = quarter
        yesterday = material.today - timedelta(days=1)
        self.span = Span(first=quarter.first, last=min(quarter.last, yesterday))
        # What is judged by its date is judged at one instant, so that a report made later says the same.
        self.as_of = min(day_start(material.today, material.zone), day_end(quarter.last, material.zone))
        self.by_target: dict[str, list[SubjectDays]] = {}
        self.subjects = self._days()
        for subject in self.subjects:
            self.by_target.setdefault(subject.key.target, []).append(subject)

    def _days(self) -> tuple[SubjectDays, ...]:
        material = self.material
        return days_of_keys(
            self.span,
            material.kept,
            beneficiary=material.beneficiary,
            loads=material.loads,
            stays=stays(material.entries),
            acceptances=material.agreements.acceptances,
            zone=material.zone,
        )

    def declared(self, target: str) -> list[SubjectDays]:
        """Return the days of a target's declared subjects, its register's entries left out."""
        own = {entry.id for entry in self.material.entries}
        return [subject for subject in self.by_target.get(target, ()) if subject.key.subject not in own]

    def result(self, target: str) -> QuarterResult:
        """Return the result of the quarter for a target that is counted by day."""
        subjects = self.declared(target)
        agreements = self.material.agreements
        apart = frozenset(one.key for one in agreements.exclusions if one.key.target == target)
        return count_quarter(
            self.quarter,
            distinct_rows(subjects, apart, self.material.zone),
            lambda day: self.objective(target, day).attainment,
            now=day_start(self.material.today, self.material.zone),
            excluded=lambda row: agreements.excluded(row.key, row.day, self.material.zone) is not None,
            zone=self.material.zone,
        )

    def events(self, target: str) -> Events:
        """Return the result of the quarter for a target that is counted by event."""
        set_by = targets_on(self.span.last, self.material.loads).get(target)
        if set_by is None:
            return Events(
                outcome=QuarterOutcome.NOT_DEMONSTRATED,
                measured_outcome=QuarterOutcome.NOT_DEMONSTRATED,
                tally=tally(()),
                measured_tally=tally(()),
            )
        owed = tuple(self._owed(target))
        found = count_events(set_by, owed, self.event_inputs(target))
        return replace(found, not_yet=not owed and self._is_declared_since(target))

    def event_inputs(self, target: str) -> OccurrenceInputs:
        """Return what the occurrences of a target are counted from."""
        material = self.material
        return OccurrenceInputs(
            quarter=self.quarter,
            as_of=self.as_of,
            entries=material.entries,
            agreements=material.agreements,
            verdicts=material.verdicts,
            configured=lambda id, day: targets_on(day, material.loads)[id].limit,
            attainment=lambda day: self.objective(target, day).attainment,
            agents=frozenset(one.agent for one in material.agents),
        )

    def _is_declared_since(self, target: str) -> bool:
        declared = [key for load in self.material.loads[-1:] for key in load.declared]
        return any(key.target == target and key.beneficiary == self.material.beneficiary for key in declared)

    def _owed(self, target: str) -> Iterator[OwedSince]:
        loads, zone = self.material.loads, self.material.zone
        known = [load for load in loads if day_of(load.acts_from, zone) <= self.span.last] or loads
        for subject in self.declared(target):
            starts = present_since(subject.key, known, zone) or present_since(subject.key, loads, zone)
            last = expectation(subject.key, self.span.last, loads, zone)
            if starts is not None:
                yield OwedSince(key=subject.key, starts=starts, gone=last is Expectation.NO_LONGER_DECLARED)

    def objective(self, target: str, day: date) -> Objective:
        """Return the objective of a target for all of its subjects, as it is in force on a day."""
        return objective_on(target, day, self.material.loads, self.material.agreements, self.material.beneficiary)

    def own_objective(self, target: str, subject: str, day: date) -> Objective:
        """Return the objective of a target for one of its subjects, as it is in force on a day.

        The share of days is that of all: it is of the target's days, not of a subject's.
        """
        of_all = self.objective(target, day)
        key = Key(target=target, subject=subject, beneficiary=self.material.beneficiary)
        set_by = limit_set_by(self.material.agreements.adaptations, key, day)
        own = replace(of_all, subject=subject, share_adaptation=None)
        return own if set_by is None else replace(own, limit=set_by.limit, adaptation=set_by.id)


class Counting(CountedQuarter):
    """Count one quarter of a report's material."""

    material: Material

    def __init__(self, material: Material, quarter: Quarter) -> None:
        super().__init__(material, quarter)


def objective_on(target: str, day: date, loads: Sequence[Load], agreements: Agreements, beneficiary: str) -> Objective:
    """Return the objective for all subjects of a target on a day: the configured one, unless it was adapted."""
    set_by = targets_on(day, loads).get(target)
    key = Key(target=target, subject="", beneficiary=beneficiary)
    limit = CLAUSES[target].limit if set_by is None else set_by.limit
    limited = limit_set_by(agreements.adaptations, key, day)
    shared = share_set_by(agreements.adaptations, key, day)
    return Objective(
        since=day,
        limit=agreements.limit(limit, key, day),
        unit=CLAUSES[target].unit,
        attainment=agreements.attainment(EVERYTHING if set_by is None else set_by.attainment, key, day),
        adaptation=None if limited is None else limited.id,
        share_adaptation=None if shared is None else shared.id,
    )


def stays(entries: Iterable[RegisterEntry]) -> Iterator[EntryInterval]:
    """Yield, for each entry and each target that asks something of it, the days from its opening to its closing."""
    for entry in entries:
        if entry.signs is not None:
            continue
        for duty in duties_of(entry.register):
            key = Key(target=duty.target, subject=entry.id, beneficiary=entry.beneficiary)
            yield EntryInterval(key=key, opened=first_opened(duty, entry), closed=closed_on(duty, entry))
