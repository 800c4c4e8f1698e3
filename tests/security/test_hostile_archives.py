"""Archives of borg whose names lead out of the folder that they are restored into, as whoever has the key may write."""

import io
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.cli.drill import carried_out, copy_named
from agent.core.reason import Reason
from agent.evaluation.session import open_session
from agent.restores.exercise import Drill, ExerciseOutcome, ExerciseRequest
from tests.parts.borg_repositories import HOUR, BorgRepository, BorgSite
from tests.parts.unprivileged import open_folder

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
    """Write an archive of members of a tar: name, kind, the target of a link, content. Names are below the source."""
    path = site.folder / "hostile.tar"
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        for name, kind, target, content in members:
            told = tarfile.TarInfo(f"{site.source}/{name}".strip("/"))
            told.type, told.linkname, told.size, told.mode = kind, target, len(content), 0o755
            archive.addfile(told, io.BytesIO(content))
    repository = BorgRepository(folder=site.folder / "repository", base=site.folder / "base")
    when = f"{datetime.now(UTC) - HOUR:%Y-%m-%dT%H:%M:%S}"
    repository.run("import-tar", "--timestamp", when, f"{repository.folder}::hostile", str(path))


def drilled(site: BorgSite) -> Drill:
    """Carry out a full exercise."""
    with open_session(site.configuration) as session:
        copy = copy_named(session.configuration.inventory, "files")
        done, _, _ = carried_out(session, ExerciseRequest(copy=copy, full=True, reason="essai", author="RSSI"))
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
