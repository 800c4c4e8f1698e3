"""Hosts that the centre declares: nothing good without an agent, and nothing better than the worse of two."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.config.settings import FleetAgent
from agent.core.convention import CLAUSES
from agent.core.duties.host_relations import HostRelation, HostRole
from agent.core.inventory import DeclaredHost
from agent.core.model import Key, State
from agent.core.reason import Reason
from agent.export.snapshot import CurrentVerdict
from agent.queries.fleet_hosts import unwatched_reasons, with_declared_hosts
from tests.export.samples import TARGETS
from tests.fleet.agents import verdict

HOUR = timedelta(hours=1)
NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)


def standing(agent: str, host: str, state: State, target: str = "patching") -> CurrentVerdict:
    """Return a standing of an agent's host."""
    key = Key(target=target, subject=f"{agent}/{host}", beneficiary="scota")
    hosts = (HostRelation(host=f"{agent}/{host}", role=HostRole.ITSELF),)
    return CurrentVerdict(verdict=verdict(key, state, NOW), hosts=hosts)


def shown(*standings: CurrentVerdict, hosts: tuple[str, ...] = ("srv-1",)) -> dict[str, tuple[State, Reason]]:
    """Return state and reason of what is shown, by subject."""
    found = with_declared_hosts(standings, dict.fromkeys(hosts, Reason.NO_AGENT), ("scota",), TARGETS, NOW)
    return {one.verdict.subject: (one.verdict.state, one.verdict.reason) for one in found}


def test_a_host_that_no_agent_watches_is_unproven_for_each_of_its_targets() -> None:
    found = with_declared_hosts((), {"srv-1": Reason.NO_AGENT}, ("scota", "lens"), TARGETS, NOW)
    assert {one.verdict.reason for one in found} == {Reason.NO_AGENT}
    assert {one.verdict.state for one in found} == {State.UNPROVEN}
    wanted = {id for id, clause in CLAUSES.items() if DeclaredHost in clause.subjects and id in TARGETS}
    assert {(one.key.target, one.key.subject, one.key.beneficiary) for one in found} == {
        (id, "srv-1", whose) for id in wanted for whose in ("scota", "lens")
    }


def test_a_host_of_an_agent_that_is_not_heard_is_not_said_to_have_none() -> None:
    arras = FleetAgent(id="arras-1", fingerprint="SHA256:a", evidence_age=HOUR, hosts=("srv-1", "srv-2"))
    lens = FleetAgent(id="lens-1", fingerprint="SHA256:b", evidence_age=HOUR, hosts=("srv-2", "srv-3"))
    reasons = {"srv-1": Reason.SILENT_AGENT, "srv-2": Reason.SILENT_AGENT, "srv-3": Reason.NO_AGENT}
    assert unwatched_reasons((arras, lens), {"lens-1"}) == reasons
    assert unwatched_reasons((lens, arras), {"lens-1"}) == reasons


def test_a_host_that_any_agent_watches_is_not_without_one() -> None:
    assert shown(standing("lens-1", "srv-1", State.MISSED)) == {
        "lens-1/srv-1": (State.MISSED, verdict(Key("patching", "x", "scota"), State.MISSED, NOW).reason)
    }


@pytest.mark.parametrize(
    ("other", "first", "second"),
    [
        (State.MET, (State.UNPROVEN, Reason.DECLARED_TWICE), (State.UNPROVEN, Reason.DECLARED_TWICE)),
        (State.MISSED, (State.MISSED, Reason.DECLARED_TWICE), (State.MISSED, Reason.OVERDUE)),
        (State.UNPROVEN, (State.UNPROVEN, Reason.DECLARED_TWICE), (State.UNPROVEN, Reason.OVERDUE)),
    ],
)
def test_a_host_that_two_agents_watch_is_judged_by_the_worse(
    other: State, first: tuple[State, Reason], second: tuple[State, Reason]
) -> None:
    found = shown(standing("arras-1", "srv-1", State.MET), standing("lens-1", "srv-1", other))
    assert found == {"arras-1/srv-1": first, "lens-1/srv-1": second}


def test_one_name_at_two_agents_is_two_hosts_unless_the_centre_declares_it() -> None:
    found = shown(standing("arras-1", "srv-1", State.MET), standing("lens-1", "srv-1", State.MISSED), hosts=())
    assert [state for state, _ in found.values()] == [State.MET, State.MISSED]
