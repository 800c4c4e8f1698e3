"""Choose some files of a point at random, so that the choice can be made again and cannot be foreseen. Pure."""

import hashlib
import heapq
import hmac
import math
from collections.abc import Iterable

from agent.core.collecting.backup_program import Node

# A file counts by its size, within these bounds: neither do a thousand small ones hide a large one, nor the reverse.
LIGHTEST, HEAVIEST = 4 * 1024, 4 * 1024 * 1024
# A sample: so many files, and no more bytes.
FILES_AT_MOST = 20
BYTES_AT_MOST = 256 * 1024 * 1024
# Linux takes 4095 bytes in one path (PATH_MAX), those of the folder that is restored into among them.
LONGEST_PATH = 4095 - 255


def sample_of(nodes: Iterable[Node], point: str) -> tuple[Node, ...]:
    """Return the files of a point's sample: what the weekly samples restore of it, and a drill that is not full."""
    return choose((node for node in nodes if can_be_asked_for(node)), point, FILES_AT_MOST, BYTES_AT_MOST)


def can_be_asked_for(node: Node) -> bool:
    """Return True if one entry can be restored alone: a list can tell its path, and it is not too long."""
    return "\ufffd" not in node.path and len(node.path.encode(errors="surrogateescape")) <= LONGEST_PATH


def choose(nodes: Iterable[Node], point: str, number: int, most_bytes: int) -> tuple[Node, ...]:
    """Return some files of a point, the likelier the larger, of no more bytes together than `most_bytes`.

    Each file draws from the HMAC of its path under the point's id, which no one knows before the point is made
    (Efraimidis and Spirakis, weighted sampling without replacement).
    """
    drawn = heapq.nsmallest(
        number,
        ((_draw(point, node), node.path, node) for node in nodes if node.type == "file"),
        key=lambda one: one[:2],
    )
    chosen: list[Node] = []
    left = most_bytes
    for _, _, node in drawn:
        if node.size <= left:
            chosen.append(node)
            left -= node.size
    return tuple(chosen)


def token(point: str, path: str) -> str:
    """Return what stands for a file of a point where its name must not: 64 hexadecimal digits."""
    return _digest(point, path).hex()


def _digest(point: str, path: str) -> bytes:
    return hmac.new(point.encode(), path.encode(errors="surrogateescape"), hashlib.sha256).digest()


def _draw(point: str, node: Node) -> float:
    digest = _digest(point, node.path)
    uniform = (int.from_bytes(digest[:8], "big") + 1) / (2**64 + 1)
    return -math.log(uniform) / min(max(node.size, LIGHTEST), HEAVIEST)
