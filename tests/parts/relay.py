"""A real relay with STARTTLS and login on the loopback: aiosmtpd, which answers as it is told."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.parts.web import Certified

USER, PASSWORD = "beffroi", "S3CRET pass"


@dataclass
class Relay:
    """What was asked of it; `after_data` is what it answers a whole letter, None: that it is taken."""

    after_data: str | None = None
    letters: list[EmailMessage] = field(default_factory=list)
    logins: list[tuple[bool, str]] = field(default_factory=list)
    ports: list[int] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Return its address."""
        return f"smtp://127.0.0.1:{self.ports[0]}"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Answer a letter."""
        if self.after_data is not None:
            return self.after_data
        letter = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 taken"

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, how: str, said: Any) -> AuthResult:
        """Answer a login, and note whether it came over TLS."""
        assert isinstance(said, LoginPassword)
        self.logins.append((session.ssl is not None, said.password.decode()))
        return AuthResult(handled=False, success=(said.login.decode(), said.password.decode()) == (USER, PASSWORD))


@contextmanager
def relay(certified: Certified | None, after_data: str | None = None) -> Iterator[Relay]:
    """Run it until the end of the block; without a certificate it knows neither TLS nor login."""
    asked = Relay(after_data=after_data)
    loop = asyncio.new_event_loop()
    made = partial(SMTP, asked, hostname="relay", loop=loop, **_options(certified, asked))
    server = loop.run_until_complete(loop.create_server(made, "127.0.0.1", 0))
    asked.ports.append(server.sockets[0].getsockname()[1])
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield asked
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.01))
        loop.close()


def _options(certified: Certified | None, asked: Relay) -> dict[str, Any]:
    if certified is None:
        return {}
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certified.certificate, certified.key)
    return {
        "tls_context": context,
        "require_starttls": True,
        "authenticator": asked.authenticate,
        "auth_required": True,
    }
