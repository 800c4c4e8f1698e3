"""An answer as a value: its status, its bytes, and what they may do in a browser."""

from dataclasses import dataclass

LINE = "text/plain; charset=utf-8"

# What a page may do when it is none: nothing.
CLOSED = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer; `policy` is its Content-Security-Policy."""

    status: int
    content_type: str
    body: bytes
    policy: str = CLOSED
    headers: tuple[tuple[str, str], ...] = ()


def line(status: int, text: str, *headers: tuple[str, str]) -> Response:
    """Return an answer of one line of text."""
    return Response(status=status, content_type=LINE, body=f"{text}\n".encode(), headers=headers)


def json_text(text: str) -> Response:
    """Return an answer of one JSON text."""
    return Response(status=200, content_type="application/json", body=f"{text}\n".encode())


def page(text: str, policy: str, language: str, status: int = 200) -> Response:
    """Return an answer of a page that may do what its policy says, and is never put into another's frame."""
    return Response(
        status=status,
        content_type="text/html; charset=utf-8",
        body=text.encode(errors="replace"),
        policy=f"{policy}; frame-ancestors 'none'",
        headers=(("Content-Language", language),),
    )
