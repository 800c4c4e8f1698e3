"""The last 92 days of a target or subject, as the quarterly report counts them, with the evidence of a verdict.

Only rows of the keys asked for are read, never the whole ledger.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import partial
from math import isfinite
from zoneinfo import ZoneInfo

from agent.accounting.agreements import Agreements, limit_set_by
from agent.accounting.expectation import Loading, expected_from
from agent.accounting.quarter import target_days
from agent.config.settings import Configuration
from agent.core.convention import CLAUSES, BetterSide
from agent.core.errors import LedgerDamaged
from agent.core.model import Fact, Gap, Key, Observation, Target, Verdict
from agent.core.period import PARIS, day_of, day_start, each_day
from agent.evaluation.past_days import books_of, derived
from agent.evaluation.session import entries_in
from agent.export.pages.verdict_details import (
    DAYS,
    Calendar,
    CalendarDay,
    DayValue,
    DayWithoutState,
    EvidenceDetail,
    LedgerRow,
    ObjectiveInForce,
    ReadingDetail,
    VerdictDetails,
)
from agent.ledger import cited, stored_days
from agent.ledger.chain import ChainRow
from agent.ledger.day_rows import DayResult
from agent.ledger.ledger import Ledger
from agent.register.agreed import agreements_in_force
from agent.report.counting import EVERYTHING, stays
from agent.report.days import EntryInterval, Span, SubjectDays, days_of_keys, distinct_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Look back over the last days, up to and with the one of `now`."""

    configuration: Configuration
    ledger: Ledger
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone of the civil days."""
        return PARIS

    @property
    def span(self) -> Span:
        """Return the days that are looked back on."""
        today = day_of(self.now, self.zone)
        return Span(first=today - timedelta(days=DAYS - 1), last=today)

    def details(self, verdicts: Sequence[Verdict]) -> VerdictDetails:
        """Return the calendars of some verdicts' keys, and what the verdicts cite."""
        agreements = self._agreements()
        rows = {one.key: self.ledger.ask(partial(cited.verdict, key=one.key)) for one in verdicts}
        return VerdictDetails(
            calendars={one.key: self._calendar(one.key, agreements) for one in verdicts},
            proofs={one.key: tuple(self._proof(evidence) for evidence in one.evidence) for one in verdicts},
            rows={key: _row(row) for key, row in rows.items() if row is not None},
            values={one.key: self._values(one.key) for one in verdicts},
        )

    def target_calendar(self, target: str, beneficiary: str) -> Calendar:
        """Return the days of a target for one beneficiary, each the worst of its subjects', as the report has them."""
        agreements, span = self._agreements(), self.span
        loads = self.ledger.loads()
        declared = {key for load in loads for key in load.declared}
        wanted = {key for key in declared if (key.target, key.beneficiary) == (target, beneficiary)}
        kept = self._kept(wanted)
        subjects = self._subjects(beneficiary, only(loads, wanted), kept, agreements)
        states = {one.day: one for one in target_days(distinct_rows(subjects, zone=self.zone))}
        begins = [begun for key in wanted if (begun := expected_from(key, loads, self.zone)) is not None]
        first = min((day_of(begun, self.zone) for begun in begins), default=None)
        excluded = excluded_days(wanted, agreements, span, self.zone)
        days = tuple(
            CalendarDay(
                day=day,
                state=states[day].state if day in states and day < span.last else None,
                measured=states[day].measured if day in states and day < span.last else None,
                untold=_untold(day, first, span, expected=day in states),
                excluded=excluded.get(day, ()),
            )
            for day in span.days
        )
        key = Key(target=target, subject="", beneficiary=beneficiary)
        return Calendar(key=key, objective=self._objective(key, agreements), days=days)

    def _calendar(self, key: Key, agreements: Agreements) -> Calendar:
        span, loads = self.span, self.ledger.loads()
        kept = self._kept({key})
        own = only(loads, {key})
        stay = () if any(load.declared for load in own) else self._stay(key)
        found = self._subjects(key.beneficiary, own, kept, agreements, stay=stay)
        came: Sequence[DayResult | None] = found[0].came if found else (None,) * DAYS
        begun = expected_from(key, own, self.zone)
        first = day_of(begun, self.zone) if begun is not None else min((one.opened for one in stay), default=None)
        excluded = excluded_days({key}, agreements, span, self.zone)
        days = tuple(
            _told(day, one, _untold(day, first, span, expected=one is not None), excluded.get(day, ()))
            for day, one in zip(span.days, came, strict=True)
        )
        return Calendar(key=key, objective=self._objective(key, agreements), days=days)

    def _values(self, key: Key) -> tuple[DayValue, ...]:
        clause = CLAUSES.get(key.target)
        if clause is None:
            return ()
        worst = max if clause.better is BetterSide.LOWER else min
        found: dict[date, float] = {}
        for verdict in self.ledger.verdict_changes(day_start(self.span.first, self.zone), key):
            if verdict.value is not None and isfinite(verdict.value):
                day = day_of(verdict.at, self.zone)
                found[day] = worst(found.get(day, verdict.value), verdict.value)
        return tuple(DayValue(day=day, value=found[day]) for day in sorted(found))

    def _subjects(
        self,
        beneficiary: str,
        loads: Sequence[Loading],
        kept: Mapping[Key, Mapping[str, DayResult]],
        agreements: Agreements,
        *,
        stay: Sequence[EntryInterval] = (),
    ) -> tuple[SubjectDays, ...]:
        return days_of_keys(
            self.span,
            kept,
            beneficiary=beneficiary,
            loads=loads,
            stays=stay,
            acceptances=agreements.acceptances,
            zone=self.zone,
        )

    def _kept(self, keys: Collection[Key]) -> Mapping[Key, Mapping[str, DayResult]]:
        """Return the days of some keys that have a row, and those that are over and will get one."""
        span = self.span
        kept = self.ledger.ask(partial(stored_days.of_keys, first=span.first, last=span.last, keys=keys))
        found: dict[Key, dict[str, DayResult]] = {key: dict(days) for key, days in kept.items()}
        for row in derived(self.ledger, books_of(self.configuration, self.ledger), self.now):
            if row.key in keys:
                came = DayResult(state=row.state, measured=row.measured, reason=row.reason, late=row.late)
                found.setdefault(row.key, {}).setdefault(row.day.isoformat(), came)
        return found

    def _stay(self, key: Key) -> tuple[EntryInterval, ...]:
        return tuple(one for one in stays(entries_in(self.ledger)) if one.key == key)

    def _agreements(self) -> Agreements:
        starts = self.configuration.convention.starts
        return agreements_in_force(
            self.ledger.entries(None), self.configuration.inventory, starts, self.ledger.written_loads()
        )

    def _objective(self, key: Key, agreements: Agreements) -> ObjectiveInForce:
        today, promised = self.span.last, self.configuration.targets.get(key.target)
        adapted = limit_set_by(agreements.adaptations, key, today) or agreements.adaptation(key, today)
        return ObjectiveInForce(
            limit=agreements.limit(None if promised is None else promised.limit, key, today),
            unit="count" if promised is None else promised.unit,
            attainment=agreements.attainment(_attainment(promised), key, today),
            adaptation=None if adapted is None else adapted.id,
        )

    def _proof(self, evidence: str) -> EvidenceDetail:
        try:
            return self._cited(evidence)
        except LedgerDamaged:
            # One garbled row must not take the page along that says where its subject stands.
            return EvidenceDetail(evidence=evidence)

    def _cited(self, evidence: str) -> EvidenceDetail:
        reading = self.ledger.ask(partial(cited.reading, evidence=evidence))
        if reading is not None:
            look = None if reading.reading is None else self._look(evidence, reading)
            return EvidenceDetail(evidence=evidence, row=_row(reading.row), look=look)
        entry = self.ledger.ask(partial(cited.entry, id=evidence))
        if entry is None:
            return EvidenceDetail(evidence=evidence)
        return EvidenceDetail(
            evidence=evidence, row=_row(entry.row), register=entry.register, entered_at=entry.received_at
        )

    def _look(self, evidence: str, found: cited.CitedReading) -> ReadingDetail | None:
        reading = found.reading
        if reading is None:
            return None
        newest = self.ledger.latest_observation(reading.collector, reading.subject)
        facts: tuple[Fact, ...] | None = None
        gaps: tuple[Gap, ...] = ()
        if newest is not None and newest.evidence_id == evidence and isinstance(newest.reading, Observation):
            facts, gaps = newest.reading.facts, newest.reading.gaps
        return ReadingDetail(
            collector=reading.collector,
            host=reading.host,
            subject=reading.subject,
            begun=reading.begun,
            ended=reading.ended,
            reason=None if isinstance(reading, Observation) else reading.reason,
            detail="" if isinstance(reading, Observation) else reading.detail,
            depth=None if facts is None else _depth(facts),
            facts=None if facts is None else len(facts),
            gaps=gaps,
            commands=reading.evidence,
        )


