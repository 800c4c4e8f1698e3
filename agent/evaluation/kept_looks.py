"""The newest readings of some collectors and subjects, as the ledger has them."""

from collections.abc import Collection

from agent.core.errors import LedgerError
from agent.core.model import Failure, Observation
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
