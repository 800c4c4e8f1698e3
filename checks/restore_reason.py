"""restore-reason: no restore without a documented legitimate reason (convention, article 6).

The register can only tell of the restores that were entered; an exercise of the agent enters itself before it restores.
"""

from collections.abc import Iterator

from agent.core.duties.entries import RegisterEntry
from agent.core.judging.check import Check, Question
from agent.core.model import Finding, State
from agent.core.period import Month, day_of
from agent.core.reason import Reason


def entered(question: Question) -> Iterator[Finding]:
    """Yield whether one restore says why and who, or how many of a beneficiary's restores of this month do."""
    if isinstance(question.item, RegisterEntry):
        yield _share((question.item,), question)
        return
    present = Month.of(day_of(question.now))
    restores = tuple(
        entry
        for entry in question.registered("restore")
        if (when := entry.when("performed")) is not None and Month.of(when.day) == present
    )
    if not restores:
        yield Finding(state=State.NOT_APPLICABLE, reason=Reason.NOT_EXPECTED, about={"month": str(present)})
        return
    yield _share(restores, question)


def _share(restores: tuple[RegisterEntry, ...], question: Question) -> Finding:
    documented = [entry for entry in restores if entry.get("reason") and entry.get("author")]
    value, limit = len(documented) / len(restores), question.target.limit or 1.0
    bare = next((entry for entry in restores if entry not in documented), restores[0])
    return Finding(
        state=State.MET if value >= limit else State.MISSED,
        reason=Reason.WITHIN_LIMIT if value >= limit else Reason.INCOMPLETE,
        value=value,
        limit=limit,
        unit="ratio",
        about={"entry": bare.id, "restores": len(restores)},
        evidence=tuple(entry.id for entry in restores),
    )


CHECK = Check(target="restore-reason", entered=entered)
