"""Verdicts as JSON, the same bytes for `check --json`, `status --json` and `/api/verdicts`."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from agent.core.model import WORST_FIRST, State, Verdict
from agent.wording.verdict_fields import fields, instant

SCHEMA = "beffroi.verdicts/1"


def document(verdicts: Sequence[Verdict], generated_at: datetime) -> str:
    """Return the contract's JSON, worst first, on one line, in ASCII."""
    counts = Counter(verdict.state for verdict in verdicts)
    return json.dumps(
        {
            "schema": SCHEMA,
            "generated_at": instant(generated_at),
            "summary": {state.value: counts[state] for state in _SUMMARY},
            "verdicts": [fields(verdict) for verdict in sorted(verdicts, key=worst_first)],
        },
        allow_nan=False,
    )


# The order in which the contract shows them.
_SUMMARY = (State.MET, State.MISSED, State.UNPROVEN, State.ACCEPTED, State.NOT_APPLICABLE)


def worst_first(verdict: Verdict) -> tuple[int, str, str, str]:
    """Return what verdicts are sorted by: how bad, then what about."""
    return WORST_FIRST.index(verdict.state), verdict.target, verdict.subject, verdict.beneficiary
