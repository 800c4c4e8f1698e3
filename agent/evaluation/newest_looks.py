"""The newest readings of one collector at one subject, after one more, and without what is declared no more. Pure."""

from dataclasses import replace

from agent.core.judging.looked_at import LookTarget
from agent.core.model import Observation, Reading
from agent.evaluation.evaluate import NewestLooks


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
