"""Entries of a point that would be restored through a link of the same point, to wherever that leads. Pure.

A point is made by anyone who has the repository's key. borg 1.4 follows a link that it has laid, and restic 0.18 does
where two entries have one name: what the link leads to is written over, or gets another mode, which Landlock lets pass.
"""

from collections.abc import Iterable, Iterator
from posixpath import normpath

from agent.core.collecting.backup_program import Node
from agent.core.errors import Unreadable

_LINK = "symlink"


def hold_to_folders(nodes: Iterable[Node], what: str) -> None:
    """Raise Unreadable where an entry has the name of a link, or lies below what is no folder; `what` has the entry."""
    found = list(nodes)
    others = {normpath(node.path) for node in found if node.type not in ("file", "dir")}
    links = {normpath(node.path) for node in found if node.type == _LINK}
    if not others:
        return
    for node in found:
        path = normpath(node.path)
        if (node.type != _LINK and path in links) or any(place in others for place in _above(path)):
            raise Unreadable(
                f"{what} holds an entry that lies at a link, or below what is no folder: a restore would write where it"
                " leads, and none was begun",
                "see what the point holds with the backup program's own list, and who made it; then back up anew",
            )


def _above(path: str) -> Iterator[str]:
    """Yield the folders above a path."""
    at = path.rfind("/")
    while at > 0:
        yield path[:at]
        at = path.rfind("/", 0, at)
