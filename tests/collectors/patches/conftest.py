"""One signed archive for all tests of this folder, and one machine whose every package is an awkward case."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.collecting.collector import Look
from agent.core.inventory import DeclaredHost
from agent.core.model import Observation
from agent.hosts.local import LocalHost
from collectors.patches.collect import collect
from tests.parts.archive import SECURITY, STABLE, Archive, Machine, Made, RootedHost
from tests.parts.kept_look import kept_look
from tests.parts.unprivileged import open_folder

# The logs that programs write in a test must not lie ahead of a look, however long after this moment the test runs.
NOW = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
WEEK = timedelta(days=7)
SIGNED = NOW - timedelta(days=1)

INSTALLED = tuple(
    Made(name=name, version="1.0-1")
    for name in ("plain", "held", "pinned", "kept", "superseded", "rebuilt", "security-tools", "current")
)
OFFERED = {
    STABLE: (
        *INSTALLED,
        Made(name="superseded", version="1.2-1"),
        Made(name="security-tools", version="1.1-1"),
        Made(name="newly-needed", version="1.0-1"),
    ),
    SECURITY: (
        Made(name="plain", version="1.0-1+deb13u1"),
        Made(name="held", version="1.0-1+deb13u1"),
        Made(name="pinned", version="1.0-1+deb13u1"),
        Made(name="kept", version="1.0-1+deb13u1", depends="newly-needed"),
        Made(name="superseded", version="1.0-1+deb13u1"),
        Made(name="rebuilt", version="1.0-1", marker="again"),
    ),
}


@pytest.fixture(scope="session")
def template() -> Iterator[tuple[Archive, Path]]:
    """Return the archive and the root of a machine that has fetched its lists."""
    with open_folder() as folder:
        (folder / "archive").mkdir()
        archive = Archive(folder / "archive")
        for suite, packages in OFFERED.items():
            archive.publish(suite, packages, date=SIGNED, valid=WEEK if suite == SECURITY else None)
        machine = Machine(folder / "root", archive)
        machine.install(*INSTALLED)
        machine.hold("held")
        machine.pin("pinned", "1.0-1")
        machine.update()
        yield archive, machine.root


@pytest.fixture
def machine(template: tuple[Archive, Path]) -> Iterator[Machine]:
    """Return a machine of this test's own; what the archive publishes during the test is put back afterwards."""
    archive, root = template
    with open_folder() as folder:
        shutil.copytree(root, folder / "root", symlinks=True)
        made = Machine(folder / "root", archive)
        yield made
        for suite, packages in OFFERED.items():
            archive.publish(suite, packages, date=SIGNED, valid=WEEK if suite == SECURITY else None)


Seen = Callable[..., Observation]


@pytest.fixture
def look(tmp_path: Path) -> Seen:
    """Return how to look at a machine."""

    def take(
        machine: Machine,
        *,
        previous: Observation | None = None,
        now: datetime = NOW,
        timeout: timedelta = timedelta(seconds=60),
    ) -> Observation:
        host = RootedHost(LocalHost("srv-1"), machine)
        return observed(host, tmp_path, previous=previous, now=now, timeout=timeout)

    return take


def observed(
    host: RootedHost,
    folder: Path,
    *,
    previous: Observation | None = None,
    now: datetime = NOW,
    timeout: timedelta = timedelta(seconds=60),
) -> Observation:
    """Return the result of one look, as the observation that would be kept."""
    taken = Look(
        now=now,
        here=host,
        host=lambda id: host,
        timeout=timeout,
        folder=folder,
        previous=previous,
    )
    return kept_look("patches", "srv-1", collect(DeclaredHost(id="srv-1"), taken), now)
