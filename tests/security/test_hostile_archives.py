"""Points that lead out of the folder that they are restored into: anyone who has a repository's key may write them."""

import io
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.cli.drill import carried_out, copy_named
from agent.core.reason import Reason
from agent.evaluation.session import open_session
from agent.restores.exercise import Drill, ExerciseOutcome, ExerciseRequest
from collectors.borg.store_check import script
from tests.parts.borg_repositories import HOUR, BorgRepository, BorgSite
from tests.parts.hostile_trees import Entry, HostilePoint
from tests.parts.unprivileged import open_folder
from tests.parts.watched import Watched

pytestmark = [pytest.mark.programs, pytest.mark.network]

Members = list[tuple[str, bytes, str, bytes]]
DAMAGE = b"not the agent's key\n"


@pytest.fixture
def site() -> Iterator[BorgSite]:
    """Return a site with one backup, in whose source there are two files, and with a key of the agent's."""
    with open_folder() as folder:
        source = folder / "source"
        source.mkdir()
        (source / "letter.txt").write_text("lettre\n")
        own = BorgSite(folder=folder, source=source)
        own.declare("files", str(folder / "repository"), backup='sample = { reason = "contrôle", author = "RSSI" }')
        BorgRepository(folder=folder / "repository", base=folder / "base").init()
        own.look()
        key_of(own).write_text("a key")
        key_of(own).chmod(0o600)
        yield own


def key_of(site: BorgSite) -> Path:
    """Return the path of a key in the state directory."""
    return site.folder / "state" / "key.pem"


def archived(site: BorgSite, members: Members) -> None:
    """Write an archive of members of a tar: name, kind, the target of a link, content.

    Names are below the source, but for those that begin with a dot.
    """
    path = site.folder / "hostile.tar"
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        for name, kind, target, content in members:
            told = tarfile.TarInfo(name if name.startswith(".") else f"{site.source}/{name}".strip("/"))
            told.type, told.linkname, told.size, told.mode = kind, target, len(content), 0o755
            archive.addfile(told, io.BytesIO(content))
    repository = BorgRepository(folder=site.folder / "repository", base=site.folder / "base")
    when = f"{datetime.now(UTC) - HOUR:%Y-%m-%dT%H:%M:%S}"
    repository.run("import-tar", "--timestamp", when, f"{repository.folder}::hostile", str(path))


def drilled(site: BorgSite, into: Path | None = None) -> Drill:
    """Carry out a full exercise."""
    with open_session(site.configuration) as session:
        copy = copy_named(session.configuration.inventory, "files")
        request = ExerciseRequest(copy=copy, full=True, reason="essai", author="RSSI", into=into)
        done, _, _ = carried_out(session, request)
    return done


def through_a_link(site: BorgSite, kind: bytes = tarfile.REGTYPE) -> Members:
    """Return members of which one is written through a link of another."""
    return [
        ("", tarfile.DIRTYPE, "", b""),
        ("letter.txt", tarfile.REGTYPE, "", b"lettre\n"),
        ("x", tarfile.SYMTYPE, str(site.folder / "state"), b""),
        ("x/key.pem", kind, "", DAMAGE if kind == tarfile.REGTYPE else b""),
    ]


@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.DIRTYPE], ids=["a file", "a folder"])
def test_nothing_is_restored_through_a_link_of_the_same_archive(site: BorgSite, kind: bytes) -> None:
    archived(site, through_a_link(site, kind))
    done = drilled(site)
    assert (key_of(site).read_text(), oct(key_of(site).stat().st_mode)) == ("a key", "0o100600")
    assert (done.ending, done.reason) == (ExerciseOutcome.UNPROVEN, Reason.UNREADABLE)


def test_no_name_of_the_folder_that_all_hang_in_opens_the_one_restored_into(site: BorgSite) -> None:
    """Other accounts could then run what came back there with the set-user-ID bit, as the agent."""
    names = ("./.", ".//./", "././.")
    archived(site, [*((name, tarfile.DIRTYPE, "", b"") for name in names), *through_a_link(site)[:2]])
    into = site.folder / "into"
    done = drilled(site, into)
    assert oct(into.stat().st_mode) == "0o40700"
    assert (done.ending, done.detail, done.differences) == (ExerciseOutcome.OK, "", [])


