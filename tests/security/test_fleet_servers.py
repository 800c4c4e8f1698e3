"""Someone else answers in the place of the fleet's database: no password and no row is given to them."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from agent.config.settings import FleetSettings
from agent.fleet.database import DatabaseAway, arguments_of, connected, connected_as_administrator
from tests.parts.sshd import LOOPBACK

pytestmark = [pytest.mark.programs, pytest.mark.network]

# The protocol's numbers: a wish for TLS or GSSAPI, and what a server asks of who connects.
ENCRYPTIONS = (80877103, 80877104)
NOTHING, CLEARTEXT, MD5 = struct.pack("!I", 0), struct.pack("!I", 3), struct.pack("!I4s", 5, b"salt")
READY = (
    (b"S", b"server_version\x0017.0\0"),
    (b"S", b"client_encoding\0UTF8\0"),
    (b"Z", b"I"),
)


@dataclass
class Impostor:
    """A server on a free port of the loopback, that asks for a password in some form, or for none."""

    asks: bytes
    port: int = 0
    heard: list[bytes] = field(default_factory=list)

    def serve(self, door: socket.socket) -> None:
        """Talk to each client until it goes."""
        with suppress(OSError):
            while True:
                client, _ = door.accept()
                with client, suppress(OSError, struct.error):
                    client.settimeout(10)
                    self._talk(client)

    def _talk(self, client: socket.socket) -> None:
        while struct.unpack("!I", _said(client)[:4])[0] in ENCRYPTIONS:
            client.sendall(b"N")
        client.sendall(_message(b"R", self.asks))
        if self.asks != NOTHING:
            self._hear(client)
            client.sendall(_message(b"R", NOTHING))
        client.sendall(b"".join(_message(*one) for one in READY))
        self._hear(client)

    def _hear(self, client: socket.socket) -> None:
        if client.recv(1):
            self.heard.append(_said(client))


def _message(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("!I", len(content) + 4) + content


def _said(client: socket.socket) -> bytes:
    (size,) = struct.unpack("!I", client.recv(4, socket.MSG_WAITALL))
    return client.recv(size - 4, socket.MSG_WAITALL)


@contextmanager
def impostor(asks: bytes) -> Iterator[Impostor]:
    """Run one."""
    with socket.create_server((LOOPBACK, 0)) as door:
        made = Impostor(asks=asks, port=door.getsockname()[1])
        thread = threading.Thread(target=made.serve, args=(door,), daemon=True)
        thread.start()
        yield made
        door.shutdown(socket.SHUT_RDWR)
        thread.join(10)


@pytest.fixture
def settings(tmp_path: Path) -> FleetSettings:
    """Return an agent's settings, with a password and without a certificate; the port is another's."""
    (tmp_path / "password").write_text("S3CRET\n")
    return FleetSettings(
        database=f"postgresql://{LOOPBACK}:1/beffroi",
        user="beffroi_arras_1",
        agent="arras-1",
        password_file=tmp_path / "password",
    )


def at(settings: FleetSettings, port: int) -> FleetSettings:
    """Return settings for another port."""
    return replace(settings, database=f"postgresql://{LOOPBACK}:{port}/beffroi")


@pytest.mark.parametrize("asks", [NOTHING, CLEARTEXT, MD5], ids=["nothing", "the password", "its md5"])
def test_an_impostor_of_the_fleet_s_database_is_told_nothing(settings: FleetSettings, asks: bytes) -> None:
    """Any account may have the port while the database is down."""
    with impostor(asks) as other, pytest.raises(DatabaseAway, match="scram-sha-256"):
        connected(at(settings, other.port))
    assert other.heard == []


@pytest.mark.parametrize("asks", [CLEARTEXT, MD5], ids=["the password", "its md5"])
def test_an_impostor_gets_no_administrator_s_password(asks: bytes) -> None:
    with impostor(asks) as other, pytest.raises(DatabaseAway, match="authentication method requirement"):
        connected_as_administrator(None, f"postgresql://postgres:S3CRET@{LOOPBACK}:{other.port}/beffroi")
    assert other.heard == []


def test_an_administrator_s_server_elsewhere_has_to_be_proven() -> None:
    with impostor(NOTHING) as other, pytest.raises(DatabaseAway, match="SSL was required"):
        connected_as_administrator(None, f"postgresql://postgres@pg.example:{other.port}/b?hostaddr={LOOPBACK}")
    assert other.heard == []


def test_without_a_password_a_certificate_has_to_prove_the_server(settings: FleetSettings) -> None:
    assert arguments_of(replace(settings, password_file=None))["sslmode"] == "verify-full"
