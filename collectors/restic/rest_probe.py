"""Whether a rest-server lets an account delete: asked with names that do not exist, so that nothing can be lost.

A server that only appends refuses to delete data (403) and still deletes locks, or says so of one that is not there
(200); another one says 200 to both (rest-server 0.13, measured; repo/repo.go: `AppendOnly && objectType != "locks"`).
The lock is the control: a proxy that refuses every DELETE proves nothing. A name that is no id is the other one: a
server that says yes to anything proves nothing either (404 from a rest-server of both kinds).

Nothing is ever sent but DELETE, of names drawn at random or malformed; no blob is posted, no real id is named.
"""

import secrets
import socket
import ssl
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import quote, unquote, urlsplit

from agent.core.deadline import Deadline, within
from agent.core.errors import Denied, HostKeyUnknown, LookError, TimedOut, Unreachable, Unreadable
from agent.core.lines import one_line

LINE_LIMIT = 4096
DELETED, REFUSED, UNAUTHORIZED, NOT_FOUND = 200, 403, 401, 404


@dataclass(frozen=True, slots=True, kw_only=True)
class RestPlace:
    """Where a repository behind a rest-server is; the account stands in no message."""

    host: str
    port: int
    path: str
    secure: bool
    user: str | None = field(default=None, repr=False)
    password: str = field(default="", repr=False)


def rest_place(address: str, environment: Mapping[str, str]) -> RestPlace | None:
    """Return where a `rest:` repository is; None for an address of another kind, or of a kind that is not spoken here.

    As for restic, the account in the address stands before RESTIC_REST_USERNAME and RESTIC_REST_PASSWORD.
    """
    if not address.startswith(("rest:http://", "rest:https://")):
        return None
    try:
        parts = urlsplit(address.removeprefix("rest:"))
        host, port = parts.hostname, parts.port
    except ValueError as error:
        # The address itself may hold a password.
        raise Unreadable("the repository's address is no URL", "write rest:https://host:port/path") from error
    if not host:
        raise Unreadable("the repository's address names no host", "write rest:https://host:port/path")
    secure = parts.scheme == "https"
    user = unquote(parts.username) if parts.username else environment.get("RESTIC_REST_USERNAME")
    password = unquote(parts.password or "") if parts.username else environment.get("RESTIC_REST_PASSWORD", "")
    path = quote(parts.path, safe="/%:@!$&'()*+,;=-._~")
    return RestPlace(
        host=host,
        port=port or (443 if secure else 80),
        path=path if path.endswith("/") else f"{path}/",
        secure=secure,
        user=user or None,
        password=password,
    )


def may_delete(place: RestPlace, environment: Mapping[str, str], deadline: Deadline) -> bool:
    """Return whether the account may delete what is in the repository.

    Raises a LookError where the answers do not tell: Denied, Unreadable, Unreachable, TimedOut.
    """
    absent = secrets.token_hex(32)
    control = delete(place, f"locks/{absent}", environment, deadline)
    if control != DELETED:
        raise inconclusive(place, control, "a lock that does not exist")
    malformed = delete(place, "data/beffroi", environment, deadline)
    if malformed != NOT_FOUND:
        raise inconclusive(place, malformed, "a name that is no id")
    answer = delete(place, f"data/{absent}", environment, deadline)
    if answer not in (DELETED, REFUSED):
        raise inconclusive(place, answer, "data that does not exist")
    return answer == DELETED


def inconclusive(place: RestPlace, status: int, what: str) -> LookError:
    """Return the error of an answer that says nothing about what may be deleted."""
    where = f"{place.host} port {place.port}"
    if status == UNAUTHORIZED:
        return Denied(f"{where} does not know this account (401)", "set RESTIC_REST_USERNAME in environment_file")
    if status == REFUSED:
        return Denied(f"{where} refuses to delete even {what} (403)", "see whether a proxy refuses every DELETE")
    if status >= 500:
        return Unreachable(f"{where} answers {status}", "see the server's log")
    return Unreadable(f"{where} answers {status} to the deletion of {what}: it does not act as a rest-server")


def delete(place: RestPlace, name: str, environment: Mapping[str, str], deadline: Deadline) -> int:
    """Send one DELETE and return the status of the answer.

    Raises Unreachable, HostKeyUnknown, Unreadable, TimedOut, Denied.
    """
    where = f"{place.host} port {place.port}"
    try:
        with _connected(place, deadline) as plain:
            stream = _secured(plain, place, environment, deadline) if place.secure else plain
            with stream:
                stream.settimeout(_left(deadline))
                stream.sendall(_request(place, name))
                return status_in(_first_line(stream, deadline), where)
    except TimeoutError as error:
        raise TimedOut(f"{where} did not answer in time") from error
    except ssl.SSLCertVerificationError as error:
        said = one_line(error.verify_message)
        hint = "name its authority as RESTIC_CACERT in environment_file"
        raise HostKeyUnknown(f"{where} shows a certificate that is not trusted: {said}", hint) from error
    except ssl.SSLError as error:
        raise Unreachable(f"{where}: no TLS connection: {one_line(error.reason or '')}") from error
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"{where} is not reached: {one_line(str(error))}") from error


def status_in(line: bytes, where: str) -> int:
    """Return the status that the first line of an answer tells. Raises Unreadable."""
    # HTTP/1.1 403 Forbidden
    parts = line.split(b" ", 2)
    if len(parts) < 2 or not parts[0].startswith(b"HTTP/1.") or len(parts[1]) != 3 or not parts[1].isdigit():
        raise Unreadable(f"{where} does not answer in HTTP: {one_line(line[:80])}")
    return int(parts[1])


def _request(place: RestPlace, name: str) -> bytes:
    host = f"[{place.host}]" if ":" in place.host else place.host
    lines = [f"DELETE {place.path}{name} HTTP/1.1", f"Host: {host}:{place.port}", "User-Agent: beffroi"]
    if place.user is not None:
        account = b64encode(f"{place.user}:{place.password}".encode()).decode()
        lines.append(f"Authorization: Basic {account}")
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode()


def _connected(place: RestPlace, deadline: Deadline) -> socket.socket:
    # A name's resolution knows no limit of its own.
    seconds = _left(deadline)
    address = (place.host, place.port)
    return within(timedelta(seconds=seconds), place.host, lambda: socket.create_connection(address, timeout=seconds))


def _secured(
    plain: socket.socket, place: RestPlace, environment: Mapping[str, str], deadline: Deadline
) -> socket.socket:
    authorities = environment.get("RESTIC_CACERT")
    try:
        context = ssl.create_default_context(cafile=authorities or None)
        certificate = environment.get("RESTIC_TLS_CLIENT_CERT")
        if certificate:
            context.load_cert_chain(certificate)
    except PermissionError as error:
        raise Denied("a certificate that environment_file names may not be read") from error
    except (ssl.SSLError, OSError) as error:
        raise Unreadable("a certificate that environment_file names is not there, or is none") from error
    plain.settimeout(_left(deadline))
    return context.wrap_socket(plain, server_hostname=place.host)


def _first_line(stream: socket.socket, deadline: Deadline) -> bytes:
    said = b""
    while b"\n" not in said and len(said) < LINE_LIMIT:
        stream.settimeout(_left(deadline))
        more = stream.recv(LINE_LIMIT)
        if not more:
            break
        said += more
    return said.split(b"\n", 1)[0].rstrip(b"\r")


def _left(deadline: Deadline) -> float:
    # Zero would mean «do not wait at all», which is another error.
    return max(0.001, deadline.remaining())
