"""What a machine holds: real mounts in a machine in a folder, guests, volumes, mail and web folders, traps."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.core.facts.holdings import PATHS, Holding, links_in
from agent.core.inventory import Inventory, Unbacked
from agent.core.judging.check import Question
from agent.core.model import Observation, State, Target
from agent.core.reason import Reason
from checks.backup_coverage import CHECK
from collectors.holdings.collect import apart
from tests.collectors.holdings.conftest import HOST, NOW, Looked, named
from tests.parts.cell import Cell

pytestmark = pytest.mark.programs

DISK = "mkdir -p /srv/data && mount -t tmpfs disk /srv/data && mkdir /srv/data/scota && echo 1 >/srv/data/scota/a"


def mounts_in(seen: Observation) -> set[str]:
    """Return the file systems that were found, without this machine's own, of which the machine in a folder is made."""
    return {one.name for one in named(seen).values() if one.kind == "mount"} - {"/usr"}


def test_a_mount_with_data_is_found_with_its_size_and_etc_beside_it(looked: Looked) -> None:
    found = named(looked(DISK))
    assert found["/srv/data"].kind == "mount" and found["/srv/data"].holds == ("scota",)
    assert found["/srv/data"].bytes == 4000
    assert found["/etc"].kind == "folder" and (found["/etc"].bytes or 0) > 10_000


def test_a_thing_that_was_seen_before_keeps_the_day_of_its_first_sight(looked: Looked) -> None:
    before = looked(DISK)
    later = NOW + timedelta(hours=6)
    found = named(looked(DISK, "mkdir -p /new && mount -t tmpfs b /new && touch /new/x", previous=before, now=later))
    assert (found["/srv/data"].since, found["/new"].since) == (NOW, later)


@pytest.mark.parametrize(
    "mounts",
    [
        "mkdir /srv/empty && mount -t tmpfs disk /srv/empty",
        "mkdir /srv/empty && mount -t tmpfs disk /srv/empty && mkdir /srv/empty/lost+found",
        "mkdir -p /run/user && mount -t tmpfs disk /run/user && touch /run/user/x",
        "mount -t tmpfs disk /tmp && touch /tmp/x",
        "mkdir -p /var/lib/docker/o && mount -t tmpfs o /var/lib/docker/o && touch /var/lib/docker/o/x",
        "mkdir -p /sys && mount -t tmpfs sys /sys && touch /sys/x",
    ],
)
def test_what_holds_nothing_of_its_own_is_no_mount_with_data(looked: Looked, mounts: str) -> None:
    assert mounts_in(looked("mkdir -p /srv", mounts)) == set()


def of_the_tree(seen: Observation) -> Observation:
    """Return a look without the servers that other tests run on this machine meanwhile."""
    apart = {fact for fact in seen.facts if isinstance(fact.value, Holding) and fact.value.kind not in PATHS}
    return replace(seen, facts=tuple(fact for fact in seen.facts if fact not in apart), gaps=())


def test_a_mount_that_is_new_is_missed_at_the_next_look(looked: Looked) -> None:
    excused = tuple(Unbacked(what=one, reason="of this test") for one in ("/etc", "/usr", "/srv/data"))
    host = replace(HOST, unbacked=excused)
    question = Question(
        item=host,
        inventory=Inventory(hosts=(host,)),
        target=Target(id=CHECK.target, unit="ratio", limit=1.0, evidence_age=timedelta(hours=26)),
        now=NOW,
        first_seen=NOW,
    )
    (need,) = CHECK.needs(question)
    before = of_the_tree(looked(DISK, host=host))
    assert {finding.state for finding in CHECK.judge(need, before, question)} == {State.MET}
    new = "mkdir -p /home/new && mount -t tmpfs new /home/new && touch /home/new/x"
    first, *_ = CHECK.judge(need, of_the_tree(looked(DISK, new, host=host, previous=before)), question)
    assert (first.state, first.reason, first.about["what"]) == (State.MISSED, Reason.NOT_COVERED, "/home/new")


