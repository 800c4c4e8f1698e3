"""What restic cached of a repository for one look is at hand for another, damaged packs left out."""

import os
from pathlib import Path

import pytest

from collectors.restic.caches import link

REPOSITORY, ONE, TWO = "5e" * 32, "ab" * 32, "cd" * 32


def cached(folder: Path, kind: str, name: str, content: str = "read before", repository: str = REPOSITORY) -> Path:
    """Put a file into a cache as restic does."""
    file = folder / repository / kind / name[:2] / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    return file


def names_in(folder: Path) -> list[str]:
    """Return the names of the files of a cache, below the repository's folder."""
    files = (file.relative_to(folder / REPOSITORY) for file in folder.rglob("*") if file.is_file())
    return sorted(str(file) for file in files)


def test_files_of_the_kinds_are_linked_and_take_no_room(tmp_path: Path) -> None:
    file = cached(tmp_path / "one", "index", ONE)
    cached(tmp_path / "one", "snapshots", ONE)
    cached(tmp_path / "two", "data", TWO)
    link(tmp_path / "own", (tmp_path / "one", tmp_path / "two", tmp_path / "own"), ("index", "data"))
    assert names_in(tmp_path / "own") == [f"data/cd/{TWO}", f"index/ab/{ONE}"]
    assert (tmp_path / "own" / REPOSITORY / "index" / "ab" / ONE).samefile(file)


def test_a_damaged_pack_is_left_out(tmp_path: Path) -> None:
    for name in (ONE, TWO):
        cached(tmp_path / "one", "data", name)
    link(tmp_path / "own", [tmp_path / "one"], ["data"], without=[ONE])
    assert names_in(tmp_path / "own") == [f"data/cd/{TWO}"]


def test_what_is_there_stays_and_other_names_are_passed_over(tmp_path: Path) -> None:
    own = cached(tmp_path / "own", "data", ONE, "its own")
    cached(tmp_path / "one", "data", ONE)
    cached(tmp_path / "one", "data", "abc")
    cached(tmp_path / "one", "data", TWO, repository="of no repository")
    link(tmp_path / "own", [tmp_path / "one"], ["data"])
    assert own.read_text() == "its own"
    assert names_in(tmp_path / "own") == [f"data/ab/{ONE}"]


def test_what_cannot_be_linked_is_left_to_restic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*given: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    cached(tmp_path / "one", "data", ONE)
    monkeypatch.setattr(os, "link", refused)
    link(tmp_path / "own", [tmp_path / "one", tmp_path / "none"], ["data"])
    assert not [file for file in (tmp_path / "own").rglob("*") if file.is_file()]
