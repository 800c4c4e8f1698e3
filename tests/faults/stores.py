"""Faults of a repository in its store, and which method sees which: the table of docs/verification.md."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.core.facts.verification import VerificationOutcome
from agent.core.model import Failure, Reading
from tests.faults.laboratory import restic_is_old
from tests.parts.repositories import (
    Repository,
    cut_short,
    flip_byte,
    lose_index,
    make_repository,
    make_source,
    open_folder,
)
from tests.parts.stores import StoreHost, StoreWatch, store_host

HEADINGS = {
    "points": "list of points",
    "check": "`restic check`",
    "read-data": "`check --read-data`",
    "listing": "`store_listing`",
    "hash": "`store_hash`",
}
METHODS = frozenset(HEADINGS)


@dataclass(slots=True, kw_only=True)
class Stores:
    """A store host, a repository of three nights, one of the night before, and what was seen of it while sound."""

    host: StoreHost
    folder: Path
    source: Path
    earlier: Repository
    template: Repository

    def watch(self, name: str) -> StoreWatch:
        """Return a copy of the repository, with everything that was seen of it while it was sound."""
        repository = self.template.duplicate(self.folder / name)
        shutil.copytree(self.folder / "seen", self.folder / f"{name}-watch")
        host = self.host.forced(repository.folder)
        return StoreWatch(repository=repository, host=host, folder=self.folder / f"{name}-watch")


@contextmanager
def stores() -> Iterator[Stores]:
    """Yield what the faults begin from."""
    with open_folder() as folder, store_host(folder / "sshd") as host:
        repository = make_repository(folder / "template")
        source = make_source(folder / "source")
        earlier = repository
        for night in range(3):
            if night == 2:
                earlier = repository.duplicate(folder / "earlier")
            (source / f"night-{night}.bin").write_bytes(os.urandom(30_000))
            repository.backup(source, datetime.now(UTC) - timedelta(hours=30 - 10 * night))
        made = Stores(host=host, folder=folder, source=source, earlier=earlier, template=repository)
        seen = StoreWatch(repository=repository, host=host.forced(repository.folder), folder=folder / "seen")
        for method in ("points", "listing", "hash"):
            assert not _alarms(method, seen), method
        yield made


Break = Callable[[Stores, Repository], None]


def _data(repository: Repository) -> Path:
    return repository.packs()[0]


def _trees(repository: Repository) -> Path:
    return repository.packs()[-1]


def _swap(lab: Stores, repository: Repository) -> None:
    one, other = repository.packs()[:2]
    one.chmod(0o644)
    shutil.copyfile(other, one)


def _extra(lab: Stores, repository: Repository) -> None:
    name = "ab" * 32
    (repository.folder / "data" / "ab").mkdir(exist_ok=True)
    (repository.folder / "data" / "ab" / name).write_bytes(b"not what its name says")


def _link(lab: Stores, repository: Repository) -> None:
    pack = _data(repository)
    elsewhere = repository.folder.with_name(f"{repository.folder.name}-elsewhere")
    shutil.move(pack, elsewhere)
    pack.symlink_to(elsewhere)


def _truncate(path: Path, size: int) -> None:
    path.chmod(0o644)
    os.truncate(path, size)


def _forget(lab: Stores, repository: Repository, *, newest: bool) -> None:
    points = sorted((repository.folder / "snapshots").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    for point in points[-1:] if newest else points:
        point.unlink()


def _roll_back(lab: Stores, repository: Repository) -> None:
    shutil.rmtree(repository.folder)
    shutil.copytree(lab.earlier.folder, repository.folder)


def _flipped(kind: str, offset: int = 60) -> Break:
    def make(lab: Stores, repository: Repository) -> None:
        flip_byte(repository.folder / "config" if kind == "config" else repository.file(kind), offset)

    return make


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault, how it is made, and the methods that must see it; `to_old_restic`: not to one below 0.17."""

    name: str
    make: Break
    seen: frozenset[str]
    to_old_restic: frozenset[str] = METHODS

    @property
    def expected(self) -> frozenset[str]:
        """Return the methods that must see it with the restic that is installed here."""
        return self.seen & self.to_old_restic if restic_is_old() else self.seen


