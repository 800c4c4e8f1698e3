"""The repository of 3 GB that the benchmarks of backups share, and the sshd behind which it lies."""

import os
import random
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.hosts.canary_planting import plant
from tests.parts.repositories import Repository, make_repository, open_folder
from tests.parts.stores import StoreHost, store_host

# A month of nights: some large files that are new each night, and many small ones of which a few change.
NIGHTS, LARGE, LARGE_BYTES = 33, 10, 10_000_000
HOURS_OLD = 4
FOLDERS, SMALL, CHANGED = 400, 50, 300


@pytest.fixture(scope="session")
def stores() -> Iterator[StoreHost]:
    with open_folder() as folder, store_host(folder / "sshd") as host:
        yield host


@pytest.fixture(scope="session")
def repository() -> Iterator[Repository]:
    with open_folder() as folder:
        made = make_repository(folder / "repository")
        source = folder / "source"
        chance = random.Random(3)
        for number in range(FOLDERS * SMALL):
            _write(source, number, chance)
        for night in range(NIGHTS):
            at = datetime.now(UTC) - timedelta(days=NIGHTS - 1 - night, hours=HOURS_OLD)
            for number in range(LARGE):
                (source / f"{number}.bin").write_bytes(os.urandom(LARGE_BYTES))
            for number in chance.sample(range(FOLDERS * SMALL), CHANGED):
                _write(source, number, chance)
            plant(source / ".canary", [str(source)], at)
            if night == NIGHTS - 1:
                linked(made.folder, folder / "earlier")
            made.backup(source, at)
        for pack in made.packs():
            pack.read_bytes()
        assert sum(pack.stat().st_size for pack in made.packs()) >= 3 * 10**9
        yield made


def linked(folder: Path, copy: Path) -> None:
    """Make a copy of a repository that takes no room: whatever is to be changed in it must be put in place anew."""
    subprocess.run(["cp", "-al", folder, copy], check=True)


def _write(source: Path, number: int, chance: random.Random) -> None:
    folder = source / f"part-{number // SMALL // 20}" / f"{number // SMALL}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"letter-{number}.txt").write_text(chance.randbytes(chance.randint(100, 2000)).hex())
