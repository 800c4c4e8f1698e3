"""The server behind `[agent] listen`: small, threaded, bounded, and deaf to whoever says nothing.

It is not prometheus_client's, whose TLS handshake happens before the next client is accepted (one silent client
stops every scrape), which serves plain HTTP where a certificate has no key, and which answers at any path.
"""

import contextlib
import ipaddress
import logging
import selectors
import socket
import threading
import time
from pathlib import Path
from typing import Self

from agent.core.errors import UsageError
from agent.export.connection import Connection
from agent.export.credentials import Credentials
from agent.export.protection import Protection
from agent.export.site import Site

LOGGER = logging.getLogger("beffroi.http")

# As many clients at once; one more, and the one that has kept us waiting the longest goes.
CLIENTS = 64
STOP_SECONDS = 0.8

LISTEN_HINT = 'write an address and a port, such as "127.0.0.1:9588" or "[::1]:9588"'


class Server:
    """Serve a site's pages until it is stopped."""

    def __init__(
        self,
        listen: str,
        site: Site,
        *,
        web_config: Path | None = None,
        insecure: bool = False,
        readers: frozenset[str] = frozenset(),
    ) -> None:
        """Read the web configuration and bind; nothing is answered before `start`.

        Raises UsageError: a malformed or taken address, a bad web configuration, a reader that it does not know, plain
        HTTP off loopback.
        """
        host, port = split(listen)
        places = _resolved(host, port, listen)
        self._others = not all(ipaddress.ip_address(address.partition("%")[0]).is_loopback for _, address in places)
        self.protect(web_config=web_config, insecure=insecure, readers=readers)
        self._site = site
        self._credentials = Credentials()
        self._listeners = _bound(places, port, listen, every=bool(host))
        self._connections: dict[Connection, threading.Thread] = {}
        self._lock = threading.Lock()
        self._wake, self._woken = socket.socketpair()
        self._stopping = False
        self._thread = threading.Thread(target=self._accept_all, name="http", daemon=True)

    @property
    def addresses(self) -> tuple[tuple[str, int], ...]:
        """Return the addresses and ports that are listened on."""
        return tuple(listener.getsockname()[:2] for listener in self._listeners)

    def protect(self, *, web_config: Path | None, insecure: bool, readers: frozenset[str]) -> None:
        """Protect the next requests as a configuration says. Raises UsageError as the constructor does."""
        self._protection = Protection(web_config, open_to_others=self._others, insecure=insecure, readers=readers)

    def start(self) -> Self:
        """Begin to serve, in threads of its own."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop within a second: no new client, silent ones cut off, an answer under way allowed to end."""
        self._stopping = True
        self._wake.send(b"x")
        if self._thread.is_alive():
            self._thread.join()
        for listener in self._listeners:
            listener.close()
        deadline = time.monotonic() + STOP_SECONDS
        for connection, thread in self._open():
            if connection.waits:
                connection.shut()
            thread.join(max(0.0, deadline - time.monotonic()))
            connection.shut()
        self._wake.close()
        self._woken.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *raised: object) -> None:
        self.stop()

    def _open(self) -> tuple[tuple[Connection, threading.Thread], ...]:
        with self._lock:
            return tuple(self._connections.items())

    def _accept_all(self) -> None:
        with selectors.DefaultSelector() as selector:
            for listener in self._listeners:
                selector.register(listener, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while not self._stopping:
                for key, _ in selector.select():
                    if isinstance(key.fileobj, socket.socket) and key.fileobj is not self._woken:
                        self._accept(key.fileobj)

    def _accept(self, listener: socket.socket) -> None:
        try:
            accepted, _ = listener.accept()
        except (BlockingIOError, ConnectionError):
            return  # the client has gone again
        except OSError as error:
            # Out of file descriptors, most likely: whoever is silent pays for it.
            LOGGER.error("a client could not be accepted: %s", error.strerror)
            if not self._cut_longest_silent():
                time.sleep(0.1)
            return
        try:
            self._begin(accepted)
        except (OSError, RuntimeError) as error:
            LOGGER.error("a client could not be served: %s", error)
            accepted.close()

    def _begin(self, accepted: socket.socket) -> None:
        config = self._protection.current()
        full = len(self._open()) >= CLIENTS
        if config is None or (full and not self._cut_longest_silent()):
            accepted.close()
            return
        with contextlib.suppress(OSError):
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = Connection(accepted, config, self._credentials, self._site)
        thread = threading.Thread(target=connection.serve, args=(self._ended,), name="http client", daemon=True)
        with self._lock:
            self._connections[connection] = thread
        try:
            thread.start()
        except RuntimeError:
            self._ended(connection)
            raise

    def _ended(self, connection: Connection) -> None:
        with self._lock:
            self._connections.pop(connection, None)

    def _cut_longest_silent(self) -> bool:
        # A dict keeps the order in which they came.
        for connection, _ in self._open():
            if connection.waits:
                connection.shut()
                self._ended(connection)
                return True
        return False


def split(listen: str) -> tuple[str, int]:
    """Return an address, without brackets, and a port; an empty address is every one. Raises UsageError."""
    host, colon, port = listen.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if not colon or not (port.isascii() and port.isdigit()) or int(port) > 65535 or (":" in host and not bracketed):
        raise UsageError(f"cannot listen on {listen!r}: no address and port", LISTEN_HINT)
    return host.strip("[]"), int(port)


def _resolved(host: str, port: int, listen: str) -> list[tuple[socket.AddressFamily, str]]:
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise UsageError(f"cannot listen on {listen!r}: no such address", LISTEN_HINT) from error
    return list(dict.fromkeys((family, str(address[0])) for family, _, _, _, address in found))


def _bound(
    places: list[tuple[socket.AddressFamily, str]], port: int, listen: str, *, every: bool
) -> tuple[socket.socket, ...]:
    listeners: list[socket.socket] = []
    refused: OSError | None = None
    for family, address in places:
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family is socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listener.bind((address, port))
            listener.listen(128)
            listener.setblocking(False)
            listeners.append(listener)
        except OSError as error:
            listener.close()
            refused = error
    if refused is not None and (every or not listeners):
        for listener in listeners:
            listener.close()
        said = (refused.strerror or "refused").lower()
        raise UsageError(
            f"cannot listen on {listen!r}: {said}", "choose another port in [agent] listen, or end what uses it"
        )
    return tuple(listeners)
