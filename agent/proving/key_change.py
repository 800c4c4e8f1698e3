"""Changes of a log's key: a statement that the key before signs, and the new one countersigns. Pure.

    beffroi.rotation/1 DAY
    log ORIGIN
    from FINGERPRINT
    to FINGERPRINT
    checkpoint SIZE ROOT

The log keeps its origin, that of its first key. Its first SIZE leaves were signed with the key before, and its
checkpoints of more leaves are signed with the new one. Who holds a stolen key can sign such a statement as well.
"""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.core.errors import LedgerDamaged
from agent.proving.base64_text import decoded, written
from agent.proving.checkpoint import origin_of
from agent.proving.merkle import HASH_SIZE
from agent.proving.signed_note import PUBLIC_SIZE, NoteKey, is_signed_by

MOST_CHANGES = 100
_FORM = re.compile(
    r"beffroi\.rotation/1 (\d{4}-\d\d-\d\d)\nlog (beffroi/[A-Za-z0-9_-]{43})\nfrom (SHA256:[A-Za-z0-9+/]{43})\n"
    r"to (SHA256:[A-Za-z0-9+/]{43})\ncheckpoint ([1-9][0-9]{0,17}) ([A-Za-z0-9+/]{43}=)\n",
    re.ASCII,
)
# What precedes the 32 bytes of an Ed25519 key in its DER (RFC 8410, section 10.3).
_DER = bytes.fromhex("302a300506032b6570032100")
_COLUMNS = ("statement", "old", "new", "old_signature", "new_signature")


def fingerprint_of(public: bytes) -> str:
    """Return the fingerprint of an Ed25519 key by its 32 bytes."""
    digest = base64.b64encode(hashlib.sha256(_DER + public).digest()).decode()
    return f"SHA256:{digest.rstrip('=')}"


def pem_of(public: bytes) -> bytes:
    """Return an Ed25519 key as the PEM that openssl reads."""
    return b"-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(_DER + public) + b"\n-----END PUBLIC KEY-----\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChange:
    """One change: the statement, the public key before and the new one, and the signature of each on it."""

    statement: str
    old: bytes
    new: bytes
    old_signature: bytes
    new_signature: bytes

    @property
    def day(self) -> str:
        """Return the day on which it was signed, as its signers say."""
        return self._said()[1]

    @property
    def origin(self) -> str:
        """Return the origin of the log."""
        return self._said()[2]

    @property
    def size(self) -> int:
        """Return how many leaves the log had, the last that the key before signed."""
        return int(self._said()[5])

    @property
    def root(self) -> bytes:
        """Return the root of these leaves."""
        return decoded(self._said()[6])

    def content(self) -> Mapping[str, str]:
        """Return it as a row's payload and a line of the file beside the ledger hold it."""
        values = (self.statement, *map(written, (self.old, self.new, self.old_signature, self.new_signature)))
        return dict(zip(_COLUMNS, values, strict=True))

    def hold(self) -> None:
        """Raise LedgerDamaged unless it is what it says: of these two keys, and signed with both."""
        said = _FORM.fullmatch(self.statement)
        if said is None or len(decoded(said[6])) != HASH_SIZE:
            raise LedgerDamaged(f"no statement of a change of keys: {self.statement!r:.80}")
        if (said[3], said[4]) != (fingerprint_of(self.old), fingerprint_of(self.new)) or self.old == self.new:
            raise LedgerDamaged(f"the change of keys of {self.day} is of other keys than it says")
        for public, signature in ((self.old, self.old_signature), (self.new, self.new_signature)):
            if not is_signed_by(NoteKey(name=said[2], public=public), self.statement.encode(), signature):
                raise LedgerDamaged(f"the change of keys of {self.day} is not signed with {fingerprint_of(public)}")

    def _said(self) -> re.Match[str]:
        found = _FORM.fullmatch(self.statement)
        if found is None:
            raise LedgerDamaged(f"no statement of a change of keys: {self.statement!r:.80}")
        return found


def statement_of(*, day: str, origin: str, old: bytes, new: bytes, size: int, root: bytes) -> str:
    """Return the text that both keys sign."""
    return (
        f"beffroi.rotation/1 {day}\nlog {origin}\nfrom {fingerprint_of(old)}\nto {fingerprint_of(new)}\n"
        f"checkpoint {size} {written(root)}\n"
    )


def change_in(content: object) -> KeyChange:
    """Return the change that a payload or a line holds, held to its signatures. Raises LedgerDamaged."""
    if not isinstance(content, Mapping) or set(content) != set(_COLUMNS):
        raise LedgerDamaged("a kept change of keys is none")
    try:
        old, new, by_old, by_new = (decoded(content[name]) for name in _COLUMNS[1:])
    except (ValueError, AttributeError) as error:
        raise LedgerDamaged("a kept change of keys is none") from error
    if len(old) != PUBLIC_SIZE or len(new) != PUBLIC_SIZE or not isinstance(content["statement"], str):
        raise LedgerDamaged("a kept change of keys is none")
    found = KeyChange(statement=content["statement"], old=old, new=new, old_signature=by_old, new_signature=by_new)
    found.hold()
    return found


def hold_changes(changes: Sequence[KeyChange], current: bytes) -> None:
    """Raise LedgerDamaged unless each change goes on from the one before, of one log, and the last to this key.

    The signatures of each are held by change_in already.
    """
    origin = changes[0].origin if changes else ""
    if changes and origin != origin_of(fingerprint_of(changes[0].old)):
        raise LedgerDamaged(f"the first change of keys is of the log {origin:.80}, and not of its first key's")
    following = [*(one.old for one in changes[1:]), current]
    size = 0
    for one, then in zip(changes, following, strict=False):
        if one.new != then or one.origin != origin or one.size < size:
            raise LedgerDamaged(f"the change of keys of {one.day} is not gone on from")
        size = one.size
