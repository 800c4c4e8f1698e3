"""Which file systems of a table of mounts hold data of the machine's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.facts.holdings import Holding, is_named
from agent.core.reason import Reason
from collectors.holdings.answer import gaps_in, parse
from collectors.holdings.collect import in_answer
from collectors.holdings.mounts import file_systems
from tests.collectors.holdings.conftest import NOW

LAYER = "0123456789abcdef" * 4
ROOT = "mount\t22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n"


def found(*lines: str) -> dict[str, Holding]:
    """Return the file systems of a table beside the root's; of each line the device, root, point, type and source."""
    table = "".join(f"mount\t{number} 22 {line}\n" for number, line in enumerate(lines, 30))
    return {one.name: one for one in file_systems(parse(ROOT + table), NOW) if one.name != "/"}


@pytest.mark.parametrize(
    "line",
    [
        "0:21 / /proc rw - proc proc rw",
        "0:5 / /dev rw - devtmpfs udev rw",
        "0:24 / /run rw - tmpfs tmpfs rw",
        "0:70 / /run/user/1000 rw - tmpfs tmpfs rw",
        "7:3 / /snap/core/17 ro - squashfs /dev/loop3 ro",
        "7:4 / /media/cd ro - iso9660 /dev/sr0 ro",
        "0:60 / /var/lib/docker/overlay2/a/merged rw - overlay overlay rw",
        f"0:60 / /srv/docker/overlay2/{LAYER}/merged rw - overlay overlay rw",
        f"0:60 / /srv/docker/rootfs/overlayfs/{LAYER} rw - overlay overlay rw",
        f"0:60 / /srv/docker/containers/{LAYER}/mounts/shm rw - tmpfs shm rw",
        f"0:60 / /var/lib/docker/zfs/graph/{LAYER} rw - zfs rpool/docker/{LAYER} rw",
        f"0:60 / /srv/podman/overlay/{LAYER}/merged rw - overlay overlay rw",
        f"0:60 / /srv/podman/overlay-containers/{LAYER}/userdata/shm rw - tmpfs shm rw",
        f"0:60 / /srv/podman/vfs-containers/{LAYER}/userdata/shm rw - tmpfs shm rw",
        "0:60 / /srv/kubelet/pods/0b6e1c5e-0d4b-4a52-a7e3-4f2c1fd1a111/volumes/kubernetes.io~secret/a rw - tmpfs t rw",
        "0:40 / /proc/sys/fs/binfmt_misc rw - autofs systemd-1 rw",
        "0:61 / /run/user/1000/gvfs rw - fuse.gvfsd-fuse gvfsd-fuse rw",
        "0:63 / /var/lib/containers/storage/overlay/a/merged rw - fuse.fuse-overlayfs fuse-overlayfs rw",
        f"0:63 / /srv/docker/fuse-overlayfs/{LAYER}/merged rw - fuse.fuse-overlayfs fuse-overlayfs rw",
        f"0:63 / /srv/containers/storage/overlay/{LAYER}/merged rw - fuse.fuse-overlayfs fuse-overlayfs rw",
        "0:62 / /var/lib/lxcfs rw - fuse.lxcfs lxcfs rw",
        "0:4 net:[4026532289] /run/docker/netns/a rw - nsfs nsfs rw",
        "254:0 /srv/scota /bound rw - ext4 /dev/vda1 rw",
    ],
)
def test_what_is_no_data_of_this_machine_s_own(line: str) -> None:
    assert found(line) == {}


