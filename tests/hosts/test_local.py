import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from agent.core.errors import Exited, Missing, TimedOut, ToolMissing, Unreadable
from agent.core.host import Host
from agent.hosts import local
from agent.hosts.local import LocalHost

LONG = timedelta(seconds=30)
HERE: Host = LocalHost("srv-1")


@pytest.mark.programs
def test_a_program_answers() -> None:
    assert HERE.run("echo", "hello", timeout=LONG).stdout == b"hello\n"


@pytest.mark.programs
def test_an_exit_code_that_is_no_answer_is_an_error_with_the_last_words_in_one_line() -> None:
    with pytest.raises(Exited, match=r"^sh on srv-1 exited with 3: bad thing$"):
        HERE.run("sh", "-c", "printf 'first\\n\\033bad\\tthing\\n' >&2; exit 3", timeout=LONG)
    assert HERE.run("sh", "-c", "exit 3", timeout=LONG, accept=(0, 3)).status == 3
    assert HERE.run("sh", "-c", "exit 4", timeout=LONG, accept=None).status == 4


@pytest.mark.programs
def test_a_program_killed_by_a_signal_is_told_with_the_signals_name() -> None:
    with pytest.raises(Exited, match="was killed by SIGKILL"):
        HERE.run("sh", "-c", "kill -KILL $$", timeout=LONG)
    with pytest.raises(Exited, match="exited with 137, as after SIGKILL"):
        HERE.run("sh", "-c", "exit 137", timeout=LONG)


@pytest.mark.programs
def test_an_output_cut_short_is_unreadable_unless_everything_is_accepted() -> None:
    with pytest.raises(Unreadable, match="yes on srv-1 said more than it may"):
        HERE.run("yes", timeout=LONG, output_limit=1000)
    assert HERE.run("yes", timeout=LONG, output_limit=1000, accept=None).truncated


@pytest.mark.programs
def test_every_error_names_the_host() -> None:
    with pytest.raises(ToolMissing, match=r"on srv-1$"):
        HERE.run("no-such-program", timeout=LONG)
    with pytest.raises(TimedOut, match=r"on srv-1$"):
        HERE.run("sleep", "100", timeout=timedelta(seconds=0.2))
    with pytest.raises(Missing, match=r"on srv-1$"):
        HERE.read("/nowhere", limit=10)


def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    assert HERE.read(os.fspath(tmp_path / "file"), limit=7) == b"content"


def test_a_hung_disk_costs_its_deadline_once_and_no_second_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, asked = Event(), []

    def hang(path: str, *, limit: int) -> bytes:
        asked.append(path)
        answers.wait(30)
        return b"at last"

    reader: Callable[..., bytes] = hang
    monkeypatch.setattr(local, "read_file", reader)
    host = LocalHost("srv-1", timeout=timedelta(seconds=0.1))
    with pytest.raises(TimedOut, match=r"/mnt/file on srv-1 did not answer within 0\.1 s"):
        host.read("/mnt/file", limit=10)
    with pytest.raises(TimedOut, match="still does not answer"):
        host.read("/mnt/file", limit=10)
    assert asked == ["/mnt/file"]
    answers.set()
    patient = LocalHost("srv-1")
    assert patient.read("/mnt/file", limit=10) == b"at last"
