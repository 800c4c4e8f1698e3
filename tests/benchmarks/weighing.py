"""What the benchmarks of backups share: what some work costs at both ends of a connection, and what crosses it.

Every figure is a ratio of works done in turn, niced alike: what else the machine does slows all of them, and only ever
adds, so that the least of several runs counts.
"""

import os
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from tests.parts.repositories import Repository
from tests.parts.sshd import LOOPBACK, SSH
from tests.parts.stores import StoreHost, StoreWatch


@dataclass(frozen=True, slots=True)
class Cost:
    """What some work took: seconds, and processor seconds at both ends of the connection."""

    wall: float
    cpu: float


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


def off_site(stores: StoreHost, port: int, repository: Repository, folder: Path) -> StoreWatch:
    """Return a copy whose store and whose sftp both lie behind a port, as seen from the machine with the password."""
    sshd = stores.sshd
    sshd.known_hosts.write_text(f"* {' '.join(sshd.known_hosts.read_text().split()[1:])}\n")
    wrapper = folder / "bin" / "ssh"
    wrapper.parent.mkdir(parents=True)
    wrapper.write_text(f'#!/bin/sh\nexec {SSH} -o Port={port} -F "{sshd.client_config}" "$@"\n')
    wrapper.chmod(0o755)
    environment = folder / "environment"
    environment.write_text(f"PATH={wrapper.parent}:{os.environ['PATH']}\n")
    return StoreWatch(
        repository=repository,
        host=StoreHost(replace(sshd, port=port), doors=stores.doors).forced(repository.folder),
        folder=folder / "watch",
        address=f"sftp:{sshd.alias}:{repository.folder}",
        environment_file=environment,
    )


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
