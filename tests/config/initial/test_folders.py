"""rsync, vzdump, pgBackRest and Barman are found where their documentation says, and no secret is kept."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.config.initial.discover import discover
from agent.config.initial.draft import initial
from agent.config.initial.folders import OtherBackup
from tests.config.initial.test_discover import SECRET, put

# Proxmox VE, «Backup and Restore» and «Storage».
JOBS = """\
vzdump: backup-4bf9bbcc-6b9b
	schedule 21:00
	enabled 1
	compress zstd
	mode snapshot
	storage nas
	vmid 101,102

vzdump: backup-off
	schedule sat 01:00
	enabled 0
	all 1
	storage local

vzdump: backup-all
	schedule sat 01:00
	all 1
	exclude 102
	storage local
	compress gzip
"""
STORAGE = """\
dir: local
	path /var/lib/vz
	content iso,vztmpl,backup

nfs: nas
	path /mnt/pve/nas
	server 192.0.2.9
	export /volume1/proxmox
	content backup

pbs: pbs
	datastore main
	server pbs.example
	username root@pam
"""
# Debian's /etc/barman.d/streaming-server.conf-template, with a password of ours.
BARMAN_SERVER = f"""\
[streaming-server]
description =  "Example of PostgreSQL Database (Streaming-Only)"
conninfo = host=pg user=barman dbname=postgres password={SECRET}
streaming_conninfo = host=pg user=streaming_barman
backup_method = postgres
streaming_archiver = on
slot_name = barman
"""
# Debian's /etc/barman.conf.
BARMAN = """\
; Barman, Backup and Recovery Manager for PostgreSQL
[barman]
barman_user = barman
configuration_files_directory = /etc/barman.d
barman_home = /var/lib/barman
log_file = /var/log/barman/barman.log
log_level = INFO
"""
# Debian's /etc/pgbackrest.conf with its marks taken away.
PGBACKREST = f"""\
[global]
repo1-path=/var/lib/pgbackrest
repo1-retention-full=2
repo1-cipher-pass={SECRET}
repo1-cipher-type=aes-256-cbc

[main]
pg1-path=/var/lib/postgresql/17/main

