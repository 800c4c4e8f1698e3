"""The folder that an exercise restores into: empty, and of nobody else."""

import os
from pathlib import Path

import pytest

from agent.core.errors import UsageError
from agent.restores.given_folder import given_folder, hold_to_given
from tests.parts.unprivileged import NOBODY


def test_a_folder_in_which_another_account_may_write_is_refused(tmp_path: Path) -> None:
    into = tmp_path / "into"
    into.mkdir(mode=0o700)
    hold_to_given(into)
    into.chmod(0o766)
    with pytest.raises(UsageError, match="may be written by everyone"):
        hold_to_given(into)


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o711])
def test_a_folder_that_another_account_may_enter_is_refused(tmp_path: Path, mode: int) -> None:
    """What comes back keeps its mode and is the agent's: a program with the set-user-ID bit would run as the agent."""
    into = tmp_path / "into"
    into.mkdir()
    into.chmod(mode)
    with pytest.raises(UsageError, match="may be entered by other accounts"):
        hold_to_given(into)


def test_a_folder_below_one_that_another_account_may_change_is_refused(tmp_path: Path) -> None:
    (tmp_path / "theirs" / "into").mkdir(parents=True)
    (tmp_path / "theirs" / "into").chmod(0o700)
    (tmp_path / "theirs").chmod(0o777)
    for name in ("into", "missing"):
        with pytest.raises(UsageError, match="may be written by everyone"):
            hold_to_given(tmp_path / "theirs" / name)
    # What is made in a sticky folder is its maker's alone.
    (tmp_path / "theirs").chmod(0o1777)
    hold_to_given(tmp_path / "theirs" / "missing")
    hold_to_given(tmp_path / "theirs" / "into")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a folder away")
def test_a_folder_that_another_account_owns_is_refused(tmp_path: Path) -> None:
    into = tmp_path / "into"
    into.mkdir(mode=0o700)
    os.chown(into, NOBODY, NOBODY)
    with pytest.raises(UsageError, match="the user nobody"):
        hold_to_given(into)


@pytest.mark.parametrize("way", ["sticky", "link"])
@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a folder away")
def test_a_new_folder_in_a_sticky_one_of_another_account_is_refused(tmp_path: Path, way: str) -> None:
    """Its owner may put another in the place of whatever is made there."""
    (tmp_path / "sticky").mkdir()
    os.chown(tmp_path / "sticky", NOBODY, NOBODY)
    (tmp_path / "sticky").chmod(0o1777)
    (tmp_path / "link").symlink_to(tmp_path / "sticky")
    with pytest.raises(UsageError, match="the user nobody, through the folder"):
        hold_to_given(tmp_path / way / "missing")


@pytest.mark.parametrize("kind", ["a link", "a folder"])
def test_what_another_account_has_put_there_meanwhile_is_refused(tmp_path: Path, kind: str) -> None:
    """In a sticky folder anyone may, while the copy is read; by a link the agent's own files would be written over."""
    (tmp_path / "sticky").mkdir()
    (tmp_path / "sticky").chmod(0o1777)
    (tmp_path / "state").mkdir(mode=0o700)
    into = tmp_path / "sticky" / "into"
    hold_to_given(into)
    if kind == "a link":
        into.symlink_to(tmp_path / "state")
    else:
        into.mkdir()
        into.chmod(0o777)
    with pytest.raises(UsageError), given_folder(into):
        raise AssertionError


def test_after_an_error_the_folder_is_as_it_was(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir(mode=0o700)
    for into in (kept, tmp_path / "made"):
        with pytest.raises(KeyboardInterrupt), given_folder(into):
            (into / "letter").write_text("personal")
            raise KeyboardInterrupt
    assert (os.listdir(tmp_path), os.listdir(kept)) == (["kept"], [])
