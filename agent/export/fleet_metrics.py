"""What the centre of a fleet exports of each agent."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from agent.export.snapshot import Snapshot
from agent.fleet.agent_standing import AgentState

Sample = tuple[tuple[str, ...], float]

# The label that every series about a subject has at the centre.
LABEL = "agent"


def _last_rows(snapshot: Snapshot) -> Iterator[Sample]:
    for one in snapshot.agents or ():
        if one.received_at is not None:
            yield (one.agent,), one.received_at.timestamp()


def _lags(snapshot: Snapshot) -> Iterator[Sample]:
    for one in snapshot.agents or ():
        if one.lag_rows is not None:
            yield (one.agent,), one.lag_rows


def _states(snapshot: Snapshot) -> Iterator[Sample]:
    for one in snapshot.agents or ():
        for state in AgentState:
            yield (one.agent, state.value), int(one.state is state)


FLEET_SERIES: Mapping[str, Callable[[Snapshot], Iterator[Sample]]] = MappingProxyType(
    {
        "beffroi_agent_last_row_timestamp_seconds": _last_rows,
        "beffroi_agent_lag_rows": _lags,
        "beffroi_agent_state": _states,
    }
)
