"""Basic authentication, at equal cost for known and unknown names, and cached for scrapes.

Source: RFC 7617. The hashes are bcrypt's, as in exporter-toolkit's web configuration.
"""

import base64
import binascii
import hashlib
import hmac
import os
import threading
from collections import OrderedDict
from collections.abc import Mapping

from agent.export.http.request import RequestRefused

REMEMBERED = 256

# Only one password is hashed at a time, so that guessing cannot take every core: so many requests may wait for their
# turn, and no longer than that.
WAITING = 8
TURN_SECONDS = 5.0

# What bcrypt reads of a password; it refuses to be given more.
READ_BY_BCRYPT = 72


class Credentials:
    """Check passwords; what was right once is remembered, as a keyed digest, until its hash changes."""

    def __init__(self) -> None:
        self._key = os.urandom(32)
        self._right: OrderedDict[bytes, None] = OrderedDict()
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._waiting = threading.Semaphore(WAITING)

    def user(self, authorization: str, users: Mapping[str, bytes]) -> str | None:
        """Return the user that an Authorization field proves, or None. Raises RequestRefused where too many try."""
        given = _decoded(authorization)
        if given is None:
            return None
        name, password = given
        known = users.get(name)
        digest = self._digest(name, password, known or b"")
        with self._lock:
            if known is not None and digest in self._right:
                self._right.move_to_end(digest)
                return name
        right = self._hashes_to(password, known or _dearest(users), _cost(_dearest(users)))
        if not right or known is None:
            return None
        with self._lock:
            self._right[digest] = None
            while len(self._right) > REMEMBERED:
                self._right.popitem(last=False)
        return name

    def _digest(self, name: str, password: bytes, known: bytes) -> bytes:
        parts = b"".join(len(part).to_bytes(4, "big") + part for part in (name.encode(), password, known))
        return hmac.digest(self._key, parts, hashlib.sha256)

    def _hashes_to(self, password: bytes, known: bytes, cost: int) -> bool:
        import bcrypt

        self._take_turn()
        try:
            # A password longer than bcrypt reads, or with a NUL, at which others stop reading, is never right.
            readable = len(password) <= READ_BY_BCRYPT and b"\0" not in password
            right = bcrypt.checkpw(password[:READ_BY_BCRYPT], known) and readable
            # A cheaper hash is brought up to the dearest cost, each step doubling: else time would tell which names
            # there are.
            for step in range(_cost(known), cost):
                bcrypt.checkpw(password[:READ_BY_BCRYPT], b"%s%02d%s" % (known[:4], step, known[6:]))
            return right
        finally:
            self._turn.release()

    def _take_turn(self) -> None:
        if not self._waiting.acquire(blocking=False):
            raise RequestRefused(503, "too many passwords are being checked")
        try:
            if not self._turn.acquire(timeout=TURN_SECONDS):
                raise RequestRefused(503, "too many passwords are being checked")
        finally:
            self._waiting.release()


def _decoded(authorization: str) -> tuple[str, bytes] | None:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = base64.b64decode(encoded.strip(), validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return None
    return (name.decode(errors="replace"), password) if colon else None


def _dearest(users: Mapping[str, bytes]) -> bytes:
    # An unknown name is checked against it, so that it costs what a known one does.
    return max(users.values(), key=_cost)


def _cost(known: bytes) -> int:
    return int(known[4:6])
