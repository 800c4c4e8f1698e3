"""A primary that fails over while rows are pushed: each row arrives once, and no one takes it for damage.

BEFFROI_FAILOVERS is how often it does (14 where it is not set).
"""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.fleet.laying import lay_schema
from tests.failover.patroni import ETCD, PATRONI, PatroniCluster, running_cluster, send
from tests.fleet.agents import FleetMember, member
from tests.fleet.databases import LaidOn
from tests.fleet.kills import AGENT, CENTRE, LOST, begun, end, hold_to_account
from tests.parts.processes import wait_until

pytestmark = [
    pytest.mark.programs,
    pytest.mark.network,
    pytest.mark.skipif(not (PATRONI.exists() and ETCD.exists()), reason="patroni and etcd-server are not installed"),
]

FAILOVERS = int(os.environ.get("BEFFROI_FAILOVERS", "14"))


@pytest.fixture(params=[False, True], ids=["asynchronous", "synchronous"])
def laid(request: pytest.FixtureRequest) -> Iterator[LaidOn]:
    """Return a fleet's database on a cluster."""
    with running_cluster(synchronous=request.param) as cluster:
        cluster.run("postgres", "CREATE DATABASE fleet")
        made = LaidOn(server=cluster, name="fleet", root=cluster.root)
        with made.administrator() as database:
            assert lay_schema(database, ("scota",))
        yield made


def server_ends(cluster: PatroniCluster) -> None:
    """End the primary's PostgreSQL at once."""
    server = cluster.primary().server()
    assert server is not None
    os.kill(server, signal.SIGKILL)


def server_ends_ahead(cluster: PatroniCluster) -> None:
    """End it while the standby has not had its newest rows: without synchronous_mode they were acknowledged."""
    senders = cluster.primary().senders()
    send(signal.SIGSTOP, senders)
    time.sleep(random.uniform(0.2, 1.5))
    server_ends(cluster)
    send(signal.SIGKILL, senders)


def machine_ends(cluster: PatroniCluster) -> None:
    """End the primary's machine: nothing says so, and the standby waits until the lease is over."""
    primary, standby = cluster.primary(), cluster.standby()
    primary.kill()
    assert wait_until(lambda: cluster.primary() is standby, 180, step=0.2)
    primary.start()


def machine_stands_still(cluster: PatroniCluster) -> None:
    """Let the primary's machine stand still until the other has its place, and then go on as if nothing had been."""
    primary, standby = cluster.primary(), cluster.standby()
    still = primary.processes()
    send(signal.SIGSTOP, still)
    try:
        assert wait_until(lambda: cluster.primary() is standby, 180, step=0.2)
        time.sleep(random.uniform(0.0, 3.0))
    finally:
        send(signal.SIGCONT, still)


WAYS: tuple[Callable[[PatroniCluster], None], ...] = (
    server_ends_ahead,
    PatroniCluster.switch,
    server_ends,
    server_ends_ahead,
    machine_stands_still,
    PatroniCluster.switch,
    machine_ends,
)


def test_a_primary_that_fails_over_loses_doubles_and_forks_no_row(
    laid: LaidOn, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    cluster, chance = laid.server, random.Random(18)
    assert isinstance(cluster, PatroniCluster)
    with member(laid, tmp_path / "arras", rows=1) as agent:
        (agent.directory / CENTRE).mkdir()
        children = [begun(agent, what) for what in (AGENT, CENTRE)]
        try:
            for number in range(FAILOVERS):
                cluster.standby()
                time.sleep(chance.uniform(0.05, 2.0))
                WAYS[number % len(WAYS)](cluster)
                assert wait_until(lambda: _goes_on(agent), 180, step=0.5), cluster.told()
        finally:
            for child in children:
                end(child)
        cluster.standby()
        hold_to_account(agent)
        lost = _lost(agent)
        print(f"{FAILOVERS} failovers, {len(agent.rows())} rows, of which acknowledged, lost and sent again: {lost}")
        is_synchronous = "[synchronous]" in request.node.name
        assert (sum(lost) > 0) is not is_synchronous


def _goes_on(agent: FleetMember) -> bool:
    """Return whether rows arrive anew."""
    count = "SELECT max(sequence) FROM beffroi.row"
    before = agent.laid.run(count)
    return wait_until(lambda: agent.laid.run(count) > before, 2, step=0.1)


def _lost(agent: FleetMember) -> list[int]:
    file = agent.directory / LOST
    return [int(line) for line in file.read_text().split()] if file.exists() else []
