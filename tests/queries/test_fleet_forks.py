"""Two machines write with one key: whose rows the database holds since then is not known, and no good one counts."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest

from agent.config.settings import Configuration
from agent.core.clock import SystemClock
from agent.core.model import State
from agent.core.period import day_of
from agent.core.reason import Reason
from agent.export.snapshot import Snapshot
from agent.fleet.agent_standing import AgentState
from agent.fleet.sending import SendingRefused
from agent.ledger.ledger import Ledger
from agent.queries.centre import ask_fleet, centre_snapshot
from tests.fleet.agents import FleetMember
from tests.fleet.databases import Laid
from tests.queries.test_centre import centre
from tests.queries.test_fleet_material import (
    OVER,
    agents,
    laid,
    lived,
    noon,
    patching,
    patient,
    reasons,
    reinstalled,
    report,
)

__all__ = ["agents", "centre", "laid", "lived"]

pytestmark = [pytest.mark.programs, pytest.mark.network]

# On this day of the quarter the second machine was seen.
SEEN = OVER.first + timedelta(days=40)


@contextmanager
def cloned(agent: FleetMember, laid: Laid, seen: date = SEEN) -> Iterator[FleetMember]:
    """Yield a copy of an agent, which was faster: what the agent itself has since then is refused since a day."""
    folder = agent.directory.with_name("clone")
    shutil.copytree(agent.directory, folder)
    with Ledger.open(folder, clock=SystemClock()) as ledger:
        clone = FleetMember(name=agent.name, directory=folder, ledger=ledger, laid=laid)
        clone.judge({"srv-1": State.MET})
        clone.send()
        agent.judge({"srv-1": State.MISSED})
        with pytest.raises(SendingRefused):
            agent.send()
        laid.run(f"UPDATE beffroi.refusal SET at = '{noon(seen)}'")
        yield clone


def page(centre: Configuration) -> Snapshot:
    """Return what the centre shows now."""
    clock = SystemClock()
    return centre_snapshot(centre, ask_fleet(centre, clock), clock)


def told(found: Snapshot) -> tuple[State, Reason, AgentState]:
    """Return what the page says of the host behind the agent, and of the agent."""
    assert found.agents is not None
    (one,) = [one for one in found.verdicts if (one.target, one.subject) == ("patching", "arras-1/srv-1")]
    return one.state, one.reason, found.agents[0].state


def test_what_a_clone_sees_shows_nothing_while_the_agent_is_refused(
    agents: list[FleetMember], centre: Configuration, laid: Laid
) -> None:
    """Its rows follow well, and its machine is another one."""
    strict = patient(centre, agents)
    with cloned(agents[0], laid):
        assert told(page(strict)) == (State.UNPROVEN, Reason.FORK, AgentState.REFUSED)
        found = report(strict)
    days = patching(found)["arras-1/srv-1"]
    assert {state for day, state in days.items() if day >= f"{SEEN}"} == {State.UNPROVEN}
    assert {state for day, state in days.items() if day < f"{SEEN}"} == {State.MET}
    assert reasons(found, "arras-1/srv-1")[Reason.FORK] == sum(day >= f"{SEEN}" for day in days)
    assert [one.heard for one in found.agents] == [False, True]


def test_the_key_that_stays_settles_a_fork(agents: list[FleetMember], centre: Configuration, laid: Laid) -> None:
    """Who admits it says that the rows which are there are those of the agent."""
    strict = patient(centre, agents)
    before = patching(report(strict))
    with cloned(agents[0], laid) as clone:
        assert patching(report(strict)) != before
        clone.enrol()
        assert told(page(strict))[0] is State.MET
        assert patching(report(strict)) == before


def test_what_a_clone_saw_until_another_key_was_admitted_stays_unproven(
    agents: list[FleetMember], centre: Configuration, laid: Laid
) -> None:
    strict = patient(centre, agents)
    with cloned(agents[0], laid):
        report(strict)
    with reinstalled(laid, agents[0].directory.with_name("anew"), agents[0]) as anew:
        days = patching(report(patient(centre, [anew, agents[1]])))["arras-1/srv-1"]
    assert {state for day, state in days.items() if f"{SEEN}" <= day < f"{day_of(SystemClock().now())}"} == {
        State.UNPROVEN
    }