@pytest.mark.parametrize(
    "line",
    [
        "254:16 / /srv rw - ext4 /dev/vdb1 rw",
        "0:63 / /srv rw - fuse.fuse-overlayfs fuse-overlayfs rw",
        "0:51 / /srv rw - zfs tank/srv rw",
        "8:17 / /srv rw - fuseblk /dev/sdb1 rw",
        "0:90 / /srv rw - overlay overlay rw",
        f"254:16 / /srv/docker/containers/{LAYER}/mounts/disk rw - ext4 /dev/vdb1 rw",
        f"0:51 / /tank/containers/{LAYER}/mounts rw - zfs tank/data rw",
        "0:91 / /srv rw - tmpfs tmpfs rw",
        "0:92 / /srv rw - some-new-fs x rw",
    ],
)
def test_what_may_hold_data_of_this_machine_s_own(line: str) -> None:
    (name,) = found(line)
    assert name == line.split()[2]


def test_a_dataset_that_is_a_guest_s_disk_is_told_as_the_guest_alone() -> None:
    table = "".join(
        f"mount\t{number} 22 0:{number} / /rpool/data/subvol-{guest}-disk-0 rw - zfs rpool/data/subvol-{guest}-disk-0\n"
        for number, guest in ((50, 102), (51, 103))
    )
    told = parse(f"{ROOT}{table}guest\tproxmox\t102\ndisk\tproxmox\t102\tlocal-zfs:subvol-102-disk-0\n")
    assert {one.label for one in in_answer(told, NOW)} == {"/", "/rpool/data/subvol-103-disk-0", "proxmox:102"}


def test_a_folder_that_is_bound_into_a_guest_takes_no_root_of_zfs_away() -> None:
    root = "mount\t22 1 0:25 / / rw - zfs rpool/ROOT/pve-1\n"
    told = parse(f"{root}guest\tproxmox\t102\ndisk\tproxmox\t102\t/tank/files\n")
    assert {one.label for one in in_answer(told, NOW)} == {"/", "proxmox:102"}


VOLUME = "/var/lib/docker/volumes/shop/_data"


@pytest.mark.parametrize(
    ("mounts", "places"),
    [
        ((), (VOLUME,)),
        ((f"254:0 /srv/shop {VOLUME} rw - ext4 /dev/vda1 rw",), (VOLUME, "/srv/shop")),
        (
            (f"254:16 /shop {VOLUME} rw - ext4 /dev/vdb1 rw", "254:16 / /srv rw - ext4 /dev/vdb1 rw"),
            (VOLUME, "/srv/shop"),
        ),
        ((f"254:0 /srv/shop {VOLUME} rw - ext4 /dev/vda1 rw", "254:16 / /srv rw - ext4 /dev/vdb1 rw"), (VOLUME,)),
        ((f"254:16 / {VOLUME} rw - ext4 /dev/vdb1 rw",), (VOLUME,)),
        ((f"0:91 /shop {VOLUME} rw - tmpfs disk rw", "0:91 / /srv rw - tmpfs disk rw"), (VOLUME, "/srv/shop")),
        (("254:16 /docker /var/lib/docker rw - ext4 d rw", "254:16 / /d rw - ext4 d rw"), (VOLUME, f"/d{VOLUME[8:]}")),
        (
            (
                "254:16 /lib /var/lib rw - ext4 d rw",
                "254:16 /lib/docker /var/lib/docker rw - ext4 d rw",
                "254:16 / /d rw - ext4 d rw",
                "254:16 /lib /e rw - ext4 d rw",
                "254:32 / /e/docker rw - ext4 f rw",
            ),
            (VOLUME, f"/d{VOLUME[4:]}"),
        ),
    ],
    ids=[
        *("none", "of the root", "of a disk", "hidden by another", "a disk of its own", "of a disk in memory"),
        *("below a bind mount", "below several"),
    ],
)
def test_a_volume_that_is_a_bind_mount_lies_where_its_folder_does(
    mounts: tuple[str, ...], places: tuple[str, ...]
) -> None:
    table = "".join(f"mount\t{number} 22 {line}\n" for number, line in enumerate(mounts, 30))
    told = parse(f"{ROOT}{table}folder\tcontainer\t{VOLUME}\tshop\n")
    found = [(*one.paths, *one.shown) for one in in_answer(told, NOW) if one.label == "container:shop"]
    assert found == [places]


