"""A file that is written whole or not at all, through no link."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.core.replacing import OF_GROUP, chunks_of, replace_file


def test_a_file_is_replaced_with_its_mode_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        replace_file(tmp_path / "a", (b"one", b"two"), OF_GROUP)
    finally:
        os.umask(before)
    assert (tmp_path / "a").read_bytes() == b"onetwo"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640
    replace_file(tmp_path / "b", chunks_of(tmp_path / "a"), 0o644)
    assert (tmp_path / "b").read_bytes() == b"onetwo"
    assert sorted(os.listdir(tmp_path)) == ["a", "b"]


def test_a_link_is_replaced_and_its_target_stays(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("kept")
    (tmp_path / "a").symlink_to("victim")
    replace_file(tmp_path / "a", (b"new",), OF_GROUP)
    assert (tmp_path / "victim").read_text() == "kept"
    assert not (tmp_path / "a").is_symlink()


def test_a_draft_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("before")

    def failing() -> Iterator[bytes]:
        yield b"half"
        raise OSError(5, "a disk that fails")

    with pytest.raises(OSError, match="a disk that fails"):
        replace_file(tmp_path / "a", failing(), OF_GROUP)
    assert (tmp_path / "a").read_text() == "before"
    assert os.listdir(tmp_path) == ["a"]


def test_a_draft_name_that_is_taken_is_never_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda size: "foreseen")
    (tmp_path / "victim").write_text("kept")
    (tmp_path / ".foreseen.new").symlink_to("victim")
    with pytest.raises(FileExistsError):
        replace_file(tmp_path / "a", (b"new",), OF_GROUP)
    assert (tmp_path / "victim").read_text() == "kept"
