"""A verdict's fields as JSON has them: the same in `check --json`, `/api/verdicts` and what a webhook is sent."""

import math
from datetime import UTC, datetime

from agent.core.model import Verdict
from agent.wording.detail import detail

Field = str | float | list[str] | None


def instant(at: datetime) -> str:
    """Return an aware instant as ISO 8601 in UTC, cut to the second, ending in Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def instant_or_none(at: datetime | None) -> str | None:
    """Return an instant in the same form, or None."""
    return None if at is None else instant(at)


def fields(verdict: Verdict) -> dict[str, Field]:
    """Return the contract's keys and their values."""
    return {
        "target": verdict.target,
        "subject": verdict.subject,
        "beneficiary": verdict.beneficiary,
        "state": verdict.state.value,
        "measured": verdict.measured.value,
        "reason": verdict.reason.value,
        "value": number_or_none(verdict.value),
        "limit": number_or_none(verdict.limit),
        "unit": verdict.unit,
        "observed_at": instant_or_none(verdict.observed_at),
        "detail": detail(verdict),
        "acceptance": verdict.acceptance,
        "evidence": list(verdict.evidence),
    }


def number_or_none(value: float | None) -> float | None:
    """Return a number that JSON has a word for, or None."""
    # JSON has no word for what is not a number; a reader must not meet NaN.
    return None if value is None or not math.isfinite(value) else float(value)
