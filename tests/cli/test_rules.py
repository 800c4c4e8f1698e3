"""`beffroi rules` as a command: what it writes, again and again, and what it refuses to write over."""

from pathlib import Path

import pytest

from tests.parts.program import beffroi
from tests.rules.written_for import TEXT

pytestmark = pytest.mark.programs


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    path = tmp_path / "beffroi.toml"
    path.write_text(TEXT)
    return path


def test_it_names_what_it_wrote_and_writes_the_same_again(configuration: Path, tmp_path: Path) -> None:
    first = beffroi("rules", "--config", configuration, "--output", tmp_path / "rules")
    assert (first.code, first.err) == (0, "")
    texts = {path: Path(path).read_bytes() for path in first.out.splitlines()}
    assert len(texts) >= 4
    again = beffroi("rules", "--config", configuration, "--output", tmp_path / "rules")
    assert again.out == first.out
    assert {path: Path(path).read_bytes() for path in again.out.splitlines()} == texts


def test_it_never_writes_over_what_somebody_else_wrote(configuration: Path, tmp_path: Path) -> None:
    own = tmp_path / "beffroi-alertmanager.yml"
    own.write_text("route: { receiver: mine }\n")
    said = beffroi("rules", "--config", configuration, "--output", tmp_path)
    assert said.code == 2
    assert "was not written by this command" in said.err.splitlines()[0]
    assert said.err.splitlines()[1].startswith("hint: ")
    assert own.read_text() == "route: { receiver: mine }\n"
    assert not (tmp_path / "beffroi.rules.yml").exists()


@pytest.mark.parametrize("folder", ["file/below", "missing/below"])
def test_a_folder_that_cannot_be_made_is_told_in_two_lines(configuration: Path, tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").write_text("")
    said = beffroi("rules", "--config", configuration, "--output", tmp_path / folder)
    assert said.code == 2
    assert [line.split(":")[0] for line in said.err.splitlines()][-1] == "hint"


def test_the_pages_are_linked_where_they_are_read(configuration: Path, tmp_path: Path) -> None:
    at = "https://forge.example/beffroi/docs/runbooks/"
    beffroi("rules", "--config", configuration, "--output", tmp_path / "rules", "--runbooks", at)
    text = (tmp_path / "rules" / "beffroi.rules.yml").read_text()
    assert "https://forge.example/beffroi/docs/runbooks/backup-rpo-missed.md" in text
