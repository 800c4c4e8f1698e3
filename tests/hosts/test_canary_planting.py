"""A canary is planted into a full source, over nothing but a canary, and the file takes the old one's place whole."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.errors import UsageError
from agent.core.facts.canary import parse
from agent.hosts.canary_planting import plant

NOW = datetime(2026, 11, 24, 2, 55, 0, 123456, tzinfo=UTC)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a source with something in it."""
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "letter.txt").write_text("letter\n")
    return folder


def test_a_canary_holds_the_instant_and_each_has_a_nonce_of_its_own(source: Path) -> None:
    canary = source / ".canary"
    first = plant(canary, [str(source)], NOW)
    assert parse(canary.read_bytes()) == first
    assert first.planted == NOW.replace(microsecond=0)
    second = plant(canary, [str(source)], NOW + timedelta(days=1))
    assert parse(canary.read_bytes()) == second
    assert first.nonce != second.nonce
    assert sorted(os.listdir(source)) == [".canary", "letter.txt"]
    assert canary.stat().st_mode & 0o777 == 0o644


def test_what_a_killed_planting_left_behind_is_taken_away(source: Path) -> None:
    canary = source / ".canary"
    for left in (b"", b"beffroi canary 1\ndate: 20"):
        (source / ".canary.new").write_bytes(left)
        plant(canary, [str(source)], NOW)
        assert sorted(os.listdir(source)) == [".canary", "letter.txt"]


@pytest.mark.parametrize("content", [b"", b"a list of names\n", b"\0" * 5000, b"beffroi canary"])
@pytest.mark.parametrize("name", [".canary", ".canary.new"])
def test_a_file_that_is_not_one_of_ours_is_left_alone(source: Path, name: str, content: bytes) -> None:
    if not content and name == ".canary.new":
        content = b"x"
    (source / name).write_bytes(content)
    with pytest.raises(UsageError) as refused:
        plant(source / ".canary", [str(source)], NOW)
    assert refused.value.hint
    assert (source / name).read_bytes() == content


def test_a_link_and_a_folder_in_its_place_are_left_alone(source: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "passwd"
    elsewhere.write_text("beffroi canary 1\n")
    (source / ".canary").symlink_to(elsewhere)
    with pytest.raises(UsageError, match="symbolic link"):
        plant(source / ".canary", [str(source)], NOW)
    assert elsewhere.read_text() == "beffroi canary 1\n"
    (source / "folder").mkdir()
    with pytest.raises(UsageError, match="a folder"):
        plant(source / "folder", [str(source)], NOW)


def test_an_unmounted_source_must_not_look_full(tmp_path: Path) -> None:
    empty = tmp_path / "mount"
    empty.mkdir()
    with pytest.raises(UsageError, match="holds nothing"):
        plant(empty / ".canary", [str(empty)], NOW)
    with pytest.raises(UsageError, match="is not there"):
        plant(empty / "inner" / ".canary", [str(empty / "inner")], NOW)
    assert os.listdir(empty) == []


def test_a_folder_that_is_not_there_is_never_made(source: Path) -> None:
    with pytest.raises(UsageError, match="is not there"):
        plant(source / "inner" / ".canary", [str(source)], NOW)
    assert os.listdir(source) == ["letter.txt"]


@pytest.mark.parametrize("inner", ["shared", "shared/deep"])
def test_a_linked_folder_within_the_source_is_not_followed(source: Path, tmp_path: Path, inner: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "deep").mkdir(parents=True)
    (elsewhere / "deep" / "letter.txt").write_text("letter\n")
    (source / "shared").symlink_to(elsewhere)
    with pytest.raises(UsageError, match="shared is a link") as refused:
        plant(source / inner / ".canary", [str(source / inner), str(source)], NOW)
    assert refused.value.hint
    assert [*elsewhere.rglob(".canary*")] == []


def test_a_source_that_is_a_link_itself_gets_its_canary(source: Path, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    linked.symlink_to(source)
    (source / "inner").mkdir()
    plant(linked / "inner" / ".canary", [str(linked)], NOW)
    assert (source / "inner" / ".canary").is_file()
