"""Connections to mail relays, with a bound on what a relay answers."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import BinaryIO

from agent.core.connecting import connected

# All answers of a relay together; some hundred lines are usual.
LARGEST_ANSWERS = 1024 * 1024


@contextmanager
def greeted(
    host: str, port: int, context: ssl.SSLContext | None, *, silence: timedelta, whole: timedelta
) -> Iterator["Relay"]:
    """Yield a relay that has greeted. Raises SMTPException and OSError."""
    with (
        connected(host, port, context, silence=silence, whole=whole) as connection,
        closing(Relay(host, connection, silence)) as relay,
    ):
        yield relay


class Relay(smtplib.SMTP):
    """Talk SMTP over a connection that is open, and take no more than LARGEST_ANSWERS of answers."""

    def __init__(self, host: str, connection: socket.socket, silence: timedelta) -> None:
        self._connection = connection
        # Left to itself smtplib asks the name service who it is, which may be the very thing that is down.
        here = socket.gethostname() or "localhost"
        super().__init__(host, local_hostname=here, timeout=silence.total_seconds())

    def connect(self, host: str = "", port: int = 0, source_address: object = None) -> tuple[int, bytes]:
        """Hear the greeting; the connection is there already."""
        self.sock, self.file = self._connection, None
        return self.getreply()

    def getreply(self) -> tuple[int, bytes]:
        """Return an answer. Raises SMTPServerDisconnected where answers come without end."""
        if self.file is None and self.sock is not None:
            self.file = _Bounded(self.sock.makefile("rb"))
        return super().getreply()


class _Bounded:
    """Read lines up to LARGEST_ANSWERS."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left = LARGEST_ANSWERS

    def readline(self, limit: int) -> bytes:
        line = self._file.readline(limit)
        self._left -= len(line)
        if self._left < 0:
            raise OSError("answers without end")
        return line

    def close(self) -> None:
        self._file.close()
