"""Exercises with real pgBackRest: the restored cluster is started, replayed and asked, and nothing of it gets out."""

import json
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.collectors.pgbackrest.conftest import LISTING, reached_by
from tests.parts.archived_clusters import PGBACKREST, PORT, Stanza, copied, stanza
from tests.parts.cluster_sites import ClusterSite
from tests.parts.hostile_manifests import add_file
from tests.parts.processes import wait_until
from tests.parts.program import beffroi
from tests.parts.started_clusters import ASKED, Exercise, begun, exercise, flipped_within, left_behind, owned
from tests.parts.unprivileged import may_play_another_user, open_folder

pytestmark = [
    pytest.mark.programs,
    pytest.mark.network,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not may_play_another_user(), reason="PostgreSQL is never started as root"),
]

HOSTILE_NAME = 'a"; drop table counted; --\n\\! touch {evil}\n\\q %I :x'


@pytest.fixture(scope="module")
def source() -> Iterator[Stanza]:
    """Return a running cluster that was backed up, with tables of known sizes and a hostile one among its databases."""
    with stanza() as made:
        cluster = made.cluster
        hostile = HOSTILE_NAME.format(evil=cluster.folder / "evil").replace('"', '""')
        command = f"touch {cluster.folder / 'evil'}"
        cluster.sql(
            "create table counted as select generate_series(1, 1000) as i",
            "create unlogged table passing (i int)",
            "select lo_from_bytea(0, repeat('x', 5000)::bytea)",
            f'create table "{hostile}" as select generate_series(1, 7) as i',
            "create database shop",
            "alter database shop set session_preload_libraries = 'evil'",
            "alter database shop set default_transaction_read_only = off",
            *(
                f"alter system set {name} = '{command}'"
                for name in ("archive_cleanup_command", "recovery_end_command", "restore_command")
            ),
            "alter system set shared_preload_libraries = 'evil'",
            "alter system set listen_addresses = '*'",
            f"create subscription s connection 'host={cluster.folder} port=7777' publication p with (connect = false)",
            "alter subscription s enable",
        )
        (cluster.data / "pg_hba.conf").write_text("local all all reject\n")  # the running server has read another one
        made.backup()
        cluster.switch("insert into counted values (1001)")
        yield made


@pytest.fixture
def site() -> Iterator[ClusterSite]:
    """Return a configuration to declare stanzas in."""
    with open_folder() as folder:
        yield ClusterSite(folder=folder, program="pgbackrest", listing=LISTING)


def own_copy(found: Stanza, folder: Path) -> Path:
    """Return a copy of a stanza's repository, of this test's own."""
    folder.mkdir(parents=True)
    for name in ("repo", "log", "lock", "spool"):
        copied(found.cluster.folder / name, folder / name)
    (folder / "pgbackrest.conf").write_text(PGBACKREST.format(folder=folder, port=PORT, more=""))
    return folder


def test_a_restored_cluster_is_started_replayed_counted_and_removed(source: Stanza, site: ClusterSite) -> None:
    site.declare("db", 'stanza = "main"', **reached_by(source))
    site.look()
    with socket.socket(socket.AF_UNIX) as publisher:
        # Under another name: a look at what this machine runs asks each socket that is bound as a server's.
        place = source.cluster.folder / "publisher"
        publisher.bind(str(place))
        place.chmod(0o666)
        (source.cluster.folder / ".s.PGSQL.7777").symlink_to(place)
        publisher.listen()
        publisher.setblocking(False)
        done = exercise(site, "db")
        with pytest.raises(BlockingIOError):
            publisher.accept()
    assert (done.said.code, done.told["outcome"], done.told["reason"]) == (0, "ok", "within-limit"), done.record
    assert not (source.cluster.folder / "evil").exists()
    databases = {one["database"]: one for one in done.record["cluster"]["databases"]}
    assert sorted(databases) == ["postgres", "shop", "template1"]
    counts = {one["table"]: one["rows"] for one in databases["postgres"]["counts"]}
    assert counts["public.counted"] == 1001
    assert 7 in counts.values()
    assert databases["postgres"]["unlogged_tables"] == 1
    assert counts["pg_catalog.pg_largeobject"] == 3
    assert databases["postgres"]["rows"] == 1001 + 7 + 3 + counts["public.beat"]
    assert done.told["files_restored"] > 500
    for words in ("PostgreSQL ", "fin de l'archive atteinte", "comptées, non comparées à la source", "réussi"):
        assert words in done.text
    # The outcome is in the registers, and the targets rest on it.
    said = beffroi("register", "list", "recovery-test", "--json", "--config", site.folder / "beffroi.toml", anew=True)
    (test,) = json.loads(said.out)["entries"]
    assert (test["result"], test["backup"], test["id"]) == ("ok", "db", done.told["register"]["recovery-test"])
    told = site.told("db")
    assert (told["recovery-test"], told["backup-rto"]) == ("met within-limit", "met within-limit")


