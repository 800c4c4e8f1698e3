"""The guard of the tests: no accidental program, no accidental socket."""

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.guard import Refused


def test_a_program_is_refused_without_a_mark() -> None:
    with pytest.raises(Refused, match="programs"):
        subprocess.run(["true"], check=False)


def test_no_code_under_test_can_swallow_the_refusal() -> None:
    def swallow() -> None:
        try:
            subprocess.run(["true"], check=False)
        except Exception:
            return

    with pytest.raises(Refused):
        swallow()


def test_a_shell_is_refused_without_a_mark() -> None:
    with pytest.raises(Refused):
        os.system("true")


def test_a_program_started_in_a_thread_is_refused_too() -> None:
    seen: list[BaseException] = []

    def start() -> None:
        try:
            os.posix_spawn("/bin/true", ["true"], {})
        except BaseException as refused:
            seen.append(refused)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert [type(refused) for refused in seen] == [Refused]


def test_a_connection_is_refused_without_a_mark() -> None:
    with socket.socket() as unmarked, pytest.raises(Refused, match="network"):
        unmarked.connect(("127.0.0.1", 9))


def test_a_name_is_not_looked_up_without_a_mark() -> None:
    with pytest.raises(Refused):
        socket.getaddrinfo("localhost", 80)


def test_a_socket_pair_is_free() -> None:
    left, right = socket.socketpair()
    with left, right:
        left.sendall(b"word")
        assert right.recv(4) == b"word"


@pytest.mark.programs
def test_the_mark_lets_a_program_start() -> None:
    assert subprocess.run([sys.executable, "-c", ""], check=False).returncode == 0


@pytest.mark.programs
def test_the_mark_for_programs_opens_no_socket() -> None:
    with socket.socket() as unmarked, pytest.raises(Refused):
        unmarked.bind(("127.0.0.1", 0))


@pytest.mark.network
def test_the_mark_lets_a_loopback_socket_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


@pytest.mark.network
@pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.1", "2001:db8::1"])
def test_the_mark_for_the_network_never_leaves_the_machine(address: str) -> None:
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as marked, pytest.raises(Refused):
        marked.connect((address, 9))


@pytest.mark.network
def test_a_unix_socket_is_local(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "door"))
        server.listen()
        client.connect(str(tmp_path / "door"))
        assert client.getpeername() == str(tmp_path / "door")


@pytest.mark.network
def test_a_foreign_name_is_not_looked_up_even_with_the_mark() -> None:
    with pytest.raises(Refused):
        socket.getaddrinfo("example.org", 443)
