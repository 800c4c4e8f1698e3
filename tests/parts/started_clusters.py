"""Exercises that start a restored cluster, carried out by the unprivileged owner of the state directory."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.parts.checkout import HOME
from tests.parts.cluster_sites import ClusterSite
from tests.parts.program import Said, beffroi, environment
from tests.parts.unprivileged import NOBODY

ASKED = ("--full", "--reason", "essai annuel", "--author", "RSSI")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """The result of one exercise: how the command ended, its line of JSON, the record as JSON and as text."""

    said: Said
    told: Mapping[str, Any]
    record: Mapping[str, Any]
    text: str


def exercise(site: ClusterSite, backup: str, **environment: str) -> Exercise:
    """Run an exercise from a copy of a backup, with more in its environment; hold it to leave nothing behind."""
    before = set(records(site))
    with owned(site):
        words = ("drill", backup, *ASKED, "--json", "--config", site.folder / "beffroi.toml")
        said = beffroi(*words, extra=environment, anew=True)
    assert said.out, said.err
    assert left_behind(site) == ([], [])
    (name,) = set(records(site)) - before or {""}
    folder = site.folder / "state" / "drills"
    record = json.loads((folder / name).read_text()) if name else {}
    text = (folder / name).with_suffix(".txt").read_text() if name else ""
    return Exercise(said=said, told=json.loads(said.out), record=record, text=text)


def records(site: ClusterSite) -> list[str]:
    """Return the names of the records that are kept."""
    folder = site.folder / "state" / "drills"
    return sorted(path.name for path in folder.glob("*.json")) if folder.is_dir() else []


def begun(site: ClusterSite, backup: str) -> "subprocess.Popen[bytes]":
    """Start an exercise and return its process; the state directory is `owned`."""
    return subprocess.Popen(
        (sys.executable, "-P", "-m", "agent", "drill", backup, *ASKED, "--config", str(site.folder / "beffroi.toml")),
        env=environment(),
        cwd=HOME,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@contextmanager
def owned(site: ClusterSite) -> Iterator[None]:
    """Let the state directory belong to a user without rights, as an installed one does, until the block's end.

    What this process itself did with it meanwhile would be done as that user from then on.
    """
    _give(site, NOBODY)
    try:
        yield
    finally:
        _give(site, os.geteuid())


def _give(site: ClusterSite, user: int) -> None:
    if os.geteuid() == 0:
        subprocess.run(("chown", "-R", f"{user}:{user}", str(site.folder)), check=True, timeout=60)


def left_behind(site: ClusterSite) -> tuple[list[str], list[int]]:
    """Return what lies in the place of restores, and the processes that work there."""
    place = site.folder / "state" / "scratch"
    return sorted(os.listdir(place)) if place.is_dir() else [], working_in(place)


def working_in(place: Path) -> list[int]:
    """Return the processes whose folder lies below a place, or whose command names it."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                folder, words = os.readlink(entry / "cwd"), (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if folder.startswith(f"{place}/") or os.fsencode(place) in words:
                found.append(int(entry.name))
    return found


def flipped_within(file: Path) -> None:
    """Change bytes in the middle of a gzip file's content, and pack it again as if it had been written so."""
    content = bytearray(gzip.decompress(file.read_bytes()))
    middle = content.rstrip(b"\0").__len__() // 2
    content[middle : middle + 64] = bytes(byte ^ 0xFF for byte in content[middle : middle + 64])
    status = file.stat()
    file.write_bytes(gzip.compress(bytes(content)))
    os.chown(file, status.st_uid, status.st_gid)
