"""One connection to an S3 store: signed GET requests with bounded answers, under a deadline."""

import http.client
import re
import ssl
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from types import TracebackType

from agent.core.clock import Clock, SystemClock
from agent.core.connecting import connected
from agent.core.deadline import Deadline, within
from agent.core.errors import Denied, HostKeyUnknown, LookError, Missing, TimedOut, Unreachable, Unreadable
from agent.core.lines import one_line
from agent.hosts.object_store.place import S3Place
from agent.hosts.object_store.signature import S3Key, path_text, query_text, signed_headers

ANSWER_LIMIT = 8 * 1024 * 1024
OK, FORBIDDEN, NOT_FOUND = 200, 403, 404
_CODE = re.compile(rb"<Code>([A-Za-z0-9.]{1,80})</Code>")
_REGION = re.compile(rb"<Region>([a-z0-9-]{1,40})</Region>")
# Amazon's names for a request that was signed for another region.
_ELSEWHERE = ("AuthorizationHeaderMalformed", "PermanentRedirect", "IllegalLocationConstraintException")

# How a connection ends that was idle for too long.
_IDLE = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Answer:
    """What the store answered: the status, its own code of an error (empty: none), the bytes, and what it locks."""

    status: int
    code: str
    body: bytes
    lock_mode: str = ""
    locked_until: str = ""


class S3Connection:
    """A connection that is kept for several requests of one thread; connects at the first."""

    def __init__(self, place: S3Place, key: S3Key, deadline: Deadline, clock: Clock | None = None) -> None:
        self._place, self._key, self._deadline = place, key, deadline
        self._clock = SystemClock() if clock is None else clock
        self._link: http.client.HTTPConnection | None = None
        self._ends = ExitStack()

    def __enter__(self) -> "S3Connection":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connection; the next request makes another."""
        if self._link is not None:
            self._link.close()
            self._link = None
        self._ends.close()

    def get(self, path: str, query: Sequence[tuple[str, str]], method: str = "GET") -> S3Answer:
        """Return the answer to a GET (or HEAD), whatever its status but for a server that fails.

        Raises Unreachable, TimedOut, HostKeyUnknown, Unreadable, and Denied where the store does not know the key.
        """
        answer = self._signed(path, query, method)
        region = _REGION.search(answer.body)
        if answer.code in _ELSEWHERE and region is not None and region[1].decode() != self._key.region:
            self._key = replace(self._key, region=region[1].decode())
            answer = self._signed(path, query, method)
        refused = refusal(self._place, answer)
        if refused is not None:
            raise refused
        return answer

    def _signed(self, path: str, query: Sequence[tuple[str, str]], method: str) -> S3Answer:
        fresh = self._link is None
        try:
            return self._sent(path, query, method)
        except (http.client.HTTPException, OSError) as error:
            self.close()
            if self._deadline.passed or isinstance(error, TimeoutError):
                raise TimedOut(f"{self._place.name} did not answer in time") from error
            if not fresh and isinstance(error, _IDLE):
                return self._signed(path, query, method)
            raise self._failed(error) from error

    def _failed(self, error: http.client.HTTPException | OSError) -> LookError:
        name = self._place.name
        if isinstance(error, _IDLE):
            return Unreachable(f"{name} ends the connection: {one_line(str(error))}")
        if isinstance(error, ssl.SSLCertVerificationError):
            hint = "name its authority as RESTIC_CACERT in environment_file"
            said = one_line(error.verify_message)
            return HostKeyUnknown(f"{name} shows a certificate that is not trusted: {said}", hint)
        if isinstance(error, http.client.HTTPException):
            return Unreadable(f"{name} does not answer in HTTP: {one_line(repr(error))}")
        return Unreachable(f"{name} is not reached: {one_line(str(error))}")

    def _sent(self, path: str, query: Sequence[tuple[str, str]], method: str) -> S3Answer:
        if self._deadline.passed:
            raise TimedOut(f"{self._place.name}: no time was left to ask")
        link = self._connected()
        encoded, asked = path_text(path), query_text(query)
        headers = signed_headers(self._key, self._place.host_header, encoded, asked, self._clock.now(), method=method)
        if link.sock is not None:
            link.sock.settimeout(self._deadline.remaining() or 0.001)
        link.request(method, f"{encoded}?{asked}" if asked else encoded, headers=headers)
        with link.getresponse() as response:
            body = response.read(ANSWER_LIMIT + 1)
        if self._deadline.passed:
            raise TimeoutError  # it may have been cut
        if len(body) > ANSWER_LIMIT:
            self.close()
            raise Unreadable(f"{self._place.name}: an answer is longer than {ANSWER_LIMIT} bytes")
        code = _CODE.search(body) if response.status != OK else None
        return S3Answer(
            status=response.status,
            code=code[1].decode() if code else "",
            body=body,
            lock_mode=response.headers.get("x-amz-object-lock-mode", ""),
            locked_until=response.headers.get("x-amz-object-lock-retain-until-date", ""),
        )

    def _connected(self) -> http.client.HTTPConnection:
        if self._link is not None and self._link.sock is None:
            self.close()  # the store has ended it after its answer
        if self._link is None:
            place, left = self._place, timedelta(seconds=self._deadline.remaining() or 0.001)
            context = _trusting(place.authority) if place.secure else None
            line = connected(place.asked_host, place.port, context, silence=left, whole=left)
            # It speaks over a line that is there already, under TLS too, and makes none itself.
            link = http.client.HTTPConnection(place.asked_host, place.port)
            link.auto_open = 0
            # A name's resolution knows no limit of its own.
            link.sock = within(left, place.name, lambda: self._ends.enter_context(line))
            self._link = link
        return self._link


def refusal(place: S3Place, answer: S3Answer) -> LookError | None:
    """Return the error of an answer that is none about an object: the key, the bucket, or a server that fails."""
    if answer.code in ("InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"):
        return Denied(f"{place.name} does not take this access key ({answer.code})", "correct it in environment_file")
    if answer.code == "RequestTimeTooSkewed":
        return Denied(f"{place.name}: this machine's clock is too far from the store's", "set the clock (NTP)")
    if answer.code == "NoSuchBucket":
        return Missing(f"{place.name} has no bucket {place.bucket}", "correct the address of the repository")
    if answer.status >= 500 or answer.code == "SlowDown":
        return Unreachable(f"{place.name} answers {answer.status} {answer.code}".rstrip(), "see the store's log")
    return None


def _trusting(authority: str | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=authority)
    except PermissionError as error:
        raise Denied("a certificate that environment_file names may not be read") from error
    except (ssl.SSLError, OSError) as error:
        raise Unreadable("a certificate that environment_file names is not there, or is none") from error
