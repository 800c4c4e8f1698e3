"""What of a restored cluster's folder is put out of the server's way, and what refuses a cluster."""

from pathlib import Path

import pytest

from agent.core.errors import Damaged, ToolMissing, Unreadable
from agent.restores.clusters.harmless import ClusterFolder, major_of, make_harmless
from agent.restores.clusters.installed import major_in, programs_of

FOREIGN = ("postgresql.conf", "postgresql.auto.conf", "pg_hba.conf", "pg_ident.conf", "recovery.conf")


@pytest.fixture
def folder(tmp_path: Path) -> ClusterFolder:
    """Return a folder that looks like a cluster that came back."""
    found = ClusterFolder(root=tmp_path)
    for name in ("pg_tblspc", "pg_replslot/kept", "base/1"):
        (found.data / name).mkdir(parents=True)
    (found.data / "PG_VERSION").write_text("15\n")
    (found.data / "backup_label").write_text("START WAL LOCATION: 0/2000028 (file 000000010000000000000002)\n")
    for name in (*FOREIGN, "standby.signal", "postmaster.pid", "tablespace_map", "pg_replslot/kept/state"):
        (found.data / name).write_text("archive_command = 'touch /evil'\n")
    return found


def test_its_own_settings_and_slots_are_gone_and_it_is_to_be_recovered(folder: ClusterFolder) -> None:
    make_harmless(folder)
    left = sorted(path.name for path in folder.data.iterdir())
    kept = ["PG_VERSION", "backup_label", "base", "pg_replslot", "pg_tblspc"]
    assert left == [*kept, "postgresql.auto.conf", "recovery.signal"]
    assert (folder.data / "postgresql.auto.conf").read_bytes() == b""
    assert list((folder.data / "pg_replslot").iterdir()) == []


@pytest.mark.parametrize("instead", ["nothing", "a link", "a folder"])
def test_a_base_backup_without_its_label_is_damaged(folder: ClusterFolder, tmp_path: Path, instead: str) -> None:
    label = folder.data / "backup_label"
    label.rename(tmp_path / "elsewhere")
    if instead == "a link":
        label.symlink_to(tmp_path / "elsewhere")
    elif instead == "a folder":
        label.mkdir()
    with pytest.raises(Damaged, match="backup_label"):
        make_harmless(folder)


def test_a_link_to_elsewhere_refuses_the_cluster(folder: ClusterFolder) -> None:
    (folder.data / "base/2").symlink_to("/etc")
    with pytest.raises(Unreadable, match="base/2"):
        make_harmless(folder)


def test_a_setting_that_is_a_link_is_removed_and_not_followed(folder: ClusterFolder, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("kept")
    (folder.data / "postgresql.auto.conf").unlink()
    (folder.data / "postgresql.auto.conf").symlink_to(elsewhere)
    make_harmless(folder)
    assert elsewhere.read_text() == "kept"
    assert not (folder.data / "postgresql.auto.conf").is_symlink()


def test_a_tablespace_leads_to_where_it_was_restored(folder: ClusterFolder) -> None:
    (folder.tablespaces / "16400").mkdir(parents=True)
    (folder.data / "pg_tblspc/16400").symlink_to("/srv/fast")
    (folder.data / "pg_tblspc/16500").symlink_to("/srv/lost")
    make_harmless(folder)
    assert (folder.data / "pg_tblspc/16400").resolve() == (folder.tablespaces / "16400").resolve()
    assert not (folder.data / "pg_tblspc/16500").is_symlink()


def test_what_is_no_cluster_is_damage(folder: ClusterFolder) -> None:
    assert major_of(folder) == 15
    (folder.data / "PG_VERSION").write_text("none of them")
    with pytest.raises(Damaged):
        major_of(folder)
    (folder.data / "PG_VERSION").unlink()
    with pytest.raises(Damaged):
        major_of(folder)
    (folder.data / "PG_VERSION").mkdir()
    with pytest.raises(Damaged):
        major_of(folder)


def test_a_version_that_is_not_installed_is_a_missing_tool_with_a_hint() -> None:
    with pytest.raises(ToolMissing, match="PostgreSQL 99") as missing:
        programs_of(99)
    assert "install postgresql-99" in missing.value.hint
    with pytest.raises(ToolMissing, match="13 or newer") as old:
        programs_of(12)
    assert "register add" in old.value.hint
    assert [major_in(text) for text in ("15\n", "9.6\n", "", "0", "1234")] == [15, None, None, None, None]
