"""A program that restores: what it may change, and what it may do all the same."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.errors import ToolMissing
from agent.core.host import Command
from agent.hosts.run import run_program
from agent.restores.confinement import landlock
from agent.restores.confinement.changes import changing_only, hold_to_confinable
from tests.parts.unprivileged import in_child

pytestmark = pytest.mark.programs

A_WHILE = timedelta(minutes=1)


def tried(script: str, inside: Path, outside: Path) -> int:
    """Run a script that may change one folder; return its status."""
    words = script.format(inside=inside, outside=outside)
    return run_program(Command(argv=(*changing_only(inside), "sh", "-ec", words), timeout=A_WHILE)).status


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Return a folder that is granted and another one, which holds a key."""
    for name in ("inside", "outside"):
        (tmp_path / name).mkdir()
    (tmp_path / "outside/key").write_text("a key")
    return tmp_path / "inside", tmp_path / "outside"


@pytest.mark.parametrize(
    "script",
    [
        "echo x > {outside}/key",
        "echo x >> {outside}/key",
        "echo x > {outside}/new",
        "rm {outside}/key",
        "mkdir {outside}/new",
        "mkfifo {outside}/new",
        "ln -s x {outside}/new",
        "mv {outside}/key {inside}/",
        "ln {outside}/key {inside}/key",
        "ln -s {outside} {inside}/x; echo x > {inside}/x/key",
        "cd {inside}; echo x > ../outside/key",
    ],
)
def test_nothing_is_changed_outside(script: str, folders: tuple[Path, Path]) -> None:
    inside, outside = folders
    assert tried(script, inside, outside) != 0
    assert (os.listdir(outside), (outside / "key").read_text()) == (["key"], "a key")
    assert not (inside / "key").exists()


@pytest.mark.parametrize(
    "script",
    [
        "mkdir -p {inside}/a/b; echo x > {inside}/a/c; mv {inside}/a/c {inside}/a/b; ln {inside}/a/b/c {inside}/d",
        "ln -s {outside}/key {inside}/e; mkfifo {inside}/f; cat {inside}/e > {inside}/g; rm -r {inside}/g",
        "echo x > /dev/null; cat /etc/passwd",
    ],
)
def test_everything_is_done_inside(script: str, folders: tuple[Path, Path]) -> None:
    assert tried(script, *folders) == 0


def test_a_program_that_is_not_there_is_told(folders: tuple[Path, Path]) -> None:
    ended = run_program(Command(argv=(*changing_only(folders[0]), "no-such-program", "--", "x"), timeout=A_WHILE))
    assert (ended.status, ended.stderr) == (127, b"no-such-program: no such file or directory\n")


@pytest.mark.parametrize(("version", "held"), [(0, False), (1, False), (2, True)])
def test_a_kernel_that_cannot_hold_it_is_told(version: int, held: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "version", lambda: version)
    if held:
        hold_to_confinable("borg")
    else:
        with pytest.raises(ToolMissing, match="borg"):
            hold_to_confinable("borg")
        assert in_child(lambda: str(landlock.restrict_changes(("/",)))) == "False"
