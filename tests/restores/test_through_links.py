"""Which entries of a point would be restored through a link of it."""

import pytest

from agent.core.collecting.backup_program import Node
from agent.core.errors import Unreadable
from agent.restores.through_links import hold_to_folders


def nodes(*entries: str) -> list[Node]:
    """Return entries: type and path."""
    split = (entry.split(" ") for entry in entries)
    return [
        Node(path=path, type=kind, mode=0o644, uid=0, gid=0, size=0, modified=None, inode=0) for kind, path in split
    ]


@pytest.mark.parametrize(
    "entries",
    [
        (),
        ("dir /s", "file /s/a", "symlink /s/x", "file /s/xa", "other /s/fifo"),
        # The same twice, as borg archives overlapping paths.
        ("dir /s", "dir /s", "file /s/a", "file /s/a", "symlink /s/x", "symlink /s/x", "file /s/b", "other /s/b"),
    ],
)
def test_what_programs_archive_is_restored(entries: tuple[str, ...]) -> None:
    hold_to_folders(nodes(*entries), "point 1")


@pytest.mark.parametrize(
    "entries",
    [
        ("dir /s", "symlink /s/x", "file /s/x/a"),
        ("file /s/x/y/a", "other /s/x"),
        ("dir /s", "symlink /s/x", "symlink /s/x/a"),
        ("symlink /s/x", "file /s/./x//a"),
        ("symlink /s/x", "dir /s/x"),
        ("dir /s/x", "symlink /s/x"),
        ("symlink /s/x", "file /s/x"),
        ("symlink /s/x", "other /s/x"),
        ("other /s/x", "symlink /s/x"),
    ],
)
def test_what_leads_through_a_link_is_refused(entries: tuple[str, ...]) -> None:
    with pytest.raises(
        Unreadable, match="point 1 holds an entry that lies at a link, or below what is no folder"
    ) as it:
        hold_to_folders(nodes(*entries), "point 1")
    assert "none was begun" in it.value.message
    assert "back up anew" in it.value.hint