def test_a_disk_that_is_not_mounted_as_planned_may_hold_anything(cell: Cell, looked: Looked) -> None:
    lines = (
        "# UUID=0 /gone ext4 defaults 0 2",
        "UUID=1 /srv/archives\\040old ext4 defaults,nofail 0 2",
        "UUID=2 /srv/data xfs defaults 0 2",
        "UUID=3 /mnt/usb ext4 noauto,user 0 0",
        "UUID=5 /srv/seldom ext4 noauto,nofail,x-systemd.automount,x-systemd.idle-timeout=60 0 2",
        "UUID=4 none swap sw 0 0",
        "nas:/share /mnt/share nfs defaults 0 0",
        "/srv/data /srv/www none bind 0 0",
    )
    cell.write("/etc/fstab", "".join(f"{line}\n" for line in lines))
    found = named(looked("mkdir -p /srv/data && mount -t tmpfs disk /srv/data && touch /srv/data/file"))
    assert found["/srv/archives old"].hindered == "unreachable" and found["/srv/data"].hindered == ""
    assert found["/srv/seldom"].hindered == "unreachable"
    assert found.keys().isdisjoint({"/gone", "/mnt/usb", "/mnt/share", "/srv/www", "none"})


def test_a_table_of_planned_mounts_that_others_may_write_is_closed(cell: Cell, looked: Looked) -> None:
    cell.write("/etc/fstab", "UUID=1 /srv/gone ext4 defaults,nofail 0 2\n", mode=0o664)
    assert f"{HOST.id}//etc/fstab" in {gap.subject for gap in looked().gaps}


def test_a_bind_mount_shows_nothing_new(looked: Looked) -> None:
    found = named(looked(DISK, "mkdir /bound && mount --bind /srv/data/scota /bound"))
    assert "/bound" not in found and found["/srv/data"].paths == ("/srv/data",)


@pytest.mark.parametrize("entry", ['"data-root": "/srv/docker"', '"graph":\n "/srv/docker"'])
def test_docker_s_volumes_are_found_where_it_was_told_to_keep_them(cell: Cell, looked: Looked, entry: str) -> None:
    cell.write("/etc/docker/daemon.json", f'{{\n  {entry},\n  "userns-remap": "default"\n}}\n')
    for folder in ("/srv/docker/volumes/a", "/srv/docker/231072.231072/volumes/b", "/var/lib/docker/1.1/volumes/c"):
        cell.write(f"{folder}/_data/x", "x")
    assert {f"container:{name}" for name in "abc"} <= named(looked()).keys()


def test_podman_s_volumes_are_found_where_it_was_told_to_keep_them(cell: Cell, looked: Looked) -> None:
    storage = '# graphroot = "/srv/none"\n  graphroot="/srv/a"  # "moved"\nrootless_storage_path = \'/srv/own/$USER\'\n'
    cell.write("/etc/containers/storage.conf", f"[storage]\n{storage}")
    cell.write("/etc/containers/containers.conf", 'rootless_storage_path = "$HOME/kept"\n')
    cell.write("/etc/containers/containers.conf.d/0.conf", 'rootless_storage_path = "/srv/all/${USER}"\n')
    cell.write("/etc/containers/containers.conf.d/a.conf", '[engine]\nvolume_path = "/srv/b"\n')
    cell.write("/etc/passwd", "app:x:990:990::/var/lib/app:/bin/sh\n")
    kept = ["/srv/a/volumes/a", "/srv/b/b", "/srv/own/app/volumes/c", "/srv/all/app/volumes/f"]
    kept.append("/var/lib/app/kept/volumes/d")
    for folder in (*kept, "/srv/none/volumes/none", "/var/lib/app/.local/share/containers/storage/volumes/e"):
        cell.write(f"{folder}/_data/x", "x")
    seen = looked()
    assert {name for name in named(seen) if name.startswith("container:")} == {f"container:{name}" for name in "abcdef"}
    assert seen.gaps == ()


def test_a_file_of_podman_s_that_others_may_write_is_closed(cell: Cell, looked: Looked) -> None:
    cell.write("/etc/containers/storage.conf", 'graphroot = "/srv/a"\n', mode=0o666)
    assert [gap.subject for gap in looked().gaps] == ["srv-1//etc/containers/storage.conf"]


