"""What verifying a repository of 3 GB where it lies costs, beside bare digests of its files and restic's own reading.

Every figure is a ratio of runs made in turn, with the files in the page cache. All are niced alike, since the script of
a store is: what else the machine does then slows all of them.
"""

import os
import resource
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from agent.core.collecting import Look
from agent.core.local import LocalHost
from agent.core.manifest import Manifest
from agent.core.verification import Outcome
from collectors.restic.store.digests import chosen, hash_all
from collectors.restic.store.far import Far
from collectors.restic.store.shown import Before
from tests.parts.repositories import Repository, make_repository, open_folder
from tests.parts.sshd import LOOPBACK
from tests.parts.stores import StoreHost, StoreWatch, store_host

pytestmark = [pytest.mark.programs, pytest.mark.network, pytest.mark.timeout(1800)]

FILES, FILE_BYTES, NIGHTS = 16, 10_000_000, 20
ROUNDS, COSTLY_ROUNDS = 9, 3
# What is asked: beside the bare digests; of the bytes stored; beside `check --read-data` over sftp.
BARE, WIRE, WALL, CPU = 1.05, 0.0002, 1 / 7, 1 / 10


@dataclass(frozen=True, slots=True)
class Cost:
    """Hold what some work took: seconds, and processor seconds at both ends of the connection."""

    wall: float
    cpu: float


@pytest.fixture(scope="module")
def stores() -> Iterator[StoreHost]:
    with open_folder() as folder, store_host(folder / "sshd") as host:
        yield host


@pytest.fixture(scope="module")
def repository() -> Iterator[Repository]:
    with open_folder() as folder:
        made = make_repository(folder / "repository")
        source = folder / "source"
        source.mkdir()
        for night in range(NIGHTS):
            for number in range(FILES):
                (source / f"{number}.bin").write_bytes(os.urandom(FILE_BYTES))
            made.backup(source, datetime.now(UTC) - timedelta(days=NIGHTS - night))
        for pack in made.packs():
            pack.read_bytes()
        assert sum(pack.stat().st_size for pack in made.packs()) >= 3 * 10**9
        yield made


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
    far = Far(watch.copy, look)
    listed = far.list(look.timeout)
    run = hash_all(far, chosen(listed, Manifest(), Before(), None), look)
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


def seconds(work: Callable[[], object]) -> float:
    """Return how long some work took; what else a machine does only ever adds to it, so that the least one counts."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def cost(stores: StoreHost, work: Callable[[], object]) -> Cost:
    """Return what some work took, sshd's sessions included, which it has waited for by then; no earlier ones."""
    _bury(stores)
    began, before = time.perf_counter(), _spent(stores)
    work()
    wall = time.perf_counter() - began
    _bury(stores)
    return Cost(wall, _spent(stores) - before)


def _bury(stores: StoreHost) -> None:
    # A session's processor seconds are its parent's when it has ended, all that it was used for together.
    for door in stores.doors:
        door.rest()
    time.sleep(0.5)


def _spent(stores: StoreHost) -> float:
    own = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    assert stores.sshd._process is not None
    sshd = psutil.Process(stores.sshd._process.pid).cpu_times()
    return sum(use.ru_utime + use.ru_stime for use in own) + sshd.children_user + sshd.children_system


def told(name: str, value: float, limit: float) -> None:
    print(f"{name}: {value:.5f} (asked: at most {limit:.5f})")
    assert value <= limit, name


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
        assert watch.verify().outcome is Outcome.SOUND
        told("bytes on the wire, of those verified", carried[0] / stored, WIRE)
        watch.look("store_listing")
        before = carried[0]
        watch.look("store_listing")
        print(f"bytes of a refresh that finds nothing new: {carried[0] - before}")
        watch.host.close()


@contextmanager
def counting(port: int) -> Iterator[tuple[int, list[int]]]:
    """Yield the port of a way to another one, and how many bytes it has carried, both directions together."""
    carried = [0]
    opened: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def pump(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while chunk := source.recv(65536):
                carried[0] += len(chunk)
                target.sendall(chunk)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def accept() -> None:
        with suppress(OSError):
            while True:
                near = listener.accept()[0]
                far = socket.create_connection((LOOPBACK, port))
                opened.extend((near, far))
                for pair in ((near, far), (far, near)):
                    start(pump, *pair)

    def start(work: Callable[..., None], *arguments: socket.socket) -> None:
        threads.append(threading.Thread(target=work, args=arguments, daemon=True))
        threads[-1].start()

    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        listener.listen()
        start(accept)
        try:
            yield int(listener.getsockname()[1]), carried
        finally:
            for one in (listener, *opened):
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
            for thread in list(threads):
                thread.join(5)
            for one in opened:
                one.close()
