"""A small web behind a filter: a site, a forward proxy that refuses one name in each way that filters have.

All of it on loopback, plain or under TLS by an authority of the test's own; every server ends with the block.
"""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Talk = Callable[[socket.socket], None]
PAGE = b"<html><body><h1>Bienvenue</h1></body></html>"


@contextmanager
def served(talk: Talk) -> Iterator[int]:
    """Give the port of a server that holds each connection to `talk`, on a thread of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    open_ones: list[socket.socket] = []

    def hold(connection: socket.socket) -> None:
        with suppress(OSError), connection:
            talk(connection)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.settimeout(60)
            open_ones.append(connection)
            threading.Thread(target=hold, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        for connection in open_ones:
            connection.close()


def head_of(connection: socket.socket) -> str:
    """Return a request's head; empty where none comes."""
    head = b""
    while b"\r\n\r\n" not in head and (piece := connection.recv(65536)):
        head += piece
    return head.decode("latin-1")


def answer(status: str, body: bytes = b"", *fields: str) -> bytes:
    """Return an answer with its body."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *fields, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def reset(connection: socket.socket) -> None:
    """Cut a connection as a filter does: RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def saying(words: bytes) -> Talk:
    """Return a talk that answers every request with the same bytes."""

    def talk(connection: socket.socket) -> None:
        if head_of(connection):
            connection.sendall(words)

    return talk


def dripping(connection: socket.socket) -> None:
    """Answer without an end, a byte at a time."""
    head_of(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.05)


@dataclass
class Filter:
    """A forward proxy that refuses what `blocked` names, in the way that `refuse` does, and asks `site` for the rest.

    `context`: it opens what runs under TLS and answers in the server's name. `heads` are the requests that it got.
    """

    refuse: Talk = field(default_factory=lambda: saying(b""))
    site: int = 0
    blocked: str = "blocked.test"
    context: ssl.SSLContext | None = None
    heads: list[str] = field(default_factory=list)

    def talk(self, connection: socket.socket) -> None:
        """Hold one connection."""
        head = head_of(connection)
        if not head:
            return
        self.heads.append(head)
        refused = self.blocked in head.split("\r\n", 1)[0]
        if not head.startswith("CONNECT"):
            self._refuse(connection) if refused else self._pass_on(connection, head)
        elif self.context is not None:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with self.context.wrap_socket(connection, server_side=True) as opened:
                inner = head_of(opened)
                opened.sendall(answer("403 Forbidden", b"refus") if refused and inner else answer("200 OK", PAGE))
        elif refused:
            self._refuse(connection)
        else:
            self._tunnel(connection)

    def _refuse(self, connection: socket.socket) -> None:
        # Its head was read already: the talk of a refusal only answers.
        self.refuse(_Heard(connection))  # type: ignore[arg-type]

    def _pass_on(self, connection: socket.socket, head: str) -> None:
        with socket.create_connection(("127.0.0.1", self.site), timeout=60) as site:
            site.sendall(head.encode("latin-1"))
            while piece := site.recv(65536):
                connection.sendall(piece)

    def _tunnel(self, connection: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", self.site), timeout=60) as site:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_copy, args=(site, connection), daemon=True)
            back.start()
            _copy(connection, site)
            back.join()


class _Heard:
    """A connection whose request was heard already."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def recv(self, _size: int) -> bytes:
        """Return a head that says nothing."""
        return b"GET / HTTP/1.1\r\n\r\n"

    def __getattr__(self, name: str) -> object:
        return getattr(self._connection, name)


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            sink.sendall(piece)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def under_tls(context: ssl.SSLContext, talk: Talk) -> Talk:
    """Return a talk that is held under TLS."""

    def held(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as opened:
            talk(opened)

    return held
