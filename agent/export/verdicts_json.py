"""Verdicts as JSON, the same bytes for `check --json`, `status --json` and `/api/verdicts`."""

import json
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from agent.core.model import WORST_FIRST, State, Verdict
from agent.wording.verdict_fields import Field, fields, instant

SCHEMA = "beffroi.verdicts/1"


def document(verdicts: Sequence[Verdict], generated_at: datetime, agents: Collection[str] | None = None) -> str:
    """Return the contract's JSON, worst first, on one line, in ASCII; `agents`: those of a fleet, at its centre."""
    counts = Counter(verdict.state for verdict in verdicts)
    return json.dumps(
        {
            "schema": SCHEMA,
            "generated_at": instant(generated_at),
            "summary": {state.value: counts[state] for state in _SUMMARY},
            "verdicts": [_fields(verdict, agents) for verdict in sorted(verdicts, key=worst_first)],
        },
        allow_nan=False,
    )


def _fields(verdict: Verdict, agents: Collection[str] | None) -> dict[str, Field]:
    own = fields(verdict)
    return own if agents is None else {**own, "agent": agent_of(verdict.subject, agents)}


def agent_of(subject: str, agents: Collection[str]) -> str:
    """Return the agent whose name a subject begins with; empty for what is the centre's own."""
    agent, slash, _ = subject.partition("/")
    return agent if slash and agent in agents else ""


# The order in which the contract shows them.
_SUMMARY = (State.MET, State.MISSED, State.UNPROVEN, State.ACCEPTED, State.NOT_APPLICABLE)


def worst_first(verdict: Verdict) -> tuple[int, str, str, str]:
    """Return what verdicts are sorted by: how bad, then what about."""
    return WORST_FIRST.index(verdict.state), verdict.target, verdict.subject, verdict.beneficiary
