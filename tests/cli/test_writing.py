"""Files written into a folder: what is replaced by a later run, and what is kept."""

from pathlib import Path

import pytest

from agent.cli.writing import write_all
from agent.core.errors import UsageError
from agent.core.text_digest import BLANK

MARK = "# written by a test"


def texts(line: str) -> dict[str, str]:
    return dict.fromkeys(("one.yml", "two.yml"), f"{MARK}: {BLANK}\n{line}\n")


def written(folder: Path, line: str, *, force: bool = False) -> list[Path]:
    said: list[Path] = []
    write_all(folder, texts(line), mark=MARK, force=force, say=said.append)
    return said


def test_a_file_that_was_not_edited_is_replaced(tmp_path: Path) -> None:
    assert written(tmp_path, "a") == [tmp_path / "one.yml", tmp_path / "two.yml"]
    assert written(tmp_path, "b") == [tmp_path / "one.yml", tmp_path / "two.yml"]
    assert {path.read_text().splitlines()[1] for path in tmp_path.iterdir()} == {"b"}


def test_an_edited_file_is_kept_and_named_and_the_others_are_written(tmp_path: Path) -> None:
    written(tmp_path, "a")
    edited, other = tmp_path / "one.yml", tmp_path / "two.yml"
    edited.write_text(edited.read_text() + "password_file: /etc/secret\n")
    before = edited.read_text()
    said: list[Path] = []
    with pytest.raises(UsageError) as refused:
        write_all(tmp_path, texts("b"), mark=MARK, force=False, say=said.append)
    assert refused.value.message == f"edited since this command wrote it, and kept as it is: {edited}"
    assert "--force" in refused.value.hint
    assert (edited.read_text(), said) == (before, [other])
    assert other.read_text().splitlines()[1] == "b"
    assert written(tmp_path, "b", force=True) == [edited, other]
    assert edited.read_text().splitlines()[1] == "b"


def test_a_file_of_a_version_without_digests_counts_as_edited(tmp_path: Path) -> None:
    (tmp_path / "one.yml").write_text(f"{MARK}\na\n")
    with pytest.raises(UsageError, match=r"one\.yml$"):
        written(tmp_path, "b")
    assert (tmp_path / "one.yml").read_text() == f"{MARK}\na\n"


@pytest.mark.parametrize("force", [False, True])
def test_what_another_hand_wrote_or_linked_is_never_replaced(tmp_path: Path, force: bool) -> None:
    (tmp_path / "target").write_text("theirs")
    (tmp_path / "one.yml").symlink_to(tmp_path / "target")
    with pytest.raises(UsageError, match=r"one\.yml is there and was not written by this command"):
        written(tmp_path, "a", force=force)
    assert (tmp_path / "target").read_text() == "theirs"
    assert not (tmp_path / "two.yml").exists()


def test_an_edit_to_what_is_now_written_is_no_edit(tmp_path: Path) -> None:
    written(tmp_path / "other", "b")
    written(tmp_path, "a")
    (tmp_path / "one.yml").write_bytes((tmp_path / "other" / "one.yml").read_bytes())
    assert len(written(tmp_path, "b")) == 2
