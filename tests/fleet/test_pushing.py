"""The pushing thread: it goes on after every fault, loses and doubles nothing, and never holds anything up."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.config.settings import Agent, Configuration, FleetSettings
from agent.fleet import pushing
from agent.fleet.database import DatabaseAway, connected
from agent.fleet.pushing import FleetPusher, push_now
from tests.fleet.agents import FleetMember, member
from tests.fleet.databases import Laid
from tests.fleet.kills import survive_kills
from tests.parts.processes import wait_until
from tests.parts.sshd import silent_server

pytestmark = [pytest.mark.programs, pytest.mark.network]


@pytest.fixture
def arras(laid: Laid, tmp_path: Path) -> Iterator[FleetMember]:
    """Return an admitted agent with 25 rows."""
    with member(laid, tmp_path / "arras", rows=25) as made:
        yield made


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pauses be short."""
    monkeypatch.setattr(pushing, "EVERY_SECONDS", 0.05)
    monkeypatch.setattr(pushing, "AFTER_REFUSAL_SECONDS", 0.05)
    monkeypatch.setattr(pushing, "FIRST_PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(pushing, "LONGEST_PAUSE_SECONDS", 0.1)


def configuration(arras: FleetMember, settings: FleetSettings | None = None) -> Configuration:
    """Return an agent's configuration."""
    return Configuration(
        path=arras.directory / "beffroi.toml",
        digest="",
        agent=Agent(state_directory=arras.directory),
        fleet=settings or arras.settings,
    )


def test_what_is_appended_arrives_by_itself(arras: FleetMember) -> None:
    pusher = FleetPusher(arras.ledger, lambda: configuration(arras))
    pusher.start()
    try:
        assert wait_until(lambda: len(arras.received()) == 25, step=0.05)
        arras.append(5)
        assert wait_until(lambda: len(arras.received()) == 30, step=0.05)
    finally:
        pusher.stop()
    assert arras.received() == arras.rows()


def test_an_agent_that_is_admitted_later_sends_what_it_kept(arras: FleetMember) -> None:
    arras.laid.run("DELETE FROM beffroi.agent")
    pusher = FleetPusher(arras.ledger, lambda: configuration(arras))
    pusher.start()
    try:
        arras.enrol()
        assert wait_until(lambda: len(arras.received()) == 25, step=0.05)
    finally:
        pusher.stop()


def test_a_server_that_is_mute_holds_up_neither_check_nor_the_end(
    arras: FleetMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It accepts connections and says nothing, as a machine does that is stopped."""
    with silent_server() as port:
        settings = replace(arras.settings, database=f"postgresql://127.0.0.1:{port}/fleet")
        begun = time.monotonic()
        assert push_now(arras.ledger, settings, arras.directory, 0.3) == "no answer within 0 s"
        pusher = FleetPusher(arras.ledger, lambda: configuration(arras, settings))
        pusher.start()
        pusher.stop()
        assert time.monotonic() - begun < pushing.CHECK_SECONDS


def test_check_says_what_still_waits(arras: FleetMember) -> None:
    assert push_now(arras.ledger, arras.settings, arras.directory) is None
    away = replace(arras.settings, database="postgresql:///fleet?host=/nonexistent")
    assert "/nonexistent" in (push_now(arras.ledger, away, arras.directory) or "")


def test_a_mute_server_is_given_up_by_its_deadline(arras: FleetMember) -> None:
    """The server takes the statement and is stopped: only our own clock ends the wait."""
    with connected(arras.settings) as database:
        begun = time.monotonic()
        with pytest.raises(DatabaseAway), database.transaction(0.3) as connection:
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            connection.exec_driver_sql("SELECT pg_sleep(60)")
        assert time.monotonic() - begun < 30


def test_kills_of_agent_centre_and_server_lose_no_row(laid: Laid, tmp_path: Path) -> None:
    survive_kills(laid, tmp_path / "arras", kills=4, seed=20261201)


@pytest.mark.slow
def test_twenty_kills_lose_double_and_fork_no_row(laid: Laid, tmp_path: Path) -> None:
    survive_kills(laid, tmp_path / "arras", kills=20, seed=18)
