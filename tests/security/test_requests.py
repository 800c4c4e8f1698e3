"""Requests made to be read in two ways, to smuggle another one in, to write into an answer, or to hold a thread."""

import base64
import contextlib
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.export.http.connection import REQUEST_SECONDS
from agent.export.http.server import CLIENTS, HttpServer
from tests.parts.web import HASH, PASSWORD, StillSite, certify, connect, get, port_of, received, said, understood

pytestmark = pytest.mark.network

HEAD = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n"
SECOND = b"GET /target/backup-rpo.json HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Serve without a password."""
    with HttpServer("127.0.0.1:0", StillSite()) as server:
        yield port_of(server)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Serve to those who have a password."""
    file = tmp_path_factory.mktemp("web") / "web.yml"
    file.write_text(f"basic_auth_users:\n  a: {HASH}\n")
    with HttpServer("127.0.0.1:0", StillSite(), web_config=file) as server:
        yield port_of(server)


def basic(password: bytes) -> str:
    return f"Authorization: Basic {base64.b64encode(b'a:' + password).decode()}"


@pytest.mark.parametrize(
    "text",
    [
        HEAD + b"\r\n" + SECOND,
        HEAD + b"Connection: keep-alive\r\n\r\n" + SECOND + SECOND,
        HEAD + b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND,
        HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\nG" + SECOND,
        HEAD + b"Content-Length: 0\r\nContent-Length: 60\r\n\r\n" + SECOND,
        HEAD + b"Transfer-Encoding: xchunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND,
        HEAD + b"Expect: 100-continue\r\nContent-Length: 60\r\n\r\n" + SECOND,
        HEAD + b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n\r\n" + SECOND,
    ],
)
def test_one_request_has_one_answer_and_the_connection_ends(port: int, text: bytes) -> None:
    with connect(port) as connection:
        connection.sendall(text)
        raw = received(connection)
    answer = understood(raw)
    assert raw.count(b"HTTP/1.1 ") == 1
    assert answer.status == 200
    assert answer.headers["Connection"] == "close"
    assert len(answer.body) == int(answer.headers["Content-Length"])


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (b"GET /metrics\r\n\r\n", 400),
        (b"GET /metrics HTTP/0.9\r\n\r\n", 505),
        (b"GET /metrics HTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET\t/metrics\tHTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b" GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        (HEAD + b"Authorization: Basic YTpi\r\nAuthorization: Basic Yzpk\r\n\r\n", 400),
        (HEAD + b"X: a\rY: b\r\n\r\n", 400),
        (HEAD + b"X: a\nY: b\r\n\r\n", 400),
        (HEAD + b": a\r\n\r\n", 400),
        (HEAD + b"X\r\n\r\n", 400),
        (HEAD + b"X: y\r\n" * 65 + b"\r\n", 431),
        (b"GET /?" + b"&".join(b"a=b" for _ in range(1000)) + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 431),
        (HEAD + b"X: " + b"y" * 10_000_000 + b"\r\n\r\n", 431),
    ],
    ids=lambda value: repr(value[:60]) if isinstance(value, bytes) else str(value),
)
def test_what_may_be_read_in_two_ways_is_refused(port: int, text: bytes, status: int) -> None:
    raw = b""
    with connect(port) as connection, contextlib.suppress(ConnectionError):
        connection.sendall(text)
        raw = received(connection)
    # What is still sending when it is refused may be reset before it hears so.
    assert understood(raw).status == status if raw else len(text) > 100_000
    assert get(port, "/healthz").status == 200


def test_lines_that_end_otherwise_are_no_request(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(b"GET /metrics HTTP/1.1\nHost: localhost\n\n")
        connection.shutdown(socket.SHUT_WR)
        assert understood(received(connection)).status == 400


@pytest.mark.parametrize(
    "target",
    [
        "/?language=fr%0d%0aSet-Cookie:%20a=b",
        "/?beneficiary=%0d%0a%0d%0a<script>alert(1)</script>",
        "/target/%0d%0aX:%20y",
        "/%00",
        "/?language=<script>alert(1)</script>",
        '/target/backup-rpo/"><script>alert(1)</script>',
    ],
)
def test_no_part_of_a_request_gets_into_an_answer(port: int, target: str) -> None:
    answer = get(port, target)
    assert "Set-Cookie" not in answer.headers
    assert "X" not in answer.headers
    assert b"alert(1)" not in answer.body


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE", "POST", "get", "X"])
def test_no_method_goes_without_the_password(guarded: int, method: str) -> None:
    assert get(guarded, "/metrics", method=method).status == 401


@pytest.mark.parametrize(
    "field",
    [
        basic(PASSWORD.encode() + b"\0"),
        basic(b"\0" + PASSWORD.encode()),
        basic(b"x" * 9000),
        basic(PASSWORD.encode() + b":"),
        basic(PASSWORD.encode()) + ", Basic YTpi",
        basic(PASSWORD.encode()).replace("Basic", "Bearer"),
        basic(PASSWORD.encode())[:-4] + "%%%%",
        "Authorization: Basic",
        "Proxy-" + basic(PASSWORD.encode()),
    ],
    ids=lambda field: field[:40],
)
def test_an_odd_password_is_no_password(guarded: int, field: str) -> None:
    assert get(guarded, "/metrics", field).status == 401
    assert get(guarded, "/metrics", basic(PASSWORD.encode())).status == 200


def test_300_silent_clients_delay_no_scrape(port: int) -> None:
    with contextlib.ExitStack() as silent:
        for _ in range(300):
            silent.enter_context(connect(port))
        assert said(port, b"GET /metrics HTTP/1.0\r\n\r\n", timeout=REQUEST_SECONDS).status == 200


def test_slow_handshakes_delay_no_scrape(tmp_path: Path) -> None:
    """More than there are places, each with half of a TLS greeting."""
    authority = certify(tmp_path, "authority")
    certify(tmp_path, "server", authority)
    file = tmp_path / "web.yml"
    file.write_text("tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n")
    context = ssl.create_default_context(cafile=str(authority.certificate))
    with HttpServer("127.0.0.1:0", StillSite(), web_config=file) as server, contextlib.ExitStack() as slow:
        for _ in range(CLIENTS + 16):
            slow.enter_context(connect(port_of(server))).sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        scrape = b"GET /metrics HTTP/1.0\r\n\r\n"
        assert said(port_of(server), scrape, context, timeout=REQUEST_SECONDS).status == 200
