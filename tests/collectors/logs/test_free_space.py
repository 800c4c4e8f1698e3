"""How long a place can go on: what comes in a day, what the disk has, what a journal's configuration lets it use."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import LookError
from agent.core.facts.logs import FreeSpace, room_in
from agent.hosts.local import LocalHost
from collectors.logs import free_space, journal_size
from collectors.logs.free_space import FileSystemSpace, disk_of, room_of
from collectors.logs.journal_size import allowed
from tests.parts.log_trees import DAY, NOW, LogTree, rfc3339
from tests.parts.narrowed import Through, programs

TIMEOUT = timedelta(seconds=20)
DF = b"""Filesystem         1-blocks       Used   Available Capacity Mounted on
/dev/my disk    21003583488 5678931968 14229368832      29% /var/log/a b
"""


def test_df_is_read_whatever_the_names() -> None:
    assert free_space.parse(DF) == FileSystemSpace(size=21003583488, free=14229368832)


@given(st.binary(max_size=200) | st.text(alphabet="0123456789 %\n-/a", max_size=100).map(str.encode))
def test_any_bytes_are_a_disk_or_a_typed_error(said: bytes) -> None:
    try:
        found = free_space.parse(said)
    except LookError:
        return
    assert found.size >= 0
    assert found.free >= 0


@pytest.mark.programs
def test_psutil_here_and_df_there_tell_the_same_disk(tmp_path: Path) -> None:
    here = disk_of(LocalHost("srv-1"), str(tmp_path), TIMEOUT, here=True)
    there = disk_of(LocalHost("far"), str(tmp_path), TIMEOUT, here=False)
    assert here.size == there.size == shutil.disk_usage(tmp_path).total
    assert abs(here.free - there.free) < 0.05 * here.size


def test_a_place_is_full_when_its_young_sources_have_taken_what_is_free() -> None:
    daily = {"young": 10.0, "old": 90.0, "never": 0.0}
    oldest = {"young": NOW - 30 * DAY, "old": NOW - 380 * DAY, "never": None}
    assert room_of(daily, oldest, 1000, NOW) == FreeSpace(free=1000, daily=100, full=NOW + 100 * DAY)
    assert room_of({"old": 90.0}, {"old": NOW - 380 * DAY}, 1000, NOW).full is None
    assert room_of({"young": 1.0}, {"young": NOW}, 10**12, NOW).full is None


@pytest.mark.programs
def test_what_comes_in_a_day_is_counted_as_it_is_at_rest(tmp_path: Path) -> None:
    tree = LogTree(tmp_path)
    tree.fill("fw-1", range(20), form=lambda at, host, number: rfc3339(at, host, number)[:-1] + " x" * 500 + "\n")
    found = room_in(tree.look())
    assert found is not None
    day = sum(file.stat().st_size for file in tree.root.rglob("*.gz")) / 19
    assert abs(found.daily - day) < 0.05 * day
    assert found.free > 0


def journald(folder: Path, said: str) -> Through:
    """Return a host whose journald is configured so."""
    made = programs(folder)
    (made / "systemd-analyze").write_text(f"#!/bin/sh\ncat <<'END'\n{said}\nEND\n")
    (made / "systemd-analyze").chmod(0o755)
    return Through(LocalHost("srv-1"), made)


@pytest.mark.programs
@pytest.mark.parametrize(
    ("said", "free", "age"),
    [
        ("", 1000 * 2**20, None),
        ("#SystemMaxUse=1G\n[Journal]\nSystemMaxUse=2G", 48 * 2**20, None),
        ("SystemMaxUse=9G\nSystemMaxUse=2100M", 100 * 2**20, None),
        ("SystemMaxUse=1000M", 0, None),
        ("SystemKeepFree=7900M\nSystemMaxUse=9G", 100 * 2**20, None),
        ("MaxRetentionSec=1month", 1000 * 2**20, timedelta(seconds=2629800)),
        ("MaxRetentionSec=2w 3d", 1000 * 2**20, timedelta(days=17)),
        ("MaxRetentionSec=0", 1000 * 2**20, None),
        ("MaxRetentionSec=for ever", 1000 * 2**20, None),
    ],
)
def test_journald_s_own_configuration_bounds_its_journal(
    tmp_path: Path, said: str, free: int, age: timedelta | None
) -> None:
    disk = FileSystemSpace(size=30000 * 2**20, free=8000 * 2**20)
    found = allowed(journald(tmp_path / "bin", said), "/var/log/journal", disk, 2000 * 2**20, TIMEOUT)
    assert (found.free, found.age) == (free, age)


@pytest.mark.programs
def test_another_journal_than_journald_s_own_has_the_disk(tmp_path: Path) -> None:
    disk = FileSystemSpace(size=100, free=50)
    found = allowed(journald(tmp_path / "bin", "SystemMaxUse=1"), "/srv/journal", disk, 1, TIMEOUT)
    assert (found.free, found.age) == (50, None)


@given(st.binary(max_size=200))
def test_any_bytes_are_settings_or_none(said: bytes) -> None:
    assert all(name in ("SystemMaxUse", "SystemKeepFree", "MaxRetentionSec") for name, _ in journal_size.parse(said))