@pytest.mark.parametrize("kind", ["web", "mail"])
def test_a_folder_below_a_bind_mount_lies_where_the_disk_has_it(kind: str) -> None:
    mounts = "mount\t30 22 254:16 / /data rw - ext4 d rw\nmount\t31 22 254:16 /www /var/www rw - ext4 d rw\n"
    told = parse(f"{ROOT}{mounts}folder\t{kind}\t/var/www/site\n")
    places = [(one.paths, one.shown) for one in in_answer(told, NOW) if one.kind == kind]
    assert places == [(("/var/www/site",), ("/data/www/site",))]


@pytest.mark.parametrize(
    ("mounts", "named"),
    [
        (("0:30 /@ / rw - btrfs d rw", "0:30 / /mnt/whole rw - btrfs d rw"), False),
        (("254:16 / /mnt rw - ext4 d rw", "254:16 /docker /var/lib/docker rw - ext4 d rw"), False),
        (("254:16 / /mnt rw - ext4 d rw", f"254:16 /shop {VOLUME} rw - ext4 d rw"), True),
    ],
    ids=["a disk mounted whole", "a folder above is bound", "a bind mount itself"],
)
def test_an_excuse_of_where_a_volume_is_shown_says_nothing_of_it(mounts: tuple[str, ...], named: bool) -> None:
    table = "".join(f"mount\t{number} 22 {line}\n" for number, line in enumerate(mounts, 30))
    told = parse(f"{ROOT}{table}folder\tcontainer\t{VOLUME}\tshop\n")
    (volume,) = [one for one in in_answer(told, NOW) if one.kind == "container"]
    assert (is_named(volume, "/mnt/**"), is_named(volume, "/var/lib/docker/**")) == (named, True)


def test_a_folder_that_a_volume_shows_does_not_lie_there() -> None:
    mount = f"mount\t30 22 254:0 /srv/www {VOLUME} rw - ext4 /dev/vda1 rw\n"
    told = parse(f"{ROOT}{mount}folder\tweb\t/srv/www\nfolder\tcontainer\t{VOLUME}\twww\n")
    found = {one.label: one.paths for one in in_answer(told, NOW)}
    assert (found["/srv/www"], found["container:www"]) == (("/srv/www",), (VOLUME, "/srv/www"))


SHOWN_AGAIN = "254:16 / /d rw - ext4 d rw\nmount\t41 22 254:16 /docker /var/lib/docker rw - ext4 d rw\nmount\t42 22 "


def test_a_folder_does_not_lie_where_a_volume_of_it_is_shown_again() -> None:
    shop = "254:0 /srv/www {} rw - ext4 /dev/vda1 rw\n"
    mounts = f"{SHOWN_AGAIN}{shop.format(VOLUME)}mount\t43 22 {shop.format(f'/d{VOLUME[8:]}')}"
    told = parse(f"{ROOT}mount\t40 22 {mounts}folder\tweb\t/srv/www\nfolder\tcontainer\t{VOLUME}\twww\n")
    found = {one.label: (one.paths, one.shown) for one in in_answer(told, NOW)}
    assert (found["/srv/www"], found["container:www"]) == ((("/srv/www",), ()), ((VOLUME, "/srv/www"), ()))


@pytest.mark.parametrize(
    ("other", "labels"), [(f"/d{VOLUME[8:]}", {"/", "/d"}), ("/srv/disk", {"/", "/d", "/srv/disk"})]
)
def test_a_volume_in_memory_that_is_shown_again_holds_no_data(other: str, labels: set[str]) -> None:
    mounts = f"{SHOWN_AGAIN}0:55 / {VOLUME} rw - tmpfs tmpfs rw\nmount\t43 22 0:55 / {other} rw - tmpfs tmpfs rw\n"
    told = parse(f"{ROOT}mount\t40 22 {mounts}folder\tcontainer\t{VOLUME}\twww\n")
    assert {one.label for one in in_answer(told, NOW)} == labels


