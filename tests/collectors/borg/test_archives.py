"""borg's archives as recovery points: what is listed, what is read of them, and what is never written."""

import pytest

from agent.core.facts.recovery_points import points_in
from agent.core.model import Failure
from agent.core.reason import Reason
from tests.parts.borg_repositories import CHECK, HOUR, LISTING, BorgRepository, BorgSite

pytestmark = [pytest.mark.programs, pytest.mark.network]


def test_archives_are_points_with_their_own_paths(site: BorgSite, repository: BorgRepository) -> None:
    site.declare("files", str(repository.folder))
    before = repository.state()
    points = {point.tags[0]: point for point in points_in(site.observed(LISTING, "files"))}
    assert sorted(points) == ["files-0", "files-1", "files-2", "files-3"]
    newest = points["files-3"]
    assert (newest.host, newest.paths, newest.files) == ("srv-1", (str(site.source),), 5)
    assert newest.bytes == sum(file.stat().st_size for file in site.source.rglob("*") if file.is_file())
    assert site.told("files")["backup-rpo"] == "met within-limit"
    assert repository.state() == before


def test_an_archive_is_read_once(site: BorgSite, repository: BorgRepository) -> None:
    site.declare("files", str(repository.folder))
    first = site.observed(LISTING, "files")
    second = site.observed(LISTING, "files")
    assert points_in(first) == points_in(second)
    assert [one.command.split()[2:5] for one in second.evidence] == [["list", "--bypass-lock", "--json"]]


def test_a_damaged_index_is_written_by_no_look(site: BorgSite, repository: BorgRepository) -> None:
    (index,) = repository.folder.glob("index.*")
    index.write_bytes(b"\xff" * index.stat().st_size)
    site.declare("files", str(repository.folder))
    before = repository.state()
    assert len(points_in(site.observed(LISTING, "files"))) == 4
    assert repository.state() == before


@pytest.mark.slow
def test_a_lock_is_neither_waited_for_nor_broken(site: BorgSite, repository: BorgRepository) -> None:
    lock = repository.folder / "lock.exclusive"
    lock.mkdir()
    (lock / "elsewhere@1.1-0").touch()
    site.declare("files", str(repository.folder))
    assert len(points_in(site.observed(LISTING, "files"))) == 4
    assert sorted(lock.iterdir()) == [lock / "elsewhere@1.1-0"]


@pytest.mark.slow
def test_names_of_archives_are_data(site: BorgSite, repository: BorgRepository) -> None:
    hostile = '{{now}} [x]*\n{{"archives": []}} \x1b[31m'
    repository.create(hostile, site.source, age=0 * HOUR, more=("--comment", "\x1b[2J"))
    site.declare("files", str(repository.folder))
    points = points_in(site.observed(LISTING, "files"))
    newest = max(points, key=lambda point: point.time)
    assert (len(points), newest.files) == (5, 5)
    assert newest.tags[0].startswith("{now} [x]*\n")


@pytest.mark.slow
def test_a_repository_that_was_moved_is_read(site: BorgSite, repository: BorgRepository) -> None:
    site.declare("files", str(repository.folder))
    site.observed(LISTING, "files")
    moved = repository.folder.rename(repository.folder.with_name("moved"))
    site.backups = site.backups.replace(str(repository.folder), str(moved))
    assert len(points_in(site.observed(LISTING, "files"))) == 4


@pytest.mark.slow
def test_another_repository_in_its_place_is_the_wrong_one(site: BorgSite, repository: BorgRepository) -> None:
    site.declare("files", str(repository.folder))
    site.observed(LISTING, "files")
    repository.folder.rename(repository.folder.with_name("away"))
    BorgRepository(folder=repository.folder, base=site.folder / "base").init()
    failed = site.look(only=("files",))[LISTING, "files"]
    assert isinstance(failed, Failure)
    assert failed.reason is Reason.WRONG_REPOSITORY


@pytest.mark.slow
def test_archives_that_are_signed_and_not_encrypted_are_read(site: BorgSite) -> None:
    signed = BorgRepository(folder=site.folder / "signed", base=site.folder / "base").init("authenticated-blake2")
    signed.create("one", site.source, age=HOUR)
    site.declare("files", str(signed.folder))
    site.look(LISTING, CHECK)
    assert (site.told("files")["backup-rpo"], site.told("files")["backup-offsite"]) == ("met within-limit",) * 2


@pytest.mark.slow
def test_no_encryption_is_refused_where_a_password_is_declared(site: BorgSite) -> None:
    plain = BorgRepository(folder=site.folder / "plain", base=site.folder / "base").init("none")
    plain.create("one", site.source, age=HOUR)
    site.declare("guarded", str(plain.folder))
    site.declare("plain", str(plain.folder), more="")
    looked = site.look()
    refused = looked[LISTING, "guarded"]
    assert isinstance(refused, Failure)
    assert refused.reason is Reason.WRONG_REPOSITORY
    assert site.told("plain")["backup-rpo"] == "met within-limit"
