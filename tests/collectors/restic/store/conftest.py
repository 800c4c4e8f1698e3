"""A store host and a sound repository of three nights that all tests of this folder share."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.parts.repositories import Repository, make_repository, make_source, open_folder
from tests.parts.stores import StoreHost, StoreWatch, store_host


@pytest.fixture(scope="session")
def stores() -> Iterator[StoreHost]:
    """Return a host that holds repositories, behind a real sshd."""
    with open_folder() as folder, store_host(folder / "sshd") as host:
        yield host


@pytest.fixture(scope="session")
def template() -> Iterator[Repository]:
    """Return a repository of three points, which is copied and never broken itself."""
    with open_folder() as folder:
        repository = make_repository(folder / "template")
        source = make_source(folder / "source")
        for night in range(3):
            (source / f"night-{night}.bin").write_bytes(bytes([night]) * 40_000)
            repository.backup(source, datetime.now(UTC) - timedelta(days=3 - night))
        yield repository


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder that other users may pass through."""
    with open_folder() as made:
        yield made


@pytest.fixture
def repository(template: Repository, folder: Path) -> Repository:
    """Return a repository of this test's own."""
    made = template.duplicate(folder / "repository")
    return replace(made, password_file=template.password_file)


@pytest.fixture
def source(template: Repository) -> Path:
    """Return the folder that the repositories hold."""
    return template.folder.parent / "source"


@pytest.fixture
def watch(stores: StoreHost, repository: Repository, folder: Path) -> Callable[..., StoreWatch]:
    """Return how to watch the repository, through a key with a forced command unless another door is given."""

    def make(**changes: object) -> StoreWatch:
        given: dict[str, object] = {"host": changes.pop("host", None) or stores.forced(repository.folder), **changes}
        return StoreWatch(repository=repository, folder=folder / "watch", **given)  # type: ignore[arg-type]  # a dict

    return make
