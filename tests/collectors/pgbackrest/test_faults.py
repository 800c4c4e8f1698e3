"""Faults of pgBackRest's stanzas, each planted for real, and the verdicts that each must give: see cluster_faults."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.collectors.pgbackrest.conftest import LISTING, VERIFY, reached_by
from tests.parts.archived_clusters import PGBACKREST, PORT, Stanza, copied, stanza
from tests.parts.cluster_faults import (
    ABSENT,
    DAMAGED,
    GAP,
    LOST,
    TOO_OLD,
    Fault,
    flipped,
    hold_to_verdicts,
    nothing,
    truncated,
)
from tests.parts.cluster_sites import ClusterSite

pytestmark = [pytest.mark.programs, pytest.mark.network, pytest.mark.slow, pytest.mark.timeout(1800)]


@dataclass(kw_only=True)
class Planted:
    """A copy of the sound repository; `segments` are the names of those that were archived, oldest first."""

    folder: Path
    segments: list[str]
    environment: dict[str, str] = field(default_factory=dict)

    def segment(self, number: int) -> Path:
        """Return the file of one of the archived segments."""
        name = self.segments[number]
        return next((self.folder / "repo/archive/main").glob(f"*/{name[:16]}/{name}-*"))

    def backups(self) -> list[Path]:
        """Return the folders of the base backups, oldest first."""
        return sorted(path for path in (self.folder / "repo/backup/main").glob("2*") if not path.is_symlink())

    @property
    def file(self) -> Path:
        """Return a file of the newest full backup."""
        return self.backups()[-1] / "pg_data/base/1/1255.gz"

    def configure(self, **changed: str) -> None:
        """Write its pgBackRest's configuration; `changed` are settings of its repository."""
        more = "\n".join(f"{name.replace('_', '-')}={value}" for name, value in changed.items())
        (self.folder / "pgbackrest.conf").write_text(PGBACKREST.format(folder=self.folder, port=PORT, more=more))


def twice(planted: Planted) -> None:
    """Archive another content of a segment under its name."""
    file = planted.segment(-3)
    shutil.copy2(file, file.with_name(f"{file.name[:24]}-{'a' * 40}.gz"))


def emptied(planted: Planted) -> None:
    """Remove every archived segment."""
    for path in (planted.folder / "repo/archive/main").glob("*/0*"):
        shutil.rmtree(path)


def running(planted: Planted) -> None:
    """Leave what a backup has that has not ended."""
    unfinished = planted.folder / "repo/backup/main/20991231-235959F"
    unfinished.mkdir()
    (unfinished / "backup.manifest.copy").write_bytes(b"")


FAULTS: dict[str, Fault[Planted]] = {
    "intact": Fault(plant=nothing),
    "archive-command-fails": Fault(plant=nothing, takes_in=False, rpo=TOO_OLD, offsite=TOO_OLD),
    "segment-lost": Fault(plant=lambda planted: planted.segment(-3).unlink(), rpo=GAP, offsite=GAP),
    "segment-empty": Fault(plant=lambda planted: os.truncate(planted.segment(-3), 0), rpo=GAP, offsite=GAP),
    "segment-twice": Fault(plant=twice, rpo=GAP, offsite=GAP),
    "segment-flipped": Fault(plant=lambda planted: flipped(planted.segment(-3)), rpo=GAP, offsite=GAP),
    "own-segment-of-the-older-backup-lost": Fault(plant=lambda planted: planted.segment(2).unlink(), offsite=DAMAGED),
    "every-segment-lost": Fault(plant=emptied, rpo=DAMAGED, offsite=DAMAGED),
    "file-of-the-newest-backup-flipped": Fault(plant=lambda planted: flipped(planted.file), offsite=DAMAGED),
    "file-of-the-newest-backup-cut": Fault(plant=lambda planted: truncated(planted.file), offsite=DAMAGED),
    "file-of-the-newest-backup-lost": Fault(plant=lambda planted: planted.file.unlink(), offsite=DAMAGED),
    "no-stanza-of-this-name": Fault(plant=nothing, name="other", rpo=ABSENT, offsite=ABSENT),
    "repository-removed": Fault(
        plant=lambda planted: shutil.rmtree(planted.folder / "repo"), rpo=ABSENT, offsite=ABSENT
    ),
    "configuration-lost": Fault(
        plant=lambda planted: (planted.folder / "pgbackrest.conf").unlink(), rpo=LOST, offsite=LOST
    ),
    "configuration-bad": Fault(
        plant=lambda planted: planted.configure(no_such_option="1", repo1_type="nothing"), rpo=LOST, offsite=LOST
    ),
    "a-backup-runs": Fault(plant=running),
}


@pytest.fixture(scope="module")
def rich() -> Iterator[Stanza]:
    """Return a running cluster with two base backups, and WAL before, between and after them."""
    with stanza() as made:
        made.cluster.switch()
        made.backup()
        made.cluster.switch()
        made.backup()
        for _ in range(4):
            made.cluster.switch()
        yield made


def planted_copy(found: Stanza, folder: Path) -> Planted:
    """Return a copy of a stanza's repository with a configuration of its own."""
    folder.mkdir(parents=True)
    for name in ("repo", "log", "lock", "spool"):
        copied(found.cluster.folder / name, folder / name)
    names = {path.name[:24] for path in (folder / "repo/archive/main").glob("*/*/*-*")}
    planted = Planted(folder=folder, segments=sorted(names))
    planted.configure()
    planted.environment = {**reached_by(found), "PGBACKREST_CONFIG": str(folder / "pgbackrest.conf")}
    return planted


def taken_in(found: Stanza, planted: Planted) -> None:
    """Copy the segments that were archived since, as if this were the repository that they go to."""
    for path in (found.cluster.folder / "repo/archive/main").glob("*/*/*"):
        target = planted.folder / "repo" / path.relative_to(found.cluster.folder / "repo")
        if target.parent.is_dir() and path.name[:24] > planted.segments[-1]:
            shutil.copy2(path, target)


def test_each_fault_gives_its_verdicts_and_no_other(rich: Stanza, site: ClusterSite) -> None:
    planted = {name: planted_copy(rich, site.folder / "planted" / name) for name in FAULTS}
    for name, fault in FAULTS.items():
        site.declare(name, f'stanza = "{fault.name or "main"}"', **planted[name].environment)
    hold_to_verdicts(
        site,
        rich.cluster,
        FAULTS,
        {name: (one.folder, one) for name, one in planted.items()},
        take_in=lambda one: taken_in(rich, one),
        end_segment=rich.cluster.end_segment,
        looks=(VERIFY, LISTING),
    )
