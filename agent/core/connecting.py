"""Connections with a deadline, however many answers are given within it.

The timeout of a socket begins anew with each byte, so that a byte now and then would keep a thread for ever.
"""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

# By then `within` has raised, and its message is the one that is logged.
SETTLES = timedelta(seconds=1)


@contextmanager
def connected(
    host: str, port: int, context: ssl.SSLContext | None, *, silence: timedelta, whole: timedelta
) -> Iterator[socket.socket]:
    """Yield a connection, under TLS where a context is given. Raises OSError.

    It ends after `silence` without a byte, and in any case once `whole` has passed.
    """
    with socket.create_connection((host, port), timeout=silence.total_seconds()) as plain, plain.dup() as handle:
        # TLS takes the first descriptor over; the second one reaches the connection all the same.
        timer = threading.Timer((whole + SETTLES).total_seconds(), _shut, [handle])
        timer.daemon = True
        timer.start()
        try:
            if context is None:
                yield plain
            else:
                with context.wrap_socket(plain, server_hostname=host) as secured:
                    yield secured
        finally:
            timer.cancel()


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
