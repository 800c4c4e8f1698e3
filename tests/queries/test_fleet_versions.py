"""Two versions side by side: what a later agent or a later schema says is never passed over at the centre."""

import importlib
import pkgutil
from dataclasses import replace

import pytest

import agent.ledger
from agent.accounting.expectation import Days
from agent.config.settings import Configuration
from agent.core.clock import SystemClock
from agent.core.convention import CLAUSES
from agent.core.model import Key, State
from agent.core.reason import Reason
from agent.daemon.centre import CentreDaemon
from agent.ledger import incoming
from agent.ledger.ledger import Ledger, VerdictRecord
from tests.export.samples import TARGETS
from tests.fleet.agents import FleetMember, verdict
from tests.fleet.databases import Laid
from tests.queries.test_centre import agents, centre, ran, seen, states

__all__ = ["agents", "centre"]


def test_every_kind_of_row_that_this_program_writes_is_known_to_a_copy() -> None:
    modules = [
        importlib.import_module(f"agent.ledger.{one.name}") for one in pkgutil.iter_modules(agent.ledger.__path__)
    ]
    written = {getattr(module, name, None) for module in modules for name in ("KIND", "SHARED", "NOTICE")}
    assert written - {None} == incoming.KNOWN


@pytest.mark.programs
@pytest.mark.network
def test_a_kind_of_row_that_a_later_agent_writes_proves_nothing_until_the_centre_knows_it(
    agents: list[FleetMember], centre: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert states(seen(centre))["arras-1/srv-1"] is State.MET
    agents[0].ledger._store.write(lambda writer: writer.append("novelty", {"missed": "srv-1"}, "scota"))
    agents[0].send()
    known = seen(centre)
    assert states(known) == {
        "arras-1/srv-1": State.UNPROVEN,
        "lens-1/srv-1": State.MISSED,
        "lens-1/srv-2": State.MET,
    }
    assert Reason.UNREADABLE in {one.reason for one in known.verdicts}
    assert "is of the kind 'novelty', which this program does not know" in (known.fault or "")
    monkeypatch.setattr(incoming, "KNOWN", incoming.KNOWN | {"novelty"})
    assert states(seen(centre))["arras-1/srv-1"] is State.MET


@pytest.mark.programs
@pytest.mark.network
def test_a_target_that_a_later_agent_declares_proves_nothing_either(
    agents: list[FleetMember], centre: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = Key(target="novelty", subject="srv-1", beneficiary="scota")
    declared = {**agents[0].ledger.loads()[-1].declared, key: Days()}
    targets = {**TARGETS, "novelty": replace(TARGETS["patching"], id="novelty")}
    agents[0].ledger.keep_load("e", declared, targets)
    met = VerdictRecord(verdict=verdict(key, State.MET, SystemClock().now()), stretch=None)
    agents[0].ledger.keep_verdicts([met])
    agents[0].send()
    known = seen(centre)
    assert {one.state for one in known.verdicts if one.subject == "arras-1/srv-1"} <= {State.UNPROVEN}
    assert "arras-1" in (known.fault or "")
    assert "has the target 'novelty', which this program does not know" in (known.fault or "")
    monkeypatch.setattr(incoming, "CLAUSES", {**CLAUSES, "novelty": CLAUSES["patching"]})
    assert states(seen(centre))["arras-1/srv-1"] is State.MET


@pytest.mark.programs
@pytest.mark.network
def test_a_schema_of_a_later_version_is_told_at_the_centre_with_its_mend(
    agents: list[FleetMember], centre: Configuration, laid: Laid
) -> None:
    with Ledger.open(centre.agent.state_directory, clock=SystemClock()) as own:
        daemon = CentreDaemon(centre, SystemClock(), own)
        daemon._seen = daemon._taken(daemon._round())
        laid.run("UPDATE beffroi.version SET version = 2")
        daemon._seen = daemon._taken(daemon._round())
        assert {one.state for one in daemon.snapshot().verdicts} == {State.UNPROVEN}
        assert "has version 2, this program knows up to 1" in (daemon.snapshot().fault or "")
        daemon._close()
    done = ran(centre, "status")
    assert done.code == 2
    assert "the centre first, then the agents" in done.err
