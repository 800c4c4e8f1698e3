"""An agent that appends and pushes without a pause, while it, its server and its line are killed at random instants."""

import random
import subprocess
import sys
import time
from pathlib import Path

from agent.config.settings import Agent, Configuration, FleetSettings
from agent.core.clock import SystemClock
from agent.fleet import pushing, sending
from agent.fleet.pushing import FleetPusher
from agent.ledger.ledger import Ledger
from tests.fleet.agents import FleetMember, member
from tests.fleet.conftest import Laid
from tests.parts.checkout import HOME
from tests.parts.processes import wait_until

AGENT, SERVER, LINE = "agent", "server", "line"
_CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def survive_kills(laid: Laid, folder: Path, *, kills: int, seed: int) -> None:
    """Kill so often, in turn and at random instants; then what arrived is what the agent has, and no more."""
    chance = random.Random(seed)
    with member(laid, folder, rows=1) as agent:
        child = _begun(agent)
        try:
            for number in range(kills):
                time.sleep(chance.uniform(0.02, 0.4))
                what = (AGENT, SERVER, LINE)[number % 3]
                if what == AGENT:
                    _end(child)
                    child = _begun(agent)
                elif what == SERVER:
                    laid.server.stop(kill=True)
                    laid.server.start()
                else:
                    laid.run(_CUT)
        finally:
            _end(child)
        assert wait_until(lambda: _sent(agent), step=0.2)
        assert agent.received() == agent.rows()
        assert len(agent.rows()) > kills
        assert agent.refusals() == []


def _begun(agent: FleetMember) -> "subprocess.Popen[str]":
    """Start the agent, and wait until it appends."""
    arguments = (str(agent.directory), agent.settings.database, agent.settings.user, agent.name)
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.fleet.kills", *arguments], stdout=subprocess.PIPE, text=True, cwd=HOME
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "begun\n"
    return child


def _end(child: "subprocess.Popen[str]") -> None:
    child.kill()
    child.communicate()


def _sent(agent: FleetMember) -> bool:
    agent.send()
    return len(agent.received()) == len(agent.rows())


def main(directory: str, database: str, user: str, name: str) -> None:
    """Append and push until killed."""
    sending.BATCH_ROWS = 7
    pushing.EVERY_SECONDS = pushing.AFTER_REFUSAL_SECONDS = pushing.FIRST_PAUSE_SECONDS = 0.01
    pushing.LONGEST_PAUSE_SECONDS = 0.05
    settings = FleetSettings(database=database, user=user, agent=name)
    configuration = Configuration(
        path=Path(directory) / "beffroi.toml", digest="", agent=Agent(state_directory=Path(directory)), fleet=settings
    )
    with Ledger.open(Path(directory), clock=SystemClock()) as ledger:
        FleetPusher(ledger, lambda: configuration).start()
        print("begun", flush=True)
        while True:
            ledger.enter("audit", lambda _: [({"performed": "2026-01-02", "by": "x", "author": "x"}, "scota")] * 3)
            time.sleep(0.01)


if __name__ == "__main__":
    main(*sys.argv[1:])