@pytest.mark.parametrize("name", ["hints.{}.tmp", "index.{}.tmp", "integrity.{}.tmp", "transactions"])
def test_no_file_of_a_repository_leads_what_borg_writes_to_elsewhere(site: BorgSite, name: str) -> None:
    """borg writes an index anew where the repository has none, in a folder of links to the repository's files."""
    archived(site, [("", tarfile.DIRTYPE, "", b""), ("letter.txt", tarfile.REGTYPE, "", b"lettre\n")])
    repository = site.folder / "repository"
    (index,) = repository.glob("index.*")
    number = index.name.partition(".")[2]
    for kind in ("index", "hints", "integrity"):
        (repository / f"{kind}.{number}").unlink()
    settings = (repository / "config").read_text()
    (repository / "config").write_text(settings.replace("append_only = 0", "append_only = 1"))
    (repository / name.format(number)).symlink_to(key_of(site))
    site.look()
    assert key_of(site).read_text() == "a key"


@pytest.mark.parametrize("name", ["config.own", "index.1.tmp", "hints.1.tmp", "integrity.1", "lock.roster", "nonce"])
def test_no_file_of_a_repository_leads_a_check_on_its_host_to_elsewhere(site: BorgSite, name: str) -> None:
    """It is made by an account of that host, whose keys for SSH lie there, on files that others may lay."""
    archived(site, [("", tarfile.DIRTYPE, "", b""), ("letter.txt", tarfile.REGTYPE, "", b"lettre\n")])
    repository = site.folder / "repository"
    (repository / name).unlink(missing_ok=True)
    (repository / name).symlink_to(key_of(site))
    checked = subprocess.run(("sh", "-c", script(), "beffroi-borg", "check", str(repository)), check=False)
    assert checked.returncode in (0, 1)
    assert key_of(site).read_text() == "a key"


@pytest.fixture
def watched() -> Iterator[Watched]:
    """Return a site with one repository of restic, and with a key of the agent's."""
    with open_folder() as folder:
        own = Watched(folder)
        own.source("files")
        own.declare("files", more='sample = { reason = "contrôle", author = "RSSI" }')
        own.make("files")
        with open_session(own.configuration):
            pass
        (folder / "state/key.pem").write_text("a key")
        (folder / "state/key.pem").chmod(0o600)
        yield own


def beside_a_link(point: HostilePoint, state: Path) -> tuple[Entry, ...]:
    """Return entries of one name by which restic 0.18 gives the rights of one to what the other leads to."""
    return point.link("x", state / "key.pem"), point.file("x", b"")


def in_its_place(point: HostilePoint, state: Path) -> tuple[Entry, ...]:
    """Return entries of one name by which it lays what the last one holds where the link leads to."""
    return point.folder("x"), point.link("x", state), point.folder("x", point.entry("key.pem", "fifo"))


@pytest.mark.parametrize("made", [beside_a_link, in_its_place])
def test_no_tree_of_restic_s_reaches_what_its_links_lead_to(
    watched: Watched, made: Callable[[HostilePoint, Path], tuple[Entry, ...]]
) -> None:
    state = watched.folder / "state"
    mode = state.stat().st_mode
    point = HostilePoint(watched.repository("files"), watched.password_file.read_text().strip())
    letter = point.file("letter.txt", b"lettre\n")
    point.write(watched.source("files"), letter, *made(point, state))
    with open_session(watched.configuration) as session:
        copy = copy_named(session.configuration.inventory, "files")
        done, _, _ = carried_out(session, ExerciseRequest(copy=copy, full=True, reason="essai", author="RSSI"))
    assert (oct((state / "key.pem").lstat().st_mode), state.stat().st_mode) == ("0o100600", mode)
    assert (done.ending, done.reason) == (ExerciseOutcome.UNPROVEN, Reason.UNREADABLE)
    assert "below what is no folder" in done.detail
