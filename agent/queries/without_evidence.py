"""Make a verdict of what no evidence bears at all."""

from datetime import datetime

from agent.core.model import Key, State, Verdict
from agent.core.reason import Reason


def without_evidence(
    key: Key, reason: Reason, now: datetime, *, unit: str, limit: float | None, observed_at: datetime | None = None
) -> Verdict:
    """Return that nothing is proven, and why; `unit` and `limit` are those of the target."""
    return Verdict(
        target=key.target,
        subject=key.subject,
        beneficiary=key.beneficiary,
        at=now,
        state=State.UNPROVEN,
        measured=State.UNPROVEN,
        day_state=State.UNPROVEN,
        reason=reason,
        unit=unit,
        limit=limit,
        observed_at=observed_at,
    )
