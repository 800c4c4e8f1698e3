"""The canary restored from real repositories: read from the newest point, whatever way the tree was made."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.collecting.collector import Look
from agent.core.errors import LookError, Unreadable, WrongRepository
from agent.core.facts.canary import GARBLED, MISSING, NEWEST, PLANTED, CanaryRestore, restored
from agent.core.facts.recovery_points import AHEAD
from agent.core.host import Output
from agent.core.inventory import Copy
from agent.core.model import Fact, Gap, Observation
from agent.core.reason import Reason
from agent.hosts.canary_planting import plant
from collectors.restic import LOOKS as RESTIC
from collectors.restic import canary, trees
from tests.collectors.restic.conftest import NOW, seen
from tests.parts.repositories import Repository, make_repository, make_source, open_folder
from tests.parts.sshd import running_sshd

pytestmark = pytest.mark.programs

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class Site:
    """A source, its repository and what looks at it."""

    def __init__(self, folder: Path, bare: Repository, look: Callable[..., Look]) -> None:
        self.source = make_source(folder / "source", size=1000)
        self.repository = bare.duplicate(folder / "repository")
        self.file = self.source / ".canary"
        self._look = look

    @property
    def copy(self) -> Copy:
        """Return the copy as it is declared."""
        return Copy(
            program=RESTIC,
            id="offsite",
            backup="files",
            repository=str(self.repository.folder),
            password_file=self.repository.password_file,
            offsite=True,
            snapshot_host="srv-1",
            paths=(str(self.source),),
            canary=str(self.file),
        )

    def plant(self, at: datetime) -> datetime:
        """Plant a canary of an instant."""
        return plant(self.file, [str(self.source)], at).planted

    def observe(self, copy: Copy | None = None, previous: Observation | None = None) -> Observation:
        """Return what a look at it saw."""
        look = self._look(previous=previous)
        things: list[Fact | Gap] = list(canary.collect(copy or self.copy, look))
        return seen(things, "canary")

    def look(self) -> CanaryRestore:
        """Return what the newest point's canary comes to."""
        return restored(self.observe(), AHEAD)


@pytest.fixture(scope="module")
def bare() -> Iterator[Repository]:
    """Return an empty repository that opens at once."""
    with open_folder() as folder:
        made = make_repository(folder / "bare")
        yield made


@pytest.fixture
def site(folder: Path, bare: Repository, look: Callable[..., Look]) -> Site:
    """Return a source with an empty repository."""
    return Site(folder, bare, look)


def test_the_canary_of_the_newest_point_tells_its_own_date(site: Site) -> None:
    site.plant(NOW - 30 * HOUR)
    site.repository.backup(site.source, NOW - DAY)
    planted = site.plant(NOW - 2 * HOUR)
    site.repository.backup(site.source, NOW - HOUR)
    assert site.look() == CanaryRestore(planted=planted, dates=(planted, NOW - 30 * HOUR))


def test_a_stale_mirror_backed_up_on_time_keeps_its_old_date(site: Site) -> None:
    planted = site.plant(NOW - 5 * DAY)
    for age in (2 * DAY, DAY, HOUR):
        site.repository.backup(site.source, NOW - age)
    assert site.look().planted == planted


def test_a_canary_that_is_not_there_and_one_that_is_garbled_are_told_apart(site: Site) -> None:
    site.repository.backup(site.source, NOW - 6 * HOUR)
    assert site.look().unproven is Reason.ABSENT
    for hours, content in ((5, b"beffroi canary 1\ndate"), (4, b""), (3, os.urandom(100_000))):
        site.file.write_bytes(content)
        site.repository.backup(site.source, NOW - hours * HOUR)
        assert site.look().unproven is Reason.UNREADABLE
    site.file.unlink()
    site.file.symlink_to("plan.bin")
    site.repository.backup(site.source, NOW - 2 * HOUR)
    assert site.look().unproven is Reason.UNREADABLE
    site.file.unlink()
    site.file.mkdir()
    (site.file / "inner").write_text("x")
    site.repository.backup(site.source, NOW - HOUR)
    assert site.look().unproven is Reason.UNREADABLE


def test_a_tree_made_with_a_relative_path_is_resolved(site: Site) -> None:
    planted = site.plant(NOW - 2 * HOUR)
    argv = ["restic", "-r", str(site.repository.folder), "-p", str(site.repository.password_file), "--no-cache"]
    when = f"{NOW - HOUR:%Y-%m-%d %H:%M:%S}"
    subprocess.run(
        [*argv, "backup", "--quiet", "--host", "srv-1", "--time", when, site.source.name],
        cwd=site.source.parent,
        env={**os.environ, "TZ": "UTC"},
        check=True,
        timeout=60,
    )
    assert site.look().planted == planted