def test_a_volume_that_is_bound_lies_where_the_disk_has_it(looked: Looked) -> None:
    volume = "/var/lib/docker/volumes/shop/_data"
    found = named(looked(DISK, f"mkdir -p {volume} && mount --bind /srv/data/scota {volume}"))
    assert found["container:shop"].paths == (volume, "/srv/data/scota")


def test_a_file_system_at_two_places_is_one(looked: Looked) -> None:
    found = named(looked(DISK, "mkdir /b && mount --bind /srv/data /b"))
    assert "/srv/data" not in found and found["/b"].paths == ("/b", "/srv/data")


def test_a_mount_point_with_a_blank_is_read_as_it_is(looked: Looked) -> None:
    found = named(looked("mkdir -p '/srv/a b' && mount -t tmpfs disk '/srv/a b' && touch '/srv/a b/x'"))
    assert found["/srv/a b"].holds == ("x",)


def test_a_mount_point_with_a_line_break_hides_no_other(looked: Looked) -> None:
    odd = 'odd=$(printf \'/srv/a\\nb\') && mkdir -p "$odd" && mount -t tmpfs disk "$odd" && touch "$odd/x"'
    seen = looked(odd, DISK)
    assert mounts_in(seen) == {"/srv/data", "/srv/a\nb"}


def test_a_mount_that_an_account_may_not_reach_may_hold_anything(looked: Looked) -> None:
    seen = looked(
        "mkdir -p /srv/closed/data && mount -t tmpfs disk /srv/closed/data && echo 1 >/srv/closed/data/a",
        "chmod 700 /srv/closed",
        'set -- setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"',
    )
    assert "/srv/closed/data" in mounts_in(seen)


def test_a_mount_below_another_one_is_not_there(looked: Looked) -> None:
    hidden = "mkdir -p /srv/over/data && mount -t tmpfs disk /srv/over/data && echo 1 >/srv/over/data/a"
    seen = looked(hidden, "mount -t tmpfs disk /srv/over && echo 1 >/srv/over/b")
    assert mounts_in(seen) == {"/srv/over"}


def test_guests_are_found_with_what_they_call_their_disks(cell: Cell, looked: Looked) -> None:
    cell.write("/etc/libvirt/qemu/web.xml", LIBVIRT, mode=0o600)
    cell.write("/etc/pve/qemu-server/101.conf", QEMU)
    cell.write("/etc/pve/lxc/102.conf", LXC)
    seen = looked()
    found = named(seen)
    assert found["libvirt:web"].paths == ("/var/lib/libvirt/images/web.qcow2", "/dev/vg0/web-data")
    assert found["proxmox:101"].paths == ("local-lvm:vm-101-disk-0", "local-lvm:vm-101-disk-1")
    assert found["proxmox:102"].paths == ("/tank/files", "local-zfs:subvol-102-disk-0")
    assert "proxmox:101/scsi1" in found and "proxmox:101/scsi0" not in found
    assert seen.gaps == ()


def test_a_running_guest_s_file_lies_in_the_folder_of_qemu_s_account(cell: Cell, looked: Looked) -> None:
    cell.write("/run/libvirt/qemu/web.xml", LIBVIRT, mode=0o600)
    seen = looked("chown 64055 /run/libvirt/qemu")
    assert named(seen)["libvirt:web"].paths == ("/var/lib/libvirt/images/web.qcow2", "/dev/vg0/web-data")
    assert seen.gaps == ()


@pytest.mark.parametrize(
    "laid",
    [
        "chown 64055 web.xml",
        "chmod 666 web.xml",
        "mv web.xml /etc/web.xml; ln -s /etc/web.xml web.xml",
        "rm web.xml; mkfifo -m 600 web.xml",
    ],
)
def test_a_file_that_qemu_s_account_may_have_laid_is_not_read(cell: Cell, looked: Looked, laid: str) -> None:
    cell.write("/run/libvirt/qemu/web.xml", LIBVIRT, mode=0o600)
    seen = looked(f"chown 64055 /run/libvirt/qemu; cd /run/libvirt/qemu; {laid}; cd /")
    assert named(seen)["libvirt:web"].paths == ()
    assert [(gap.subject, gap.reason) for gap in seen.gaps] == [("srv-1//run/libvirt/qemu/web.xml", Reason.DENIED)]