def only(loads: Sequence[Loading], keys: Collection[Key]) -> tuple[Loading, ...]:
    """Return every load with what it declared of some keys: what is expected of them needs nothing else."""
    return tuple(
        Loading(
            at=load.at,
            not_before=load.not_before,
            declared={key: days for key in keys if (days := load.declared.get(key)) is not None},
        )
        for load in loads
    )


def excluded_days(
    keys: Collection[Key], agreements: Agreements, span: Span, zone: ZoneInfo
) -> Mapping[date, tuple[str, ...]]:
    """Return, for each day of a span of which some key's is excluded whole, the ids of the exclusions."""
    found: dict[date, tuple[str, ...]] = {}
    for one in agreements.exclusions:
        if one.key not in keys:
            continue
        first, last = day_of(one.begins, zone), day_of(one.ends, zone)
        for day in each_day(max(first, span.first), min(last, span.last)):
            if one.covers(one.key, day, zone):
                found[day] = (*found.get(day, ()), one.id)
    return found


def _untold(day: date, first: date | None, span: Span, *, expected: bool) -> DayWithoutState | None:
    if not expected:
        return DayWithoutState.NOT_EXPECTED_YET if first is None or day < first else DayWithoutState.NO_LONGER_EXPECTED
    return DayWithoutState.NOT_OVER if day == span.last else None


def _told(day: date, came: DayResult | None, untold: DayWithoutState | None, excluded: tuple[str, ...]) -> CalendarDay:
    if came is None or untold is not None:
        return CalendarDay(day=day, untold=untold, excluded=excluded)
    return CalendarDay(
        day=day,
        state=came.state,
        measured=came.measured,
        reason=came.reason,
        late=came.late,
        excluded=excluded,
    )


def _attainment(promised: Target | None) -> Fraction:
    return EVERYTHING if promised is None else promised.attainment


def _row(row: ChainRow) -> LedgerRow:
    return LedgerRow(sequence=row.sequence, instant=row.instant, payload_sha256=row.payload_sha256, link=row.link)


def _depth(facts: Sequence[Fact]) -> str | None:
    return next((str(fact.value) for fact in facts if fact.name == "verify.depth"), None)
