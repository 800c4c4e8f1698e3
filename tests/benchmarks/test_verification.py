"""What verifying a repository of 3 GB where it lies costs, beside bare digests of its files and restic's own reading.

All are niced alike, since the script of a store is, and the files are in the page cache.
"""

import os
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.collecting.collector import Look
from agent.core.facts.verification import VerificationOutcome
from agent.core.manifest import Manifest
from agent.hosts.local import LocalHost
from collectors.restic.store.digests import chosen, hash_all
from collectors.restic.store.remote import RemoteStore
from collectors.restic.store.shown import StoreMemory
from tests.benchmarks.weighing import cost, counting, seconds, told
from tests.parts.repositories import Repository
from tests.parts.stores import StoreHost, StoreWatch

pytestmark = [pytest.mark.programs, pytest.mark.network, pytest.mark.timeout(1800)]

ROUNDS, COSTLY_ROUNDS = 9, 3
# What is asked: beside the bare digests; of the bytes stored; beside `check --read-data` over sftp.
BARE, WIRE, WALL, CPU = 1.05, 0.0002, 1 / 7, 1 / 10


@pytest.fixture
def watch(stores: StoreHost, repository: Repository, tmp_path: Path) -> StoreWatch:
    return StoreWatch(repository=repository, host=stores.forced(repository.folder), folder=tmp_path / "watch")


def look_through(watch: StoreWatch, folder: Path) -> Look:
    folder.mkdir(exist_ok=True)
    return Look(
        now=datetime.now(UTC),
        here=LocalHost("here"),
        host=lambda id: watch.host,
        timeout=timedelta(seconds=60),
        folder=folder,
    )


def hashed_at_store(watch: StoreWatch, folder: Path) -> None:
    """List and hash every file over there, as one verification does before it asks for anything with the key."""
    look = look_through(watch, folder)
    far = RemoteStore(watch.copy, look)
    listed = far.list(look.timeout)
    run = hash_all(far, chosen(listed, Manifest(), StoreMemory(), None, look.now), look)
    assert len(run.good) == len(listed.files) - 1
    assert not run.bad


def bare_digests(repository: Repository) -> None:
    command = "find data index keys snapshots -type f -print0 | nice -n 19 xargs -0 -n 16 -P 2 sha256sum"
    subprocess.run(["sh", "-c", command], cwd=repository.folder, stdout=subprocess.DEVNULL, check=True)


def read_by_restic(repository: Repository, stores: StoreHost) -> None:
    address = f"sftp:{stores.sshd.alias}:{repository.folder}"
    argv = [
        "nice",
        "-n",
        "19",
        "restic",
        "-r",
        address,
        "-p",
        str(repository.password_file),
        "--no-cache",
        "--no-lock",
        "--quiet",
    ]
    environment = {**os.environ, **stores.sshd.environment()}
    subprocess.run([*argv, "check", "--read-data"], env=environment, check=True, stdout=subprocess.DEVNULL)


def test_hashing_at_the_store_beside_bare_digests_and_restics_own_reading(
    watch: StoreWatch, stores: StoreHost, repository: Repository, tmp_path: Path
) -> None:
    hashed_at_store(watch, tmp_path / "warm")  # which opens the connection, as the refresh before it does
    there, bare = [], []
    for number in range(ROUNDS):
        folder = tmp_path / str(number)
        bare.append(seconds(lambda: bare_digests(repository)))
        there.append(seconds(lambda folder=folder: hashed_at_store(watch, folder)))  # type: ignore[misc]  # a default
    whole, by_restic = [], []
    for number in range(COSTLY_ROUNDS):
        folder = tmp_path / f"whole-{number}"
        whole.append(cost(stores, lambda folder=folder: hashed_at_store(watch, folder)))  # type: ignore[misc]  # a default
        by_restic.append(cost(stores, lambda: read_by_restic(repository, stores)))
    floor = min(cost(stores, lambda: bare_digests(repository)).cpu for _ in range(COSTLY_ROUNDS))
    cpu, restic_cpu = (min(one.cpu for one in costs) for costs in (whole, by_restic))
    restic_wall = min(one.wall for one in by_restic)
    print(f"seconds: {min(there):.2f} there, {min(bare):.2f} bare, {restic_wall:.2f} by restic")
    print(f"processor seconds: {cpu:.2f} there, {floor:.2f} bare, {restic_cpu:.2f} by restic")
    told("processor, beside restic check --read-data over sftp", cpu / restic_cpu, CPU)
    told("wall, beside restic check --read-data over sftp", min(there) / restic_wall, WALL)
    told("wall, beside sha256sum of the same files with two processes", min(there) / min(bare), BARE)


def test_what_crosses_the_wire(watch: StoreWatch, stores: StoreHost, repository: Repository, tmp_path: Path) -> None:
    stored = sum(pack.stat().st_size for pack in repository.packs())
    with counting(stores.sshd.port) as (port, carried):
        sshd = replace(stores.sshd, port=port)
        sshd.known_hosts.write_text(f"* {' '.join(sshd.known_hosts.read_text().split()[1:])}\n")
        through = StoreHost(sshd, doors=list(stores.doors))
        watch.host = through.forced(repository.folder)
        assert watch.verify().outcome is VerificationOutcome.SOUND
        told("bytes on the wire, of those verified", carried[0] / stored, WIRE)
        watch.look("store_listing")
        before = carried[0]
        watch.look("store_listing")
        print(f"bytes of a refresh that finds nothing new: {carried[0] - before}")
        watch.host.close()