def test_points_of_others_empty_ones_and_those_of_the_future_hide_nothing(site: Site, folder: Path) -> None:
    planted = site.plant(NOW - 3 * HOUR)
    site.repository.backup(site.source, NOW - 2 * HOUR)
    site.repository.backup(site.source, NOW + 30 * DAY)
    site.plant(NOW)
    site.repository.backup(site.source, NOW - HOUR, host="another")
    assert site.look() == CanaryRestore(planted=planted, dates=(planted,))


def test_a_point_that_was_read_is_not_read_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.plant(NOW - 2 * HOUR)
    site.repository.backup(site.source, NOW - HOUR)
    first = site.observe()
    # Without its packs a point lists and does not restore.
    for pack in site.repository.packs():
        pack.unlink()
    second = site.observe(previous=first)
    assert restored(second, AHEAD) == restored(first, AHEAD)
    with pytest.raises(LookError):
        Site.observe(site, replace(site.copy, backup="other"), previous=None)


def test_no_repository_is_seen_and_another_one_is_no_look(site: Site, folder: Path) -> None:
    site.plant(NOW)
    site.repository.backup(site.source, NOW - HOUR)
    absent = site.observe(replace(site.copy, repository=str(folder / "nowhere")))
    assert [(fact.name, fact.value) for fact in absent.facts] == [("repository.present", False)]
    with pytest.raises(WrongRepository):
        site.observe(replace(site.copy, repository_id="ab" * 32))


@pytest.mark.network
def test_it_is_restored_over_sftp(site: Site, folder: Path) -> None:
    planted = site.plant(NOW - 2 * HOUR)
    site.repository.backup(site.source, NOW - HOUR)
    with running_sshd(folder / "sshd") as sshd:
        environment = folder / "environment"
        environment.write_text("".join(f"{key}={value}\n" for key, value in sshd.environment().items()))
        address = f"sftp:{sshd.alias}:{site.repository.folder}"
        found = site.observe(replace(site.copy, repository=address, environment_file=environment))
    assert restored(found, AHEAD).planted == planted


@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_break_the_reader_of_a_tree_s_top(stdout: bytes, truncated: bool) -> None:
    output = Output(stdout=stdout, stderr=b"", status=0, duration=timedelta(0), truncated=truncated)
    try:
        names = trees.names_in(output, "files/offsite")
    except Unreadable:
        return
    assert all(isinstance(name, str) for name in names)


def observed(*facts: tuple[str, str, datetime]) -> Observation:
    """Return a look that saw these facts."""
    return seen([Fact(name=name, subject="files/offsite", value=id, as_of=at) for name, id, at in facts], "canary")


def test_what_a_look_comes_to_is_told_by_the_newest_point_alone() -> None:
    newest = (NEWEST, "b", NOW - HOUR)
    assert restored(observed(), AHEAD).unproven is Reason.ABSENT
    assert restored(observed(newest), AHEAD).unproven is Reason.ABSENT
    assert restored(observed(newest, (PLANTED, "a", NOW)), AHEAD).unproven is Reason.ABSENT
    assert restored(observed(newest, (MISSING, "b", NOW)), AHEAD).unproven is Reason.ABSENT
    assert restored(observed(newest, (GARBLED, "b", NOW)), AHEAD).unproven is Reason.UNREADABLE
    future = restored(observed(newest, (PLANTED, "b", NOW + HOUR)), AHEAD)
    assert (future.unproven, future.dates) == (Reason.IN_FUTURE, ())
    assert restored(observed(newest, (PLANTED, "b", NOW + 4 * timedelta(minutes=1))), AHEAD).unproven is None


def test_a_copy_that_stopped_half_way_is_judged_by_the_canary_that_it_has(site: Site, folder: Path) -> None:
    planted = site.plant(NOW - 30 * HOUR)
    site.repository.backup(site.source, NOW - 29 * HOUR)
    mirror = site.repository.duplicate(folder / "mirror")
    site.plant(NOW - 2 * HOUR)
    site.repository.backup(site.source, NOW - HOUR)
    shutil.copytree(site.repository.folder / "snapshots", mirror.folder / "snapshots", dirs_exist_ok=True)
    stopped = replace(site.copy, repository=str(mirror.folder))
    first = site.observe(stopped)
    assert restored(first, AHEAD).planted == planted
    for kind in ("data", "index"):
        shutil.copytree(site.repository.folder / kind, mirror.folder / kind, dirs_exist_ok=True)
    assert restored(site.observe(stopped, first), AHEAD).planted == NOW - 2 * HOUR
