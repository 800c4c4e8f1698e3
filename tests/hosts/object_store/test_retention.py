"""Answers about the lock of one object, and a store that answers some and not all."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import sleep
from urllib.parse import unquote

import pytest

from agent.core.deadline import Deadline
from agent.core.errors import Denied, LookError, Missing, Unreachable, Unreadable
from agent.core.reason import Reason
from agent.hosts.object_store.asking import S3Answer, S3Connection
from agent.hosts.object_store.place import S3Place
from agent.hosts.object_store.retention import AskedLocks, ObjectLock, lock_in, locks_of
from agent.hosts.object_store.signature import S3Key
from agent.hosts.object_store.versions import ObjectVersion
from tests.parts.ports import free_port

PLACE = S3Place(host="127.0.0.1", port=443, secure=True, bucket="b", prefix="")
WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)
UNTIL = datetime(2026, 12, 1, tzinfo=UTC)
LOCK = "<Retention><Mode>{mode}</Mode><RetainUntilDate>2026-12-01T00:00:00Z</RetainUntilDate></Retention>"


def told(body: str, status: int = 200, code: str = "") -> ObjectLock:
    return lock_in(S3Answer(status=status, code=code, body=body.encode()), PLACE, "data/aa")


def test_a_lock_has_its_mode_and_its_end() -> None:
    assert told(LOCK.format(mode="COMPLIANCE")) == ObjectLock(mode="COMPLIANCE", until=UNTIL)
    assert told(LOCK.format(mode="GOVERNANCE")).mode == "GOVERNANCE"


@pytest.mark.parametrize(
    ("status", "code"), [(404, "NoSuchObjectLockConfiguration"), (400, "InvalidRequest")], ids=["object", "bucket"]
)
def test_an_object_without_a_lock_is_no_failure(status: int, code: str) -> None:
    assert told("", status, code) == ObjectLock()


@pytest.mark.parametrize(
    ("body", "status", "code", "error"),
    [
        ("", 403, "AccessDenied", Denied),
        ("", 404, "NoSuchKey", Missing),
        ("", 501, "NotImplemented", Unreadable),
        (LOCK.format(mode="WORM"), 200, "", Unreadable),
        (LOCK.format(mode="COMPLIANCE").replace("00Z", "00"), 200, "", Unreadable),
        ("<Other/>", 200, "", Unreadable),
    ],
)
def test_what_tells_no_lock_is_not_an_unlocked_object(
    body: str, status: int, code: str, error: type[LookError]
) -> None:
    with pytest.raises(error):
        told(body, status, code)


class OddStore(BaseHTTPRequestHandler):
    """Answer by the object's own name: `locked`, `open`, `denied`, `headed`, `gone`, `broken`, `elsewhere`."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        return

    def do_HEAD(self) -> None:
        headed = "headed" in self.path
        self.send_response(200)
        if headed:
            self.send_header("x-amz-object-lock-mode", "COMPLIANCE")
            self.send_header("x-amz-object-lock-retain-until-date", "2026-12-01T00:00:00Z")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        name = unquote(self.path).partition("?")[0].rpartition("/")[2]
        answers = {
            "open": (404, "<Error><Code>NoSuchObjectLockConfiguration</Code></Error>"),
            "denied": (403, "<Error><Code>AccessDenied</Code></Error>"),
            "headed": (403, "<Error><Code>AccessDenied</Code></Error>"),
            "gone": (404, "<Error><Code>NoSuchVersion</Code></Error>"),
            "broken": (503, "<Error><Code>SlowDown</Code></Error>"),
            "huge": (200, "x" * (9 * 1024 * 1024)),
        }
        status, body = answers.get(name, (200, LOCK.format(mode="COMPLIANCE")))
        if name == "elsewhere" and "/eu-west-3/" not in self.headers["Authorization"]:
            status = 400
            body = "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-3</Region></Error>"
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())


@contextmanager
def odd_store() -> Iterator[S3Place]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), OddStore)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield S3Place(host="127.0.0.1", port=server.server_port, secure=False, bucket="b", prefix="")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def asked(place: S3Place, names: Sequence[str], seconds: float = 30) -> AskedLocks:
    deadline = Deadline(timedelta(seconds=seconds))
    key = S3Key(id="id", secret="secret", region="us-east-1")
    versions = [ObjectVersion(key=name, id="v", written=WRITTEN, latest=True, marker=False) for name in names]
    return locks_of(lambda: S3Connection(place, key, deadline), place, versions, deadline)


@pytest.mark.network
def test_each_object_is_asked_once_and_one_that_is_gone_is_left_out() -> None:
    with odd_store() as place:
        found = asked(place, ["locked", "open", "gone", "headed", "elsewhere"])
    locked = ObjectLock(mode="COMPLIANCE", until=UNTIL)
    expected = {"locked": locked, "open": ObjectLock(), "headed": locked, "elsewhere": locked}
    assert found.error is None
    assert {key: lock for (key, _), lock in found.told.items()} == expected


@pytest.mark.network
@pytest.mark.parametrize(
    ("name", "reason"),
    [("denied", Reason.DENIED), ("broken", Reason.UNREACHABLE), ("huge", Reason.UNREADABLE)],
)
def test_the_first_thing_that_hinders_is_told(name: str, reason: Reason) -> None:
    with odd_store() as place:
        found = asked(place, [name])
    assert found.told == {}
    assert found.error is not None and found.error.reason is reason


@pytest.mark.network
def test_no_time_left_is_told_as_such() -> None:
    with odd_store() as place:
        found = asked(place, ["locked"], seconds=0)
    assert found.error is not None and found.error.reason is Reason.TIMED_OUT


@pytest.mark.network
@pytest.mark.parametrize(
    ("begins", "more"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"y"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b"y"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"y"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_a_store_that_answers_without_end_costs_no_more_than_its_time(begins: bytes, more: bytes) -> None:
    """It kept a worker for ever, for which the daemon was ended and started anew."""

    def serve() -> None:
        with server.accept()[0] as client, suppress(OSError):
            client.recv(65536)
            client.sendall(begins)
            while True:
                client.sendall(more)
                sleep(0.05)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=serve, daemon=True)
        thread.start()
        place = S3Place(host="127.0.0.1", port=server.getsockname()[1], secure=False, bucket="b", prefix="")
        found = asked(place, ["locked"], seconds=0.5)
        thread.join(10)
    assert found.error is not None and found.error.reason is Reason.TIMED_OUT
    assert not thread.is_alive()


@pytest.mark.network
def test_a_store_that_is_down_is_unreachable() -> None:
    place = S3Place(host="127.0.0.1", port=free_port(), secure=False, bucket="b", prefix="")
    found = asked(place, ["locked"])
    assert isinstance(found.error, Unreachable)