[global:archive-push]
compress-level=3
"""


def others(root: Path) -> dict[str, OtherBackup]:
    """Return what a machine shows of these programs, by its name."""
    return {one.name: one for one in discover(root, "srv-1").others}


@pytest.mark.parametrize(
    ("line", "paths", "server", "folder"),
    [
        ("rsync -a --delete /srv/scota/ backup@nas:/volume1/scota/", ("/srv/scota",), "nas", "/volume1/scota"),
        ("rsync -a /srv/scota nas:/volume1", ("/srv/scota",), "nas", "/volume1/scota"),
        (
            "rsync -aAX -e 'ssh -p 2222' --exclude '*.tmp' /srv/a /srv/b /mnt/disk",
            ("/srv/a", "/srv/b"),
            "",
            "/mnt/disk",
        ),
        ("/usr/bin/rsync -a --log-file=/var/log/x /srv/scota/ /mnt/disk/", ("/srv/scota",), "", "/mnt/disk"),
    ],
)
def test_a_unit_that_calls_rsync_is_a_mirror(
    tmp_path: Path, line: str, paths: tuple[str, ...], server: str, folder: str
) -> None:
    put(tmp_path, "etc/systemd/system/mirror.service", f"[Service]\nExecStart={line}\n")
    one = others(tmp_path)["mirror"]
    assert (one.paths, one.server, one.folder, one.mirror, one.lacking) == (paths, server, folder, True, ())


@pytest.mark.parametrize(
    "line",
    [
        "rsync -a nas:/srv/ /backup/",
        "rsync --version",
        "rsync -a $SOURCE nas:/x",
        "rsync -a /srv/ nas::module",
        "rsync -a srv/ /backup",
    ],
)
def test_a_call_of_rsync_that_mirrors_nothing_of_here_is_none(tmp_path: Path, line: str) -> None:
    put(tmp_path, "etc/cron.d/mirror", f"0 2 * * * root {line}\n")
    assert others(tmp_path) == {}


def test_a_script_of_cron_that_calls_rsync_is_found(tmp_path: Path) -> None:
    put(tmp_path, "etc/cron.daily/copy", "#!/bin/sh\nrsync -a /home/ nas:/volume1/home/\n")
    assert others(tmp_path)["copy"].paths == ("/home",)


def test_the_jobs_of_proxmox_have_a_set_for_each_guest(tmp_path: Path) -> None:
    put(tmp_path, "etc/pve/jobs.cfg", JOBS)
    put(tmp_path, "etc/pve/storage.cfg", STORAGE)
    put(tmp_path, "etc/pve/qemu-server/101.conf", "name: shop\n")
    put(tmp_path, "etc/pve/lxc/102.conf", "hostname: files\n")
    found = others(tmp_path)
    assert set(found) == {"vzdump-backup-4bf9bbcc-6b9b", "vzdump-backup-all"}
    named, everything = found["vzdump-backup-4bf9bbcc-6b9b"], found["vzdump-backup-all"]
    assert (named.folder, named.dumps) == ("/mnt/pve/nas/dump", ("proxmox:101", "proxmox:102"))
    assert named.sets == (("guest-101", "vzdump-qemu-101-*.vma.zst"), ("guest-102", "vzdump-lxc-102-*.tar.zst"))
    assert (everything.folder, everything.dumps) == ("/var/lib/vz/dump", ("proxmox:101",))
    assert everything.sets == (("guest-101", "vzdump-qemu-101-*.vma.gz"),)
    assert "sat 01:00" in everything.remarks[0]


def test_of_a_cluster_s_jobs_those_of_this_node_and_its_guests_are_taken(tmp_path: Path) -> None:
    jobs = (("a", "all 1\n\tnode pve2"), ("b", "vmid 101,201"), ("c", "vmid 201"), ("d", "all 1\n\tnode pve1"))
    put(tmp_path, "etc/pve/jobs.cfg", "".join(f"vzdump: {name}\n\t{text}\n\tstorage local\n" for name, text in jobs))
    lines = ("101 201 --storage local", "201", "--all 1 --node pve2")
    put(tmp_path, "etc/pve/vzdump.cron", "".join(f"0 2 * * 6 root vzdump {line}\n" for line in lines))
    for node, guest in (("pve1", 101), ("pve2", 201)):
        put(tmp_path, f"etc/pve/nodes/{node}/qemu-server/{guest}.conf", "name: shop\n")
    (tmp_path / "etc/pve/local").symlink_to("nodes/pve1")
    (tmp_path / "etc/pve/qemu-server").symlink_to("nodes/pve1/qemu-server")
    found = {name: one.dumps for name, one in others(tmp_path).items()}
    assert found == dict.fromkeys(("vzdump-b", "vzdump-d", "vzdump-line-1"), ("proxmox:101",))


def test_a_line_of_vzdump_cron_and_its_usual_settings_are_read(tmp_path: Path) -> None:
    put(tmp_path, "etc/pve/vzdump.cron", "PATH=/usr/bin\n0 2 * * 6 root vzdump 101 --mode snapshot --compress lzo\n")
    put(tmp_path, "etc/vzdump.conf", "#tmpdir: DIR\ndumpdir: /mnt/dumps\n")
    (one,) = others(tmp_path).values()
    assert (one.folder, one.sets) == ("/mnt/dumps", (("guest-101", "vzdump-qemu-101-*.vma.lzo"),))


def test_the_storage_of_a_job_comes_before_the_folder_of_vzdump_conf(tmp_path: Path) -> None:
    put(tmp_path, "etc/pve/jobs.cfg", "vzdump: nightly\n\tstorage nas\n\tvmid 101\n")
    put(tmp_path, "etc/pve/storage.cfg", "dir: nas\n\tpath /mnt/nas\n")
    put(tmp_path, "etc/vzdump.conf", "dumpdir: /srv/dumps\nstorage: other\ncompress: zstd\n")
    (one,) = others(tmp_path).values()
    assert (one.folder, one.sets) == ("/mnt/nas/dump", (("guest-101", "vzdump-qemu-101-*.vma.zst"),))


def test_a_job_into_a_proxmox_backup_server_is_left_to_fill_in(tmp_path: Path) -> None:
    put(tmp_path, "etc/pve/jobs.cfg", "vzdump: nightly\n\tstorage pbs\n\tvmid 101\n")
    put(tmp_path, "etc/pve/storage.cfg", STORAGE)
    (one,) = others(tmp_path).values()
    assert one.folder == "" and len(one.lacking) == 1


def test_each_stanza_of_pgbackrest_is_found(tmp_path: Path) -> None:
    put(tmp_path, "etc/pgbackrest.conf", PGBACKREST)
    put(tmp_path, "etc/pgbackrest/conf.d/more.conf", "[other]\npg1-path=/srv/pg\npg1-host=pg-2\n")
    found = others(tmp_path)
    assert {name: (one.keys, one.paths) for name, one in found.items()} == {
        "pgbackrest-main": ((("stanza", "main"),), ("/var/lib/postgresql/17/main",)),
        "pgbackrest-other": ((("stanza", "other"),), ()),
    }
    assert found["pgbackrest-other"].lacking == ("the host of pg-2",)


def test_each_active_server_of_barman_is_found(tmp_path: Path) -> None:
    put(tmp_path, "etc/barman.conf", BARMAN)
    put(tmp_path, "etc/barman.d/streaming-server.conf", BARMAN_SERVER)
    put(tmp_path, "etc/barman.d/old.conf", "[old]\nactive = false\nconninfo = host=old\n")
    put(tmp_path, "etc/barman.d/passive.conf-template", "[passive]\n")
    assert {name: one.keys for name, one in others(tmp_path).items()} == {
        "barman-streaming-server": (("server", "streaming-server"),)
    }


def test_the_draft_has_what_holds_and_marks_what_does_not(tmp_path: Path) -> None:
    put(tmp_path, "etc/pve/jobs.cfg", JOBS)
    put(tmp_path, "etc/pve/storage.cfg", STORAGE)
    put(tmp_path, "etc/systemd/system/mirror.service", "[Service]\nExecStart=rsync -a /srv/ backup@nas:/volume1/srv/\n")
    put(tmp_path, "etc/pgbackrest.conf", PGBACKREST)
    put(tmp_path, "etc/barman.conf", BARMAN)
    put(tmp_path, "etc/barman.d/streaming-server.conf", BARMAN_SERVER)
    text = initial(discover(tmp_path, "srv-1"))
    assert SECRET not in text
    assert 'sets = [{ id = "guest-101", match = "vzdump-qemu-101-*.vma.zst" }' in text
    assert '\nstore = { host = "srv-1", path = "/mnt/pve/nas/dump" }' in text
    assert '# store = { host = "nas", path = "/volume1/srv" }' in text
    assert 'with transport = "ssh" and user = "barman"' in text
    assert '# server = "streaming-server"' in text and 'stanza = "main"' in text
    assert "Not settled: fill in its guests, a set for each" in text


@given(st.text(max_size=200))
def test_no_file_breaks_what_is_found(text: str) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as name:
        root = Path(name)
        for path in ("etc/pve/jobs.cfg", "etc/pve/vzdump.cron", "etc/vzdump.conf", "etc/barman.conf"):
            put(root, path, f"vzdump: x\n\t{text}\nvzdump {text}\n[x]\n{text}".replace("\udc80", ""))
        put(root, "etc/pgbackrest.conf", f"[main]\n{text}")
        initial(discover(root, "srv-1"))
