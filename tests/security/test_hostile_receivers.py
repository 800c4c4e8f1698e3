"""A relay, webhook or watcher that answers without end takes neither a thread nor memory: its connection is cut."""

import itertools
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from agent.alert import sending
from agent.alert.message import Message
from agent.alert.outbox import Delivery
from agent.alert.sending import Receivers, Undelivered
from agent.config.settings import AlertSettings, Mail
from tests.export.samples import NOW

pytestmark = pytest.mark.network

DELIVERY = Delivery(
    id=7, receiver="", made_at=NOW, message=Message(subject="s", body="b\n", document="{}"), repeat=False
)
PATIENCE = 20.0
# The beginning of a ServerHello that is as long as a record may be.
HELLO = b"\x16\x03\x03\x3f\xff\x02\x00\x3f\xfb\x03\x03"


@dataclass
class Endless:
    """A receiver that goes on until it is cut off; `sent` counts its bytes."""

    port: int = 0
    sent: int = 0
    cut: threading.Event = field(default_factory=threading.Event)


def slowly(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield some bytes, a few now and then."""
    never = threading.Event()
    for piece in pieces:
        never.wait(0.02)
        yield piece


@contextmanager
def endless(answers: Callable[[], Iterable[bytes]], listens: bool) -> Iterator[Endless]:
    """Take one connection, hear its first words where `listens`, and answer without end."""
    receiver = Endless()

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            try:
                if listens:
                    connection.recv(65536)
                for piece in answers():
                    connection.sendall(piece)
                    receiver.sent += len(piece)
            except OSError:
                receiver.cut.set()

    with socket.create_server(("127.0.0.1", 0)) as server:
        receiver.port = server.getsockname()[1]
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield receiver
        thread.join(PATIENCE)


def post_to(port: int, scheme: str = "http") -> None:
    alert = AlertSettings(webhook=f"{scheme}://127.0.0.1:{port}/in")
    Receivers(alert=alert, language="fr").send(replace(DELIVERY, receiver="webhook"))


def mail_to(port: int, scheme: str = "smtp") -> None:
    mail = Mail(to=("a@example.fr",), smtp=f"{scheme}://127.0.0.1:{port}", sender="b@example.fr")
    Receivers(alert=AlertSettings(mail=mail), language="fr").send(replace(DELIVERY, receiver="mail"))


def first(piece: bytes, more: bytes) -> Callable[[], Iterable[bytes]]:
    return lambda: itertools.chain([piece], itertools.repeat(more))


ANSWERS: dict[str, tuple[Callable[[int], None], bool, Callable[[], Iterable[bytes]]]] = {
    "a field, byte by byte": (post_to, True, lambda: slowly(first(b"HTTP/1.1 200 OK\r\nX: ", b"y")())),
    "one 100 Continue after another": (post_to, True, lambda: slowly(first(b"", b"HTTP/1.1 100 Continue\r\n\r\n")())),
    "fields": (post_to, True, first(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 1000)),
    "a greeting, byte by byte": (mail_to, False, lambda: slowly(first(b"220 ", b"y")())),
    "a greeting of lines": (mail_to, False, first(b"", b"220-y\r\n" * 1000)),
    "an answer of lines": (mail_to, False, first(b"220 relay\r\n", b"250-y\r\n" * 1000)),
    "an answer, byte by byte": (mail_to, False, lambda: slowly(first(b"220 relay\r\n250 ", b"y")())),
    "a handshake, byte by byte": (
        lambda port: mail_to(port, "smtps"), True, lambda: slowly(first(HELLO, b"\0")())
    ),
    "a handshake with a webhook": (
        lambda port: post_to(port, "https"), True, lambda: slowly(first(HELLO, b"\0")())
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_a_receiver_that_answers_without_end_is_cut_off(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    send, listens, answers = ANSWERS[name]
    for deadline in ("DEADLINE", "LETTER_DEADLINE", "LETTER_WHOLE"):
        monkeypatch.setattr(sending, deadline, timedelta(seconds=1))
    with endless(answers, listens) as receiver:
        with pytest.raises(Undelivered):
            send(receiver.port)
        assert receiver.cut.wait(PATIENCE)
    assert receiver.sent < 32 * 1024**2


@pytest.mark.parametrize(
    ("send", "listens", "answer"),
    [
        (mail_to, False, b"554 \x1b]0;hostile\x07\r\n"),
        (mail_to, False, b"220 relay\r\n554 \x1b[31mhostile\r\n"),
        (post_to, True, b"HTTP/1.1 500 \x1b[31mhostile\r\n\r\n"),
        (post_to, True, b"\x1b[31mhostile\r\n\r\n"),
        (post_to, True, b"HTTP/1.1 302 hostile\r\nLocation: https://hostile.example/\r\n\r\n"),
    ],
)
def test_no_word_of_a_receiver_is_repeated(send: Callable[[int], None], listens: bool, answer: bytes) -> None:
    with endless(lambda: [answer], listens) as receiver, pytest.raises(Undelivered) as raised:
        send(receiver.port)
    assert "hostile" not in str(raised.value)
    assert "\x1b" not in str(raised.value)
