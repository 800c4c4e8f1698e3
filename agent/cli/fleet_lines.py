"""How the agents of a fleet are printed: one line each, or as JSON."""

import json
from collections.abc import Iterator, Sequence

from agent.core.model import State
from agent.fleet.agent_standing import AgentStanding, AgentState
from agent.wording.inert import inert
from agent.wording.verdict_fields import instant

SCHEMA = "beffroi.fleet/1"
_LONGEST = 300


def as_lines(agents: Sequence[AgentStanding]) -> Iterator[str]:
    """Yield one line an agent, in columns, and a line with the reason of each refusal."""
    if not agents:
        yield "no agent is declared or admitted"
    width = max((len(one.agent) for one in agents), default=0)
    for one in agents:
        parts = [one.agent.ljust(width), one.state.value.ljust(7)]
        if one.last_row is not None and one.received_at is not None:
            lag = "lag unknown" if one.lag_rows is None else f"lag {one.lag_rows}"
            parts.append(f"row {one.last_row} of {instant(one.received_at)}, {lag}, {_counted(one)}")
        parts.append(one.key or "no key admitted")
        yield "  ".join(parts)
        if one.why:
            yield f"{' ' * width}  refused: {inert(one.why, _LONGEST)}"


def _counted(one: AgentStanding) -> str:
    states = [f"{count} {state.value}" for state, count in one.summary.items() if count]
    return ", ".join((f"{one.hosts} {'host' if one.hosts == 1 else 'hosts'}", *states))


def as_json(agents: Sequence[AgentStanding]) -> str:
    """Return the contract's JSON, on one line, in ASCII."""
    return json.dumps({"schema": SCHEMA, "agents": [_fields(one) for one in agents]}, allow_nan=False)


def _fields(one: AgentStanding) -> dict[str, object]:
    return {
        "agent": one.agent,
        "state": one.state.value,
        "last_row": one.last_row,
        "received_at": None if one.received_at is None else instant(one.received_at),
        "lag_rows": one.lag_rows,
        "hosts": one.hosts,
        "summary": {state.value: one.summary.get(state, 0) for state in State},
    }


def exit_code(agents: Sequence[AgentStanding]) -> int:
    """Return 1 where one was refused, else 3 where one is silent, never came, or there is none."""
    states = {one.state for one in agents}
    if AgentState.REFUSED in states:
        return 1
    return 0 if states == {AgentState.CURRENT} else 3
