"""The newest readings of one collector at one subject: as the ledger has them, and after one more."""

from collections.abc import Collection
from dataclasses import replace

from agent.core.errors import LedgerError
from agent.core.judging.looked_at import LookTarget
from agent.core.model import Failure, Observation, Reading
from agent.evaluation.evaluate import NewestLooks
from agent.ledger.ledger import Ledger, StoredReading


def looks_in(ledger: Ledger | None, names: Collection[tuple[str, str]]) -> dict[tuple[str, str], NewestLooks]:
    """Return the newest readings that the ledger has of each (collector, subject)."""
    if ledger is None:
        return {}
    latest = ledger.newest_looks(names)
    failed = [name for name, one in latest.items() if isinstance(one.reading, Failure)]
    good = {**latest, **ledger.newest_observations(failed)}
    return {name: _newest(one, good[name]) for name, one in latest.items()}


def readable_looks(ledger: Ledger | None, names: Collection[tuple[str, str]]) -> dict[tuple[str, str], NewestLooks]:
    """Return the same of those that can be read: damage under one name costs none of the others."""
    try:
        return looks_in(ledger, names)
    except LedgerError:
        if len(names) <= 1:
            return {}
    found: dict[tuple[str, str], NewestLooks] = {}
    for name in names:
        found |= readable_looks(ledger, [name])
    return found


def _newest(latest: StoredReading, good: StoredReading) -> NewestLooks:
    observation = good.reading if isinstance(good.reading, Observation) else None
    return NewestLooks(
        reading=latest.reading,
        evidence_id=latest.evidence_id,
        observation=observation,
        observation_id=good.evidence_id if observation is not None else None,
    )


def taken_as_newest(reading: Reading, evidence_id: str, before: NewestLooks | None) -> NewestLooks:
    """Return the newest readings after one that came back; `before`: those before it."""
    observation = reading if isinstance(reading, Observation) else before.observation if before else None
    return NewestLooks(
        reading=reading,
        evidence_id=evidence_id,
        observation=observation,
        observation_id=evidence_id if observation is reading else before.observation_id if before else None,
        fresh=observation is reading,
        previous_id=before.observation_id if before else None,
        previous_ended=before.observation.ended if before and before.observation else None,
    )


def taken_at(target: LookTarget | None, looks: NewestLooks | None) -> NewestLooks | None:
    """Return looks without those that were taken at something else than what is declared; None where none is left.

    A look that failed says nothing of what was looked at before it.
    """
    if target is None or looks is None or looks.observation is None or target.shown_by(looks.observation):
        return looks
    if looks.reading is looks.observation:
        return None
    return replace(looks, observation=None, observation_id=None)
