"""One connection: its handshake, its request, its answer, each under a deadline that no silence stretches."""

import contextlib
import logging
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from http import HTTPStatus

from agent.config.web_config import WebConfig
from agent.export.http.credentials import Credentials
from agent.export.http.host_names import Hosts
from agent.export.http.refusing import refusal
from agent.export.http.request import HEAD_LIMIT, HttpRequest, RequestRefused, body_size, parse
from agent.export.http.response import Response, line
from agent.export.http.service import HttpService

LOGGER = logging.getLogger("beffroi.http")

# Handshake and request together; then the answer; then what the client still had to say.
REQUEST_SECONDS, ANSWER_SECONDS, LINGER_SECONDS = 5.0, 10.0, 0.2
PIECE = 64 * 1024

_ALWAYS = (
    ("Connection", "close"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)


class Connection:
    """Serve one accepted client in a thread of its own."""

    def __init__(
        self,
        accepted: socket.socket,
        config: WebConfig,
        credentials: Credentials,
        service: HttpService,
        *,
        hosts: Hosts,
        admit: Callable[["Connection"], bool],
    ) -> None:
        """Prepare for one client; `admit` is asked once it may be answered: False refuses, as too many are."""
        self._socket = accepted
        self._local = accepted.getsockname()[0] if accepted.family is not socket.AF_UNIX else None
        # A second handle on the same connection: it can be shut from another thread while TLS owns the first.
        self._handle = accepted.dup()
        self._config = config
        self._credentials = credentials
        self._service = service
        self._hosts = hosts
        self._admit = admit
        # Until it may be answered, and while it takes its answer: meanwhile it may be cut for others.
        self.waits = True

    def shut(self) -> None:
        """End the connection from another thread; whatever waits on it returns at once."""
        with contextlib.suppress(OSError):
            self._handle.shutdown(socket.SHUT_RDWR)

    def serve(self, ended: Callable[["Connection"], None]) -> None:
        """Answer the one request and close; tell `ended` in any case."""
        try:
            self._serve()
        except (OSError, ssl.SSLError):
            pass  # the client went, was too slow, or spoke no TLS: no one is left to be told
        except Exception:
            LOGGER.exception("a request could not be answered")
        finally:
            with contextlib.suppress(OSError):
                self._socket.close()
            self._handle.close()
            ended(self)

    def _serve(self) -> None:
        deadline = time.monotonic() + REQUEST_SECONDS
        if self._config.tls is not None:
            self._socket.settimeout(_left(deadline))
            self._socket = self._config.tls.wrap_socket(self._socket, server_side=True)
        request: HttpRequest | None = None
        try:
            head, rest = self._head(deadline)
            request = self._with_body(parse(head), rest, deadline)
            response = self._answer(request)
        except RequestRefused as refusal:
            response = line(refusal.status, refusal.message)
        except TimeoutError:
            response = line(408, "no request came in time")
        self.waits = True
        self._send(response, body=request is None or request.method != "HEAD")

    def _head(self, deadline: float) -> tuple[bytes, bytes]:
        received = bytearray()
        while (end := received.find(b"\r\n\r\n")) < 0:
            if len(received) > HEAD_LIMIT:
                raise RequestRefused(431, "the request's head is too long")
            self._socket.settimeout(_left(deadline))
            piece = self._socket.recv(4096)
            if not piece:
                if not received:
                    raise ConnectionResetError("the client said nothing")
                raise RequestRefused(400, "the request ends too soon")
            received += piece
        if end > HEAD_LIMIT:
            raise RequestRefused(431, "the request's head is too long")
        return bytes(received[:end]), bytes(received[end + 4 :])

    def _with_body(self, request: HttpRequest, begun: bytes, deadline: float) -> HttpRequest:
        """Return a request with its body, where the service reads one; `begun` came with the head."""
        limit = self._service.body_limit
        if limit == 0:
            return request
        size = body_size(request, limit)
        received = bytearray(begun)
        while len(received) < size:
            self._socket.settimeout(_left(deadline))
            piece = self._socket.recv(PIECE)
            if not piece:
                raise RequestRefused(400, "the request ends too soon")
            received += piece
        return replace(request, body=bytes(received[:size]))

    def _answer(self, request: HttpRequest) -> Response:
        strict = not self._service.any_host
        if strict and request.host is not None and not self._hosts.knows(request.host, self._local):
            return line(421, "this host is not served here; [agent] address names one that is")
        user: str | None = None
        if self._config.users:
            user = self._credentials.user(request.fields.get("authorization", ""), self._config.users)
            if user is None:
                asks = ("WWW-Authenticate", 'Basic realm="beffroi"')
                return refusal(request, 401, "a name and a password are needed", self._service.language(), asks)
        self.waits = False
        if not self._admit(self):
            return line(503, "too many requests are being answered")
        try:
            return self._service.answer(request, user)
        except RequestRefused:
            raise
        except Exception:
            LOGGER.exception("a request could not be answered")
            return line(500, "this cannot be answered at the moment; the agent's log says why")

    def _send(self, response: Response, *, body: bool) -> None:
        deadline = time.monotonic() + ANSWER_SECONDS
        text = _head_of(response, self._config.headers) + (response.body if body else b"")
        rest = memoryview(text)
        while rest:
            self._socket.settimeout(_left(deadline))
            rest = rest[self._socket.send(rest[:PIECE]) :]
        self._linger()

    def _linger(self) -> None:
        # To close with unread bytes would reset the connection, and the client might never see the answer.
        deadline = time.monotonic() + LINGER_SECONDS
        with contextlib.suppress(OSError, ssl.SSLError):
            if isinstance(self._socket, ssl.SSLSocket):
                self._socket.settimeout(_left(deadline))
                self._socket.unwrap()
                return
            self._socket.shutdown(socket.SHUT_WR)
            while self._socket.recv(PIECE):
                self._socket.settimeout(_left(deadline))


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the deadline has passed")
    return left


def _head_of(response: Response, configured: tuple[tuple[str, str], ...]) -> bytes:
    phrase = HTTPStatus(response.status).phrase
    fields = dict(_ALWAYS)
    fields["Date"] = formatdate(usegmt=True)
    fields["Content-Type"] = response.content_type
    fields["Content-Length"] = str(len(response.body))
    fields["Content-Security-Policy"] = response.policy
    fields.update(response.headers)
    fields.update(configured)
    lines = [f"HTTP/1.1 {response.status} {phrase}", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1")
