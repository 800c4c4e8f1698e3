"""The server over a real socket: what it answers, what it refuses, and that silence costs no one else anything."""

import contextlib
import logging
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.cli.logs import OneLine
from agent.core.errors import UsageError
from agent.export.http import connection as connections
from agent.export.http.connection import REQUEST_SECONDS
from agent.export.http.health import Health
from agent.export.http.listening import split
from agent.export.http.server import CLIENTS, HttpServer
from agent.export.snapshot import Snapshot
from tests.parts.web import StillSite, connect, get, port_of, received, said

pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Serve a site that never changes, for all tests that change nothing."""
    with HttpServer("127.0.0.1:0", StillSite()) as server:
        yield port_of(server)


@pytest.mark.parametrize(
    ("target", "kind", "beginning"),
    [
        ("/", "text/html; charset=utf-8", b"<!doctype html>"),
        ("/metrics", "text/plain; version=0.0.4; charset=utf-8", b"# HELP beffroi_build_info"),
        ("/healthz", "text/plain; charset=utf-8", b"ok\n"),
        ("/api/verdicts", "application/json", b'{"schema": "beffroi.verdicts/1"'),
        ("/api/verdicts?beneficiary=scota", "application/json", b'{"schema": "beffroi.verdicts/1"'),
        ("http://localhost/healthz", "text/plain; charset=utf-8", b"ok\n"),
    ],
)
def test_each_address_answers_in_its_form(port: int, target: str, kind: str, beginning: bytes) -> None:
    """Content, its type and its length agree, and no one may guess another type or keep a copy."""
    answer = get(port, target)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == kind
    assert answer.body.startswith(beginning)
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "Server" not in answer.headers


def test_a_scraper_that_asks_for_open_metrics_gets_it(port: int) -> None:
    """The Accept field is honoured."""
    answer = get(port, "/metrics", "Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.1")
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    assert answer.body.endswith(b"\n# EOF\n")


@pytest.mark.parametrize("target", ["/", "/metrics", "/healthz", "/api/verdicts", "/nothing"])
def test_head_is_get_without_the_body(port: int, target: str) -> None:
    """Status and length are the same."""
    asked, headed = get(port, target), get(port, target, method="HEAD")
    assert headed.body == b""
    assert headed.status == asked.status
    assert headed.headers["Content-Length"] == asked.headers["Content-Length"]


@pytest.mark.parametrize(
    "target",
    ["/metrics/", "//metrics", "/%6detrics", "/../metrics", "/favicon.ico", "/api", "/Metrics", "*", "localhost:80"],
)
def test_every_other_address_is_not_there(port: int, target: str) -> None:
    """An address is exactly one of the four."""
    answer = get(port, target)
    assert (answer.status, answer.body) == (404, b"there is nothing at this address\n")


def test_an_unknown_beneficiary_is_not_an_empty_list(port: int) -> None:
    """No verdicts at all would read as nothing wrong."""
    assert get(port, "/api/verdicts?beneficiary=nobody").status == 404
    assert get(port, "/?beneficiary=nobody").status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get", "PROPFIND"])
def test_nothing_but_get_and_head_is_answered(port: int, method: str) -> None:
    """The agent changes nothing, so nothing can be sent to it."""
    answer = get(port, "/metrics", method=method)
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, HEAD"


def test_a_body_is_never_waited_for(port: int) -> None:
    """The answer comes although the body that was announced does not, and is not lost when it does."""
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n"
    assert said(port, head).status == 405
    assert said(port, head + b"x" * 20_000).status == 405


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (b"\r\n\r\n", 400),
        (b"GET /metrics\r\n\r\n", 400),
        (b"GET  /metrics HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET /m\xc3\xa9trics HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET /metrics HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        (b"GET /metrics HTTP/1.1\r\n\r\n", 400),
        (b"GET /metrics HTTP/1.0\r\n\r\n", 200),
        (b"GET /metrics HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET /metrics HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400),
        (b"GET /metrics HTTP/1.1\r\nHost : a\r\n\r\n", 400),
        (b"GET /metrics HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n", 400),
        (b"GET http://[::1 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 100 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 40_000, 431),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    ],
)
def test_what_is_no_request_is_refused_in_one_line(port: int, text: bytes, status: int) -> None:
    """Every malformed request has its status, and nothing of it is repeated."""
    answer = said(port, text)
    assert answer.status == status
    assert answer.body.count(b"\n") == 1 or status == 200


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=300), st.sampled_from([b"", b"GET ", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: a\r\n"])
)
def test_random_bytes_are_answered_and_harm_nobody(port: int, noise: bytes, beginning: bytes) -> None:
    """Whatever comes in, an answer or nothing comes out, and the next scrape is served."""
    with connect(port) as connection, contextlib.suppress(ConnectionError):
        connection.sendall(beginning + noise)
        connection.shutdown(socket.SHUT_WR)
        answer = received(connection)
        assert answer == b"" or answer.startswith(b"HTTP/1.1 ")
        assert b"Traceback" not in answer
    assert get(port, "/healthz").status == 200


def test_a_sick_agent_says_so_in_one_line() -> None:
    """What is wrong is the answer."""
    site = StillSite(well=Health(since_tick=timedelta(seconds=95)))
    with HttpServer("127.0.0.1:0", site) as server:
        answer = get(port_of(server), "/healthz")
    assert (answer.status, answer.body) == (503, b"the loop has not ticked for 95 s\n")


def test_a_site_that_breaks_costs_its_own_answer_only(caplog: pytest.LogCaptureFixture) -> None:
    """The client hears one line, the log says what it was and where, health is still answered."""

    class Broken(StillSite):
        def snapshot(self) -> Snapshot:
            raise RuntimeError("the ledger\nis gone")

    with HttpServer("127.0.0.1:0", Broken()) as server, caplog.at_level(logging.ERROR):
        answer = get(port_of(server), "/metrics")
        assert get(port_of(server), "/healthz").status == 200
    assert answer.status == 500
    assert b"ledger\n" not in answer.body
    (record,) = caplog.records
    told = OneLine("%(message)s").format(record)
    assert told.startswith("a request could not be answered\\nTraceback")
    assert ", in snapshot\\n" in told
    assert told.endswith("RuntimeError: the ledger\\nis gone")
    assert "\n" not in told


def test_a_fault_outside_an_answer_is_logged_with_its_place(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What breaks before an answer is made, or while it is sent, is told as well."""

    def broken(head: bytes) -> None:
        raise RuntimeError("parser")

    monkeypatch.setattr("agent.export.http.connection.parse", broken)
    with (
        caplog.at_level(logging.ERROR),
        HttpServer("127.0.0.1:0", StillSite()) as server,
        connect(port_of(server)) as connection,
        contextlib.suppress(ConnectionError),
    ):
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert received(connection) == b""
    (record,) = caplog.records
    assert record.exc_info is not None
    assert "in broken" in OneLine("%(message)s").format(record)


