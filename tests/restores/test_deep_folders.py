"""Restored trees as deep as a path can be: walked and removed, whatever they hold."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent.restores.deep_folders import entries, remove
from tests.parts.unprivileged import NOBODY, in_child, open_folder

DEEPEST = 1900
FEW_FILES = 40


def deep(top: Path) -> int:
    """Make a file below as many folders as one path can name; return how many folders that are."""
    place, folders = str(top), 0
    top.mkdir()
    while len(place) < 2 * DEEPEST:
        place += "/a"
        os.mkdir(place)
        folders += 1
    Path(place, "letter").write_text("personal")
    return folders


@contextmanager
def few_open_files() -> Iterator[None]:
    """Let this process open no more than a few files more."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) + FEW_FILES, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_tree_of_any_depth_is_removed_with_few_open_files(tmp_path: Path) -> None:
    deep(tmp_path / "tree")
    with few_open_files():
        remove(tmp_path / "tree")
    assert os.listdir(tmp_path) == []


def test_every_entry_of_a_tree_of_any_depth_is_seen_with_few_open_files(tmp_path: Path) -> None:
    folders = deep(tmp_path / "tree")
    with few_open_files():
        found = [entry.name for entry in entries(os.fsencode(tmp_path / "tree"))]
    remove(tmp_path / "tree")
    assert found == [b"a"] * folders + [b"letter"]


def test_no_link_is_followed_on_a_walk(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "file").write_text("x")
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "link").symlink_to(tmp_path / "elsewhere")
    assert [entry.name for entry in entries(os.fsencode(tmp_path / "tree"))] == [b"link"]


def test_removing_follows_no_link(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("x")
    gone = tmp_path / "gone"
    (gone / "inner").mkdir(parents=True)
    (gone / "link").symlink_to(kept)
    (gone / "inner" / "link").symlink_to(kept)
    remove(gone)
    assert (kept / "file").exists()
    remove(gone)
    (tmp_path / "named").symlink_to(kept)
    remove(tmp_path / "named")
    assert sorted(os.listdir(tmp_path)) == ["kept"]
    assert (kept / "file").exists()


@pytest.mark.programs
def test_folders_that_are_closed_are_removed_by_their_owner() -> None:
    def made_and_removed() -> str:
        inner = place / "tree" / "closed" / "inner"
        inner.mkdir(parents=True)
        (inner / "letter").write_text("personal")
        for folder, mode in ((inner, 0o000), (inner.parent, 0o400), (place / "tree", 0o100)):
            folder.chmod(mode)
        remove(place / "tree")
        return str(os.listdir(place))

    with open_folder() as place:
        place.chmod(0o777)
        assert in_child(made_and_removed, uid=NOBODY) == "[]"
