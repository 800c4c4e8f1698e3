"""Through pgbouncer in transaction pooling, where each transaction may meet another connection."""

from dataclasses import replace
from pathlib import Path

import pytest

from agent.fleet.agent_standing import AgentState
from agent.fleet.agent_states import agent_states
from agent.fleet.database import connected
from agent.fleet.sending import Sender
from tests.fleet.agents import member
from tests.fleet.databases import Laid
from tests.parts.pgbouncer import running_pgbouncer

pytestmark = [pytest.mark.programs, pytest.mark.network]


def test_an_agent_sends_and_sees_itself_through_pgbouncer(laid: Laid, tmp_path: Path) -> None:
    with (
        member(laid, tmp_path / "arras", rows=2500) as arras,
        running_pgbouncer(laid.server, laid.name, ("beffroi_arras_1",)) as database,
    ):
        settings = replace(arras.settings, database=database)
        with connected(settings) as one, connected(settings) as other:
            senders = [Sender(arras.ledger, arras.own, way) for way in (one, other)]
            assert [senders[number % 2].send().rows for number in range(4)] == [1000, 1000, 500, 0]
            (standing,) = agent_states(one, settings)
        assert arras.received() == arras.rows()
    assert standing.state is AgentState.CURRENT
