"""A machine in a folder of which a test says what is mounted there, and what a look at it finds."""

import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.collecting.collector import Look
from agent.core.facts.holdings import Holding, holdings_in
from agent.core.inventory import DeclaredHost
from agent.core.model import Observation
from agent.hosts import root_requests
from agent.hosts.local import LocalHost
from collectors.holdings import collect
from tests.parts.cell import Cell, CellHost, refusal
from tests.parts.kept_look import kept_look

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOST = DeclaredHost(id="srv-1", coverage=True)
Looked = Callable[..., Observation]


def observed(found: Iterable[object], now: datetime = NOW) -> Observation:
    """Return a look as it is kept."""
    return kept_look(collect.NAME, HOST.id, found, now)


def named(seen: Observation) -> dict[str, Holding]:
    """Return what a look found, by the names that people meet."""
    return {holding.label: holding for holding in holdings_in(seen)}


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Cell:
    """Make a machine with its own root, as small as the request needs it."""
    if (why := refusal()) is not None:
        pytest.fail(why)
    made = Cell(tmp_path_factory.mktemp("machine") / "root")
    made.root.mkdir(mode=0o755)
    made.make()
    return made


@pytest.fixture
def cell(template: Cell, tmp_path: Path) -> Cell:
    """Return a machine of this test's own."""
    shutil.copytree(template.root, tmp_path / "cell", symlinks=True)
    return Cell(tmp_path / "cell")


@pytest.fixture
def looked(cell: Cell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Looked:
    """Return a look at the machine in the folder, after some commands in it, such as mounts."""
    monkeypatch.setattr(root_requests, "PROGRAM", "/no/program")
    monkeypatch.setattr(root_requests, "SOCKET", "/no/socket")

    def look(
        *commands: str, host: DeclaredHost = HOST, previous: Observation | None = None, now: datetime = NOW
    ) -> Observation:
        script = "\n".join(("set -e", *commands, 'exec "$@"'))
        inner = CellHost(LocalHost(HOST.id), cell, before=("sh", "-c", script, "sh"))
        means = Look(
            now=now,
            here=inner,
            host=lambda id: inner,
            timeout=timedelta(seconds=60),
            folder=tmp_path,
            previous=previous,
        )
        return observed(collect.COLLECTOR.collect(host, means), now)

    return look
