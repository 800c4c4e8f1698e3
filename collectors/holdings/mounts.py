"""Which file systems of a machine hold data of its own, from its table of mounts (proc(5)). Pure.

mount	36 25 254:1 / /srv rw,relatime - ext4 /dev/vdb1
used	18387000 /srv
holds	/srv	scota
empty	/mnt/disk
file	/etc/hostname
planned	/srv
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from agent.core.facts.holdings import CONTAINER, MOUNT, PROXMOX, REMOTE, Holding, lies_in
from agent.core.measures import two_figures
from agent.core.reason import Reason
from agent.hosts.mounts import Mount, unescaped
from collectors.holdings.answer import RootAnswerLines

# The kernel's own file systems: nothing in them is kept.
PSEUDO = frozenset(
    [
        "proc",
        "sysfs",
        "cgroup",
        "cgroup2",
        "devpts",
        "devtmpfs",
        "mqueue",
        "debugfs",
        "tracefs",
        "securityfs",
        "configfs",
        "pstore",
        "bpf",
        "efivarfs",
        "hugetlbfs",
        "nsfs",
        "rpc_pipefs",
        "fusectl",
        "binfmt_misc",
        "autofs",
        "selinuxfs",
        "smackfs",
        "sockfs",
        "pipefs",
        "resctrl",
        "functionfs",
        "usbfs",
        "swap",
        "fuse.gvfsd-fuse",
        "fuse.portal",
        "fuse.lxcfs",
        "fuse.snapfuse",
        "fuse.gvfs-fuse-daemon",
        "fuse.vmware-vmblock",
    ]
)
# Images that nothing can be written into: snaps, installation media.
IMAGES = frozenset({"squashfs", "iso9660", "erofs", "cramfs", "romfs"})
MEMORY = frozenset({"tmpfs", "ramfs"})
# Where a file system in memory, or a layer of a container, is the system's own.
VOLATILE = (
    "/run",
    "/dev",
    "/proc",
    "/sys",
    "/tmp",
    "/var/tmp",
    "/var/run",
    "/var/lock",
    "/var/cache",
    "/var/lib/docker",
    "/var/lib/containers",
    "/var/lib/containerd",
    "/var/lib/kubelet",
    "/var/lib/lxcfs",
    "/var/lib/lxd/devlxd",
    "/var/lib/lxd/shmounts",
    "/var/lib/incus/guestapi",
    "/var/lib/incus/shmounts",
    "/var/snap/lxd/common/ns",
    "/snap",
)
# The same of containers that Docker, Podman and a kubelet keep in another folder than their usual one.
_OF_CONTAINER = re.compile(
    r"/(?:overlay2?|fuse-overlayfs|containers|[a-z]+-containers)/[0-9a-z]{25,64}(?:-init)?/(?:merged|mounts|userdata)(?:/|$)"
    r"|/rootfs/overlayfs/[0-9a-f]{64}$"
    r"|/pods/[0-9a-f-]{36}/volumes/kubernetes\.io~"
)
# Below /run, what containerd runs a container on: a copy of an image, by btrfs or zfs a file system of its own.
_OF_CONTAINERD = re.compile(r"\A/run/(?:k3s/)?containerd/io\.containerd\.runtime\.v\d\.task/[^/]+/[^/]+/rootfs\Z")
_OF_DOCKER = re.compile(r"/zfs/graph/[0-9a-f]{64}(?:-init)?$")
FEW = 8
MOST_PLACES = 50
# Of folders that lie in so many others nothing more is worked out.
DEEPEST = 64
# The kernel's own bound (PATH_MAX), with each byte written by its number.
LONGEST_PATH = 4 * 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class MountEntry:
    """One line of the table; `root` is the folder of the file system that is seen at `point`.

    `subvolume`: it is one of a btrfs, which is a file system by itself wherever the whole is mounted too.
    """

    device: str
    root: str
    point: str
    mount: Mount
    subvolume: bool = False


def file_systems(told: RootAnswerLines, now: datetime) -> Iterator[Holding]:
    """Yield each file system with data once, under the shortest of its places, and each one of another machine.

    One that is to be mounted and is not may hold anything: it is `hindered`.
    """
    entries = mount_entries(told)
    seen_there = {(entry.device, entry.root) for entry in entries.values()}
    # What is no volume of a storage, such as a folder that is bound, has no name there.
    of_guests = {disk.partition(":")[2] for kind, _, disk in told.of("disk", 3) if kind == PROXMOX} - {""}
    volumes = _volumes(told, entries)
    own = [
        entry
        for entry in entries.values()
        if _holds_data(entry, told)
        and not _is_seen_elsewhere(entry, told, seen_there)
        # A container's dataset is mounted here, and told as its guest's disk.
        and not (entry.mount.kind == "zfs" and entry.point.rpartition("/")[2] in of_guests)
        and not (_is_memory(entry) and entry.point in volumes)
    ]
    for entry in entries.values():
        mount = entry.mount
        if entry.mount.kind not in PSEUDO and (mount.server is not None or mount.unknown):
            yield Holding(kind=REMOTE, name=entry.point, since=now, server=mount.server or mount.kind)
    for (point,) in told.of("planned", 1):
        # Where it is only mounted once someone looks in, its automount stands there meanwhile.
        if point not in entries or entries[point].mount.kind == "autofs":
            said = "/etc/fstab has it, and it is not mounted"
            away = Reason.UNREACHABLE.value
            yield Holding(kind=MOUNT, name=point, since=now, paths=(point,), hindered=away, said=said)
    used, views = _used(told), views_of(told, entries)
    for alike in _whole(own):
        names = tuple(sorted((entry.point for entry in alike), key=lambda one: (len(one), one)))
        shown = places_of(names[0], entries, views) if alike[0].subvolume else ()
        yield Holding(
            kind=MOUNT,
            name=names[0],
            since=now,
            paths=tuple(dict.fromkeys((*names, *shown))),
            bytes=used.get(names[0]),
            holds=_names_in(told, names[0]),
        )


def mount_entries(told: RootAnswerLines) -> Mapping[str, MountEntry]:
    """Return what is mounted, by its place: the last line of a place lies over the others."""
    return {entry.point: entry for line in told.rest_of("mount") if (entry := _entry(line)) is not None}


def views_of(told: RootAnswerLines, mounted: Mapping[str, MountEntry]) -> Mapping[tuple[str, str], list[str]]:
    """Return where each folder of a device that is mounted is seen; a volume shows it only while a container runs."""
    volumes = _volumes(told, mounted)
    found: dict[tuple[str, str], list[str]] = {}
    for entry in mounted.values():
        if entry.point in volumes:
            continue
        if entry.root.startswith("/") and entry.point.count("/") <= DEEPEST:  # what is no folder has another name there
            found.setdefault((entry.device, entry.root), []).append(entry.point)
    return found


def places_of(
    path: str, mounted: Mapping[str, MountEntry], views: Mapping[tuple[str, str], list[str]]
) -> tuple[str, ...]:
    """Return where a folder lies: itself, and where bind mounts show it too; none elsewhere or in memory."""
    if not path.startswith("/") or path.count("/") > DEEPEST:
        return (path,)
    over = _mount_over(path, mounted)
    own = mounted.get(over)
    if own is None or not own.root.startswith("/"):
        return (path,)
    if over == path and (own.mount.server is not None or own.mount.unknown or _is_memory(own)):
        return ()
    inside = _below(own.root, path, over)
    places = {
        place
        for folder in (inside, *_above(inside))
        for point in views.get((own.device, folder), ())
        # Another mount may hide it there.
        if _mount_over(place := _below(point, inside, folder), mounted) == point
    }
    return path, *sorted(places - {path}, key=lambda place: (len(place), place))[:MOST_PLACES]


def _below(point: str, inside: str, folder: str) -> str:
    """Return where a folder of a device is, of which `folder` is seen at `point`."""
    return posixpath.normpath(posixpath.join(point, posixpath.relpath(inside, folder)))


def _mount_over(path: str, mounted: Mapping[str, MountEntry]) -> str:
    return next((one for one in (path, *reversed(list(_above(path)))) if one in mounted), "")


def _entry(line: str) -> MountEntry | None:
    before, _, after = line.partition(" - ")
    fields, words = before.split(" "), after.split(" ")
    if len(fields) < 6 or len(words) < 2 or max(len(fields[3]), len(fields[4])) > LONGEST_PATH:
        return None
    # What Podman and Docker lay its layers with where the kernel may not.
    kind = "overlay" if words[0] == "fuse.fuse-overlayfs" else words[0]
    mount = Mount(kind=kind, source=unescaped(words[1]))
    return MountEntry(
        device=fields[2],
        root=unescaped(fields[3]),
        point=unescaped(fields[4]),
        mount=mount,
        # A folder of it that is bound has the name of its subvolume there.
        subvolume=kind == "btrfs" and f"subvol={fields[3]}" in words[-1].split(","),
    )


def _holds_data(entry: MountEntry, told: RootAnswerLines) -> bool:
    kind, point = entry.mount.kind, entry.point
    if kind in PSEUDO | IMAGES or entry.mount.server is not None or entry.mount.unknown:
        return False
    if kind in MEMORY | {"overlay"} and _OF_CONTAINER.search(point):
        return False
    if (kind == "zfs" and _OF_DOCKER.search(point)) or _OF_CONTAINERD.search(point):
        return False
    if kind in MEMORY | {"overlay"} and any(lies_in(point, folder) for folder in VOLATILE):
        return False
    if point in told.points_of("file"):
        return False
    # One that could not be listed, or was not, may hold anything.
    names = set(told.points_of("holds").get(point, ()))
    return point not in told.points_of("empty") and names != {"lost+found"}


def _is_seen_elsewhere(entry: MountEntry, told: RootAnswerLines, seen_there: set[tuple[str, str]]) -> bool:
    """Return whether a btrfs is mounted whole and holds nothing but subvolumes that have places of their own."""
    names = _names_in(told, entry.point)
    is_top = entry.mount.kind == "btrfs" and entry.root == "/"
    return is_top and bool(names) and all((entry.device, f"/{name}") in seen_there for name in names)


def _volumes(told: RootAnswerLines, mounted: Mapping[str, MountEntry]) -> frozenset[str]:
    """Return where volumes are; what is mounted there is shown again wherever a folder above is bound (`shared`)."""
    paths = {path for kind, path, _ in told.of("folder", 3) if kind == CONTAINER}
    alike = {_under_its_name(mounted[path]) for path in paths if path in mounted}
    return frozenset(paths | {entry.point for entry in mounted.values() if _under_its_name(entry) in alike})


def _under_its_name(entry: MountEntry) -> tuple[str, ...]:
    return entry.device, entry.root, *entry.point.rsplit("/", 2)[1:]


def _is_memory(entry: MountEntry) -> bool:
    """Return whether a file system in memory is mounted whole: a folder of one that is bound lies where that is."""
    return entry.mount.kind in MEMORY and entry.root == "/"


def _whole(entries: list[MountEntry]) -> Iterator[list[MountEntry]]:
    """Yield the places of each file system together; a bind mount of what another place shows is left out."""
    places: dict[tuple[str, str], list[MountEntry]] = {}
    for entry in entries:
        places.setdefault((entry.device, entry.root), []).append(entry)
    for (device, root), alike in places.items():
        if alike[0].subvolume or not any((device, folder) in places for folder in _above(root)):
            yield alike


def _above(path: str) -> Iterator[str]:
    """Yield each folder above a path, the root first."""
    if path != "/":
        yield "/"
    at = path.find("/", 1)
    while at > 0:
        yield path[:at]
        at = path.find("/", at + 1)


def _used(told: RootAnswerLines) -> dict[str, int]:
    """Return the bytes of each file system by its place; df writes a line break in a name as `?`: it has no size."""
    found: dict[str, int] = {}
    for line in told.rest_of("used"):
        size, blank, target = line.partition(" ")
        if blank and size.isdecimal() and len(size) < 16:
            found.setdefault(target, two_figures(int(size) * 1024))
    return found


def _names_in(told: RootAnswerLines, point: str) -> tuple[str, ...]:
    names = set(told.points_of("holds").get(point, ()))
    return tuple(sorted(names)) if len(names) <= FEW else ()