def test_a_cluster_is_restored_whole_or_not_at_all(source: Stanza, site: ClusterSite) -> None:
    site.declare("db", 'stanza = "main"', **reached_by(source))
    path = site.configuration
    with owned(site):
        sampled = beffroi("drill", "db", "--reason", "r", "--author", "a", "--config", path, anew=True)
        kept = beffroi("drill", "db", *ASKED, "--into", site.folder / "into", "--config", path, anew=True)
    assert sampled.code == 2
    assert "add --full" in sampled.err
    assert kept.code == 2
    assert "--into" in kept.err


def test_what_a_live_cluster_spools_hinders_no_exercise_and_stays(source: Stanza, site: ClusterSite) -> None:
    """`pgbackrest restore` empties the spool of its stanza, whether or not WAL is archived through it."""
    site.declare("db", 'stanza = "main"', **reached_by(source))
    site.look()
    spool = source.cluster.folder / "spool" / "archive"
    told = spool / "main" / "out" / "000000010000000000000009.ok"
    told.parent.mkdir(parents=True)
    told.touch()
    try:
        done = exercise(site, "db")
        assert (done.told["outcome"], done.told["reason"]) == ("ok", "within-limit"), done.record
        assert told.exists()
    finally:
        shutil.rmtree(spool)


def exercise_own(site: ClusterSite, source: Stanza, folder: Path) -> Exercise:
    """Exercise a copy of the repository, which lies in a folder of its own."""
    site.declare(
        "db", 'stanza = "main"', **{**reached_by(source), "PGBACKREST_CONFIG": str(folder / "pgbackrest.conf")}
    )
    site.look()
    return exercise(site, "db")


def test_a_list_of_files_that_leads_out_of_the_folder_writes_nothing_there(source: Stanza, site: ClusterSite) -> None:
    folder = own_copy(source, site.folder / "own")
    (backup,) = (path.parent for path in (folder / "repo/backup/main").glob("2*/backup.manifest"))
    # From the data folder: the private folder, the place of all of them, the state directory.
    add_file(backup, "pg_data/../../../signing-key.pem", b"not the agent's key\n")
    done = exercise_own(site, source, folder)
    key = site.folder / "state/signing-key.pem"
    assert b"not the agent's key" not in (key.read_bytes() if key.exists() else b"")
    assert (done.said.code, done.told["outcome"], done.told["reason"]) == (3, "unproven", "denied"), done.record


@pytest.mark.slow
@pytest.mark.parametrize("place", [-2, -1], ids=["before the newest", "in the newest"])
def test_wal_that_was_changed_ends_the_recovery_early_and_fails(source: Stanza, site: ClusterSite, place: int) -> None:
    folder = own_copy(source, site.folder / "own")
    names = sorted((folder / "repo/archive/main").glob("*/*/*-*.gz"))
    flipped_within(names[place])
    done = exercise_own(site, source, folder)
    assert (done.said.code, done.told["outcome"], done.told["reason"]) == (1, "failed", "damaged"), done.record
    assert "fin de l'archive atteinte" not in done.text


@pytest.mark.slow
def test_wal_that_lacks_before_later_segments_fails(source: Stanza, site: ClusterSite) -> None:
    folder = own_copy(source, site.folder / "own")
    source.cluster.switch("insert into counted values (1002)")
    names = sorted((source.cluster.folder / "repo/archive/main").glob("*/*/*-*.gz"))
    shutil.copy2(names[-1], next((folder / "repo/archive/main").glob("*/*")) / names[-1].name)
    (next((folder / "repo/archive/main").glob("*/*")) / names[-2].name).unlink()
    done = exercise_own(site, source, folder)
    assert (done.said.code, done.told["outcome"], done.told["reason"]) == (1, "failed", "wal-gap"), done.record
    assert "fin de l'archive atteinte" not in done.text


@pytest.mark.slow
def test_a_base_backup_that_lost_a_file_fails(source: Stanza, site: ClusterSite) -> None:
    folder = own_copy(source, site.folder / "own")
    next((folder / "repo/backup/main").glob("2*/pg_data/base/1/1255.gz")).unlink()
    done = exercise_own(site, source, folder)
    assert (done.said.code, done.told["outcome"], done.told["reason"]) == (1, "failed", "damaged"), done.record
    # Known to be damaged now, that backup is none from which the newest instant is reached.
    assert site.told("db")["backup-rpo"].startswith("missed")


@pytest.mark.slow
def test_a_stanza_that_is_gone_has_nothing_to_start(source: Stanza, site: ClusterSite) -> None:
    folder = own_copy(source, site.folder / "own")
    shutil.rmtree(folder / "repo")
    done = exercise_own(site, source, folder)
    assert (done.said.code, done.told["outcome"], done.told["reason"]) == (1, "failed", "absent")


@pytest.mark.slow
def test_an_exercise_that_is_killed_leaves_no_server_running(source: Stanza, site: ClusterSite) -> None:
    site.declare("db", 'stanza = "main"', **reached_by(source))
    site.look()
    with owned(site):
        process = begun(site, "db")
        try:
            assert wait_until(lambda: len(left_behind(site)[1]) > 2 or process.poll() is not None)
            assert process.poll() is None
        finally:
            process.kill()
            process.wait()
        assert wait_until(lambda: left_behind(site)[1] == [])
        # What it restored is removed at the next start of anything that writes.
        beffroi("check", "--config", site.folder / "beffroi.toml", anew=True)
        assert left_behind(site) == ([], [])
