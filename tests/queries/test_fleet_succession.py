"""An agent that was given several keys: each ledger tells of its own time, one of a mistaken key of misses alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from agent.config.settings import Configuration
from agent.core.clock import SystemClock
from agent.core.model import State
from agent.ledger.ledger import Ledger
from agent.queries.centre import ask_fleet
from tests.fleet.agents import FleetMember
from tests.fleet.databases import Laid
from tests.ledger.samples import HandClock
from tests.queries.test_centre import centre
from tests.queries.test_fleet_material import (
    OVER,
    PATCHED,
    agents,
    laid,
    live,
    lived,
    patching,
    patient,
    report,
    site_of,
)

__all__ = ["agents", "centre", "laid", "lived"]

pytestmark = [pytest.mark.programs, pytest.mark.network]


@contextmanager
def other_key(laid: Laid, folder: Path, agent: FleetMember, *, is_lived: bool = True) -> Iterator[FleetMember]:
    """Yield an agent with a ledger of another key, which is admitted in the place of its own and has sent nothing.

    `is_lived`: it brings a past without a miss.
    """
    folder.mkdir()
    clock = HandClock()
    with Ledger.open(folder, clock=clock) as ledger:
        anew = FleetMember(name=agent.name, directory=folder, ledger=ledger, laid=laid)
        if is_lived:
            live(anew, clock, {})
        else:
            clock.time = SystemClock().now()
            anew.declare({PATCHED: OVER.first})
        anew.enrol(replaces=True)
        yield anew


def page(centre: Configuration, subject: str) -> dict[date, State | None]:
    """Return the days of a subject as its page shows them."""
    site = site_of(centre)
    verdicts = [one for one in site.snapshot().verdicts if (one.target, one.subject) == ("patching", subject)]
    (calendar,) = site.details(verdicts, SystemClock().now()).calendars.values()
    return {one.day: one.state for one in calendar.days}


def whole(centre: Configuration) -> dict[date, State | None]:
    """Return the days of the target as its page shows them."""
    calendar = site_of(centre).target_calendar("patching", "scota", SystemClock().now())
    return {one.day: one.state for one in calendar.days}


def test_no_day_of_a_mistaken_key_is_met_while_the_right_one_is_silent(
    agents: list[FleetMember], centre: Configuration, laid: Laid, tmp_path: Path
) -> None:
    """The key that is declared is admitted in its place, and its agent has not sent its public key yet."""
    with other_key(laid, tmp_path / "right", agents[1]) as right:
        declared = patient(centre, [agents[0], right])
        (mistaken,) = [one for one in ask_fleet(declared, SystemClock()).replicas if one.agent == "lens-1"]
        assert not mistaken.has_counted
        days = patching(report(declared))["lens-1/srv-1"]
        assert set(days.values()) == {State.MISSED, State.UNPROVEN}
        assert State.MET not in page(declared, "lens-1/srv-1").values()


def test_a_mistaken_key_that_was_taken_back_costs_no_day(
    agents: list[FleetMember], centre: Configuration, laid: Laid, tmp_path: Path
) -> None:
    """The report and the pages say the same of the days before and after."""
    right = patient(centre, agents)
    before = patching(report(right))["lens-1/srv-1"]
    shown = page(right, "lens-1/srv-1")
    together = whole(right)
    with other_key(laid, tmp_path / "mistaken", agents[1]) as mistaken:
        mistaken.send()
        ask_fleet(right, SystemClock())
        agents[1].enrol(replaces=True)
        assert patching(report(right))["lens-1/srv-1"] == before
        assert page(right, "lens-1/srv-1") == shown
        assert whole(right) == together


def test_the_days_before_a_mistaken_key_stay_with_the_next_one(
    agents: list[FleetMember], centre: Configuration, laid: Laid, tmp_path: Path
) -> None:
    """Its machine was installed anew, and a wrong key was enrolled before the right one."""
    first = patient(centre, agents)
    before = patching(report(first))["lens-1/srv-1"]
    with other_key(laid, tmp_path / "mistaken", agents[1]) as mistaken:
        mistaken.send()
        ask_fleet(first, SystemClock())
        with other_key(laid, tmp_path / "next", mistaken, is_lived=False) as following:
            following.send()
            now = patient(centre, [agents[0], following])
            assert patching(report(now))["lens-1/srv-1"] == before
            assert page(now, "lens-1/srv-1")[OVER.last] is State.MISSED
            assert page(now, "lens-1/srv-1")[OVER.last - timedelta(days=1)] is State.MET