def test_a_guest_s_file_that_root_did_not_lay_names_the_guest_alone(cell: Cell, looked: Looked) -> None:
    cell.write("/etc/libvirt/qemu/web.xml", LIBVIRT, mode=0o666)
    seen = looked()
    assert named(seen)["libvirt:web"].paths == ()
    assert [(gap.subject, gap.reason) for gap in seen.gaps] == [("srv-1//etc/libvirt/qemu/web.xml", Reason.DENIED)]


def test_volumes_that_hold_something_are_found(cell: Cell, looked: Looked) -> None:
    cell.write("/var/lib/docker/volumes/shop_db/_data/x", "1")
    cell.write("/home/adupont/.local/share/containers/storage/volumes/wiki/_data/x", "1")
    (cell.root / "var/lib/docker/volumes/none/_data").mkdir(parents=True)
    found = {name for name in named(looked()) if name.startswith("container:")}
    assert found == {"container:shop_db", "container:wiki"}


def test_what_a_server_that_stands_still_holds_is_found_all_the_same(cell: Cell, looked: Looked) -> None:
    cell.write("/var/lib/postgresql/15/main/PG_VERSION", "15")
    (cell.root / "var/lib/postgresql/17/none").mkdir(parents=True)
    for path in ("aria_log_control", "shop/db.opt", "mysql/db.opt"):
        cell.write(f"/var/lib/mysql/{path}", "x")
    seen = looked()
    found = named(seen)
    idle = found["postgresql:(15 main)"]
    assert (idle.hindered, idle.paths) == ("unreachable", ("/var/lib/postgresql/15/main",))
    assert found["mariadb:shop"].paths == ("/var/lib/mysql",) and found["mariadb:shop"].bytes is not None
    assert "mariadb:mysql" not in found and "postgresql:(17 none)" not in found and seen.gaps == ()


def test_a_data_folder_in_which_a_server_stands_is_not_idle(cell: Cell, looked: Looked) -> None:
    cell.write("/var/lib/postgresql/15/main/PG_VERSION", "15")
    runs = "cp /bin/sleep /tmp/postgres && cd /var/lib/postgresql/15/main && { /tmp/postgres 60 >/dev/null & }"
    found = named(looked(runs, "cd /"))
    assert "postgresql:(15 main)" not in found


def test_a_data_folder_that_may_not_be_entered_is_denied(cell: Cell, looked: Looked) -> None:
    cell.write("/var/lib/postgresql/15/main/PG_VERSION", "15")
    (cell.root / "var/lib/postgresql/15/main").chmod(0o700)
    seen = looked('set -- setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"')
    assert Reason.DENIED in [gap.reason for gap in seen.gaps if "postgresql/15/main" in gap.subject]


def test_mail_and_web_folders_are_found_under_their_real_paths(cell: Cell, looked: Looked) -> None:
    cell.write("/srv/www/site/index.html", "x")
    cell.write("/srv/www/other/index.html", "x")
    cell.write("/var/mail/adupont", "x")
    cell.write("/etc/nginx/sites-enabled/site", "server {\n  root /srv/site;\n  # root /etc/none;\n  root $later;\n}\n")
    cell.write("/etc/apache2/sites-enabled/a.conf", 'DocumentRoot "/srv/www/other"\nDocumentRoot /srv/gone\n')
    (cell.root / "srv/site").symlink_to("www/site")
    (cell.root / "var/spool/mail").symlink_to("../mail")
    found = named(looked())
    assert {name: one.kind for name, one in found.items() if one.kind in ("web", "mail")} == {
        "/srv/www/site": "web",
        "/srv/www/other": "web",
        "/var/mail": "mail",
    }


def test_what_an_account_may_not_look_into_is_denied_and_never_absent(cell: Cell, looked: Looked) -> None:
    cell.write("/var/lib/docker/volumes/shop/_data/x", "1")
    cell.write("/etc/libvirt/qemu/web.xml", LIBVIRT, mode=0o600)
    (cell.root / "var/lib/docker").chmod(0o700)
    seen = looked('set -- setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"')
    closed = {gap.subject.partition("/")[2]: gap.reason for gap in seen.gaps}
    assert closed["/var/lib/docker/volumes"] is closed["/etc/libvirt/qemu/web.xml"] is Reason.DENIED


