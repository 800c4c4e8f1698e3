"""The result that a quarter would have if agreements entered late had been entered on their own date. Pure.

They act from the day of their entry; where the paper is older, a report gives both words, never the better one alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from agent.accounting.agreements import Acceptance, Adaptation, Agreements, Exclusion
from agent.accounting.days import after_acceptances
from agent.accounting.quarter import QuarterOutcome
from agent.core.convention import CLAUSES, CountingRule
from agent.core.model import Key, State
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
    backdated = Counting(_backdated(counting.material, None), counting.quarter)
    for one in targets:
        outcome = _outcome(one.target, backdated) if one.target in late else None
        if outcome is None or outcome is one.outcome:
            yield one
        else:
            entered_on = _day_of_paper(one.target, outcome, late[one.target], counting)
            yield replace(one, hypothetical=Hypothetical(outcome=outcome, entered_on=entered_on))


def _outcome(target: str, counting: Counting) -> QuarterOutcome | None:
    match CLAUSES[target].counted:
        case CountingRule.BY_DAY:
            return counting.result(target).figures.outcome
        case CountingRule.BY_EVENT:
            return counting.events(target).outcome
        case _:
            return None


_Agreement = Acceptance | Adaptation | Exclusion


def _day_of_paper(target: str, outcome: QuarterOutcome, late: Sequence[_Agreement], counting: Counting) -> date:
    """Return the day on which the agreement that makes the other word was entered.

    It is the one that makes it alone, else the one that makes it with those that were entered before it.
    """
    ordered = sorted(late, key=lambda one: one.entered_on)
    trials = [*((one,) for one in ordered), *(ordered[: count + 1] for count in range(1, len(ordered)))]
    for trial in trials if len(ordered) > 1 else ():
        material = _backdated(counting.material, frozenset(one.id for one in trial))
        if _outcome(target, Counting(material, counting.quarter)) is outcome:
            return trial[-1].entered_on
    return ordered[-1].entered_on


def _entered_late(counting: Counting) -> Mapping[str, list[_Agreement]]:
    """Return, by target, the agreements that are older than their entry, bear on the quarter and have an effect."""
    found: dict[str, list[_Agreement]] = {}
    latest = counting.material.agreements.latest
    agreements: tuple[_Agreement, ...] = (*latest.acceptances, *latest.adaptations, *latest.exclusions)
    for one in agreements:
        begins = _begins(one)
        if begins is not None and begins < one.entered_on and begins <= counting.span.last:
            found.setdefault(one.target if isinstance(one, Adaptation) else one.key.target, []).append(one)
    return found


def _begins(one: Acceptance | Adaptation | Exclusion) -> date | None:
    """Return the day on which an agreement says that it begins; None: it never does, whenever it was entered."""
    match one:
        case Acceptance():
            return one.accepted_on if replace(one, entered_on=date.min).has_effect else None
        case Adaptation():
            return None if one.informed_on is None else max(one.effective_on, one.informed_on)
        case Exclusion():
            return day_of(one.begins)


def _backdated(material: Material, ids: frozenset[str] | None) -> Material:
    """Return the material with the last form of some agreements (None: of all) entered on the day that it names."""

    def dated(one: _Agreement) -> date:
        return date.min if ids is None or one.id in ids else one.entered_on

    latest = material.agreements.latest
    agreements = Agreements(
        acceptances=tuple(replace(one, entered_on=dated(one)) for one in latest.acceptances),
        adaptations=tuple(replace(one, entered_on=dated(one)) for one in latest.adaptations),
        exclusions=tuple(replace(one, entered_on=dated(one)) for one in latest.exclusions),
    )
    accepted = {one.key for one in agreements.acceptances if one.has_effect}
    kept = {
        key: _accepted(key, days, agreements.acceptances) if key in accepted else days
        for key, days in material.kept.items()
    }
    return replace(material, agreements=agreements, kept=kept)


def _accepted(key: Key, days: Mapping[str, DayResult], acceptances: tuple[Acceptance, ...]) -> Mapping[str, DayResult]:
    return {day: _after(came, acceptances, key, date.fromisoformat(day)) for day, came in days.items()}


def _after(came: DayResult, acceptances: tuple[Acceptance, ...], key: Key, day: date) -> DayResult:
    if came.state is State.ACCEPTED:
        return came  # by the paper of its day, whatever stands in its place now
    return replace(came, state=after_acceptances(came.measured, acceptances, key, day))
