"""Choose some files of a point at random, so that the choice can be made again and cannot be foreseen. Pure."""

import hashlib
import heapq
import hmac
import math
from collections.abc import Iterable

from agent.core.restored import Node

# A file counts by its size, within these bounds: neither do a thousand small ones hide a large one, nor the reverse.
LIGHTEST, HEAVIEST = 4 * 1024, 4 * 1024 * 1024


def choose(nodes: Iterable[Node], point: str, number: int, most_bytes: int) -> tuple[Node, ...]:
    """Return some files of a point, the likelier the larger, of no more bytes together than `most_bytes`.

    Each file draws from the HMAC of its path under the point's id, which nobody knows before the point is made
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


def _draw(point: str, node: Node) -> float:
    digest = hmac.new(point.encode(), node.path.encode(errors="surrogateescape"), hashlib.sha256).digest()
    uniform = (int.from_bytes(digest[:8], "big") + 1) / (2**64 + 1)
    return -math.log(uniform) / min(max(node.size, LIGHTEST), HEAVIEST)
