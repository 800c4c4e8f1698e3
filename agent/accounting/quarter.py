"""The result of a quarter for a target: a word of three values, with and without acceptances and exclusions."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from fractions import Fraction
from zoneinfo import ZoneInfo

from agent.accounting.days import DayRow
from agent.accounting.rate import Tally, tally
from agent.core.model import State, worst
from agent.core.period import PARIS, Quarter, day_of


class QuarterOutcome(Enum):
    """Say in one word the result of a quarter; the French words are *atteint*, *non atteint*, *non démontré*, …"""

    ATTAINED = "attained"
    NOT_ATTAINED = "not-attained"
    NOT_DEMONSTRATED = "not-demonstrated"
    RISK_ACCEPTED = "risk-accepted"
    NOT_APPLICABLE = "not-applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetDay:
    """One civil day of one target: the worst of its subjects."""

    day: date
    state: State
    measured: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One way of counting a quarter: the word and the counts, and the same without acceptances.

    `needed` is how many of the expected days the objective asks for: a fraction, since 99 % of 92 days is 91.08.
    """

    outcome: QuarterOutcome
    tally: Tally
    measured_outcome: QuarterOutcome
    measured_tally: Tally
    needed: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterResult:
    """The result of a quarter. `through` is the last day counted; `so_far` where the quarter is not over.

    `figures` leaves no day out; `with_exclusions` leaves out the excluded ones (None: there are none). Both are shown.
    """

    quarter: Quarter
    through: date | None
    so_far: bool
    figures: Figures
    with_exclusions: Figures | None


def target_days(rows: Iterable[DayRow]) -> tuple[TargetDay, ...]:
    """Return each day of one target for one beneficiary, in order: the worst of its subjects."""
    by_day: dict[date, list[DayRow]] = {}
    for row in rows:
        by_day.setdefault(row.day, []).append(row)
    return tuple(
        TargetDay(
            day=day,
            state=worst(row.state for row in subjects),
            measured=worst(row.measured for row in subjects),
        )
        for day, subjects in sorted(by_day.items())
    )


def count_quarter(
    quarter: Quarter,
    rows: Iterable[DayRow],
    attainment: Callable[[date], Fraction],
    *,
    now: datetime,
    excluded: Callable[[DayRow], bool] = lambda row: False,
    zone: ZoneInfo = PARIS,
) -> QuarterResult:
    """Return the result of a quarter, from the rows of one target (or of one of its subjects) for one beneficiary.

    Only days that are over count, so that an open quarter is shown so far. `attainment` is the share of days to be met
    that is in force on a day; each day brings its own share to what is needed. `excluded` says which subject's day an
    agreed maintenance leaves out: it hides nothing about another subject on that day.
    """
    today = day_of(now, zone)
    counted = [row for row in rows if row.day in quarter and row.day < today]
    kept = [row for row in counted if not excluded(row)]
    return QuarterResult(
        quarter=quarter,
        through=max((row.day for row in counted), default=None),
        so_far=today <= quarter.last,
        figures=_figures(target_days(counted), attainment),
        with_exclusions=None if len(kept) == len(counted) else _figures(target_days(kept), attainment),
    )


def _figures(days: Sequence[TargetDay], attainment: Callable[[date], Fraction]) -> Figures:
    needed = sum((attainment(entry.day) for entry in days if entry.state is not State.NOT_APPLICABLE), Fraction(0))
    counted, measured = tally(entry.state for entry in days), tally(entry.measured for entry in days)
    outcome, measured_outcome = QuarterOutcome.NOT_APPLICABLE, QuarterOutcome.NOT_APPLICABLE
    if counted.expected or not days:
        outcome, measured_outcome = judge(counted, needed), judge(measured, needed)
    # Days accepted although nothing showed that they were missed: the acceptance must not make the word worse.
    if outcome is QuarterOutcome.NOT_ATTAINED:
        outcome = measured_outcome
    return Figures(
        outcome=outcome, tally=counted, measured_outcome=measured_outcome, measured_tally=measured, needed=needed
    )


def judge(counted: Tally, needed: Fraction) -> QuarterOutcome:
    """Return the word for some counts, `needed` being how many of their days the objective asks for.

    No day at all demonstrates nothing, and no share is reached without one day that was met: absence of evidence is
    never *atteint*, whatever was agreed.
    """
    if not counted.expected:
        return QuarterOutcome.NOT_DEMONSTRATED
    needed = max(needed, Fraction(1))
    if counted.met >= needed:
        return QuarterOutcome.ATTAINED
    if counted.met + counted.accepted >= needed:
        return QuarterOutcome.RISK_ACCEPTED
    if counted.met + counted.unproven < needed:
        return QuarterOutcome.NOT_ATTAINED
    return QuarterOutcome.NOT_DEMONSTRATED
