"""Each PostgreSQL that is installed, from 15 on, does what a fleet needs; Debian 12 has 15, Debian 13 has 17."""

from pathlib import Path

import pytest

from agent.config.settings import FleetSettings
from agent.core.clock import SystemClock
from agent.fleet.agent_standing import AgentState
from agent.fleet.agent_states import agent_states
from agent.fleet.database import connected
from agent.fleet.laying import lay_schema
from agent.fleet.replicas import Replicas
from agent.ledger.ledger import ChainOutcome
from tests.fleet.agents import member
from tests.fleet.databases import created
from tests.parts.postgresql import INSTALLED, running_postgresql

pytestmark = [pytest.mark.programs, pytest.mark.network, pytest.mark.slow]


@pytest.mark.parametrize("binaries", INSTALLED, ids=lambda one: one.parent.name)
def test_every_installed_version_takes_schema_rows_and_rights(binaries: Path, tmp_path: Path) -> None:
    with running_postgresql(binaries) as server:
        laid = created(server)
        assert str(laid.run("SHOW server_version_num")[0][0]).startswith(binaries.parent.name)
        for is_new in (True, False):
            with laid.administrator() as database:
                assert lay_schema(database, ("scota", "lens")) is is_new
        with member(laid, tmp_path / "arras", rows=25) as arras:
            assert arras.send() == 25
            assert arras.received() == arras.rows()
            assert laid.run("SELECT DISTINCT beneficiary FROM beffroi.row", role="beffroi_reader_scota") == [("scota",)]
            assert laid.run("SELECT * FROM beffroi.row", role="beffroi_reader_lens") == []
            centre = FleetSettings(database=arras.settings.database, user="beffroi_centre")
            with Replicas(tmp_path, SystemClock()) as copies, connected(centre) as database:
                (one,) = copies.refresh(database)
                assert copies.ledger(one).verify().outcome is ChainOutcome.SOUND
                (standing,) = agent_states(database, centre)
    assert standing.state is AgentState.CURRENT
