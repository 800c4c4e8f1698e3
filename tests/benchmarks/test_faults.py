"""The faults of a repository of 3 GB that lies behind SSH: which looks tell them, how soon, and at what cost in bytes.

The looks are those of one round (points, canary, list of the store) and the digests made where the files lie. restic's
own check is run where one of these looks asks for it by itself. The agent has watched the repository before: it saw the
last night's point arrive, and a night's verification has read the structure.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.collecting.collector import Look
from agent.core.facts.canary import restored
from agent.core.facts.recovery_points import AHEAD
from agent.core.judging.counting import counted_points
from agent.core.judging.recency import recency
from agent.core.model import Failure, State
from agent.core.reason import Reason
from agent.hosts.local import LocalHost
from collectors.restic.store.digests import chosen, confirm, hash_all
from collectors.restic.store.keyed import structure
from collectors.restic.store.remote import RemoteStore
from collectors.restic.store.shown import StoreMemory
from tests.benchmarks.conftest import linked
from tests.benchmarks.weighing import cost, counting, off_site, told
from tests.parts.repositories import Repository, cut_short, flip_byte
from tests.parts.stores import StoreHost, StoreWatch

pytestmark = [pytest.mark.programs, pytest.mark.network, pytest.mark.timeout(3600)]

# What is asked of each: seconds until it is told, bytes on the wire.
SECONDS, BYTES = 4.0, 200_000
LIMIT = timedelta(hours=48)
# So many hours ago the last night's point was seen to arrive: within the hour, a lost index looks like a prune.
AWAKE = 3

Break = Callable[[Repository, Path], None]


def _own(path: Path) -> Path:
    """Return a file that shares its bytes with no other copy of the repository."""
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)
    return path


def _flip(path: Path, offset: int = 60) -> None:
    flip_byte(_own(path), offset)


def _swap(one: Repository, source: Path) -> None:
    first, other = one.packs()[:2]
    first.unlink()
    shutil.copyfile(other, first)


def _forget(one: Repository, *, newest: bool) -> None:
    points = sorted((one.folder / "snapshots").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    for point in points[-1:] if newest else points:
        point.unlink()


def _roll_back(one: Repository, source: Path) -> None:
    shutil.rmtree(one.folder)
    linked(source.parent / "earlier", one.folder)


def _empty(one: Repository, source: Path) -> None:
    aside = source.rename(source.with_name("aside"))
    source.mkdir()
    try:
        one.backup(source, datetime.now(UTC))
    finally:
        source.rmdir()
        aside.rename(source)


def _ahead(one: Repository, source: Path) -> None:
    one.backup(source, datetime.now(UTC) + timedelta(days=30))


FAULTS: dict[str, Break] = {
    "byte flipped in a data pack": lambda one, source: _flip(one.packs()[0]),
    "byte flipped in a pack's header": lambda one, source: _flip(one.packs()[0], -20),
    "byte flipped in a tree pack": lambda one, source: _flip(one.packs()[-1]),
    "pack deleted": lambda one, source: one.packs()[0].unlink(),
    "index deleted": lambda one, source: one.file("index").unlink(),
    "index corrupted": lambda one, source: _flip(one.file("index")),
    "snapshot corrupted": lambda one, source: _flip(one.file("snapshots")),
    "pack truncated": lambda one, source: cut_short(_own(one.packs()[0]), 100),
    "pack replaced by another": _swap,
    "config flipped": lambda one, source: _flip(one.folder / "config"),
    "newest snapshot deleted": lambda one, source: _forget(one, newest=True),
    "host rolled back by a night": _roll_back,
    "all snapshots deleted": lambda one, source: _forget(one, newest=False),
    "source was empty": _empty,
    "clock in the future": _ahead,
}


@dataclass(frozen=True, slots=True)
class Round:
    """Take one round of looks at a copy, and hash its files; `later` is when it is judged, from now on.

    A point of the future counts for nothing, hence is told once no other one is recent enough.
    """

    watch: StoreWatch
    later: timedelta = timedelta(0)

    def told(self) -> frozenset[str]:
        """Return the looks that alarm."""
        found = {name for name in ("points", "canary", "listing", "hash") if getattr(self, f"_{name}")()}
        return frozenset(found)

    def _points(self) -> bool:
        seen = self.watch.look("restic_snapshots")
        if isinstance(seen, Failure) or seen.named("backup.point.gone") or seen.named("repository.damaged_snapshot"):
            return True
        copy, now = self.watch.copy, datetime.now(UTC) + self.later
        found = recency(seen, counted_points(copy, seen), now=now, limit=LIMIT, judge_history=True)
        return found.reason is Reason.IN_FUTURE if self.later else found.state is not State.MET

    def _canary(self) -> bool:
        seen = self.watch.look("canary")
        if isinstance(seen, Failure):
            return True
        found = restored(seen, AHEAD)
        return found.planted is None or datetime.now(UTC) - found.planted > LIMIT

    def _listing(self) -> bool:
        seen = self.watch.look("store_listing")
        return isinstance(seen, Failure) or bool(seen.named("store.missing") or seen.named("store.altered"))

    def _look(self) -> Look:
        folder = self.watch.folder / "verification"
        folder.mkdir(exist_ok=True)
        return Look(
            now=datetime.now(UTC),
            here=LocalHost("here"),
            host=lambda id: self.watch.host,
            timeout=timedelta(seconds=60),
            folder=folder,
            handover=self.watch.handover,
        )

    def reads_structure(self) -> bool:
        """Read the repository's index and trees as a night's verification does, and return whether all is well."""
        return structure(self.watch.copy, self._look(), timedelta(minutes=2), None).sound

    def _hash(self) -> bool:
        look = self._look()
        far = RemoteStore(self.watch.copy, look)
        listed = far.list(look.timeout)
        run = hash_all(far, chosen(listed, self.watch.manifest(), StoreMemory(), None, look.now), look)
        confirm(far, listed, run, look)
        return bool(run.bad)


def test_each_fault_is_told_soon_and_cheaply(stores: StoreHost, repository: Repository, tmp_path: Path) -> None:
    source = repository.folder.parent / "source"
    place = repository.folder.parent / "broken"
    slowest, largest = 0.0, 0
    with counting(stores.sshd.port) as (port, carried):
        for number, (name, make) in enumerate(FAULTS.items()):
            broken = Repository(folder=place, password_file=repository.password_file)
            watch = off_site(stores, port, broken, tmp_path / str(number))
            watch.paths, watch.canary = (str(source),), str(source / ".canary")
            for state, ago in ((source.parent / "earlier", AWAKE), (repository.folder, AWAKE), (repository.folder, 0)):
                shutil.rmtree(place, ignore_errors=True)
                linked(state, place)
                watch.clock.shift = -timedelta(hours=ago)
                assert Round(watch).told() == frozenset(), "nothing is wrong yet"
            assert Round(watch).reads_structure()
            make(broken, source)
            seen: list[frozenset[str]] = []
            before = carried[0]
            later = timedelta(days=3 if make is _ahead else 0)
            took = cost(stores, lambda: seen.append(Round(watch, later).told()))  # noqa: B023  # called at once
            size = carried[0] - before
            print(
                f"{name}: {', '.join(sorted(seen[0]))}; {took.wall:.2f} s, {took.cpu:.2f} s of processor, {size} bytes"
            )
            assert seen[0], name
            slowest, largest = max(slowest, took.wall), max(largest, size)
            shutil.rmtree(place)
    told("seconds until each of the faults is told", slowest, SECONDS)
    told("bytes for it", largest, BYTES)
