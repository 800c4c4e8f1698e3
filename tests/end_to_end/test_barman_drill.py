"""Exercises with real Barman, on the same machine and over ssh: fetched, started, replayed and asked."""

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.facts.wal_archive import NEWEST
from tests.collectors.barman.conftest import LISTING, VERIFY, reached_by
from tests.collectors.barman.test_faults import planted_copy
from tests.parts.archived_clusters import BarmanServer, barman_server
from tests.parts.cluster_sites import ClusterSite
from tests.parts.sshd import running_sshd
from tests.parts.started_clusters import exercise
from tests.parts.unprivileged import NOBODY, may_play_another_user, open_folder

pytestmark = [
    pytest.mark.programs,
    pytest.mark.network,
    pytest.mark.timeout(900),
    pytest.mark.slow,
    pytest.mark.skipif(not may_play_another_user(), reason="PostgreSQL is never started as root"),
]

HOST = """
[[host]]
id = "vault"
transport = "ssh"
address = "{host.address}"
port = {host.port}
user = "{host.user}"
key_file = "{key}"
known_hosts = "{known}"
site = "cambrai"
collect = []
"""


@pytest.fixture(scope="module")
def source() -> Iterator[BarmanServer]:
    """Return a running cluster with a tablespace that was backed up, and WAL after it whose end is compressed."""
    with barman_server() as made:
        fast = made.cluster.folder / "fast"
        fast.mkdir()
        made.cluster.own()
        made.cluster.sql(
            "create extension if not exists plpgsql",
            f"create tablespace fast location '{fast}'",
            "create table placed tablespace fast as select generate_series(1, 500) as i",
            "create table counted as select generate_series(1, 2000) as i",
        )
        made.backup()
        made.switch()
        with made.configuration.open("a") as file:
            file.write("compression = gzip\n")
        made.cluster.sql("insert into counted select 1 from generate_series(1, 100)")
        made.switch()
        yield made


@pytest.fixture
def site() -> Iterator[ClusterSite]:
    """Return a configuration to declare servers in."""
    with open_folder() as folder:
        yield ClusterSite(folder=folder, program="barman", listing=LISTING)


def page_of(found: BarmanServer, table: str) -> Path:
    """Return the file of a table in the newest base backup."""
    relative = found.cluster.sql(f"select pg_relation_filepath('{table}')")
    return max((found.home / "pg/base").iterdir()) / "data" / relative


def test_a_server_is_restored_over_ssh_with_tablespaces_and_packed_wal(source: BarmanServer, site: ClusterSite) -> None:
    assert max((source.home / "pg/wals").glob("*/0*")).read_bytes().startswith(b"\x1f\x8b")
    with open_folder() as place, running_sshd(place / "sshd") as sshd:
        for name, file in (("key", sshd.key_file), ("known", sshd.known_hosts)):
            shutil.copy2(file, site.folder / name)
        site.hosts = HOST.format(host=sshd, key=site.folder / "key", known=site.folder / "known")
        site.declare("db", 'server = "pg"\nhost = "vault"', **reached_by(source))
        site.look()
        done = exercise(site, "db")
    assert (done.said.code, done.told["outcome"], done.told["reason"]) == (0, "ok", "within-limit"), done.record
    (database, *_) = done.record["cluster"]["databases"]
    counts = {one["table"]: one["rows"] for one in database["counts"]}
    assert (counts["public.counted"], counts["public.placed"]) == (2100, 500)
    assert done.record["cluster"]["files_held_to_their_sums"]
    assert site.told("db")["recovery-test"] == "met within-limit"


