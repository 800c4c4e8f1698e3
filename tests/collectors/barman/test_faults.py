"""Faults of Barman's servers, each planted for real, and the verdicts that each must give: see cluster_faults.

Expectations are pgBackRest's, but for what Barman keeps no digest of: a changed byte in a segment is seen by an
exercise alone (tests/end_to_end/test_barman_drill.py).
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.collectors.barman.conftest import LISTING, VERIFY, reached_by
from tests.parts.archived_clusters import BarmanServer, barman_server, copied
from tests.parts.cluster_faults import (
    ABSENT,
    DAMAGED,
    EMPTY,
    EXITED,
    GAP,
    ON_COURSE,
    TOO_OLD,
    Fault,
    flipped,
    hold_to_verdicts,
    nothing,
    truncated,
)
from tests.parts.cluster_sites import ClusterSite
from tests.parts.unprivileged import NOBODY

pytestmark = [pytest.mark.programs, pytest.mark.network, pytest.mark.slow, pytest.mark.timeout(1800)]


@dataclass(kw_only=True)
class Planted:
    """A copy of the sound server's folder; `segments` are the names of those that were archived, oldest first."""

    folder: Path
    segments: list[str]
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        """Return the folder of all that this Barman keeps."""
        return self.folder / "barman"

    @property
    def configuration(self) -> Path:
        """Return this Barman's own configuration."""
        return self.folder / "barman.conf"

    def segment(self, number: int) -> Path:
        """Return the file of one of the archived segments."""
        name = self.segments[number]
        return self.home / "pg/wals" / name[:16] / name

    @property
    def own_segment(self) -> Path:
        """Return the file of the first segment that the oldest base backup needs."""
        lines = self.told(min((self.home / "pg/base").iterdir()).name).read_text().splitlines()
        name = next(line.partition("=")[2] for line in lines if line.startswith("begin_wal="))
        return self.home / "pg/wals" / name[:16] / name

    @property
    def newest(self) -> Path:
        """Return the folder of the newest base backup."""
        return max((self.home / "pg/base").iterdir())

    @property
    def file(self) -> Path:
        """Return a file of the newest base backup."""
        return self.newest / "data/base/1/1255"

    def told(self, id: str) -> Path:
        """Return the file in which Barman keeps what it knows of a backup; before 3.13 it lay beside the backup."""
        beside = self.home / "pg/base" / id / "backup.info"
        return beside if beside.exists() else self.home / "pg/meta" / f"{id}-backup.info"

    def unfinished(self, status: str) -> None:
        """Add a backup that has not ended, or did not end well."""
        known, id = self.newest.name, "20991231T235959"
        told = self.told(known)
        path = Path(str(told).replace(known, id))
        (self.home / "pg/base" / id).mkdir()
        text = told.read_text()
        assert "status=DONE" in text
        path.write_text(text.replace("status=DONE", f"status={status}").replace(known, id))


def emptied(planted: Planted) -> None:
    """Remove every archived segment."""
    for path in (planted.home / "pg/wals").glob("0*"):
        shutil.rmtree(path)


