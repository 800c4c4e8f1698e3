"""Faults of borg repositories, each planted for real, and the verdicts that each must give.

Every fault has a backup of its own in one configuration: what one shows leaves the verdicts of the others as they are.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from tests.parts.borg_repositories import CHECK, DAY, LISTING, BorgRepository, BorgSite

pytestmark = [pytest.mark.programs, pytest.mark.network, pytest.mark.slow, pytest.mark.timeout(1800)]

MINUTE = timedelta(minutes=1)
MET = "met within-limit"
TOO_OLD = "missed too-old"
AHEAD = "missed in-future"
NO_FILES = ("--exclude", "*.txt", "--exclude", "*.bin")
Plant = Callable[[BorgRepository, Path], object]


def nothing(repository: BorgRepository, source: Path) -> None:
    """Leave the repository as it is."""


def stale(repository: BorgRepository, source: Path) -> None:
    """Take the archives of the last day away."""
    repository.run("delete", f"{repository.folder}::files-3")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault: what was there before, what is done, and the verdicts of `backup-rpo` and `backup-offsite` then."""

    plant: Plant
    rpo: str = MET
    offsite: str = MET
    before: Plant = nothing
    backup: str = 'retention = "30d"'
    more: str | None = None


def made(name: str, *, age: timedelta = MINUTE, host: str = "srv-1", more: tuple[str, ...] = ()) -> Plant:
    """Return what makes an archive of the source."""
    return lambda repository, source: repository.create(name, source, age=age, host=host, more=more)


def elsewhere(repository: BorgRepository, source: Path) -> None:
    """Make an archive of something else."""
    other = repository.folder.parent / "other"
    other.mkdir(exist_ok=True)
    (other / "file").write_text("something else")
    repository.create("other", other, age=MINUTE)


def relative(repository: BorgRepository, source: Path) -> None:
    """Make an archive of a part of the source."""
    repository.create("part", source / "office", age=MINUTE)


def data_of(repository: BorgRepository, number: int) -> Path:
    """Return the segment with the files that one archive brought, counted from the first."""
    return sorted(repository.segments()[:4], key=lambda file: int(file.name))[number]


