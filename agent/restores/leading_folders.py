"""The folders that lead to what a point holds, where its program does not list them as entries."""

import os
from collections.abc import Sequence

from agent.core.collecting.backup_program import Node


def leading(nodes: Sequence[Node], folder: bytes) -> int:
    """Return how many folders of a restored tree lie above entries of its point, and are no entries themselves."""
    folders = {node.path for node in nodes if node.type == "dir"}
    found: set[str] = set()
    for node in nodes:
        parent = node.path.rpartition("/")[0]
        while parent and parent not in folders and parent not in found:
            found.add(parent)
            parent = parent.rpartition("/")[0]
    return sum(os.path.lexists(folder + os.fsencode(path)) for path in found)
