import os
import socket
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.errors import LookError, Missing, Unreadable
from agent.core.files import read_file


def test_a_file_up_to_the_limit_is_read_whole_and_one_byte_more_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 1000)
    assert read_file(tmp_path / "file", limit=1000) == b"x" * 1000
    with pytest.raises(Unreadable, match="larger than 999 bytes"):
        read_file(tmp_path / "file", limit=999)


def test_a_file_that_claims_to_be_empty_is_read_and_held_to_the_limit() -> None:
    assert Path("/proc/self/status").stat().st_size == 0
    assert read_file("/proc/self/status", limit=100_000).startswith(b"Name:")
    with pytest.raises(Unreadable, match="larger than 10 bytes"):
        read_file("/proc/self/status", limit=10)


def test_a_missing_file_is_an_error_of_its_own_and_still_unreadable(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="is not there"):
        read_file(tmp_path / "none", limit=10)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Missing):
        read_file(tmp_path / "file" / "below", limit=10)
    assert issubclass(Missing, Unreadable)


def test_whatever_is_no_regular_file_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Unreadable, match="is a pipe"):
        read_file(tmp_path / "pipe", limit=10)
    with pytest.raises(Unreadable, match="is a folder"):
        read_file(tmp_path, limit=10)
    with pytest.raises(Unreadable, match="is a device"):
        read_file("/dev/zero", limit=10)


@pytest.mark.network
def test_a_socket_is_refused(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        with pytest.raises(Unreadable, match="is a socket"):
            read_file(tmp_path / "socket", limit=10)


def test_a_pipe_that_takes_the_files_place_at_the_last_moment_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_bytes(b"")
    before = os.stat(tmp_path / "file")
    monkeypatch.setattr(os, "stat", lambda *_, **__: before)
    with pytest.raises(Unreadable, match="is a pipe"):
        read_file(tmp_path / "pipe", limit=10)


def test_a_link_is_followed_unless_that_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    (tmp_path / "link").symlink_to("file")
    assert read_file(tmp_path / "link", limit=10) == b"content"
    with pytest.raises(Unreadable, match="is a symbolic link"):
        read_file(tmp_path / "link", limit=10, follow=False)


def test_a_circle_of_links_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("link")
    with pytest.raises(Unreadable):
        read_file(tmp_path / "link", limit=10)


@pytest.mark.programs
def test_a_file_of_another_user_is_denied(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.write_bytes(b"secret")
    closed.chmod(0)
    assert as_nobody(closed) == "Denied"


def as_nobody(path: Path) -> str:
    """Return how a read ends for a user without rights; root reads everything, so a child gives them up first."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        name = "nothing"
        try:
            if os.geteuid() == 0:
                for parent in path.parents:
                    if parent.stat().st_mode & stat.S_IXOTH == 0:
                        parent.chmod(parent.stat().st_mode | stat.S_IXOTH)
                os.setgroups([])
                os.setresgid(65534, 65534, 65534)
                os.setresuid(65534, 65534, 65534)
            read_file(path, limit=10)
        except Exception as error:
            name = type(error).__name__
        finally:
            os.write(writer, name.encode())
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)
    with os.fdopen(reader, "rb") as said:
        return said.read().decode()


@given(st.text())
def test_any_name_gives_bytes_or_a_typed_error(name: str) -> None:
    try:
        content = read_file("/nowhere/" + name, limit=10)
    except LookError as error:
        assert error.message.isprintable()
    else:
        assert len(content) <= 10


def test_a_name_cannot_break_a_message(tmp_path: Path) -> None:
    with pytest.raises(Missing) as caught:
        read_file(tmp_path / "a\nb\x1b[31m\u202e", limit=10)
    assert caught.value.message.isprintable()
