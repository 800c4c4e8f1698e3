"""A sound repository that all tests of this folder share, and what they look at it through."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.collecting.collector import Look
from agent.core.inventory import Copy
from agent.core.model import Fact, Gap, Observation
from agent.hosts.local import LocalHost
from collectors.restic import LOOKS as RESTIC
from tests.collectors.restic.cases import Laboratory, make_laboratory
from tests.parts.kept_look import kept_look
from tests.parts.repositories import open_folder

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def laboratory() -> Iterator[Laboratory]:
    """Return a sound repository of three points."""
    with open_folder() as folder:
        yield make_laboratory(folder)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder that other users may pass through."""
    with open_folder() as made:
        yield made


@pytest.fixture
def look(folder: Path) -> Callable[..., Look]:
    """Return how to look, with a cache of this test's own."""
    cache = folder / "cache"
    cache.mkdir()
    cache.chmod(0o777)
    here = LocalHost("here")

    def make(
        *,
        previous: Observation | None = None,
        budget: int | None = None,
        now: datetime = NOW,
        timeout: timedelta = timedelta(seconds=60),
    ) -> Look:
        return Look(
            now=now, here=here, host=lambda id: here, timeout=timeout, folder=cache, previous=previous, budget=budget
        )

    return make


@pytest.fixture
def copy_at(folder: Path, laboratory: Laboratory) -> Callable[..., Copy]:
    """Return how to declare a copy, its environment written into a file of its own."""

    def declare(
        address: str | Path,
        *,
        password_file: Path | None = None,
        environment: Mapping[str, str] | None = None,
        repository_id: str | None = None,
        paths: tuple[str, ...] = (),
    ) -> Copy:
        environment_file = None
        if environment:
            environment_file = folder / "environment"
            environment_file.write_text("".join(f"{key}={value}\n" for key, value in environment.items()))
        return Copy(
            program=RESTIC,
            id="offsite",
            backup="files",
            repository=str(address),
            password_file=password_file or laboratory.sound.password_file,
            environment_file=environment_file,
            repository_id=repository_id,
            snapshot_host="srv-1",
            paths=paths or (str(laboratory.source),),
        )

    return declare


def seen(things: list[Fact | Gap], collector: str = "restic_snapshots", ended: datetime = NOW) -> Observation:
    """Return what a look yielded as the observation that would be kept."""
    return kept_look(collector, "files/offsite", things, ended, "srv-1")
