"""Whether the files of a restored base backup are held to their list; pg_verifybackup is played by prepared answers."""

from pathlib import Path

import pytest

from agent.core.errors import Damaged, Unreadable
from agent.core.host import Command
from agent.restores.clusters.harmless import ClusterFolder
from agent.restores.clusters.installed import ServerPrograms
from agent.restores.clusters.manifest import hold_to_list
from agent.restores.clusters.server import ClusterServer
from tests.restores.clusters.test_questions import HOUR, Answer, PlayedHost

BEGINS = 0x2000028
LIST = b"""{ "PostgreSQL-Backup-Manifest-Version": 1,
"Files": [
{ "Path": "PG_VERSION", "Size": 3, "Checksum-Algorithm": "CRC32C", "Checksum": "63c3d3ea" }
],
%s"Manifest-Checksum": "aa"}
"""
OWN = (
    LIST
    % b"""
"WAL-Ranges": [
{ "Timeline": 1, "Start-LSN": "0/2000028", "End-LSN": "0/2000100" }
],
"""
)


@pytest.fixture(autouse=True)
def started_by_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask this machine for no program."""
    monkeypatch.setattr("agent.restores.clusters.server.dying_with_us", tuple)


def restored(root: Path, answer: Answer, kept: bytes | None) -> ClusterServer:
    """Return a server whose base backup has a list of its files, or none."""
    programs = ServerPrograms(major=17, folder=Path("/usr/lib/postgresql/17/bin"))
    server = ClusterServer(here=PlayedHost(answer), programs=programs, folder=ClusterFolder(root=root))
    server.folder.data.mkdir()
    if kept is not None:
        (server.folder.data / "backup_manifest").write_bytes(kept)
    return server


def saying(status: int, *lines: str) -> Answer:
    """Return what answers so."""

    def answer(command: Command) -> tuple[int, bytes, bytes]:
        assert "--ignore=pg_hba.conf" in command.argv
        return status, b"", "".join(f"pg_verifybackup: error: {line}\n" for line in lines).encode()

    return answer


@pytest.mark.parametrize("kept", [OWN, LIST % b""], ids=["made with the backup", "made by Barman"])
def test_a_backup_is_held_to_the_list_that_was_made_of_it(tmp_path: Path, kept: bytes) -> None:
    assert hold_to_list(restored(tmp_path, saying(0), kept), BEGINS, HOUR)


@pytest.mark.parametrize(
    "line",
    [
        '"base/5/16391" has size 0 on disk but size 73728 in the manifest',
        'checksum mismatch for file "global/1260"',
        '"pg_xact/0000" is present in the manifest but not on disk',
        'could not stat file or directory "/s/data/base": No such file or directory',
        'could not open file "/s/data/base/5/1": Input/output error',
    ],
)
def test_a_file_that_is_not_as_it_was_is_damage(tmp_path: Path, line: str) -> None:
    with pytest.raises(Damaged) as raised:
        hold_to_list(
            restored(tmp_path, saying(1, '"x" is present on disk but not in the manifest', line), OWN), BEGINS, HOUR
        )
    assert raised.value.message.endswith(line)


def test_files_beyond_the_list_are_no_damage(tmp_path: Path) -> None:
    more = '"base/5/1.orig" is present on disk but not in the manifest'
    assert hold_to_list(restored(tmp_path, saying(1, more), OWN), BEGINS, HOUR)


def test_files_of_tablespaces_are_not_held_to_a_list_without_them(tmp_path: Path) -> None:
    """Barman's own list names what lies in the data folder: one of a tablespace may be cut short."""
    more = '"pg_tblspc/16400/PG_15/5/1" is present on disk but not in the manifest'
    assert not hold_to_list(restored(tmp_path, saying(1, more, more), LIST % b""), BEGINS, HOUR)


@pytest.mark.parametrize("lines", [(), ("could not parse backup manifest: unexpected end",)])
def test_a_list_that_cannot_be_used_is_not_passed_over(tmp_path: Path, lines: tuple[str, ...]) -> None:
    with pytest.raises(Unreadable, match="backup_manifest") as raised:
        hold_to_list(restored(tmp_path, saying(1, *lines), OWN), BEGINS, HOUR)
    assert not isinstance(raised.value, Damaged)


def test_the_list_of_another_backup_is_none_of_this_one(tmp_path: Path) -> None:
    """The data folder of a standby keeps the list of the backup that it was made from, and rsync copies it."""

    def asked(command: Command) -> tuple[int, bytes, bytes]:
        raise AssertionError(command)

    assert not hold_to_list(restored(tmp_path, asked, OWN), BEGINS + 8, HOUR)


def test_where_there_is_no_list_nothing_is_held_to_it(tmp_path: Path) -> None:
    def asked(command: Command) -> tuple[int, bytes, bytes]:
        raise AssertionError(command)

    server = restored(tmp_path, asked, None)
    assert not hold_to_list(server, BEGINS, HOUR)
    (tmp_path / "elsewhere").write_bytes(OWN)
    (server.folder.data / "backup_manifest").symlink_to(tmp_path / "elsewhere")
    assert not hold_to_list(server, BEGINS, HOUR)
