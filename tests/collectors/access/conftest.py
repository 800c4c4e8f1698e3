"""One machine for the tests of this folder to copy, and how to look at a copy of it."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.collecting.collector import Look
from agent.core.facts.access import AccessPath, ways_in
from agent.core.host import Host
from agent.core.inventory import DeclaredHost
from agent.core.model import Gap, Observation
from agent.hosts.local import LocalHost
from collectors.access.collect import collect
from tests.parts.cell import Cell, CellHost, refusal
from tests.parts.kept_look import kept_look

NOW = datetime.now(UTC).replace(microsecond=0)
MACHINE = DeclaredHost(id="srv-1")


@dataclass(frozen=True, slots=True)
class Seen:
    """The result of one look."""

    observation: Observation

    @property
    def ways(self) -> dict[tuple[str, str], AccessPath]:
        """Return the ways by account and path."""
        return {(way.account, way.path): way for way in ways_in(self.observation)}

    def alternatives(self, account: str, path: str = "sshd@*") -> set[str]:
        """Return what lets an account in by one path."""
        way = self.ways.get((account, path))
        return set() if way is None else {"+".join(sorted(one)) or "nothing" for one in way.alternatives}

    def values(self, name: str, account: str) -> set[object]:
        """Return the values of one kind of fact about one account."""
        return {fact.value for fact in self.observation.named(name) if fact.subject == f"srv-1/{account}"}

    @property
    def gaps(self) -> dict[str, Gap]:
        """Return the gaps by their part."""
        return {gap.subject.partition("/")[2]: gap for gap in self.observation.gaps}


def look_at(host: Host, machine: DeclaredHost = MACHINE, now: datetime = NOW) -> Seen:
    """Return the result of one look at a machine."""
    look = Look(now=now, here=host, host=lambda id: host, timeout=timedelta(seconds=60), folder=Path("/nonexistent"))
    return Seen(kept_look("access", "srv-1", collect(machine, look), now))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Cell:
    """Return a machine with root, an administrator of group sudo, and someone else."""
    refused = refusal()
    if refused is not None:
        pytest.skip(refused)
    cell = Cell(tmp_path_factory.mktemp("machine") / "root")
    cell.make()
    cell.account("adupont", groups="sudo")
    cell.account("bmartin")
    return cell


@pytest.fixture
def cell(template: Cell, tmp_path: Path) -> Iterator[Cell]:
    """Return a machine of this test's own."""
    shutil.copytree(template.root, tmp_path / "root", symlinks=True)
    with Cell(tmp_path / "root").standing() as cell:
        yield cell


LookAt = Callable[..., Seen]


@pytest.fixture
def look(cell: Cell) -> Iterator[LookAt]:
    """Return how to look at the machine."""

    def take(machine: DeclaredHost = MACHINE, *, before: tuple[str, ...] = (), now: datetime = NOW) -> Seen:
        return look_at(CellHost(LocalHost("srv-1"), cell, before), machine, now)

    yield take
