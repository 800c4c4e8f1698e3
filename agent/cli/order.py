"""The order of printed verdicts: worst first, then as in the convention."""

from collections.abc import Iterable

from agent.core.convention import CLAUSES
from agent.core.model import WORST_FIRST, Verdict
from agent.core.reason import Reason

PLACES = {target: place for place, target in enumerate(CLAUSES)}


def worst_first(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return the verdicts in a fixed order, worst first; what nothing has ever looked at stands last in its state."""
    return sorted(verdicts, key=_rank)


def never_looked_at(verdict: Verdict) -> bool:
    """Return whether nothing looks at this yet, so that there is nothing to say of it in particular."""
    return verdict.reason is Reason.NOT_RUN and not verdict.about


def _rank(verdict: Verdict) -> tuple[int, bool, int, str, str]:
    return (
        WORST_FIRST.index(verdict.state),
        never_looked_at(verdict),
        PLACES.get(verdict.target, len(PLACES)),
        verdict.subject,
        verdict.beneficiary,
    )
