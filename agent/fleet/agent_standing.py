"""How one agent of a fleet stands, as a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from agent.config.settings import AGENT_SILENCE
from agent.core.model import State


class AgentState(Enum):
    """How an agent stands, as `beffroi fleet status` says it."""

    CURRENT = "current"
    SILENT = "silent"
    REFUSED = "refused"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStanding:
    """One agent. `last_row` and `received_at` are of its newest row; `lag_rows` None: unknown; `why`: of a refusal.

    `is_heard`: its newest row is young enough, whether something of it was refused or not. `is_foreign`: its key is
    not the declared one, so that nothing of its ledger counts.
    """

    agent: str
    state: AgentState
    key: str | None = None
    why: str = ""
    last_row: int | None = None
    received_at: datetime | None = None
    lag_rows: int | None = None
    hosts: int = 0
    summary: Mapping[State, int] = field(default_factory=dict)
    is_heard: bool = False
    is_foreign: bool = False
    evidence_age: timedelta = AGENT_SILENCE