def flipped(number: int) -> Plant:
    """Return what changes one byte of the files that one archive brought."""

    def plant(repository: BorgRepository, source: Path) -> None:
        segment = data_of(repository, number)
        content = bytearray(segment.read_bytes())
        content[len(content) // 2] ^= 1
        segment.write_bytes(content)

    return plant


def cut(repository: BorgRepository, source: Path) -> None:
    """Cut the first archive's segment short."""
    segment = data_of(repository, 0)
    os.truncate(segment, segment.stat().st_size // 2)


def lost(repository: BorgRepository, source: Path) -> None:
    """Remove the first archive's segment."""
    data_of(repository, 0).unlink()


def all_lost(repository: BorgRepository, source: Path) -> None:
    """Remove every segment."""
    shutil.rmtree(repository.folder / "data")
    (repository.folder / "data").mkdir()


def index_bad(repository: BorgRepository, source: Path) -> None:
    """Write over the index."""
    (index,) = repository.folder.glob("index.*")
    index.write_bytes(b"\xff" * index.stat().st_size)


def index_lost(repository: BorgRepository, source: Path) -> None:
    """Remove the index, its hints and its digests, as a run leaves it that ends before it writes them."""
    for name in ("index", "hints", "integrity"):
        (file,) = repository.folder.glob(f"{name}.*")
        file.unlink()


def manifest_bad(repository: BorgRepository, source: Path) -> None:
    """Change a byte of the manifest, which the newest segment but the last holds."""
    newest = max(repository.folder.glob("data/*/*"), key=lambda file: int(file.name))
    segment = newest.with_name(str(int(newest.name) - 1))
    content = bytearray(segment.read_bytes())
    content[len(content) // 2] ^= 1
    segment.write_bytes(content)


def config(text: str | None) -> Plant:
    """Return what writes over the file `config`, or removes it."""

    def plant(repository: BorgRepository, source: Path) -> None:
        file = repository.folder / "config"
        file.unlink() if text is None else file.write_text(text)

    return plant


def removed(repository: BorgRepository, source: Path) -> None:
    """Remove the repository."""
    shutil.rmtree(repository.folder)


def another(repository: BorgRepository, source: Path) -> None:
    """Put another repository in its place."""
    removed(repository, source)
    other = BorgRepository(folder=repository.folder, base=repository.base.with_name("another.base")).init()
    other.create("files-3", source, age=MINUTE)


def unencrypted(repository: BorgRepository, source: Path) -> None:
    """Put one without encryption in its place, with the same id."""
    id = next(line for line in (repository.folder / "config").read_text().splitlines() if line.startswith("id = "))
    removed(repository, source)
    other = BorgRepository(folder=repository.folder, base=repository.base.with_name("plain.base")).init("none")
    other.create("files-3", source, age=MINUTE)
    config = repository.folder / "config"
    lines = [id if line.startswith("id = ") else line for line in config.read_text().splitlines()]
    config.write_text("\n".join(lines) + "\n")


def repaired(number: int) -> Plant:
    """Return what loses the segment that one archive brought, and has borg put zeros into files of those after it."""

    def plant(repository: BorgRepository, source: Path) -> None:
        data_of(repository, number).unlink()
        repository.run("check", "--repair", str(repository.folder))

    return plant


def passphrase(repository: BorgRepository, source: Path) -> None:
    """Give the repository another passphrase."""
    repository.run("key", "change-passphrase", str(repository.folder), more={"BORG_NEW_PASSPHRASE": "another"})


def rolled_back(repository: BorgRepository, source: Path) -> None:
    """Put the repository back to what it was before its last two archives."""
    older = repository.folder.with_name(f"{repository.folder.name}.older")
    removed(repository, source)
    older.rename(repository.folder)


def saved_then_made(repository: BorgRepository, source: Path) -> None:
    """Keep what the repository is, then make two archives."""
    shutil.copytree(repository.folder, repository.folder.with_name(f"{repository.folder.name}.older"))
    for number in (4, 5):
        repository.create(f"files-{number}", source, age=(6 - number) * MINUTE)


def killed(repository: BorgRepository, source: Path) -> None:
    """Leave what a backup leaves that was killed: a lock, and a segment that nothing commits."""
    newest = max(repository.folder.glob("data/*/*"), key=lambda file: int(file.name))
    shutil.copy(repository.segments()[0], newest.with_name(str(int(newest.name) + 1)))
    (repository.folder / "lock.exclusive").mkdir()
    (repository.folder / "lock.exclusive" / "elsewhere@1.99-0").touch()
    (repository.folder / "lock.roster").write_text('{"exclusive": [["elsewhere@1", 99, 0]]}')


def on(repository_run: str) -> Plant:
    """Return what runs one command of borg on the repository; `R` is its address."""

    def plant(repository: BorgRepository, source: Path) -> None:
        repository.run(*(word.replace("R", str(repository.folder)) for word in repository_run.split()))

    return plant


DAMAGED = "missed damaged"
LOST = "unproven unreadable"
WRONG = "unproven wrong-repository"
FAULTS = {
    "intact": Fault(plant=nothing),
    "one-more-night": Fault(plant=made("files-4")),
    "nothing-new": Fault(before=stale, plant=nothing, rpo=TOO_OLD, offsite=TOO_OLD),
    "newest-is-another-machines": Fault(before=stale, plant=made("other", host="srv-9"), rpo=TOO_OLD, offsite=TOO_OLD),
    "newest-is-of-another-path": Fault(before=stale, plant=elsewhere, rpo=TOO_OLD, offsite=TOO_OLD),
    "newest-is-of-a-part": Fault(before=stale, plant=relative, rpo=TOO_OLD, offsite=TOO_OLD),
    "only-a-checkpoint": Fault(plant=on("rename R::files-3 files-3.checkpoint"), rpo=TOO_OLD, offsite=TOO_OLD),
    "empty": Fault(before=stale, plant=made("files-4", more=NO_FILES), rpo="missed empty", offsite="missed empty"),
    "shrunk": Fault(plant=made("files-4", more=("--exclude", "*.bin")), rpo="missed shrunk"),
    "dated-ahead": Fault(before=stale, plant=made("files-4", age=-2 * DAY), rpo=AHEAD, offsite=AHEAD),
    "past-one-deleted": Fault(plant=on("delete R::files-1"), offsite="missed vanished"),
    "pruned-by-retention": Fault(backup='retention = "36h"', plant=on("prune --keep-within 30H R")),
    "renamed": Fault(plant=on("rename R::files-1 kept-1")),
    "recreated-with-less": Fault(plant=on("recreate --exclude *.bin R::files-1"), offsite="missed vanished"),
    "compacted": Fault(plant=on("compact R")),
    "byte-of-the-newest-flipped": Fault(plant=flipped(-1), rpo=DAMAGED, offsite=DAMAGED),
    "byte-of-all-flipped": Fault(plant=flipped(0), rpo=DAMAGED, offsite=DAMAGED),
    "segment-cut": Fault(plant=cut, rpo=DAMAGED, offsite=DAMAGED),
    "segment-lost": Fault(plant=lost, rpo=DAMAGED, offsite=DAMAGED),
    "all-segments-lost": Fault(plant=all_lost, rpo=LOST, offsite=DAMAGED),
    "index-bad": Fault(plant=index_bad),
    "index-lost": Fault(plant=index_lost),
    "manifest-bad": Fault(plant=manifest_bad, rpo=LOST, offsite=DAMAGED),
    "config-lost": Fault(plant=config(None), rpo="missed absent", offsite="missed absent"),
    "config-bad": Fault(plant=config("[repository]\nversion = 9\n"), rpo=LOST, offsite=LOST),
    "removed": Fault(plant=removed, rpo="missed absent", offsite="missed absent"),
    "another-repository": Fault(plant=another, rpo=WRONG, offsite=WRONG),
    "unencrypted-in-its-place": Fault(plant=unencrypted, rpo=WRONG, offsite=WRONG),
    "passphrase-changed": Fault(plant=passphrase, rpo="unproven wrong-password", offsite="unproven wrong-password"),
    "repaired-after-the-newest-was-lost": Fault(plant=repaired(-1), rpo=TOO_OLD, offsite=TOO_OLD),
    "repaired-with-zeros": Fault(plant=repaired(0), rpo=DAMAGED, offsite=DAMAGED),
    "rolled-back": Fault(before=saved_then_made, plant=rolled_back, offsite="missed vanished"),
    "killed-backup": Fault(plant=killed),
}


def test_each_fault_gives_its_verdicts_and_no_other(sound: BorgRepository, site: BorgSite) -> None:
    repositories = {name: sound.copied(site.folder / "vault" / name) for name in FAULTS}
    for name, fault in FAULTS.items():
        fault.before(repositories[name], site.source)
        site.declare(name, str(repositories[name].folder), backup=fault.backup, more=fault.more)
    site.look(LISTING)
    for name, fault in FAULTS.items():
        fault.plant(repositories[name], site.source)
    before = {name: one.state() for name, one in repositories.items()}
    site.look(LISTING, CHECK)
    told = site.verdicts()
    found = {
        name: tuple(
            f"{one.state.value} {one.reason.value}" for one in (told[name]["backup-rpo"], told[name]["backup-offsite"])
        )
        for name in FAULTS
    }
    assert {name: one.state() for name, one in repositories.items()} == before
    assert found == {name: (fault.rpo, fault.offsite) for name, fault in FAULTS.items()}