def _fault(name: str, make: Break, *seen: str) -> Fault:
    return Fault(name=name, make=make, seen=frozenset(seen))


FAULTS = (
    _fault("byte flipped in a data pack", lambda lab, one: flip_byte(_data(one), 60), "read-data", "hash"),
    _fault("byte flipped in a pack's header", lambda lab, one: flip_byte(_data(one), -20), "read-data", "hash"),
    _fault("byte flipped in a tree pack", lambda lab, one: flip_byte(_trees(one), 60), "check", "read-data", "hash"),
    _fault("byte flipped in an index", _flipped("index"), "check", "read-data", "hash"),
    _fault("byte flipped in a snapshot", _flipped("snapshots"), "check", "read-data", "hash"),
    replace(
        _fault("byte flipped in a key", _flipped("keys"), "points", "check", "read-data", "hash"),
        to_old_restic=frozenset({"hash"}),
    ),
    _fault("byte flipped in config", _flipped("config"), "points", "check", "read-data", "listing", "hash"),
    _fault("pack truncated", lambda lab, one: cut_short(_data(one), 100), "check", "read-data", "listing", "hash"),
    _fault("pack of no length", lambda lab, one: _truncate(_data(one), 0), "check", "read-data", "listing", "hash"),
    _fault("pack deleted", lambda lab, one: _data(one).unlink(), "check", "read-data", "listing", "hash"),
    _fault("pack replaced by another", _swap, "check", "read-data", "listing", "hash"),
    _fault("pack added that is not what its name says", _extra, "hash"),
    _fault("pack replaced by a link to it", _link, "check", "read-data", "listing", "hash"),
    _fault("index deleted", lambda lab, one: one.file("index").unlink(), "check", "read-data", "listing", "hash"),
    _fault("newest snapshot deleted", lambda lab, one: _forget(lab, one, newest=True), "points"),
    _fault("all snapshots deleted", lambda lab, one: _forget(lab, one, newest=False), "points"),
    _fault("host rolled back by a night", _roll_back, "points", "listing", "hash"),
)

SOUND = (
    _fault("nothing at all", lambda lab, one: None),
    _fault("pack left behind by a backup that was killed", lambda lab, one: lose_index(one, lab.source)),
)


def seen_by(lab: Stores, fault: Fault, number: int) -> frozenset[str]:
    """Make a fault and return the methods that see it."""
    watched = lab.watch(f"fault-{number}")
    fault.make(lab, watched.repository)
    return frozenset(method for method in METHODS if _alarms(method, watched))


def _alarms(method: str, watched: StoreWatch) -> bool:
    match method:
        case "points":
            return _alarmed(watched.look("restic_snapshots"), "backup.point.gone", "repository.damaged_snapshot")
        case "listing":
            return _alarmed(watched.look("store_listing"), "store.missing", "store.altered")
        case "hash":
            return watched.verify().outcome is VerificationOutcome.DAMAGED
        case _:
            return _restic_fails(watched.repository, *(("--read-data",) if method == "read-data" else ()))


def _alarmed(reading: Reading, *names: str) -> bool:
    return isinstance(reading, Failure) or any(reading.named(name) for name in names)


def _restic_fails(repository: Repository, *arguments: str) -> bool:
    argv = ["restic", "-r", str(repository.folder), "-p", str(repository.password_file), "--no-cache", "--no-lock"]
    return subprocess.run([*argv, "check", *arguments], capture_output=True, check=False, timeout=60).returncode != 0


def table(rows: dict[str, frozenset[str]]) -> str:
    """Return the table of the document: a row for each fault, a column for each method."""
    lines = ["| fault | " + " | ".join(HEADINGS[method] for method in HEADINGS) + " |"]
    lines.append("| --- |" + " --- |" * len(HEADINGS))
    for name, seen in rows.items():
        lines.append(f"| {name} | " + " | ".join("seen" if method in seen else "–" for method in HEADINGS) + " |")
    counts = [sum(method in seen for seen in rows.values()) for method in HEADINGS]
    lines.append(f"| **seen, of {len(rows)}** | " + " | ".join(f"**{count}**" for count in counts) + " |")
    return "\n".join(lines) + "\n"