def test_a_volume_of_another_machine_is_told_as_a_file_system_of_it() -> None:
    told = parse(f"{ROOT}mount\t30 22 0:55 / {VOLUME} rw - nfs4 nas:/shop\nfolder\tcontainer\t{VOLUME}\tshop\n")
    assert {one.label: one.kind for one in in_answer(told, NOW)} == {"/": "mount", VOLUME: "remote"}


@pytest.mark.parametrize("volume", [VOLUME, "/srv/docker/volumes/shop/_data"])
def test_a_volume_in_memory_holds_no_data(volume: str) -> None:
    lines = f"mount\t30 22 0:55 / {volume} rw - tmpfs tmpfs rw\nholds\t{volume}\tx\nfolder\tcontainer\t{volume}\tshop\n"
    assert {one.label for one in in_answer(parse(f"{ROOT}{lines}"), NOW)} == {"/"}


def test_subvolumes_of_one_disk_are_each_a_file_system() -> None:
    table = ("0:30 /@home /home rw - btrfs /dev/vdb rw,subvol=/@home", "0:30 /@srv /srv rw - btrfs /dev/vdb rw")
    assert set(found(*table)) == {"/home", "/srv"}


@pytest.mark.parametrize("folder", ["/run/containerd", "/run/k3s/containerd"])
def test_what_containerd_runs_a_container_on_is_no_file_system_to_back_up(folder: str) -> None:
    volume = "/var/lib/containerd/io.containerd.snapshotter.v1.btrfs/active/7"
    table = (
        "0:30 /@ / rw - btrfs /dev/vda rw,subvol=/@",
        f"0:30 /@{volume} {folder}/io.containerd.runtime.v2.task/k8s.io/{LAYER}/rootfs rw - btrfs /dev/vda "
        f"rw,subvol=/@{volume}",
    )
    told = parse("".join(f"mount\t{number} 1 {line}\n" for number, line in enumerate(table)))
    assert {one.label for one in in_answer(told, NOW)} == {"/"}


@pytest.mark.parametrize(
    ("names", "places"),
    [
        (("@home", "@srv"), {"/home", "/srv"}),
        (("@home", "@srv", "@snapshots"), {"/mnt/top", "/home", "/srv"}),
        (("@home", "@srv", *(f"@{number}" for number in range(7))), {"/mnt/top", "/home", "/srv"}),
        ((), {"/mnt/top", "/home", "/srv"}),
    ],
    ids=["nothing beside them", "one more", "more than are told", "not listed"],
)
def test_a_btrfs_that_is_mounted_whole_beside_its_subvolumes_is_their_places(
    names: tuple[str, ...], places: set[str]
) -> None:
    table = [
        "0:30 / /mnt/top rw - btrfs /dev/vdb rw,subvolid=5,subvol=/",
        "0:30 /@home /home rw - btrfs /dev/vdb rw,subvolid=256,subvol=/@home",
        "0:30 /@srv /srv rw - btrfs /dev/vdb rw,subvolid=257,subvol=/@srv",
        "0:30 /@srv/www /var/www rw - btrfs /dev/vdb rw,subvolid=257,subvol=/@srv",
    ]
    told = "".join(f"mount\t{number} 1 {line}\n" for number, line in enumerate(table))
    told += "".join(f"holds\t/mnt/top\t{name}\n" for name in names)
    found = {one.name: one for one in file_systems(parse(told), NOW)}
    assert found.keys() == places
    # A backup of the whole holds them, and an excuse of it says nothing of them.
    assert found["/home"].paths == ("/home", "/mnt/top/@home")
    assert not is_named(found["/home"], "/mnt/**")