def test_where_the_paths_of_backups_lead_is_told(cell: Cell, looked: Looked) -> None:
    (cell.root / "srv/real/scota").mkdir(parents=True)
    (cell.root / "data").symlink_to("srv/real")
    (cell.root / "loop").symlink_to("loop")
    host = replace(HOST, sources=("/data/scota", "/data", "/not/there", "/loop"))
    links = links_in(looked(host=host))
    assert {path: (link.real, link.link) for path, link in links.items()} == {
        "/data/scota": ("/srv/real/scota", False),
        "/data": ("/srv/real", True),
        "/not/there": ("/not/there", False),
        "/loop": ("/loop", True),
    }


LIBVIRT = """\
<domain type='kvm'>
  <name>web</name>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/>
      <source file='/var/lib/libvirt/images/web.qcow2'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <disk type='block' device='disk'>
      <source dev='/dev/vg0/web-data'/>
    </disk>
    <disk type='file' device='cdrom'>
      <source file='/srv/iso/debian.iso'/>
    </disk>
    <graphics type='vnc' passwd='secret'/>
  </devices>
</domain>
"""
RBD = """\
    <disk type='network' device='disk'>
      <source protocol='rbd' name='pool/web-data'>
        <host name='mon1' port='6789'/>
      </source>
    </disk>
"""
CARD = """\
    <interface type='direct'>
      <source dev='enp1s0' mode='bridge'/>
    </interface>
"""
# qm.conf(5) and pct.conf(5).
QEMU = """\
boot: order=scsi0
ide2: none,media=cdrom
memory: 2048
name: shop
scsi0: local-lvm:vm-101-disk-0,size=32G
scsi1: local-lvm:vm-101-disk-1,backup=0,size=500G
scsihw: virtio-scsi-pci

[before-upgrade]
scsi0: local-lvm:vm-101-disk-9,size=32G
"""
LXC = """\
arch: amd64
hostname: files
mp0: /tank/files,mp=/srv
rootfs: local-zfs:subvol-102-disk-0,size=8G
"""


def test_a_disk_that_another_machine_has_is_one_of_the_guest_and_a_card_is_none(cell: Cell, looked: Looked) -> None:
    text = LIBVIRT.replace("    <graphics", f"{RBD}{CARD}    <graphics")
    cell.write("/etc/libvirt/qemu/web.xml", text, mode=0o600)
    disks = named(looked())["libvirt:web"].paths
    assert disks == ("/var/lib/libvirt/images/web.qcow2", "/dev/vg0/web-data", "network")


@pytest.mark.parametrize(
    ("text", "disks"),
    [
        (
            "<disk type='vhostuser' device='disk'>\n<source type='unix' path='/run/blk.sock'>\n</source>\n</disk>",
            ["other"],
        ),
        ("<filesystem type='mount'>\n<source socket='/run/fs.sock'/>\n</filesystem>", ["other"]),
        ("<filesystem type='ram'>\n<source usage='1024' units='KiB'/>\n</filesystem>", []),
        ("<hostdev mode='subsystem' type='scsi' managed='no'>\n<source>\n</source>\n</hostdev>", ["scsi"]),
        ("<hostdev mode='subsystem' type='usb' managed='no'>\n<source>\n</source>\n</hostdev>", []),
        ("<disk type='file' device='disk'>\n<source file='/srv/d&apos;a &amp;lt; b'/>\n</disk>", ["/srv/d'a &lt; b"]),
    ],
)
def test_what_no_file_of_a_guest_holds_is_a_disk_of_it(cell: Cell, looked: Looked, text: str, disks: list[str]) -> None:
    cell.write("/etc/libvirt/qemu/web.xml", LIBVIRT.replace("    <graphics", f"{text}\n    <graphics"), mode=0o600)
    assert named(looked())["libvirt:web"].paths[2:] == tuple(disks)


