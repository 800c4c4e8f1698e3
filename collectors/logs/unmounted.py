"""Distinguish logs whose file system is not mounted from logs that are gone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from agent.core.collecting.collector import Look
from agent.core.host import Host
from collectors.logs.links import TreeEntry
from collectors.logs.listing import TreeListing, devices_at
from collectors.logs.remembered import ReadFile

# How long a file system is waited for; its logs are then gone.
WAITED_FOR = timedelta(days=31)
UNMOUNTED = "lay on a file system that is not mounted any more"


def unmounted(
    host: Host, folder: str, listing: TreeListing, known: Mapping[str, ReadFile], look: Look
) -> Mapping[str, ReadFile]:
    """Return the known files that lay on a file system which is not mounted any more, by path. Raises a LookError.

    It leaves the folder on which it was mounted, in which a collector goes on writing. One whose files lie in the tree
    on another device has another number since it was mounted again, or was copied.
    """
    devices = {_device(file.node) for file in listing.files}
    lost = {path: one for path, one in known.items() if _device(one.node) not in devices}
    if not lost:
        return {}
    there = {one for file in listing.files if file.size for one in _same(file.path, file)}
    devices |= devices_at(host, folder, look.timeout)
    devices |= {_device(one.node) for path, one in lost.items() if not there.isdisjoint(_same(path, one))}
    now, paths = look.now.timestamp(), {file.path for file in listing.files}
    return {
        path: replace(one, missed=one.missed or now)
        for path, one in lost.items()
        if path not in paths
        and _device(one.node) not in devices
        and now - (one.missed or now) < WAITED_FOR.total_seconds()
    }


def _same(path: str, file: TreeEntry | ReadFile) -> tuple[tuple[str, int, int], ...]:
    """Return the marks of a file that stay when it is copied, or its file system gets another number."""
    return tuple((name, file.size, int(file.modified)) for name in (path, file.node.partition(":")[2]))


def _device(node: str) -> str:
    return node.partition(":")[0]
