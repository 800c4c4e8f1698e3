"""Folders for what must not stay: gone at the end or, after a kill, at the next start; never while in use."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from agent.restores.scratch import NAME, scratch, sweep
from tests.parts.checkout import HOME
from tests.parts.unprivileged import NOBODY, in_child, open_folder

HOLDING = """
import sys, time
from pathlib import Path
from agent.restores.scratch import scratch
with scratch(Path(sys.argv[1])) as folder:
    (folder / "letter").write_text("personal")
    print("ready", flush=True)
    time.sleep(60)
"""


def fill(folder: Path) -> None:
    """Put a tree into a folder that even its owner may not enter or change."""
    closed = folder / "closed"
    (closed / "inner").mkdir(parents=True)
    (closed / "inner" / "letter").write_text("personal")
    (folder / "link").symlink_to("/etc")
    os.mkfifo(folder / "pipe")
    (closed / "inner").chmod(0o000)
    closed.chmod(0o500)


def test_it_is_private_and_gone_at_the_end_whatever_it_came_to_hold(tmp_path: Path) -> None:
    with scratch(tmp_path) as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o700
        fill(folder)
    assert os.listdir(tmp_path / NAME) == []


@pytest.mark.programs
def test_an_owner_who_is_not_root_is_rid_of_what_was_restored_as_closed() -> None:
    def work() -> str:
        with scratch(folder) as made:
            fill(made)
        return str(os.listdir(folder / NAME))

    with open_folder() as folder:
        folder.chmod(0o777)
        assert in_child(work, uid=NOBODY) == "[]"


def test_it_is_gone_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), scratch(tmp_path) as folder:
        fill(folder)
        raise KeyboardInterrupt
    assert os.listdir(tmp_path / NAME) == []


def test_one_in_use_is_not_swept_and_one_without_a_maker_is(tmp_path: Path) -> None:
    left = tmp_path / NAME / "0123"
    with scratch(tmp_path) as folder:
        (folder / "letter").write_text("x")
        left.mkdir()
        (left / "letter").write_text("personal")
        assert sweep(tmp_path) == 1
        assert (folder / "letter").exists()
        assert not left.exists()
    assert sweep(tmp_path) == 0
    assert os.listdir(tmp_path / NAME) == []


def test_nothing_is_swept_where_nothing_was_ever_restored(tmp_path: Path) -> None:
    assert sweep(tmp_path) == 0
    assert os.listdir(tmp_path) == []


@pytest.mark.programs
def test_what_a_kill_left_behind_is_swept_at_the_next_start(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(tmp_path)], cwd=HOME, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    assert sweep(tmp_path) == 0
    process.send_signal(signal.SIGKILL)
    process.wait(60)
    process.stdout.close()
    assert sweep(tmp_path) == 1
    assert os.listdir(tmp_path / NAME) == []
