"""Which folders and big files of a point show its pace: drawn at random, so that the draw can be made again. Pure."""

import hashlib
import hmac
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from agent.core.collecting.backup_program import Node
from agent.core.facts.restore_pace import SMALL
from agent.restores.sampling import can_be_asked_for

FOLDERS, BIG_FILES = 8, 6
# One draw restores no more than this of each kind, and no folder that alone would be too much of it.
FOLDERS_BYTES = BIG_BYTES = 128 * 1024 * 1024
FOLDER_BYTES = 32 * 1024 * 1024
FOLDER_FILES = 2000
# Where no folder is small enough: so many files that lie beside each other.
NEIGHBOURS = 200


@dataclass(slots=True, kw_only=True)
class Portion:
    """Some of a point: the paths to restore, how many small files and bytes of big ones lie there, all bytes."""

    paths: tuple[str, ...] = ()
    small_files: int = 0
    big_bytes: int = 0
    bytes: int = 0

    def add(self, node: Node) -> None:
        """Count one file."""
        self.bytes += node.size
        if node.size <= SMALL:
            self.small_files += 1
        else:
            self.big_bytes += node.size

    def join(self, other: "Portion") -> None:
        """Count what another one holds."""
        self.bytes += other.bytes
        self.small_files += other.small_files
        self.big_bytes += other.big_bytes


def files_in(nodes: Iterable[Node]) -> list[Node]:
    """Return the files that can be asked for by their names."""
    return [node for node in nodes if node.type == "file" and can_be_asked_for(node)]


def folders(nodes: Sequence[Node], key: str) -> Portion:
    """Return some whole folders, the likelier the more small files they hold, none within another.

    A folder that is not itself among the source's entries holds more than the source, and is none of them.
    """
    files = files_in(nodes)
    own = {node.path for node in nodes if node.type == "dir"}
    below: dict[str, Portion] = {}
    for node in files:
        if (folder := node.path.rpartition("/")[0]) in own:
            below.setdefault(folder, Portion()).add(node)
    # From the innermost on, each once: a file 2000 folders down would count 2000 times.
    for folder in sorted(own, key=len, reverse=True):
        if folder in below and (above := folder.rpartition("/")[0]) in own:
            below.setdefault(above, Portion()).join(below[folder])
    small_enough = [
        folder
        for folder, held in below.items()
        if held.small_files and held.bytes <= FOLDER_BYTES and held.small_files <= FOLDER_FILES
    ]
    chosen: list[str] = []
    total = Portion()
    for folder in _drawn(small_enough, key, lambda one: below[one].small_files):
        held = below[folder]
        apart = not any(_within(folder, other) or _within(other, folder) for other in chosen)
        if apart and total.bytes + held.bytes <= FOLDERS_BYTES and len(chosen) < FOLDERS:
            chosen.append(folder)
            total.join(held)
    total.paths = tuple(chosen)
    return total if chosen else _neighbours(files, key)


def big_files(nodes: Sequence[Node], key: str) -> Portion:
    """Return some big files, the likelier the larger."""
    sizes = {node.path: node for node in files_in(nodes) if SMALL < node.size <= BIG_BYTES}
    total = Portion()
    for path in _drawn(sizes, key, lambda one: sizes[one].size):
        if len(total.paths) < BIG_FILES and total.bytes + sizes[path].size <= BIG_BYTES:
            total.paths += (path,)
            total.add(sizes[path])
    return total


def _neighbours(files: Sequence[Node], key: str) -> Portion:
    small = sorted((node for node in files if node.size <= SMALL), key=lambda node: node.path)
    total = Portion()
    if not small:
        return total
    first = int(_uniform(key, "neighbours") * max(1, len(small) - NEIGHBOURS + 1))
    for node in small[first : first + NEIGHBOURS]:
        total.paths += (node.path,)
        total.add(node)
    return total


def _drawn(names: Iterable[str], key: str, weight: Callable[[str], int]) -> list[str]:
    return sorted(names, key=lambda name: -math.log(_uniform(key, name)) / weight(name))


def _uniform(key: str, name: str) -> float:
    digest = hmac.new(key.encode(), name.encode(errors="surrogateescape"), hashlib.sha256).digest()
    return (int.from_bytes(digest[:8], "big") + 1) / (2**64 + 1)


def _within(path: str, folder: str) -> bool:
    return path.startswith(f"{folder}/")
