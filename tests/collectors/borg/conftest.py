"""A sound repository of borg that all tests of this folder share, and copies of it to plant faults in."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts.borg_repositories import DAY, HOUR, BorgRepository, BorgSite
from tests.parts.unprivileged import open_folder


@pytest.fixture(scope="session")
def sound() -> Iterator[BorgRepository]:
    """Return a sound repository of four daily archives of `source`, beside it."""
    with open_folder() as folder:
        source = folder / "source"
        (source / "office").mkdir(parents=True)
        (source / "letter.txt").write_text("lettre\n" * 50)
        repository = BorgRepository(folder=folder / "repository", base=folder / "base").init()
        for number in range(4):
            (source / "office" / f"minutes-{number}.bin").write_bytes(os.urandom(60_000))
            repository.create(f"files-{number}", source, age=(3 - number) * DAY + HOUR)
        yield repository


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder that other users may pass through."""
    with open_folder() as made:
        yield made


@pytest.fixture
def repository(sound: BorgRepository, folder: Path) -> BorgRepository:
    """Return a copy of the sound repository."""
    return sound.copied(folder / "repository")


@pytest.fixture
def site(sound: BorgRepository, folder: Path) -> BorgSite:
    """Return a configuration to declare copies of the sound repository in."""
    return BorgSite(folder=folder, source=sound.folder.parent / "source")
