"""The result that a quarter would have if agreements entered late had been entered on their own date. Pure.

They act from the day of their entry; where the paper is older, a report gives both words, never the better one alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from agent.accounting.agreements import Acceptance, Adaptation, Agreements, Exclusion
from agent.accounting.days import after_acceptances
from agent.accounting.quarter import QuarterOutcome
from agent.core.convention import CLAUSES, CountingRule
from agent.core.model import Key
from agent.core.period import day_of
from agent.ledger.day_rows import DayResult
from agent.report.counting import Counting
from agent.report.figures import Hypothetical, TargetFigures
from agent.report.material import Material


def with_hypothetical(targets: Iterable[TargetFigures], counting: Counting) -> Iterator[TargetFigures]:
    """Yield each target's figures, with the other word where agreements that were entered late would give one."""
    late = _entered_late(counting)
    if not late:
        yield from targets
        return
    backdated = Counting(_backdated(counting.material), counting.quarter)
    for one in targets:
        outcome = _outcome(one.target, backdated) if one.target in late else None
        if outcome is None or outcome is one.outcome:
            yield one
        else:
            yield replace(one, hypothetical=Hypothetical(outcome=outcome, entered_on=late[one.target]))


def _outcome(target: str, counting: Counting) -> QuarterOutcome | None:
    match CLAUSES[target].counted:
        case CountingRule.BY_DAY:
            return counting.result(target).figures.outcome
        case CountingRule.BY_EVENT:
            return counting.events(target).outcome
        case _:
            return None


def _entered_late(counting: Counting) -> Mapping[str, date]:
    """Return, by target, the last day on which an agreement older than its entry, about the quarter, was entered."""
    found: dict[str, date] = {}
    latest = counting.material.agreements.latest
    agreements: tuple[Acceptance | Adaptation | Exclusion, ...] = (
        *latest.acceptances,
        *latest.adaptations,
        *latest.exclusions,
    )
    for one in agreements:
        begins = _begins(one)
        if begins is not None and begins < one.entered_on and begins <= counting.span.last:
            target = one.target if isinstance(one, Adaptation) else one.key.target
            found[target] = max(found.get(target, one.entered_on), one.entered_on)
    return found


def _begins(one: Acceptance | Adaptation | Exclusion) -> date | None:
    """Return the day on which an agreement says that it begins; None: it never does."""
    match one:
        case Acceptance():
            return one.accepted_on
        case Adaptation():
            return None if one.informed_on is None else max(one.effective_on, one.informed_on)
        case Exclusion():
            return day_of(one.begins)


def _backdated(material: Material) -> Material:
    """Return the material with the last revision of each agreement entered on the day on which it says it begins."""
    latest = material.agreements.latest
    agreements = Agreements(
        acceptances=tuple(replace(one, entered_on=date.min) for one in latest.acceptances),
        adaptations=tuple(replace(one, entered_on=date.min) for one in latest.adaptations),
        exclusions=tuple(replace(one, entered_on=date.min) for one in latest.exclusions),
    )
    accepted = {one.key for one in agreements.acceptances}
    kept = {
        key: _accepted(key, days, agreements.acceptances) if key in accepted else days
        for key, days in material.kept.items()
    }
    return replace(material, agreements=agreements, kept=kept)


def _accepted(key: Key, days: Mapping[str, DayResult], acceptances: tuple[Acceptance, ...]) -> Mapping[str, DayResult]:
    return {
        day: replace(came, state=after_acceptances(came.measured, acceptances, key, date.fromisoformat(day)))
        for day, came in days.items()
    }
