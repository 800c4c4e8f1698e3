"""An agent that appends and pushes without a pause, and a centre that takes over what comes, while they are killed.

At random instants and in turn: agent, centre, the database's server, and every line to it.
"""

import random
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from agent.config.settings import Agent, Configuration, FleetSettings
from agent.core.clock import SystemClock
from agent.fleet import pushing, sending
from agent.fleet.agent_states import agent_states
from agent.fleet.database import DatabaseAway, connected
from agent.fleet.pushing import FleetPusher
from agent.fleet.replicas import Replicas
from agent.ledger.ledger import ChainOutcome, Ledger
from tests.fleet.agents import FleetMember, member
from tests.fleet.databases import Laid
from tests.parts.checkout import HOME
from tests.parts.processes import wait_until

AGENT, CENTRE, SERVER, LINE = "agent", "centre", "server", "line"
# Where a centre notes what it took for damage.
ALARMS = "alarms"
# Where an agent notes how many rows the database had acknowledged, and lacked afterwards.
LOST = "lost"
_CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def survive_kills(laid: Laid, folder: Path, *, kills: int, seed: int) -> int:
    """Kill so often, in turn and at random instants; then what arrived is what the agent has, and no more.

    Returns how many rows that is.
    """
    chance = random.Random(seed)
    with member(laid, folder, rows=1) as agent:
        (folder / CENTRE).mkdir()
        children = {what: begun(agent, what) for what in (AGENT, CENTRE)}
        try:
            for number in range(kills):
                time.sleep(chance.uniform(0.02, 0.4))
                what = (AGENT, CENTRE, SERVER, LINE)[number % 4]
                if what in children:
                    end(children[what])
                    children[what] = begun(agent, what)
                elif what == SERVER:
                    laid.server.stop(kill=True)
                    laid.server.start()
                else:
                    laid.run(_CUT)
        finally:
            for child in children.values():
                end(child)
        hold_to_account(agent)
        rows = len(agent.rows())
        assert rows > kills
        return rows


def hold_to_account(agent: FleetMember) -> None:
    """Hold that the database has each row of the agent once, and the centre too, and that none was damage to anyone."""
    centre = agent.directory / CENTRE
    assert wait_until(lambda: _sent(agent), step=0.2)
    assert agent.received() == agent.rows()
    assert agent.refusals() == []
    assert not (centre / ALARMS).exists(), (centre / ALARMS).read_text()
    assert _taken_over(agent, centre) == len(agent.rows())


def _taken_over(agent: FleetMember, centre: Path) -> int:
    """Bring the centre's copy up to date, and walk it; return how many rows it has."""
    with Replicas(centre, SystemClock()) as copies, connected(centre_settings(agent)) as database:
        (one,) = copies.refresh(database)
        assert one.broken == ""
        found = copies.ledger(one).verify()
    assert found.outcome is ChainOutcome.SOUND
    return found.rows


def centre_settings(agent: FleetMember) -> FleetSettings:
    """Return the `[fleet]` of the centre of an agent's fleet."""
    return agent.laid.settings("beffroi_centre")


def begun(agent: FleetMember, what: str) -> "subprocess.Popen[str]":
    """Start the agent or the centre, and wait until it works."""
    settings = agent.settings if what == AGENT else centre_settings(agent)
    arguments = (
        what,
        str(agent.directory),
        settings.database,
        settings.user,
        settings.agent,
        str(agent.laid.root or ""),
    )
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.fleet.kills", *arguments], stdout=subprocess.PIPE, text=True, cwd=HOME
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "begun\n"
    return child


def end(child: "subprocess.Popen[str]") -> None:
    """Kill it."""
    child.kill()
    child.communicate()


def _sent(agent: FleetMember) -> bool:
    agent.send()
    return len(agent.received()) == len(agent.rows())


def main(what: str, directory: str, database: str, user: str, name: str, root: str) -> None:
    """Be an agent or a centre until killed."""
    certificate = Path(root) if root else None
    settings = FleetSettings(database=database, user=user, agent=name, root_certificate=certificate)
    if what == AGENT:
        push(Path(directory), settings)
    else:
        take_over(Path(directory) / CENTRE, settings)


def take_over(folder: Path, settings: FleetSettings) -> None:
    """Take over what comes, until killed; note what is taken for damage."""
    print("begun", flush=True)
    with Replicas(folder, SystemClock()) as copies:
        while True:
            with suppress(DatabaseAway), connected(settings) as database:
                while True:
                    wrong = [one.broken for one in copies.refresh(database) if one.broken]
                    wrong += [one.why for one in agent_states(database, settings, counted=False) if one.why]
                    for broken in wrong:
                        with (folder / ALARMS).open("a") as file:
                            file.write(f"{broken}\n")
                    time.sleep(0.02)
            time.sleep(0.05)


class WatchedSender(sending.Sender):
    """Note, beside the ledger, how many rows the database lacks that it had acknowledged."""

    directory = Path()
    acknowledged = 0
    _held = 0

    def send(self) -> sending.SentBatch:
        """Send the next batch, and keep up to where it was acknowledged."""
        batch = super().send()
        WatchedSender.acknowledged = self._held + batch.rows
        return batch

    def _hold_to(self, sequence: int, link: str) -> None:
        self._held = sequence
        if sequence < self.acknowledged:
            with (self.directory / LOST).open("a") as file:
                file.write(f"{self.acknowledged - sequence}\n")
            WatchedSender.acknowledged = sequence
        super()._hold_to(sequence, link)


def push(directory: Path, settings: FleetSettings) -> None:
    """Append and push until killed."""
    # FleetPusher imports it when it first sends.
    sending.Sender, WatchedSender.directory = WatchedSender, directory  # type: ignore[misc]
    sending.BATCH_ROWS = 7
    pushing.EVERY_SECONDS = pushing.AFTER_REFUSAL_SECONDS = pushing.FIRST_PAUSE_SECONDS = 0.01
    pushing.LONGEST_PAUSE_SECONDS = 0.05
    agent = Agent(state_directory=directory)
    configuration = Configuration(path=directory / "beffroi.toml", digest="", agent=agent, fleet=settings)
    with Ledger.open(directory, clock=SystemClock()) as ledger:
        FleetPusher(ledger, lambda: configuration).start()
        print("begun", flush=True)
        while True:
            ledger.enter("audit", lambda _: [({"performed": "2026-01-02", "by": "x", "author": "x"}, "scota")] * 3)
            time.sleep(0.01)


if __name__ == "__main__":
    main(*sys.argv[1:])
