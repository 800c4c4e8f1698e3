"""What no configuration may loosen of a target: its limit, the age of its evidence, the allowance of a run. Pure."""

from collections.abc import Iterator
from datetime import timedelta

from agent.core.convention import CLAUSES, BetterSide, Clause
from agent.core.model import Target

# The time in which the next nightly point is made; more would make another objective of 24 h.
LONGEST_ALLOWANCE = timedelta(hours=6)
# A daily look that is late by two hours: nothing has to be looked at less often than that.
DAILY_EVIDENCE = timedelta(hours=26)


def is_looser(clause: Clause, limit: float) -> bool:
    """Return whether a limit is looser than the convention's own."""
    if clause.limit is None:
        return False
    return limit > clause.limit if clause.better is BetterSide.LOWER else limit < clause.limit


def longest_evidence_age(clause: Clause) -> timedelta:
    """Return how old a target's evidence may be configured to be."""
    return max(DAILY_EVIDENCE, 2 * clause.evidence_age)


def loosened(target: Target) -> Iterator[str]:
    """Yield the keys of a target in force that no configuration may set as they are."""
    clause = CLAUSES.get(target.id)
    if clause is None:
        return
    if target.limit is not None and is_looser(clause, target.limit):
        yield "limit"
    if target.attainment < 1:
        yield "attainment"
    if target.evidence_age > longest_evidence_age(clause):
        yield "evidence_age"
    if target.run_allowance > LONGEST_ALLOWANCE:
        yield "run_allowance"
