"""Whose rights a command has: the state directory's owner's, and no one else's."""

import os
import pwd
import sys
from pathlib import Path

import pytest

from agent.core.errors import NotAllowed
from agent.evaluation.identity import take_identity
from tests.parts.unprivileged import NOBODY, give_to_group, in_child, may_play_another_user, open_folder

AS_ROOT = os.geteuid() == 0
STRANGER = 65533

# No one else can play another user.
as_root = pytest.mark.skipif(not AS_ROOT, reason="needs root, to play another user")


def identity() -> str:
    return f"{os.getresuid()} {os.getresgid()} {sorted(os.getgroups())} {os.environ.get('HOME')}"


def taken(directory: Path, *, writing: bool) -> str:
    take_identity(directory, writing=writing)
    return identity()


@pytest.mark.skipif(not may_play_another_user(), reason="needs root, and a Python that another user may read")
@pytest.mark.programs
def test_a_command_takes_the_identity_of_the_directorys_owner_for_good() -> None:
    with open_folder() as folder:
        state = folder / "state"
        state.mkdir(mode=0o750)
        os.chown(state, NOBODY, NOBODY)

        def work() -> str:
            take_identity(state, writing=True)
            (state / "made").touch()
            try:
                os.seteuid(0)
            except PermissionError:
                return identity()
            return "root again"

        said = in_child(work)
        made = (state / "made").stat()

    ids = f"({NOBODY}, {NOBODY}, {NOBODY})"
    assert said == f"{ids} {ids} [{NOBODY}] {pwd.getpwuid(NOBODY).pw_dir}"
    assert (made.st_uid, made.st_gid) == (NOBODY, NOBODY)


@as_root
@pytest.mark.programs
def test_a_program_that_its_new_identity_could_not_read_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with open_folder() as folder:
        state, checkout = folder / "state", folder / "checkout"
        state.mkdir(mode=0o750)
        os.chown(state, NOBODY, NOBODY)
        checkout.mkdir(mode=0o700)
        monkeypatch.setattr("agent.evaluation.identity.HOME", checkout)

        def work() -> str:
            with pytest.raises(NotAllowed) as refused:
                take_identity(state, writing=True)
            return refused.value.message

        assert in_child(work) == f"the owner of {state} may not read {checkout}, where this program or its Python lies"


def test_the_owner_stays_who_he_is(tmp_path: Path) -> None:
    before = identity()

    take_identity(tmp_path, writing=True)

    assert identity() == before


@as_root
@pytest.mark.programs
def test_a_member_of_the_group_may_read_and_not_write() -> None:
    with open_folder() as folder:
        state = folder / "state"
        state.mkdir(mode=0o750)
        give_to_group(state)

        assert in_child(lambda: taken(state, writing=False), uid=NOBODY).startswith(f"({NOBODY}, ")
        assert (
            in_child(lambda: taken(state, writing=True), uid=NOBODY) == f"NotAllowed: {state} belongs to another user"
        )


@as_root
@pytest.mark.programs
@pytest.mark.parametrize("writing", [False, True])
def test_a_stranger_is_told_to_ask_root(writing: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["beffroi", "status", "srv-1"])
    with open_folder() as folder:
        (folder / "closed" / "state").mkdir(parents=True, mode=0o750)
        (folder / "closed").chmod(0o700)

        def work() -> str:
            try:
                take_identity(folder / "closed" / "state", writing=writing)
            except NotAllowed as error:
                return f"{error.exit_code} {error.hint}"
            return identity()

        said = in_child(work, uid=STRANGER)

    assert said == "2 sudo beffroi status srv-1"


def test_a_directory_that_is_not_there_yet_is_left_to_those_who_may_make_it(tmp_path: Path) -> None:
    before = identity()

    take_identity(tmp_path / "deep" / "state", writing=True)

    assert identity() == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.programs
def test_a_directory_that_may_not_be_made_is_refused_before_anything_is_touched() -> None:
    with open_folder() as folder:
        folder.chmod(0o555)
        said = in_child(lambda: taken(folder / "state", writing=True), uid=STRANGER)
        folder.chmod(0o755)

    assert said.startswith("NotAllowed: this user may not make")


def test_a_folder_below_a_file_is_refused_and_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(NotAllowed, match="file is no folder") as caught:
        take_identity(tmp_path / "file" / "state", writing=True)

    assert "state_directory" in caught.value.hint


@as_root
def test_root_that_cannot_make_a_folder_is_not_sent_to_sudo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is read-only."""
    monkeypatch.setattr(os, "access", lambda *_: False)

    with pytest.raises(NotAllowed, match="may not make") as caught:
        take_identity(tmp_path / "state", writing=True)

    assert "sudo" not in caught.value.hint