def test_what_a_copying_job_writes_is_no_disk_of_its_guest(cell: Cell, looked: Looked) -> None:
    mirror = "<mirror type='file' job='copy' ready='yes'>\n<source file='/mnt/copy.qcow2' index='5'/>\n</mirror>\n"
    text = LIBVIRT.replace("<domain ", "<blockjob>\n<disk dst='vda' mirror='yes'/>\n</blockjob>\n<domain ")
    text = text.replace("<devices>", "<memoryBacking>\n<source type='memfd'/>\n</memoryBacking>\n<devices>")
    text = text.replace("<target dev='vda'", f"{mirror}<target dev='vda'")
    cell.write("/run/libvirt/qemu/web.xml", text, mode=0o600)
    disks = named(looked())["libvirt:web"].paths
    assert disks == ("/var/lib/libvirt/images/web.qcow2", "/dev/vg0/web-data")


@pytest.mark.parametrize(
    ("line", "left_out"),
    [
        ("mp1: local-lvm:vm-102-disk-1,mp=/data,size=8G", True),
        ("mp1: local-lvm:vm-102-disk-1,mp=/data,backup=1,size=8G", False),
        ("mp1: local-lvm:vm-102-disk-1,mp=/data,backup=0", True),
        ("mp1: /dev/sdb1,mp=/data,backup=1", True),
        ("mp1: /tank/data,mp=/data", False),
    ],
)
def test_a_volume_of_a_container_is_left_out_unless_vzdump_is_told_to_take_it(
    cell: Cell, looked: Looked, line: str, left_out: bool
) -> None:
    cell.write("/etc/pve/lxc/102.conf", f"{line}\n{LXC}")
    assert ("proxmox:102/mp1" in named(looked())) is left_out


@pytest.mark.parametrize("word", ["0", "no", "off", "false"])
def test_a_disk_is_left_out_by_each_word_for_no(cell: Cell, looked: Looked, word: str) -> None:
    cell.write("/etc/pve/qemu-server/101.conf", QEMU.replace("backup=0", f"backup={word}"))
    assert "proxmox:101/scsi1" in named(looked())


def test_a_guest_s_disk_is_told_where_links_lead(cell: Cell, looked: Looked) -> None:
    (cell.root / "srv/images").mkdir(parents=True)
    (cell.root / "var/lib/libvirt").mkdir(parents=True)
    (cell.root / "var/lib/libvirt/images").symlink_to("/srv/images")
    cell.write("/etc/libvirt/qemu/web.xml", LIBVIRT, mode=0o600)
    assert named(looked())["libvirt:web"].paths == ("/srv/images/web.qcow2", "/dev/vg0/web-data")


def test_volumes_of_one_name_are_told_apart(cell: Cell, looked: Looked) -> None:
    own = "/home/adupont/.local/share/containers/storage/volumes/shop/_data"
    cell.write("/var/lib/docker/volumes/shop/_data/x", "1")
    cell.write(f"{own}/x", "1")
    found = {name for name in named(looked()) if name.startswith("container:")}
    assert found == {"container:shop", f"container:shop@{own}"}


def test_databases_of_one_name_on_two_servers_are_told_apart() -> None:
    first = Holding(kind="postgresql", name="shop", since=NOW, paths=("/run/postgresql/.s.PGSQL.5432",))
    second = replace(first, paths=("/run/postgresql/.s.PGSQL.5433",))
    denied = replace(first, name="(port 5434)", hindered="denied")
    maria = Holding(kind="mariadb", name="shop", since=NOW, paths=("/var/lib/mysql",))
    again = replace(maria)
    third = replace(maria, paths=("/srv/mysql",))
    assert [one.label for one in apart((first, second, denied, denied, maria, again, third))] == [
        "postgresql:shop",
        "postgresql:shop@5433",
        "postgresql:(port 5434)",
        "postgresql:(port 5434)",
        "mariadb:shop",
        "mariadb:shop@/srv/mysql",
    ]


def test_a_database_keeps_its_longer_name_while_the_first_server_stands_still() -> None:
    first = Holding(kind="postgresql", name="shop", since=NOW, paths=("/run/postgresql/.s.PGSQL.5432",))
    second = replace(first, paths=("/run/postgresql/.s.PGSQL.5433",))
    before = tuple(apart((first, second)))
    alone = tuple(apart((second,), before))
    assert [one.label for one in alone] == ["postgresql:shop@5433"]
    assert [one.label for one in apart((first, second), alone)] == ["postgresql:shop", "postgresql:shop@5433"]
