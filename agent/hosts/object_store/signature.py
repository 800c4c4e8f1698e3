"""Sign a request for an S3 store (AWS Signature Version 4). Pure.

Source: AWS, «Signature Version 4 signing process», with its published example as a test.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

EMPTY_BODY = hashlib.sha256(b"").hexdigest()
_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Key:
    """An access key and the region for which it signs; neither half stands in a message."""

    id: str = field(repr=False)
    secret: str = field(repr=False)
    region: str
    token: str | None = field(default=None, repr=False)


def query_text(query: Sequence[tuple[str, str]]) -> str:
    """Return a query as it is signed and sent: sorted and percent-encoded."""
    return "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in sorted(query))


def path_text(path: str) -> str:
    """Return a path as it is signed and sent."""
    return quote(path, safe="/-_.~")


def signed_headers(
    key: S3Key,
    host: str,
    path: str,
    query: str,
    now: datetime,
    *,
    method: str = "GET",
    body: str = EMPTY_BODY,
    more: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the headers of a request; `path` and `query` are encoded, `now` is in UTC, `body` is its SHA-256."""
    at = f"{now:%Y%m%dT%H%M%SZ}"
    headers = {"host": host, "x-amz-content-sha256": body, "x-amz-date": at, **(more or {})}
    if key.token is not None:
        headers["x-amz-security-token"] = key.token
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    asked = "\n".join((method, path, query, lines, names, body))
    scope = f"{at[:8]}/{key.region}/s3/aws4_request"
    text = "\n".join((_ALGORITHM, at, scope, hashlib.sha256(asked.encode()).hexdigest()))
    signature = hmac.new(_signing_key(key, at[:8]), text.encode(), hashlib.sha256).hexdigest()
    credential = f"Credential={key.id}/{scope},SignedHeaders={names},Signature={signature}"
    return {**headers, "authorization": f"{_ALGORITHM} {credential}"}


def _signing_key(key: S3Key, day: str) -> bytes:
    made = f"AWS4{key.secret}".encode()
    for part in (day, key.region, "s3", "aws4_request"):
        made = hmac.new(made, part.encode(), hashlib.sha256).digest()
    return made
