"""A purge is asked for: on a terminal, or by --yes."""

import sys
from pathlib import Path

import pytest
import typer

from agent.cli.install import confirm_purge
from agent.core.errors import UsageError
from agent.installation.places import Places


def test_a_purge_without_a_terminal_names_what_would_go_and_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False)
    with pytest.raises(UsageError, match=rf"nothing was removed: --purge takes {tmp_path}/var/lib/beffroi") as refused:
        confirm_purge(Places(root=tmp_path))
    assert refused.value.exit_code == 2
    assert refused.value.hint.startswith("sudo beffroi uninstall --purge --yes")


def test_a_purge_names_the_centre_that_lies_beside_the_agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = Places(root=tmp_path)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False)
    places.centre_state.mkdir(parents=True)
    with pytest.raises(UsageError, match=rf"--purge takes the fleet's centre in {places.centre_state}, ") as refused:
        confirm_purge(places)
    assert f"--config {places.centre}" in refused.value.hint


@pytest.mark.parametrize("answer", [False, True])
def test_a_purge_on_a_terminal_follows_the_answer(
    answer: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(typer, "confirm", lambda *_, **__: answer)
    if answer:
        confirm_purge(Places(root=tmp_path))
    else:
        with pytest.raises(UsageError, match="nothing was removed"):
            confirm_purge(Places(root=tmp_path))
    assert "for ever" in capsys.readouterr().err