def test_more_silent_clients_than_places_do_not_delay_a_scrape(port: int) -> None:
    """The one that has been silent the longest makes room, again and again."""
    with contextlib.ExitStack() as silent:
        for _ in range(CLIENTS + 10):
            silent.enter_context(connect(port))
        scrape = b"GET /metrics HTTP/1.0\r\n\r\n"
        assert said(port, scrape, timeout=REQUEST_SECONDS / 2).status == 200


def test_a_trickle_of_bytes_ends_at_the_deadline(port: int) -> None:
    """A byte now and then does not make the time allowed any longer."""
    with connect(port, timeout=REQUEST_SECONDS * 2) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX: ")
        stopped = threading.Event()

        def trickle() -> None:
            with contextlib.suppress(OSError):
                while not stopped.wait(0.2):
                    connection.sendall(b"y")

        writer = threading.Thread(target=trickle)
        writer.start()
        try:
            assert received(connection).startswith(b"HTTP/1.1 408 ")
        finally:
            stopped.set()
            writer.join()


def test_stopping_waits_for_no_silent_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server stops soon, and its port is free again."""
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 3600.0)
    server = HttpServer("127.0.0.1:0", StillSite()).start()
    port = port_of(server)
    with connect(port) as one, connect(port) as two:
        one.sendall(b"GET /metrics HTTP/1.1\r\n")
        assert get(port, "/healthz").status == 200
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        stopping.join(60)
        assert not stopping.is_alive()
        assert received(two) == b""
    with HttpServer(f"127.0.0.1:{port}", StillSite()) as again:
        assert get(port_of(again), "/healthz").status == 200


def test_it_listens_on_ipv6_as_well() -> None:
    """An address in brackets is IPv6's."""
    with (
        HttpServer("[::1]:0", StillSite()) as server,
        socket.create_connection(("::1", port_of(server)), timeout=60) as connection,
    ):
        connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        assert received(connection).endswith(b"ok\n")


@pytest.mark.parametrize("listen", ["0.0.0.0:0", "[::]:0", ":0"])
def test_plain_http_does_not_leave_the_machine_unasked(listen: str) -> None:
    """Off loopback it takes TLS, or a word of its own."""
    with pytest.raises(UsageError, match="plain HTTP beyond this machine is refused"):
        HttpServer(listen, StillSite())
    with HttpServer(listen, StillSite(), insecure=True) as server:
        for address, port in server.addresses:
            here = "::1" if ":" in address else "127.0.0.1"
            with socket.create_connection((here, port), timeout=60) as connection:
                connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
                assert received(connection).endswith(b"ok\n")


@pytest.mark.parametrize("listen", ["", "9588", "127.0.0.1", "127.0.0.1:http", "::1:9588", "127.0.0.1:70000", "a:-1"])
def test_a_malformed_address_is_told(listen: str) -> None:
    """The error names what was written, and shows how to write it."""
    with pytest.raises(UsageError) as raised:
        HttpServer(listen, StillSite())
    assert repr(listen) in raised.value.message
    assert raised.value.hint


def test_a_taken_port_is_told(port: int) -> None:
    """It is an error of set-up, not a traceback."""
    with pytest.raises(UsageError, match="address already in use"):
        HttpServer(f"127.0.0.1:{port}", StillSite())


@given(st.text(max_size=20))
def test_any_address_is_split_or_refused(listen: str) -> None:
    """No text is worse than refused."""
    with contextlib.suppress(UsageError):
        _, port = split(listen)
        assert 0 <= port <= 65535
