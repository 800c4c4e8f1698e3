"""One HTTP request, read strictly: what is not plainly a request of ours is refused before anything looks at it.

Source: RFC 9112 (HTTP/1.1), sections 2 to 6. A body is read for a service that takes one alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

HEAD_LIMIT = 16 * 1024
TARGET_LIMIT = 4096
FIELDS_LIMIT = 64

_REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) ([!-~]+) (HTTP/[0-9]\.[0-9])")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}):([^\x00-\x08\x0a-\x1f\x7f]*)")

# Two of these in one request have two meanings; the others may be joined.
_SINGLE = ("host", "authorization")


class RequestRefused(Exception):
    """Raised where something is no request that can be answered, and with which status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """A request's head; field names are in lower case, of a repeated parameter the last one counts.

    `host` is whom it asks: the authority of its target where that names one, else the Host field; None: HTTP/1.0.
    """

    method: str
    path: str
    host: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def parse(head: bytes) -> HttpRequest:
    """Return the request whose head this is, up to and without its empty line. Raises RequestRefused."""
    first, *lines = head.split(b"\r\n")
    if len(first) > TARGET_LIMIT:
        raise RequestRefused(414, "the request line is too long")
    matched = _REQUEST_LINE.fullmatch(first)
    if matched is None:
        raise RequestRefused(400, "this is no HTTP request")
    method, target, version = (part.decode("ascii") for part in matched.groups())
    if version not in ("HTTP/1.0", "HTTP/1.1"):
        raise RequestRefused(505, "only HTTP/1.0 and HTTP/1.1 are spoken here")
    fields = _fields(lines)
    if version == "HTTP/1.1" and "host" not in fields:
        raise RequestRefused(400, "the Host field is missing")
    path, parameters, authority = _target(target)
    host = fields.get("host") if authority is None else authority
    return HttpRequest(method=method, path=path, host=host, parameters=parameters, fields=fields)


def _fields(lines: list[bytes]) -> dict[str, str]:
    if len(lines) > FIELDS_LIMIT:
        raise RequestRefused(431, "too many header fields")
    fields: dict[str, str] = {}
    for line in lines:
        matched = _FIELD.fullmatch(line)
        if matched is None:
            raise RequestRefused(400, "a header field is malformed")
        name, value = matched[1].decode("ascii").lower(), matched[2].decode("latin-1").strip(" \t")
        if name in fields and name in _SINGLE:
            raise RequestRefused(400, "a header field is there twice")
        fields[name] = f"{fields[name]}, {value}" if name in fields else value
    return fields


def _target(target: str) -> tuple[str, dict[str, str], str | None]:
    try:
        parts = urlsplit(target)
        if not target.startswith("/") and parts.scheme not in ("http", "https"):
            return target, {}, None
        # A path that begins with two slashes is a path, not the name of a host.
        path = target.split("?", 1)[0] if target.startswith("/") else parts.path or "/"
        query = parse_qs(parts.query, keep_blank_values=True, max_num_fields=16)
    except ValueError as error:
        raise RequestRefused(400, "the request target is malformed") from error
    parameters = {name: values[-1] for name, values in query.items()}
    return path, parameters, None if target.startswith("/") else parts.netloc


def body_size(request: HttpRequest, limit: int) -> int:
    """Return how many bytes of a body are to be read. Raises RequestRefused for more than `limit`, or for chunks."""
    if "transfer-encoding" in request.fields:
        raise RequestRefused(501, "a body in chunks is not read here")
    told = request.fields.get("content-length", "0")
    if not (told.isascii() and told.isdigit()) or len(told) > 12:
        raise RequestRefused(400, "the length of the body is malformed")
    if int(told) > limit:
        raise RequestRefused(413, "the body is too long")
    return int(told)
