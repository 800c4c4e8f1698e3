"""`config check` says every mistake on standard error, and one line on standard output where there is none."""

import sys
from pathlib import Path

import pytest

from agent.__main__ import main

SOUND = '[[beneficiary]]\nid = "scota"\n[[host]]\nid = "srv-1"\n'


def beffroi(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run the program with some arguments; return its exit code."""
    monkeypatch.setattr(sys, "argv", ["beffroi", *arguments])
    return main()


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """Return a configuration that holds no mistake."""
    path = tmp_path / "sound.toml"
    path.write_text(SOUND)
    return path


def test_a_sound_file_is_one_line_on_standard_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sound: Path
) -> None:
    assert beffroi(monkeypatch, "config", "check", str(sound)) == 0
    assert capsys.readouterr() == (f"{sound}: no mistake (1 host, 0 backups, 0 log sources)\n", "")


def test_every_mistake_is_a_line_and_a_hint_on_standard_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sound: Path
) -> None:
    sound.write_text(f'{SOUND}portt = 22\n[agent]\ntimeout = 60\n[targets.backup-rpo]\nlimit = "25h"\n')

    assert beffroi(monkeypatch, "config", "check", str(sound)) == 2
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert out == ""
    assert [line.split(": ")[:2] for line in lines[::2]] == [
        [f"{sound}:5", "host.portt"],
        [f"{sound}:7", "agent.timeout"],
        [f"{sound}:9", "targets.backup-rpo.limit"],
    ]
    assert all(line.startswith("hint: ") for line in lines[1::2])
    assert "beffroi register add adaptation target=backup-rpo limit=25h" in lines[-1]


@pytest.mark.parametrize("place", ["before", "after", "variable", "argument"])
def test_the_file_is_named_before_or_after_the_command_or_by_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sound: Path, place: str
) -> None:
    monkeypatch.setenv("BEFFROI_CONFIG", str(sound) if place == "variable" else "/nowhere.toml")
    arguments = {
        "before": ("--config", str(sound), "config", "check"),
        "after": ("config", "check", f"--config={sound}"),
        "variable": ("config", "check"),
        "argument": ("--config", "/elsewhere.toml", "config", "check", str(sound)),
    }

    assert beffroi(monkeypatch, *arguments[place]) == 0
    assert str(sound) in capsys.readouterr().out


def test_a_file_that_is_not_there_is_one_line_and_a_hint(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert beffroi(monkeypatch, "config", "check", str(tmp_path / "none.toml")) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 2


def test_a_hostile_file_name_cannot_forge_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "a\nb\x1b[31m.toml"
    path.write_text("x = 1\n")

    assert beffroi(monkeypatch, "config", "check", str(path)) == 2
    out, err = capsys.readouterr()
    assert "\x1b" not in out + err
    assert all(line.startswith(("hint: ", str(tmp_path))) for line in err.splitlines())
