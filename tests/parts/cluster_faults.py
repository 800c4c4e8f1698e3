"""Faults of a cluster's archive, planted for real in a repository each, and the verdicts that each must give.

Every fault has a repository of its own, a copy of one sound one, and a backup of its own in one configuration: what one
shows leaves the verdicts of the others as they are. The cluster commits something between the two looks, so that an
archive which does not take it in falls behind; the second look is a day and a half later.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Generic, TypeVar

from tests.parts.archived_clusters import Cluster
from tests.parts.cluster_sites import ClusterSite

MET = "met within-limit"
TOO_OLD = "missed too-old"
DAMAGED = "missed damaged"
GAP = "missed wal-gap"
ABSENT = "missed absent"
EMPTY = "missed empty"
LOST = "unproven unreadable"
EXITED = "unproven exited"
ON_COURSE = "unproven on-course"

# Starting the program is most of a look.
AT_ONCE = 4

Planted = TypeVar("Planted")


@dataclass(frozen=True, kw_only=True)
class Fault(Generic[Planted]):
    """A fault, and the verdicts of `backup-rpo` and `backup-offsite` then; `takes_in`: the archive goes on.

    `name` is what the program calls the cluster, where that is not the one that is there.
    """

    plant: Callable[[Planted], object]
    rpo: str = MET
    offsite: str = MET
    takes_in: bool = True
    name: str = ""

    @property
    def beforehand(self) -> str:
        """Return the state of `backup-rpo` at the first look."""
        return "missed" if self.name else "met"


def nothing(planted: object) -> None:
    """Plant nothing."""


def flipped(file: Path) -> None:
    """Change one byte of a file, early in it: a long run of zeros may be unpacked alike with another byte."""
    content = bytearray(file.read_bytes())
    content[min(3000, len(content) // 2)] ^= 0xFF
    file.write_bytes(content)


def truncated(file: Path) -> None:
    """Leave the first ten bytes of a file."""
    os.truncate(file, 10)


def hold_to_verdicts(
    site: ClusterSite,
    cluster: Cluster,
    faults: Mapping[str, Fault[Planted]],
    planted: Mapping[str, tuple[Path, Planted]],
    *,
    take_in: Callable[[Planted], object],
    end_segment: Callable[[], object],
    looks: tuple[str, str],
    own_files: tuple[str, ...] = (),
) -> None:
    """Plant each fault between two looks, and hold every verdict to what stands there.

    `planted` has the folder of each repository; `take_in` copies what was archived since. `looks` are the collectors
    that verify and list. `own_files` are suffixes of files that the program's own commands may write.
    """
    # Of the archive that stands still two looks see what it lacks.
    cluster.sql("create table early (i int)")
    site.look(only=tuple(name for name, fault in faults.items() if not fault.takes_in))
    cluster.sql("create table late (i int)")
    site.ahead = timedelta(minutes=15)
    site.look(at_once=AT_ONCE)
    told = site.verdicts()
    first = {name: told[name]["backup-rpo"].state.value for name in faults}
    hold_alike(first, {name: fault.beforehand for name, fault in faults.items()})
    end_segment()
    for name, fault in faults.items():
        if fault.takes_in:
            take_in(planted[name][1])
        fault.plant(planted[name][1])
    site.ahead = timedelta(hours=36)
    before = {name: state(folder, own_files) for name, (folder, _) in planted.items()}
    site.look(*looks, at_once=AT_ONCE)
    told = site.verdicts()
    found = {
        name: tuple(
            f"{one.state.value} {one.reason.value}" for one in (told[name]["backup-rpo"], told[name]["backup-offsite"])
        )
        for name in faults
    }
    after = {name: state(folder, own_files) for name, (folder, _) in planted.items()}
    written = [path for name, files in after.items() for path in files if before[name].get(path) != files[path]]
    hold_alike(found, {name: (fault.rpo, fault.offsite) for name, fault in faults.items()})
    hold_alike({"written": written}, {"written": []})


def hold_alike(found: Mapping[str, object], wanted: Mapping[str, object]) -> None:
    """Fail with what differs alone."""
    differing = {name: (told, wanted[name]) for name, told in found.items() if told != wanted[name]}
    assert not differing, f"found, wanted: {differing}"


def state(folder: Path, own_files: tuple[str, ...] = ()) -> dict[str, tuple[int, int]]:
    """Return every file below a folder, with its date and size."""
    paths = [path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(own_files or ("\0",))]
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in paths}
