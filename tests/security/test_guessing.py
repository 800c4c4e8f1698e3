"""Guessing passwords: it stops no one whose name is proven, takes no thread for long, and tells no name."""

import base64
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import bcrypt
import pytest

from agent.export.http.credentials import WAITING
from agent.export.http.server import CLIENTS, HttpServer
from tests.parts.processes import wait_until
from tests.parts.web import HASH, PASSWORD, Answer, StillSite, connect, get, port_of, received, understood

pytestmark = pytest.mark.network

GUESSERS = 150


def guess(name: str, password: str) -> bytes:
    """Return a request under a name."""
    token = base64.b64encode(f"{name}:{password}".encode()).decode()
    return f"GET /metrics HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {token}\r\n\r\n".encode()


def scrape(port: int) -> Answer:
    """Scrape under the name that is remembered."""
    token = base64.b64encode(f"prometheus:{PASSWORD}".encode()).decode()
    return get(port, "/metrics", f"Authorization: Basic {token}")


class Gate:
    """Every hash of a guess until it is opened."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.entered = 0

    def checkpw(self, password: bytes, known: bytes) -> bool:
        """Let the right password through at once, and any other wait."""
        if password == PASSWORD.encode():
            return True
        self.entered += 1
        self.opened.wait(60)
        return False


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """Put a gate in place of bcrypt, and a patience that no test outlasts."""
    gate = Gate()
    monkeypatch.setattr(bcrypt, "checkpw", gate.checkpw)
    monkeypatch.setattr("agent.export.http.credentials.TURN_SECONDS", 60.0)
    yield gate
    gate.opened.set()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[HttpServer]:
    """Serve to one name."""
    file = tmp_path / "web.yml"
    file.write_text(f"basic_auth_users:\n  prometheus: {HASH}\n")
    with HttpServer("127.0.0.1:0", StillSite(), web_config=file) as server:
        yield server


def test_150_guessers_stop_no_scrape(server: HttpServer, gate: Gate) -> None:
    """While a hash is under way and none comes after it: the remembered name is answered, each time."""
    port = port_of(server)
    assert scrape(port).status == 200
    with ExitStack() as guessers:
        for number in range(GUESSERS):
            guessers.enter_context(connect(port)).sendall(guess("prometheus", f"guess-{number}"))
            if number % 10 == 0:
                assert scrape(port).status == 200
        assert wait_until(lambda: gate.entered == 1)
        assert [scrape(port).status for _ in range(20)] == [200] * 20
        assert gate.entered == 1


def test_the_ninth_that_waits_for_a_hash_hears_503_at_once(server: HttpServer, gate: Gate) -> None:
    """One is hashed, eight wait; who comes then is not kept, whatever name it gives."""
    port = port_of(server)
    with ExitStack() as guessers:
        waiting = [guessers.enter_context(connect(port)) for _ in range(WAITING + 1)]
        for number, connection in enumerate(waiting):
            connection.sendall(guess("prometheus", f"guess-{number}"))
        assert wait_until(lambda: server._credentials._waiting._value == 0)
        for name in ("prometheus", "nobody"):
            with connect(port) as late:
                late.sendall(guess(name, "late"))
                answer = understood(received(late))
            assert (answer.status, answer.body) == (503, b"too many passwords are being checked\n")
        gate.opened.set()
        assert [understood(received(connection)).status for connection in waiting] == [401] * (WAITING + 1)


def test_who_waits_for_a_hash_is_cut_like_a_silent_one(server: HttpServer, gate: Gate) -> None:
    """The oldest that is not answered yet makes room, be it silent or waiting for its turn."""
    port = port_of(server)
    assert scrape(port).status == 200
    with ExitStack() as clients:
        guessers = [clients.enter_context(connect(port)) for _ in range(3)]
        for number, connection in enumerate(guessers):
            connection.sendall(guess("prometheus", f"guess-{number}"))
        assert wait_until(lambda: server._credentials._waiting._value == WAITING - 2)
        for _ in range(CLIENTS):
            clients.enter_context(connect(port))
        assert scrape(port).status == 200
        assert [received(connection) for connection in guessers] == [b""] * 3
