"""A Unix socket to listen on: its group alone, one daemon at it, and nothing of another's replaced."""

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from agent.core.errors import UsageError
from agent.export.http.server import HttpServer
from tests.config.written import SOUND, told, understood
from tests.parts.web import Answer, StillSite, received
from tests.parts.web import understood as answered

pytestmark = pytest.mark.network


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder whose path is short enough for a socket's."""
    with TemporaryDirectory(prefix="beffroi-") as made:
        yield Path(made)


def ask(path: Path, target: str, host: str = "localhost") -> Answer:
    """Ask for a target at a socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(60)
        connection.connect(str(path))
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        return answered(received(connection))


def test_it_is_served_to_its_owner_and_group_alone(folder: Path) -> None:
    path = folder / "http.sock"
    with HttpServer(f"unix:{path}", StillSite()) as server:
        assert stat.S_IMODE(path.lstat().st_mode) == 0o660
        assert server.places == (f"unix:{path}",)
        assert server.addresses == ()
        assert os.listdir(folder) == ["http.sock"]
        assert ask(path, "/metrics").status == ask(path, "/healthz").status == 200
        assert ask(path, "/metrics", host="attacker.example").status == 421
    assert os.listdir(folder) == []


def test_a_socket_that_a_killed_daemon_left_is_replaced(folder: Path) -> None:
    path = folder / "http.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as left:
        left.bind(str(path))
    with HttpServer(f"unix:{path}", StillSite()):
        assert ask(path, "/healthz").status == 200


def test_a_socket_at_which_somebody_listens_is_not_replaced(folder: Path) -> None:
    path = folder / "http.sock"
    with HttpServer(f"unix:{path}", StillSite()):
        with pytest.raises(UsageError, match="address already in use"):
            HttpServer(f"unix:{path}", StillSite())
        assert ask(path, "/healthz").status == 200


@pytest.mark.parametrize("kind", ["file", "link to a file", "folder"])
def test_what_is_no_socket_is_never_replaced(folder: Path, kind: str) -> None:
    path, kept = folder / "http.sock", folder / "kept"
    kept.write_text("kept")
    if kind == "file":
        path.write_text("kept")
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(kept)
    with pytest.raises(UsageError, match="it is there, and no socket"):
        HttpServer(f"unix:{path}", StillSite())
    assert sorted(os.listdir(folder)) == ["http.sock", "kept"]
    assert kept.read_text() == "kept"


def test_the_end_removes_no_socket_of_another(folder: Path) -> None:
    path = folder / "http.sock"
    with HttpServer(f"unix:{path}", StillSite()):
        path.unlink()
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as other:
            other.bind(str(path))
    assert path.is_socket()


def test_a_folder_that_is_not_there_is_said_with_its_mend(folder: Path) -> None:
    with pytest.raises(UsageError, match="no such file or directory") as raised:
        HttpServer(f"unix:{folder}/none/http.sock", StillSite())
    assert f"{folder}/none" in raised.value.hint


def test_a_unix_socket_needs_no_tls() -> None:
    """It is no way off this machine."""
    listen = 'listen = "unix:/run/beffroi/http.sock"'
    assert understood(SOUND.replace('timeout = "60s"', listen)).agent.listen == "unix:/run/beffroi/http.sock"


@pytest.mark.parametrize("listen", ["unix:", "unix:http.sock", "unix:/", "unix:80", f"unix:/{'a' * 100}", "unix:/a/"])
def test_what_is_no_path_of_a_socket_is_a_mistake(listen: str) -> None:
    (mistake,) = told(SOUND.replace('timeout = "60s"', f'listen = "{listen}"'))
    assert mistake.key == "agent.listen"
    with pytest.raises(UsageError, match="cannot listen on"):
        HttpServer(listen, StillSite())