def test_a_root_that_a_rollback_put_among_the_snapshots_is_a_file_system() -> None:
    """Where snapper keeps the running system, the folder of the snapshots has a place as well."""
    table = (
        "mount\t30 1 0:30 /@/.snapshots/7/snapshot / rw - btrfs d rw,subvolid=9,subvol=/@/.snapshots/7/snapshot\n"
        "mount\t31 30 0:30 /@/.snapshots /.snapshots rw - btrfs d rw,subvolid=8,subvol=/@/.snapshots\n"
    )
    assert {one.name for one in file_systems(parse(table), NOW)} == {"/", "/.snapshots"}


def test_what_is_mounted_over_hides_what_was_there_before() -> None:
    table = ("254:16 / /srv rw - ext4 /dev/vdb1 rw", "0:55 / /srv rw - nfs4 nas:/srv rw")
    assert {name: one.kind for name, one in found(*table).items()} == {"/srv": "remote"}


@pytest.mark.parametrize(
    ("line", "server"),
    [
        ("0:55 / /mnt/nas rw - nfs4 nas.example:/srv rw", "nas.example"),
        ("0:56 / /mnt/nas rw - cifs //nas/partage rw", "nas"),
        ("0:57 / /mnt/nas rw - fuse.rclone bucket: rw", "fuse.rclone"),
        ("0:58 / /mnt/nas rw - 9p share rw", "9p"),
    ],
)
def test_another_machine_s_data_are_told_apart(line: str, server: str) -> None:
    (one,) = found(line).values()
    assert (one.kind, one.server) == ("remote", server)


def test_a_disk_that_its_automount_stands_for_may_hold_anything() -> None:
    waiting = "mount\t40 22 0:40 / /srv rw - autofs systemd-1\n"
    mounted = "mount\t41 40 254:1 / /srv rw - ext4 /dev/vdb1\n"
    for table, hindered in ((waiting, "unreachable"), (waiting + mounted, "")):
        (one,) = (one for one in file_systems(parse(f"{ROOT}{table}planned\t/srv\n"), NOW) if one.name != "/")
        assert (one.name, one.hindered) == ("/srv", hindered)


def test_the_used_space_is_told_to_two_figures() -> None:
    (one,) = file_systems(parse(f"{ROOT}used\tUsed Mounted on\nused\t18387000 /\nholds\t/\tetc\n"), NOW)
    assert one.bytes == 18_000_000_000


def test_what_was_cut_and_what_is_closed_are_gaps() -> None:
    told = parse("cut\tmounts\nclosed\t/var/lib/docker/volumes\nodd\t/srv\n")
    assert [(gap.subject, gap.reason) for gap in gaps_in(told, "srv-1", "refused")] == [
        ("srv-1//var/lib/docker/volumes", Reason.DENIED),
        ("srv-1//srv", Reason.UNREADABLE),
        ("srv-1/mounts", Reason.INCOMPLETE),
    ]


def test_an_answer_of_more_mounts_than_are_told_is_cut() -> None:
    # All are of one disk, each another folder of it: what is compared must not grow with their square.
    said = "".join(f"mount\t{number} 1 254:1 /r{number} /m{number} rw - ext4 /dev/vdb1\n" for number in range(20_000))
    told = parse(said + "".join(f"used\t{number} /m{number}\n" for number in range(20_000)))
    assert len(list(in_answer(told, NOW))) == 5000
    assert {(gap.subject, gap.reason) for gap in gaps_in(told, "srv-1", "")} == {
        ("srv-1/mount", Reason.INCOMPLETE),
        ("srv-1/used", Reason.INCOMPLETE),
    }


@given(st.text(alphabet="mountspcehldg\t\n /\\0417-:.é\x01", max_size=300))
def test_no_answer_breaks_the_reader(said: str) -> None:
    for text in (said, f"mount\t{said}", f"size\t{said}\nfolder\tweb\t{said}", f"used\t{said}\nholds\t{said}\n{ROOT}"):
        told = parse(text)
        assert all(one.name for one in in_answer(told, NOW) if one.kind == "mount")
        assert all(gap.detail for gap in gaps_in(told, "srv-1", ""))
