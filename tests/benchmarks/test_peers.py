"""What a look costs beside named programs that look at the same thing, in the same run."""

import os
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.clock import SystemClock
from agent.core.inventory import Copy, DeclaredHost
from agent.core.model import Observation
from agent.evaluation.registry import find
from agent.evaluation.tasks import Task, TaskContext, run_task
from agent.hosts.local import LocalHost
from tests.benchmarks.weighing import Cost, cost, counting, off_site, told
from tests.parts.repositories import Repository
from tests.parts.stores import StoreHost, StoreWatch

pytestmark = [pytest.mark.programs, pytest.mark.network, pytest.mark.timeout(1800)]

ROUNDS = 3
# What is asked of a refresh beside the exporter's: processor, bytes.
CPU, BYTES = 1 / 10, 1 / 500
# The five commands of ngosang/restic-exporter 2.1.2, with nothing switched off (exporter/exporter.py, f355547). Its
# own Python is left out, in its favour.
EXPORTER = (
    ("snapshots", "--json"),
    ("snapshots", "--json", "--latest", "1", "--group-by", "host,paths"),
    ("stats", "--json", "--mode", "raw-data"),
    ("check",),
    ("list", "locks"),
)
APT_INFO = Path("/usr/share/prometheus-node-exporter-collectors/apt_info.py")


def exporter(watch: StoreWatch) -> None:
    """Run what the exporter runs for one refresh, with the cache that it keeps."""
    assert watch.environment_file is not None
    ssh = dict([watch.environment_file.read_text().strip().split("=", 1)])
    environment = {**os.environ, **ssh, "RESTIC_CACHE_DIR": str(watch.folder / "their-cache")}
    where = ["-r", watch.copy.repository, "-p", str(watch.copy.password_file)]
    for arguments in EXPORTER:
        argv = ["restic", "--no-lock", *arguments, *where]
        subprocess.run(argv, env=environment, check=True, capture_output=True)


def refresh(watch: StoreWatch) -> None:
    """Take every look of one round of `[schedule] backups`."""
    for collector in find().collectors.values():
        if collector.schedule == "backups" and collector.looks_at is Copy and collector.applies(watch.copy):
            assert isinstance(reading := watch.look(collector.name), Observation), reading


def test_a_refresh_beside_the_exporter_s(stores: StoreHost, repository: Repository, tmp_path: Path) -> None:
    with counting(stores.sshd.port) as (port, carried):
        watch = off_site(stores, port, repository, tmp_path)
        source = repository.folder.parent / "source"
        watch.paths, watch.canary = (str(source),), str(source / ".canary")

        def weighed(work: Callable[[StoreWatch], None]) -> tuple[Cost, int]:
            before = carried[0]
            return cost(stores, lambda: work(watch)), carried[0] - before

        for work in (refresh, exporter):  # each fills its cache, which is no part of what every refresh costs
            work(watch)
        runs = [(weighed(refresh), weighed(exporter)) for _ in range(ROUNDS)]
    ours, theirs = (min(run[side][0].cpu for run in runs) for side in (0, 1))
    wall = [min(run[side][0].wall for run in runs) for side in (0, 1)]
    our_bytes, their_bytes = (min(run[side][1] for run in runs) for side in (0, 1))
    print(f"processor seconds: {ours:.2f} ours, {theirs:.2f} theirs; wall {wall[0]:.2f} and {wall[1]:.2f}")
    print(f"bytes: {our_bytes} ours, {their_bytes} theirs")
    told("processor of a refresh, beside restic-exporter's", ours / theirs, CPU)
    told("bytes of a refresh, beside restic-exporter's", our_bytes / their_bytes, BYTES)


@pytest.mark.skipif(not APT_INFO.exists(), reason="prometheus-node-exporter-collectors is not installed")
def test_updates_beside_the_node_exporter_s_apt_info(stores: StoreHost, tmp_path: Path) -> None:
    """Each of our looks knows the one before, as in a daemon: what does not change is not read again."""
    task = Task(collector=find().collectors["patches"], item=DeclaredHost(id="here", transport="local"))
    kept: list[Observation] = []

    def look() -> None:
        door = LocalHost("here")
        means = TaskContext(
            here=door,
            host=lambda id: door,
            clock=SystemClock(),
            folder=tmp_path,
            timeout=timedelta(seconds=60),
            previous=lambda name, subject: kept[-1] if kept else None,
        )
        reading = run_task(task, means)
        assert isinstance(reading, Observation), reading
        kept.append(reading)

    def apt_info() -> None:
        subprocess.run(["/usr/bin/python3", APT_INFO], check=True, capture_output=True)

    look()
    ours, theirs = (min(cost(stores, work).cpu for _ in range(ROUNDS)) for work in (look, apt_info))
    print(f"processor seconds: {ours:.2f} ours, {theirs:.2f} of apt_info.py: {ours / theirs:.2f} x")
