"""The half-year's execution (article 9): each target's two quarters, their counts summed, and what happened. Pure.

The convention qualifies a quarter, never a half-year: counts are summed, and no word is made of them. A quarter whose
report is published has the result that was published.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace

from agent.accounting.rate import Tally, total
from agent.core.convention import CLAUSES, RECOVERY_TIME
from agent.core.duties.entries import RegisterEntry
from agent.core.judging.recovery_tests import Shortfall
from agent.core.period import HalfYear, Quarter
from agent.report.build import target_figures
from agent.report.counting import Counting
from agent.report.entry_tables import within_days
from agent.report.figures import TargetFigures
from agent.report.material import Material, PublishedEdition
from agent.report.periodic_terms import short_exercises
from agent.report.summary import TargetSummary, counted

HEADER = ("quarter", "target", "outcome", "measured_outcome", "met", "missed", "unproven", "accepted", "expected")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterCount:
    """The result of one quarter; `edition` is the newest one published of its report, None: none was.

    `counts` are its own where there is one; `targets` is what the ledger holds now.
    """

    quarter: Quarter
    targets: Mapping[str, TargetFigures]
    counts: Mapping[str, TargetSummary]
    edition: int | None
    over: bool

    @property
    def is_measured(self) -> bool:
        """Return whether anything was expected or due in it, or its report was published."""
        expected = any(one.tally is not None and one.tally.expected for one in self.counts.values())
        return expected or self.edition is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """A half-year: the quarters of it that have begun, and the entries of what happened in it.

    `short_exercises` says, by entry, why an exercise that succeeded is no test passed.
    """

    half: HalfYear
    quarters: tuple[QuarterCount, ...]
    entries: tuple[RegisterEntry, ...]
    short_exercises: Mapping[str, Shortfall]

    def total(self, target: str) -> Tally:
        """Return a target's counts over all the quarters that have begun."""
        return total(
            one.tally
            for quarter in self.quarters
            if (one := quarter.counts.get(target)) is not None and one.tally is not None
        )


def execution(material: Material, half: HalfYear) -> Execution:
    """Return the result of a half-year."""
    begun = [one for one in half.quarters if one.first < material.today]
    happened = within_days(material.entries, half.first, half.last)
    inputs = Counting(material, half.quarters[-1]).event_inputs(RECOVERY_TIME)
    return Execution(
        half=half,
        quarters=tuple(_count(material, one, material.published.get(str(one))) for one in begun),
        entries=happened,
        short_exercises=short_exercises(happened, inputs),
    )


def _count(material: Material, quarter: Quarter, published: PublishedEdition | None) -> QuarterCount:
    counting = Counting(replace(material, quarter=quarter), quarter)
    targets = {
        clause.id: target_figures(clause, counting)
        for clause in CLAUSES.values()
        if not clause.on_request or counting.declared(clause.id)
    }
    counts = {target: counted(one) for target, one in targets.items()}
    return QuarterCount(
        quarter=quarter,
        targets=targets,
        counts=counts if published is None else {**counts, **published.counts},
        edition=None if published is None else published.edition,
        over=material.today > quarter.last,
    )


def table_text(found: Execution) -> str:
    """Return the counts as a table for tools, a row for each quarter and target; empty where a target has no rate."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(HEADER)
    for quarter in found.quarters:
        for target, one in quarter.counts.items():
            outcomes = (one.outcome, one.measured_outcome) if quarter.is_measured else (None, None)
            words = ["" if word is None else word.value for word in outcomes]
            known = one.tally
            numbers = () if known is None else (known.met, known.missed, known.unproven, known.accepted, known.expected)
            rows.writerow([quarter.quarter, target, *words, *([str(number) for number in numbers] or [""] * 5)])
    return written.getvalue()
