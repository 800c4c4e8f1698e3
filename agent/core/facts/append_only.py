"""Whether the agent's account could delete from a copy, and since when: facts that every program's look tells. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from agent.core.model import Fact, Observation

APPEND_ONLY = "repository.append_only"
LOST = "repository.append_only.lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendOnlyRecord:
    """What earlier looks left: whether it was append-only, as of when, and since when it no longer is."""

    append_only: Fact | None = None
    lost: Fact | None = None


def lost(now: Fact, known: AppendOnlyRecord) -> Iterator[Fact]:
    """Yield since when what was append-only is so no more, where that is the case."""
    if now.value is True or known.append_only is None:
        return
    if known.append_only.value is True:
        yield Fact(name=LOST, subject=now.subject, value=known.append_only.as_of, as_of=now.as_of)
    elif known.lost is not None:
        yield known.lost


def known_from(previous: Observation | None) -> AppendOnlyRecord:
    """Return what the last look that succeeded left."""
    return (
        AppendOnlyRecord()
        if previous is None
        else AppendOnlyRecord(append_only=previous.one(APPEND_ONLY), lost=previous.one(LOST))
    )
