"""What lies on this machine under no backup's paths."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from agent.cli.unwatched import (
    MountPoint,
    Unwatched,
    UnwatchedKind,
    mounts_here,
    unwatched_lines,
    unwatched_mounts,
    unwatched_senders,
)
from agent.core.inventory import Backup, DeclaredHost, Inventory, LogSource
from agent.core.model import Fact, Observation
from collectors.restic import LOOKS as RESTIC


def inventory(*paths: str, transport: str = "local") -> Inventory:
    """Return one host with one backup of those paths."""
    host = DeclaredHost(id="srv-1", transport=transport)
    backup = Backup(
        program=RESTIC, id="files", beneficiary="scota", host="srv-1", paths=paths, snapshot_host="srv-1", copies=()
    )
    return Inventory(hosts=(host,), backups=(backup,))


def disk(point: str, device: str = "", **further: object) -> MountPoint:
    """Return an ext4 mount of a device of its own."""
    return MountPoint(device=device or f"/dev{point}", point=point, kind="ext4", **further)  # type: ignore[arg-type]


def test_a_mount_point_under_a_path_is_watched_and_its_neighbours_are_not() -> None:
    mounts = (disk("/srv"), disk("/srv/scota"), disk("/srv/scota/mail"), disk("/srv/scotaphoto"))
    assert unwatched_mounts(inventory("/srv/scota"), mounts) == ("/srv", "/srv/scotaphoto")


def test_a_path_of_the_root_watches_everything() -> None:
    assert unwatched_mounts(inventory("/"), (disk("/"), disk("/home"))) == ()


def test_a_backup_of_another_machine_watches_nothing_here() -> None:
    assert unwatched_mounts(inventory("/", transport="ssh"), (disk("/home"),)) == ("/home",)


def test_what_holds_no_data_of_its_own_is_left_out() -> None:
    mounts = (
        disk("/"),
        MountPoint(device="proc", point="/proc", kind="proc", physical=False),
        MountPoint(device="/dev/loop0", point="/snap/core", kind="squashfs"),
        disk("/etc/hosts", device="/dev/"),
    )
    assert unwatched_mounts(inventory("/srv"), mounts) == ("/",)


def test_network_mounts_and_subvolumes_hold_data_of_their_own() -> None:
    mounts = (
        MountPoint(device="/dev/sda1", point="/", kind="btrfs", options="rw,subvol=/@"),
        MountPoint(device="/dev/sda1", point="/home", kind="btrfs", options="rw,subvol=/@home"),
        MountPoint(device="nas:/export", point="/mnt/nas", kind="nfs4", physical=False),
    )
    assert unwatched_mounts(inventory("/srv"), mounts) == ("/", "/home", "/mnt/nas")


def test_the_root_of_a_container_is_named_although_no_disk_is_behind_it() -> None:
    overlay = MountPoint(device="overlay", point="/", kind="overlay", physical=False)
    other = MountPoint(device="overlay", point="/var/lib/docker/overlay2/x/merged", kind="overlay", physical=False)
    assert unwatched_mounts(inventory("/srv"), (overlay, other)) == ("/",)


def test_mount_points_of_a_host_that_is_judged_for_coverage_are_not_named_again() -> None:
    asked = inventory("/srv/scota")
    judged = replace(asked, hosts=(replace(asked.hosts[0], coverage=True),))
    assert unwatched_mounts(judged, (disk("/home"),)) == ()


def test_this_machine_has_a_root() -> None:
    assert any(mount.point == str(Path("/")) for mount in mounts_here())


def test_a_sender_that_nobody_expects_is_named_with_its_place() -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    stranger = Fact(name="log.stranger", subject="central", value="printer", as_of=now)
    look = Observation(collector="logs", host="srv-1", subject="central", begun=now, ended=now, facts=(stranger,))
    source = LogSource(id="fw-1", log="central", host="srv-1", kind="files", path="/x/{source}/**")
    inventory = Inventory(log_sources=(source,))
    assert unwatched_senders(inventory, lambda place: look) == ("central/printer",)
    assert unwatched_senders(inventory, lambda place: None) == ()


def test_what_nothing_watches_has_a_line_for_each_kind_in_plain_characters() -> None:
    named = (
        Unwatched(kind=UnwatchedKind.HOST, name="sw-1"),
        Unwatched(kind=UnwatchedKind.MOUNT, name="/mnt/a\nb"),
        Unwatched(kind=UnwatchedKind.HOST, name="sw-2"),
    )
    assert unwatched_lines(named, "fr") == (
        "non surveillé : hôtes : sw-1, sw-2",
        "non surveillé : points de montage : /mnt/a\\x0ab",
    )
    assert unwatched_lines((), "fr") == ()
