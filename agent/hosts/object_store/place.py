"""Where the repository behind an `s3:` address is, as restic reads it (restic, internal/backend/s3/config.go). Pure."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from agent.core.errors import Unreadable
from agent.hosts.object_store.signature import S3Key

DEFAULT_REGION = "us-east-1"
_AMAZON = re.compile(r"s3[.-](?:dualstack\.)?([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Place:
    """A folder of a bucket; `prefix` is empty, or ends in `/`. `authority` is a file with the certificates to trust."""

    host: str
    port: int
    secure: bool
    bucket: str
    prefix: str
    authority: str | None = None

    @property
    def name(self) -> str:
        """Return how the store is named in messages."""
        usual = self.port == (443 if self.secure else 80)
        return self.host if usual else f"{self.host} port {self.port}"

    @property
    def in_name(self) -> bool:
        """Return whether the bucket stands in the host's name, as Amazon asks."""
        return self.host.endswith((".amazonaws.com", ".amazonaws.com.cn")) and "." not in self.bucket

    @property
    def asked_host(self) -> str:
        """Return the host that is connected to."""
        return f"{self.bucket}.{self.host}" if self.in_name else self.host

    @property
    def host_header(self) -> str:
        """Return the `Host` header, which is signed."""
        name = f"[{self.asked_host}]" if ":" in self.asked_host else self.asked_host
        return name if self.port == (443 if self.secure else 80) else f"{name}:{self.port}"

    def path_of(self, key: str = "") -> str:
        """Return the path, not yet encoded, at which an object or the bucket itself is asked for."""
        return f"/{key}" if self.in_name else f"/{self.bucket}/{key}" if key else f"/{self.bucket}"


def s3_place(address: str, environment: Mapping[str, str]) -> S3Place | None:
    """Return where an `s3:` repository is; None for one of another kind. Raises Unreadable for no such address."""
    if not address.startswith("s3:"):
        return None
    secure, rest = True, address.removeprefix("s3:").removeprefix("//")
    if address.startswith("s3:http"):
        secure, rest = not address.startswith("s3:http:"), address.partition("://")[2]
    endpoint, _, path = rest.partition("/")
    bucket, _, prefix = path.partition("/")
    try:
        parts = urlsplit(f"//{endpoint}")
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise _no_address() from error
    if not host or not bucket or parts.username:
        raise _no_address()
    cleaned = posixpath.normpath(unquote(prefix) if address.startswith("s3:http") else prefix).strip("/")
    return S3Place(
        host=host,
        port=port or (443 if secure else 80),
        secure=secure,
        bucket=bucket,
        prefix="" if cleaned in ("", ".") else f"{cleaned}/",
        authority=environment.get("RESTIC_CACERT") or environment.get("AWS_CA_BUNDLE") or None,
    )


def s3_key(place: S3Place, environment: Mapping[str, str]) -> S3Key:
    """Return the access key that an environment file sets. Raises Unreadable where it sets none."""
    id, secret = environment.get("AWS_ACCESS_KEY_ID"), environment.get("AWS_SECRET_ACCESS_KEY")
    if not id or not secret:
        raise Unreadable(
            f"{place.name}: environment_file sets no access key",
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY there",
        )
    amazon = _AMAZON.fullmatch(place.host)
    region = environment.get("AWS_DEFAULT_REGION") or environment.get("AWS_REGION")
    return S3Key(
        id=id,
        secret=secret,
        region=region or (amazon[1] if amazon else DEFAULT_REGION),
        token=environment.get("AWS_SESSION_TOKEN") or None,
    )


def _no_address() -> Unreadable:
    # The address itself may hold a password.
    return Unreadable("the repository's address is none of an S3 store", "write s3:https://host/bucket/folder")
