"""Verdicts as JSON, the same bytes for `check --json`, `status --json` and `/api/verdicts`."""

import json
import math
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from agent.core.model import WORST_FIRST, State, Verdict
from agent.wording.detail import detail

SCHEMA = "beffroi.verdicts/1"

Field = str | float | list[str] | None


def document(verdicts: Sequence[Verdict], generated_at: datetime) -> str:
    """Return the contract's JSON, worst first, on one line, in ASCII."""
    counts = Counter(verdict.state for verdict in verdicts)
    return json.dumps(
        {
            "schema": SCHEMA,
            "generated_at": instant(generated_at),
            "summary": {state.value: counts[state] for state in _SUMMARY},
            "verdicts": [_fields(verdict) for verdict in sorted(verdicts, key=worst_first)],
        },
        allow_nan=False,
    )


# The order in which the contract shows them.
_SUMMARY = (State.MET, State.MISSED, State.UNPROVEN, State.ACCEPTED, State.NOT_APPLICABLE)


def worst_first(verdict: Verdict) -> tuple[int, str, str, str]:
    """Return what verdicts are sorted by: how bad, then what about."""
    return WORST_FIRST.index(verdict.state), verdict.target, verdict.subject, verdict.beneficiary


def instant(at: datetime) -> str:
    """Return an aware instant as ISO 8601 in UTC, cut to the second, ending in Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _fields(verdict: Verdict) -> dict[str, Field]:
    return {
        "target": verdict.target,
        "subject": verdict.subject,
        "beneficiary": verdict.beneficiary,
        "state": verdict.state.value,
        "measured": verdict.measured.value,
        "reason": verdict.reason.value,
        "value": _number(verdict.value),
        "limit": _number(verdict.limit),
        "unit": verdict.unit,
        "observed_at": None if verdict.observed_at is None else instant(verdict.observed_at),
        "detail": detail(verdict),
        "acceptance": verdict.acceptance,
        "evidence": list(verdict.evidence),
    }


def _number(value: float | None) -> float | None:
    # JSON has no word for what is not a number; a reader must not meet NaN.
    return None if value is None or not math.isfinite(value) else float(value)
