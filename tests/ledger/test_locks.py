"""Locks between processes: one daemon a state directory, one look at a repository, and no one waits for ever."""

import fcntl
import os
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.errors import Denied, Locked, UsageError
from agent.ledger import locks
from agent.ledger.locks import daemon_lock, repository_lock
from tests.parts.unprivileged import NOBODY, in_child, open_folder

SHORT = timedelta(milliseconds=100)
REPOSITORY = "sftp:beffroi@vault:/srv/restic/files"


def test_a_second_daemon_on_a_state_directory_is_refused(tmp_path: Path) -> None:
    with daemon_lock(tmp_path):
        with pytest.raises(UsageError, match="another beffroi daemon") as refused, daemon_lock(tmp_path):
            pass
        assert "process" in refused.value.message
        assert refused.value.hint
        (tmp_path / "other").mkdir()
        with daemon_lock(tmp_path / "other"):
            pass
    with daemon_lock(tmp_path):
        pass


def test_a_daemon_that_starts_while_its_lock_is_asked_for_is_not_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`status` and a reload hold it for a moment, to learn whether a daemon does."""
    with daemon_lock(tmp_path):
        pass
    asking = os.open(tmp_path / "daemon.lock", os.O_RDONLY)
    fcntl.flock(asking, fcntl.LOCK_SH)
    monkeypatch.setattr("agent.ledger.locks.time.sleep", lambda seconds: fcntl.flock(asking, fcntl.LOCK_UN))
    try:
        with daemon_lock(tmp_path):
            assert not locks.is_daemon_gone(tmp_path)
    finally:
        os.close(asking)


@pytest.mark.programs
def test_another_process_is_refused_too_and_a_dead_one_lets_go(tmp_path: Path) -> None:
    def be_a_daemon() -> str:
        with daemon_lock(tmp_path):
            return "alone"

    with daemon_lock(tmp_path):
        assert in_child(be_a_daemon).startswith("UsageError: another beffroi daemon")

    def die() -> str:
        daemon_lock(tmp_path).__enter__()
        return "dying with the lock"

    assert in_child(die) == "dying with the lock"
    assert in_child(be_a_daemon) == "alone"


def test_two_looks_at_one_repository_wait_for_each_other_but_not_for_ever(tmp_path: Path) -> None:
    with repository_lock(tmp_path, REPOSITORY, SHORT):
        with pytest.raises(Locked, match=r"more than 0\.1 s"), repository_lock(tmp_path, REPOSITORY, SHORT):
            pass
        with repository_lock(tmp_path, f"{REPOSITORY}-2", SHORT):
            pass
    with repository_lock(tmp_path, REPOSITORY, SHORT):
        pass


def test_an_error_under_a_lock_lets_it_go(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), repository_lock(tmp_path, REPOSITORY, SHORT):
        raise ZeroDivisionError
    with repository_lock(tmp_path, REPOSITORY, SHORT):
        pass


def test_a_lock_does_not_tell_what_it_is_for(tmp_path: Path) -> None:
    with repository_lock(tmp_path, "s3:https://user:secret@objets.example/scota\udcff", SHORT):
        (lock,) = (tmp_path / "locks").iterdir()
        assert "secret" not in lock.name + lock.read_text()


@pytest.mark.programs
def test_a_lock_that_cannot_be_made_costs_that_look_only() -> None:
    def look(folder: Path) -> str:
        with repository_lock(folder, REPOSITORY, SHORT):
            return "looked"

    with open_folder() as folder:
        folder.chmod(0o555)
        said = in_child(lambda: look(folder), uid=NOBODY)
        folder.chmod(0o755)

    assert said.startswith(f"{Denied.__name__}: cannot make a lock")


@pytest.mark.programs
def test_a_lock_made_before_still_holds_on_a_disk_that_takes_nothing() -> None:
    def look(folder: Path) -> str:
        with repository_lock(folder, REPOSITORY, SHORT):
            return "looked"

    with open_folder() as folder:
        look(folder)
        (folder / "locks").chmod(0o555)
        (next((folder / "locks").iterdir())).chmod(0o444)
        folder.chmod(0o555)
        assert in_child(lambda: look(folder), uid=NOBODY) == "looked"
        with repository_lock(folder, REPOSITORY, SHORT):
            assert in_child(lambda: look(folder), uid=NOBODY).startswith("Locked: ")
        folder.chmod(0o755)
        (folder / "locks").chmod(0o755)


def test_a_lock_says_whether_another_one_was_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with repository_lock(tmp_path, REPOSITORY, SHORT) as waited:
        assert not waited
    with ExitStack() as other:
        other.enter_context(repository_lock(tmp_path, REPOSITORY, SHORT))
        monkeypatch.setattr("agent.ledger.locks.time.sleep", lambda seconds: other.close())
        with repository_lock(tmp_path, REPOSITORY, timedelta(seconds=60)) as waited:
            assert waited