@pytest.mark.parametrize(
    ("place", "said"), [(-2, "recovery ended at"), (-1, "has wrong size")], ids=["plain", "packed"]
)
def test_wal_with_another_byte_which_nothing_else_sees_fails_it(
    source: BarmanServer, site: ClusterSite, place: int, said: str
) -> None:
    site.declare("db", 'server = "pg"', **reached_by(source))
    site.look()
    segment = sorted((source.home / "pg/wals").glob("*/0*"))[place]
    whole, dated = segment.read_bytes(), segment.stat().st_mtime
    used = len(whole.rstrip(b"\0"))
    try:
        segment.write_bytes(
            whole[: used // 2] + bytes(byte ^ 0xFF for byte in whole[used // 2 :][:64]) + whole[used // 2 + 64 :]
        )
        os.utime(segment, (dated, dated))
        done = exercise(site, "db")
    finally:
        segment.write_bytes(whole)
        os.utime(segment, (dated, dated))
    assert (done.said.code, done.told["outcome"], done.told["reason"]) == (1, "failed", "damaged"), done.record
    assert said in done.record["detail"]
    # What a replay stopped at is known from then on, whatever a verification reads: Barman's reads no WAL back.
    site.ahead = timedelta(hours=1)
    site.look(VERIFY)
    assert not newest_of(site).intersection({segment.name})
    assert place == -1 or site.told("db")["backup-rpo"] == "missed wal-gap"
    # Until an exercise goes through it, the same file.
    assert exercise(site, "db").told["outcome"] == "ok"
    assert newest_of(site) == {max(path.name for path in segment.parent.glob("0*"))}
    assert site.told("db")["backup-rpo"].startswith("met")


def newest_of(site: ClusterSite) -> set[object]:
    """Return the newest segment that a look at the server counts."""
    return {one.value for one in site.observed(LISTING, "db").named(NEWEST)}


def test_a_base_backup_without_its_label_fails_it(source: BarmanServer, site: ClusterSite) -> None:
    """PostgreSQL starts from it without a word, from another checkpoint."""
    site.declare("db", 'server = "pg"', **reached_by(source))
    site.look()
    label = max((source.home / "pg/base").iterdir()) / "data/backup_label"
    aside = label.with_suffix(".aside")
    label.rename(source.home / aside.name)
    try:
        done = exercise(site, "db")
    finally:
        (source.home / aside.name).rename(label)
    assert (done.said.code, done.told["outcome"], done.told["reason"]) == (1, "failed", "damaged"), done.record
    assert "backup_label" in done.record["detail"]


@pytest.mark.parametrize("kind", ["a table is cut short", "transactions are lost"])
def test_files_that_are_not_as_the_list_of_the_backup_has_them_fail_it(
    source: BarmanServer, site: ClusterSite, kind: str
) -> None:
    """PostgreSQL starts from both without a word, and counts fewer rows."""
    site.declare("db", 'server = "pg"', **reached_by(source))
    site.look()
    file = page_of(source, "counted")
    if kind == "transactions are lost":
        file = max((source.home / "pg/base").iterdir()) / "data/pg_xact/0000"
    whole = file.read_bytes()
    try:
        if kind == "transactions are lost":
            file.unlink()
        else:
            os.truncate(file, 2 * 8192)
        done = exercise(site, "db")
    finally:
        file.write_bytes(whole)
        os.chown(file, NOBODY, NOBODY)
    assert (done.said.code, done.told["outcome"], done.told["reason"]) == (1, "failed", "damaged"), done.record
    assert "backup_manifest" in done.record["detail"]
    # Known to be damaged from then on, that backup is none from which the newest instant is reached.
    assert site.told("db")["backup-rpo"].startswith("missed")


def test_a_record_that_leads_beyond_the_archive_is_no_damage(source: BarmanServer, site: ClusterSite) -> None:
    """One of three segments: of those that are archived, the newest holds nothing but a part of it."""
    archived = len(list((source.home / "pg/wals").glob("*/0*")))
    source.cluster.sql("select pg_logical_emit_message(false, 'x', repeat('x', 40 * 1024 * 1024))")
    for _ in range(600):
        source.run("archive-wal", "pg")
        if len(list((source.home / "pg/wals").glob("*/0*"))) >= archived + 2:
            break
        source.cluster.sql("select pg_sleep(0.1)")
    site.declare("db", 'server = "pg"', **reached_by(source))
    site.look()
    done = exercise(site, "db")
    assert (done.said.code, done.told["outcome"], done.told["reason"]) == (0, "ok", "within-limit"), done.record
    cluster = done.record["cluster"]
    assert cluster["replayed_to"] < cluster["newest_segment_begins_at"]
    source.switch()


@pytest.mark.parametrize("kind", ["flipped", "lost"])
def test_a_table_that_cannot_be_read_fails_it(source: BarmanServer, site: ClusterSite, kind: str) -> None:
    site.declare("db", 'server = "pg"', **reached_by(source))
    site.look()
    file = page_of(source, "placed") if kind == "lost" else page_of(source, "counted")
    if kind == "lost":
        file = next(max((source.home / "pg/base").iterdir()).rglob(file.name))
    whole = file.read_bytes()
    # As of a backup made by rsync, which no list comes with.
    manifest = max((source.home / "pg/base").iterdir()) / "data/backup_manifest"
    manifest.rename(source.home / "aside")
    try:
        if kind == "lost":
            file.unlink()
        else:
            file.write_bytes(bytes(byte ^ 0xFF for byte in whole[:24]) + whole[24:])
        done = exercise(site, "db")
    finally:
        (source.home / "aside").rename(manifest)
        file.write_bytes(whole)
        os.chown(file, NOBODY, NOBODY)
    assert (done.said.code, done.told["outcome"], done.told["reason"]) == (1, "failed", "damaged"), done.record
    assert done.record["cluster"]["damaged"]
    assert not done.record["cluster"]["files_held_to_their_sums"]
    assert "un fichier tronqué ne se voit pas" in done.text


# The tar that fetches a base backup: it is removed before the first file is read, or once the first ones have come.
REMOVING = """\
#!/bin/bash
set -o pipefail
remove() { [ ! -e "BEGUN" ] || return; touch "BEGUN"; barman -c "CONFIGURATION" delete pg "ID" >&2; }
case WHEN in
before) remove; exec /usr/bin/tar "$@" ;;
within) /usr/bin/tar "$@" | (head -c 100000; remove; cat) ;;
esac
"""


@pytest.mark.parametrize("when", ["before", "within"])
def test_a_backup_that_barman_removes_while_it_is_fetched_is_not_damaged(
    source: BarmanServer, site: ClusterSite, when: str
) -> None:
    planted = planted_copy(source, site.folder / "planted")
    folder = planted.folder / "programs"
    folder.mkdir()
    script = REMOVING.replace("WHEN", when).replace("CONFIGURATION", str(planted.configuration))
    script = script.replace("BEGUN", str(folder / "begun")).replace("ID", planted.newest.name)
    (folder / "tar").write_text(script)
    (folder / "tar").chmod(0o755)
    site.declare("db", 'server = "pg"', **planted.environment)
    site.look()
    done = exercise(site, "db", PATH=f"{folder}:{os.environ['PATH']}")
    assert (folder / "begun").exists()
    assert (done.said.code, done.told["outcome"], done.told["reason"]) == (3, "unproven", "unreadable"), done.record
    assert "was removed" in done.record["detail"]
