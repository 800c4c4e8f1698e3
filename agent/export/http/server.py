"""The HTTP server behind `[agent] listen`: threaded, bounded, with deadlines.

It is not prometheus_client's, whose TLS handshake happens before the next client is accepted (one silent client
stops every scrape), which serves plain HTTP where a certificate has no key, and which answers at any path.
"""

import contextlib
import logging
import selectors
import socket
import threading
import time
from pathlib import Path
from typing import Self

from agent.export.http.connection import Connection
from agent.export.http.credentials import Credentials
from agent.export.http.host_names import Hosts
from agent.export.http.listening import place_of
from agent.export.http.protection import WebProtection
from agent.export.http.service import HttpService, SitePages
from agent.export.http.site import Site

LOGGER = logging.getLogger("beffroi.http")

# As many clients at once that are not answered yet; one more, and the one that came first goes. As many again are
# answered at once: a client whose name is proven is never cut for those who guess.
CLIENTS = 64
STOP_SECONDS = 0.8


class ServiceServer:
    """Serve what a service answers until it is stopped."""

    def __init__(
        self,
        listen: str,
        service: HttpService,
        *,
        web_config: Path | None = None,
        insecure: bool = False,
        readers: frozenset[str] = frozenset(),
        address: str | None = None,
    ) -> None:
        """Read the web configuration and bind; nothing is answered before `start`.

        Raises UsageError: a malformed or taken address, a bad web configuration, a reader that it does not know, plain
        HTTP off loopback.
        """
        self._place = place_of(listen)
        self.protect(web_config=web_config, insecure=insecure, readers=readers, address=address)
        self._service = service
        self._credentials = Credentials()
        self._bound = self._place.bind()
        self._connections: dict[Connection, threading.Thread] = {}
        self._admitted: set[Connection] = set()
        self._lock = threading.Lock()
        self._wake, self._woken = socket.socketpair()
        self._stopping = False
        self._thread = threading.Thread(target=self._accept_all, name="http", daemon=True)

    @property
    def addresses(self) -> tuple[tuple[str, int], ...]:
        """Return the addresses and ports that are listened on; none for a Unix socket."""
        if self._place.path is not None:
            return ()
        return tuple(listener.getsockname()[:2] for listener in self._bound.sockets)

    @property
    def places(self) -> tuple[str, ...]:
        """Return, in words, where it is served."""
        return self._bound.words

    def protect(self, *, web_config: Path | None, insecure: bool, readers: frozenset[str], address: str | None) -> None:
        """Protect the next requests as a configuration says. Raises UsageError as the constructor does."""
        others = self._place.open_to_others
        self._protection = WebProtection(web_config, open_to_others=others, insecure=insecure, readers=readers)
        self._hosts = Hosts.served(self._place.names, address)

    def start(self) -> Self:
        """Begin to serve, in threads of its own."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop within a second: no new client, silent ones cut off, an answer under way allowed to end."""
        self._stopping = True
        self._wake.send(b"x")
        deadline = time.monotonic() + STOP_SECONDS
        if self._thread.is_alive():
            # It reads the web configuration, whose disk may hang.
            self._thread.join(STOP_SECONDS)
        self._bound.close()
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
            for listener in self._bound.sockets:
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
            # Out of file descriptors, most likely: idle connections are closed.
            LOGGER.error("a client could not be accepted: %s", error.strerror)
            if not (self._cut_longest_silent() or self._cut_longest_silent(admitted=True)):
                time.sleep(0.1)
            return
        try:
            self._begin(accepted)
        except (OSError, RuntimeError) as error:
            LOGGER.error("a client could not be served: %s", error)
            accepted.close()

    def _begin(self, accepted: socket.socket) -> None:
        config = self._protection.current()
        with self._lock:
            full = len(self._connections) - len(self._admitted) >= CLIENTS
        if config is None or (full and not self._cut_longest_silent()):
            accepted.close()
            return
        with contextlib.suppress(OSError):
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = Connection(
            accepted, config, self._credentials, self._service, hosts=self._hosts, admit=self._admit
        )
        thread = threading.Thread(target=connection.serve, args=(self._ended,), name="http client", daemon=True)
        with self._lock:
            self._connections[connection] = thread
        try:
            thread.start()
        except RuntimeError:
            self._ended(connection)
            raise

    def _admit(self, connection: Connection) -> bool:
        """Count a client among those that are answered; False where it was cut meanwhile, or too many are."""
        with self._lock:
            full = len(self._admitted) >= CLIENTS
        if full:
            # One that is slow to take its answer makes room.
            self._cut_longest_silent(admitted=True)
        with self._lock:
            if connection not in self._connections or len(self._admitted) >= CLIENTS:
                return False
            self._admitted.add(connection)
            return True

    def _ended(self, connection: Connection) -> None:
        with self._lock:
            self._connections.pop(connection, None)
            self._admitted.discard(connection)

    def _cut_longest_silent(self, *, admitted: bool = False) -> bool:
        # A dict keeps the order in which they came.
        for connection, _ in self._open():
            if connection.waits and (connection in self._admitted) is admitted:
                connection.shut()
                self._ended(connection)
                return True
        return False


class HttpServer(ServiceServer):
    """Serve a site's pages until it is stopped."""

    def __init__(
        self,
        listen: str,
        site: Site,
        *,
        web_config: Path | None = None,
        insecure: bool = False,
        readers: frozenset[str] = frozenset(),
        address: str | None = None,
    ) -> None:
        """Read the web configuration and bind. Raises UsageError."""
        super().__init__(
            listen, SitePages(site), web_config=web_config, insecure=insecure, readers=readers, address=address
        )
