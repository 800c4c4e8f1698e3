"""Post some bytes to an address and take a short answer, under a deadline; a redirection is not followed."""

import http.client
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import SplitResult, urlsplit

from agent.config.forms import is_loopback
from agent.core.connecting import connected

DEADLINE = timedelta(seconds=20)
LARGEST_ANSWER = 64 * 1024


class NoAnswer(Exception):
    """Raised where nothing that can be used was answered; says why, without a word of the other side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostAnswer:
    """An answer: its status, the type of its content, and the content."""

    status: int
    content_type: str
    body: bytes


def post_bytes(address: str, body: bytes, content_type: str) -> PostAnswer:
    """Return what an address answers; https://, or http:// to this machine. Raises NoAnswer."""
    parts = _checked(address)
    context = ssl.create_default_context() if parts.scheme == "https" else None
    port = parts.port or (80 if context is None else 443)
    kind = http.client.HTTPConnection if context is None else http.client.HTTPSConnection
    host = parts.hostname or ""
    with (
        _told(),
        connected(host, port, context, silence=DEADLINE, whole=DEADLINE) as line,
        closing(kind(host, parts.port)) as connection,
    ):
        connection.sock = line
        connection.request("POST", parts.path or "/", body, {"Content-Type": content_type, "Connection": "close"})
        answer = connection.getresponse()
        content = answer.read(LARGEST_ANSWER + 1)
        if len(content) > LARGEST_ANSWER:
            raise NoAnswer(f"its answer is larger than {LARGEST_ANSWER} bytes")
        said = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return PostAnswer(status=answer.status, content_type=said, body=content)


Post = Callable[[str, bytes, str], PostAnswer]


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NoAnswer((error.strerror or type(error).__name__).lower()) from error
    except (http.client.HTTPException, ValueError) as error:
        raise NoAnswer(f"it answers no HTTP ({type(error).__name__})") from error


def _checked(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise NoAnswer("the address is none") from error
    plain = parts.scheme == "http" and host is not None and is_loopback(host)
    if host is None or port == 0 or not (parts.scheme == "https" or plain):
        raise NoAnswer("the address is not https:// (http:// goes to loopback only)")
    return parts