FAULTS: dict[str, Fault[Planted]] = {
    "intact": Fault(plant=nothing),
    "archive-command-fails": Fault(plant=nothing, takes_in=False, rpo=TOO_OLD, offsite=TOO_OLD),
    "segment-lost": Fault(plant=lambda planted: planted.segment(-3).unlink(), rpo=GAP, offsite=GAP),
    "segment-empty": Fault(plant=lambda planted: os.truncate(planted.segment(-3), 0), rpo=GAP, offsite=GAP),
    "segment-flipped": Fault(plant=lambda planted: flipped(planted.segment(-3))),
    "segment-under-another-name": Fault(
        plant=lambda planted: planted.segment(-3).rename(planted.segment(-3).with_suffix(".partial")),
        rpo=GAP,
        offsite=GAP,
    ),
    "own-segment-of-the-older-backup-lost": Fault(plant=lambda planted: planted.own_segment.unlink(), offsite=DAMAGED),
    "every-segment-lost": Fault(plant=emptied, rpo=DAMAGED, offsite=DAMAGED),
    "file-of-the-newest-backup-flipped": Fault(plant=lambda planted: flipped(planted.file), offsite=DAMAGED),
    "file-of-the-newest-backup-cut": Fault(plant=lambda planted: truncated(planted.file), offsite=DAMAGED),
    "file-of-the-newest-backup-lost": Fault(plant=lambda planted: planted.file.unlink(), offsite=DAMAGED),
    "file-more-in-the-newest-backup": Fault(
        plant=lambda planted: planted.file.with_name("99999").write_bytes(b"x"), offsite=DAMAGED
    ),
    # The other backup was read: there is time until all of them have to be.
    "manifest-of-the-newest-backup-lost": Fault(
        plant=lambda planted: (planted.newest / "data/backup_manifest").unlink(), offsite=ON_COURSE
    ),
    "data-of-the-newest-backup-lost": Fault(
        plant=lambda planted: shutil.rmtree(planted.newest / "data"), offsite=DAMAGED
    ),
    "no-server-of-this-name": Fault(plant=nothing, name="other", rpo=ABSENT, offsite=ABSENT),
    "home-removed": Fault(plant=lambda planted: shutil.rmtree(planted.home), rpo=EMPTY, offsite=EMPTY),
    "configuration-lost": Fault(plant=lambda planted: planted.configuration.unlink(), rpo=EXITED, offsite=EXITED),
    "configuration-bad": Fault(
        plant=lambda planted: planted.configuration.write_text("no configuration"), rpo=EXITED, offsite=EXITED
    ),
    "a-backup-runs": Fault(plant=lambda planted: planted.unfinished("STARTED")),
    "a-backup-failed": Fault(plant=lambda planted: planted.unfinished("FAILED")),
}


@pytest.fixture(scope="module")
def rich() -> Iterator[BarmanServer]:
    """Return a running cluster with two base backups, and WAL before, between and after them."""
    with barman_server() as made:
        made.switch()
        made.backup()
        made.switch()
        made.backup()
        for _ in range(4):
            made.switch()
        yield made


def planted_copy(found: BarmanServer, folder: Path) -> Planted:
    """Return a copy of what a Barman keeps, with a configuration of its own."""
    folder.mkdir(parents=True)
    copied(found.home, folder / "barman")
    text = found.configuration.read_text()
    text = text.replace(str(found.home), f"{folder}/barman").replace(
        f"{found.cluster.folder}/barman.", f"{folder}/barman."
    )
    (folder / "barman.d").mkdir()
    (folder / "barman.conf").write_text(text)
    names = sorted(path.name for path in (folder / "barman/pg/wals").glob("*/0*") if len(path.name) == 24)
    given_to_its_user(folder)
    planted = Planted(folder=folder, segments=names)
    planted.environment = {**reached_by(found), "BARMAN_CONFIG_FILE": str(planted.configuration)}
    return planted


def given_to_its_user(folder: Path) -> None:
    """Let a Barman's folder belong to the user that it runs as."""
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)


def taken_in(found: BarmanServer, planted: Planted) -> None:
    """Copy the segments that were archived since, as if this were the folder that they go to."""
    for path in (found.home / "pg/wals").glob("*/0*"):
        target = planted.home / path.relative_to(found.home)
        if len(path.name) == 24 and target.parent.is_dir() and path.name > planted.segments[-1]:
            shutil.copy2(path, target)
            shutil.chown(target, target.parent.owner(), target.parent.group())


def test_each_fault_gives_its_verdicts_and_no_other(rich: BarmanServer, site: ClusterSite) -> None:
    planted = {name: planted_copy(rich, site.folder / "planted" / name) for name in FAULTS}
    for name, fault in FAULTS.items():
        site.declare(name, f'server = "{fault.name or "pg"}"', **planted[name].environment)
    site.timeout = "120s"
    hold_to_verdicts(
        site,
        rich.cluster,
        FAULTS,
        {name: (one.folder, one) for name, one in planted.items()},
        take_in=lambda one: taken_in(rich, one),
        end_segment=rich.end_segment,
        looks=(VERIFY, LISTING),
        own_files=(".lock", "barman.log"),
    )
