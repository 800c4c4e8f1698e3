"""What is watched by nothing: mount points of this machine under no backup's paths, ways in that no sshd shows, and
senders in a log tree that no one expects.

Only names are read, from the kernel's own table: a mount whose server hangs is named like any other and never touched.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePosixPath

from agent.core.inventory import Inventory
from agent.core.model import Observation
from agent.wording.inert import inert
from agent.wording.languages import Language, Words

# These hold data although no local disk is behind them.
NETWORK = ("nfs", "nfs4", "cifs", "smb3", "ceph", "glusterfs", "9p", "virtiofs", "fuse.sshfs", "fuse.rclone")
MOST_NAMED = 5
# These are images of programs, written once by someone else.
IMAGES = ("squashfs", "iso9660", "udf", "erofs", "cramfs")


UNWATCHED = Words(fr="non surveillé", en="not watched")
COLON = Words(fr=" : ", en=": ")


class UnwatchedKind(Enum):
    """What kind of thing is watched by nothing; each is a line of its own."""

    HOST = Words(fr="hôtes", en="hosts")
    WAY_IN = Words(fr="accès", en="ways in")
    MOUNT = Words(fr="points de montage", en="mount points")
    SENDER = Words(fr="émetteurs de journaux", en="senders of logs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwatched:
    """One thing that is watched by nothing."""

    kind: UnwatchedKind
    name: str


def unwatched_lines(unwatched: Iterable[Unwatched], language: Language) -> tuple[str, ...]:
    """Return what lies there and is watched by nothing, a line for each kind; none where there is nothing."""
    names: dict[UnwatchedKind, list[str]] = {}
    for one in unwatched:
        names.setdefault(one.kind, []).append(inert(one.name))
    colon = COLON.of(language)
    return tuple(
        f"{UNWATCHED.of(language)}{colon}{kind.value.of(language)}{colon}{', '.join(own)}"
        for kind, own in names.items()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MountPoint:
    """One mount point as the kernel names it; `physical` where a local file system is behind it."""

    device: str
    point: str
    kind: str
    options: str = ""
    physical: bool = True


def unwatched_mounts(inventory: Inventory, mounts: Iterable[MountPoint]) -> tuple[str, ...]:
    """Return the mount points of this machine that lie under no declared path, sorted; none where they are judged."""
    here = {host.id for host in inventory.hosts if host.transport == "local"}
    if any(host.id in here and host.coverage for host in inventory.hosts):
        return ()  # they are judged
    paths = [path for backup in inventory.backups if backup.host in here for path in backup.paths]
    return tuple(sorted(mount.point for mount in _distinct(mounts) if not _under(mount.point, paths)))


def unwatched_paths(inventory: Inventory) -> tuple[str, ...]:
    """Return what no look at accounts covers (contract, «Access»): who stands at a machine, and who is in already."""
    hosts = [host.id for host in inventory.hosts if host.collects("access")]
    more = f" +{len(hosts) - MOST_NAMED}" if len(hosts) > MOST_NAMED else ""
    return (f"console, su, sudo ({' '.join(hosts[:MOST_NAMED])}{more})",) if hosts else ()


def unwatched_senders(inventory: Inventory, seen: Callable[[str], Observation | None]) -> tuple[str, ...]:
    """Return the senders that the newest look at each place of logs saw, and that are not expected there."""
    looks = ((log.id, seen(log.id)) for log in inventory.logs)
    return tuple(f"{id}/{fact.value}" for id, look in looks if look is not None for fact in look.named("log.stranger"))


def mounts_here() -> tuple[MountPoint, ...]:
    """Return this machine's mount points; none where the kernel's table cannot be read."""
    import psutil  # 25 ms that only `check` spends

    try:
        physical = {(part.device, part.mountpoint) for part in psutil.disk_partitions(all=False)}
        return tuple(
            MountPoint(
                device=part.device,
                point=part.mountpoint,
                kind=part.fstype,
                options=part.opts,
                physical=(part.device, part.mountpoint) in physical,
            )
            for part in psutil.disk_partitions(all=True)
        )
    except (OSError, psutil.Error):
        return ()


def _distinct(mounts: Iterable[MountPoint]) -> Iterable[MountPoint]:
    """Yield what holds data, once: the same device mounted again (bind mounts) shows nothing new."""
    seen: set[tuple[str, str]] = set()
    for mount in mounts:
        if mount.kind in IMAGES or not (mount.physical or mount.kind in NETWORK or mount.point == os.sep):
            continue
        subvolume = next((option for option in mount.options.split(",") if option.startswith("subvol=")), "")
        if (mount.device, subvolume) not in seen:
            seen.add((mount.device, subvolume))
            yield mount


def _under(point: str, paths: Iterable[str]) -> bool:
    return any(PurePosixPath(point).is_relative_to(path) for path in paths)
