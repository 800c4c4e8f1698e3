"""What listing a folder of 200,000 files costs, and hashing one of 3 GB beside bare digests of its files.

Both are niced alike, since the store program is, and the files are in the page cache.
"""

import gc
import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.__main__ import NEW_OBJECTS
from agent.core.clock import SystemClock
from agent.core.collecting.collector import Look
from agent.core.inventory import Copy, FileSet, Store
from agent.core.manifest import ManifestChange, StoredFile
from agent.core.model import Fact, Observation
from agent.hosts.local import LocalHost
from agent.hosts.ssh.host import SshHost
from agent.ledger.ledger import Ledger
from collectors.files import LOOKS
from collectors.files.hashing import chosen, hash_all
from collectors.files.listing import collect
from collectors.files.records import VersionRecords
from collectors.files.remote import RemoteFolder
from collectors.files.sets import arranged
from tests.benchmarks.weighing import cost, counting, seconds, told
from tests.parts.kept import keep_reading
from tests.parts.repositories import open_folder
from tests.parts.stores import StoreHost

pytestmark = [pytest.mark.programs, pytest.mark.network, pytest.mark.timeout(1800)]

FILES, FOLDERS = 200_000, 200
IMAGES, IMAGE_BYTES = 24, 128 * 1024 * 1024
ROUNDS = 9
# What is asked: seconds of a listing; beside the bare digests; of the bytes hashed.
LISTING, BARE, WIRE = 5.0, 1.05, 0.0002


@pytest.fixture(autouse=True)
def collecting_rarely() -> Iterator[None]:
    """Search for rubbish as rarely as the program does."""
    usual = gc.get_threshold()
    gc.set_threshold(NEW_OBJECTS)
    yield
    gc.set_threshold(*usual)


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as made:
        yield made


def copy_at(folder: Path) -> Copy:
    return Copy(
        id="nas",
        backup="vm",
        program=LOOKS,
        repository=f"store:nas:{folder}",
        host="srv-1",
        snapshot_host="srv-1",
        store=Store(host="nas", path=str(folder)),
        sets=(FileSet(id="vm", match="**/*.vbk"),),
        settle=timedelta(0),
    )


def look_through(host: SshHost, folder: Path) -> Look:
    folder.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    return Look(now=now, here=LocalHost("here"), host=lambda id: host, timeout=timedelta(seconds=60), folder=folder)


def seen(copy: Copy, look: Look) -> Observation:
    facts = tuple(one for one in collect(copy, look) if isinstance(one, Fact))
    return Observation(
        collector=LOOKS.listing, host="nas", subject="vm/nas", begun=look.now, ended=look.now, facts=facts
    )


def test_listing_a_folder_of_many_files(stores: StoreHost, folder: Path, tmp_path: Path) -> None:
    for number in range(FOLDERS):
        (folder / f"{number}").mkdir()
        for one in range(FILES // FOLDERS):
            (folder / f"{number}" / f"archive-{one}.vbk").touch()
    copy, look = copy_at(folder), look_through(stores.forced(folder), tmp_path / "look")
    first = [seen(copy, look)]
    took = [seconds(lambda: first.append(seen(copy, replace(look, previous=first[-1]))))]
    when = look.now
    known = ManifestChange(
        added=tuple(
            StoredFile(name=f"{'a' * 64} {when:%s} vm {number}/archive-{one}.vbk", size=0)
            for number in range(FOLDERS)
            for one in range(FILES // FOLDERS)
        )
    )
    with Ledger.open(tmp_path / "state", clock=SystemClock()) as ledger:
        keep_reading(ledger, replace(first[-1], manifest=known))
        # As the daemon does it: what is known of each file is read from its ledger at every look.
        read = replace(look, previous=first[-1], manifest=lambda: ledger.manifest("vm/nas"))
        took += [seconds(lambda: seen(copy, read)) for _ in range(3)]
        changed = []
        for number in range(2):
            (folder / "0" / f"archive-new-{number}.vbk").write_bytes(b"new")
            changed.append(seconds(lambda: seen(copy, read)))
        both_ends = cost(stores, lambda: seen(copy, read)).cpu
    same, new = min(took[1:]), min(changed)
    print(f"seconds: {took[0]:.2f} with nothing new, {same:.2f} with all known, {new:.2f} with one new")
    print(f"processor seconds of both ends, all known: {both_ends:.2f}")
    told("seconds of a listing of 200,000 files, all of them known", max(same, new), LISTING)


def test_hashing_a_folder_beside_bare_digests(stores: StoreHost, folder: Path, tmp_path: Path) -> None:
    for number in range(IMAGES):
        (folder / f"{number}.vbk").write_bytes(os.urandom(IMAGE_BYTES))
    copy = copy_at(folder)
    host = stores.forced(folder)

    def hashed(look: Look) -> None:
        far = RemoteFolder.of(copy, look)
        here = arranged(copy, far.tree(look.timeout), frozenset())
        run = hash_all(far, chosen(here, VersionRecords(), {}, None, look.now), look)
        assert len(run.digests) == IMAGES

    def bare() -> None:
        command = "find . -type f -print0 | nice -n 19 xargs -0 -n 1 -P 2 sha256sum"
        subprocess.run(["sh", "-c", command], cwd=folder, stdout=subprocess.DEVNULL, check=True)

    hashed(look_through(host, tmp_path / "warm"))
    there, plain = [], []
    for number in range(ROUNDS):
        look = look_through(host, tmp_path / str(number))
        plain.append(seconds(bare))
        there.append(seconds(lambda look=look: hashed(look)))  # type: ignore[misc]  # a default
    with counting(stores.sshd.port) as (port, carried):
        sshd = replace(stores.sshd, port=port)
        sshd.known_hosts.write_text(f"* {' '.join(sshd.known_hosts.read_text().split()[1:])}\n")
        through = StoreHost(sshd, doors=list(stores.doors)).forced(folder)
        hashed(look_through(through, tmp_path / "wire"))
        told("bytes on the wire, of those hashed", carried[0] / (IMAGES * IMAGE_BYTES), WIRE)
        through.close()
    told("wall, beside sha256sum of the same files with two processes", min(there) / min(plain), BARE)
