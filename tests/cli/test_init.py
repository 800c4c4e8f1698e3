"""`init` writes a configuration that `config check` accepts on this very machine, and overwrites nothing."""

from pathlib import Path

import pytest

from tests.cli.test_config import beffroi


def test_what_init_writes_is_accepted_by_config_check(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "beffroi.toml"

    assert beffroi(monkeypatch, "init", "--output", str(path)) == 0
    assert capsys.readouterr().out == ""
    assert beffroi(monkeypatch, "config", "check", str(path)) == 0


def test_without_output_it_goes_to_standard_output_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert beffroi(monkeypatch, "init") == 0
    out, err = capsys.readouterr()
    assert "[[beneficiary]]" in out
    assert err == ""


def test_a_file_that_is_there_is_left_as_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "beffroi.toml"
    path.write_text("mine\n")

    assert beffroi(monkeypatch, "init", "--output", str(path)) == 2
    assert path.read_text() == "mine\n"
    assert capsys.readouterr().err == f"{path} is already there\nhint: name another file with --output\n"


def test_a_missing_folder_is_named_with_the_command_that_makes_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "none" / "beffroi.toml"
    assert beffroi(monkeypatch, "init", "--output", str(path)) == 2
    folder = path.parent
    assert capsys.readouterr().err == (
        f"{path} cannot be written: the folder {folder} does not exist\n"
        f"hint: mkdir -p {folder}, or name another file with --output\n"
    )
