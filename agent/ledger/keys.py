"""The agent's Ed25519 key: created once, readable by its owner only, with its public half beside it.

Reads:  `signing-key.pem` and `signing-key.pub.pem` in the state directory, and `key-changes.txt` where it was changed.
Needs:  to sign, the directory's owner; to verify, its group.
Blind:  who else has read the key.
"""

import base64
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from agent.core.errors import LedgerDamaged, LedgerError
from agent.ledger.chain import sha256_base64
from agent.ledger.disk_errors import room
from agent.proving.checkpoint import origin_of
from agent.proving.key_change import MOST_CHANGES, KeyChange, change_in, fingerprint_of, hold_changes, pem_of
from agent.proving.signed_note import NoteKey

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PRIVATE_NAME = "signing-key.pem"
PUBLIC_NAME = "signing-key.pub.pem"
# One line of JSON for each change of the key, the first one first: agent.proving.key_change.
CHANGES_NAME = "key-changes.txt"
_LARGEST_CHANGES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Signer:
    """Sign with the agent's key."""

    _key: "Ed25519PrivateKey"
    changes: tuple[KeyChange, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Return the public key's fingerprint."""
        return fingerprint(self._key.public_key())

    @property
    def verifier(self) -> "Verifier":
        """Return its public half."""
        return Verifier(self._key.public_key(), self.changes)

    def sign(self, text: str) -> str:
        """Return the signature of a text, in base64."""
        return base64.b64encode(self.sign_bytes(text.encode())).decode()

    def sign_bytes(self, content: bytes) -> bytes:
        """Return the signature of some bytes."""
        return self._key.sign(content)

    @property
    def note_key(self) -> NoteKey:
        """Return the key as it signs the checkpoints of this agent's log."""
        return self.verifier.note_key


@dataclass(frozen=True, slots=True)
class Verifier:
    """Check signatures by the agent's public key; `changes` are those that led to it, each held to its signatures."""

    _key: "Ed25519PublicKey"
    changes: tuple[KeyChange, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Return the key's fingerprint."""
        return fingerprint(self._key)

    @property
    def note_key(self) -> NoteKey:
        """Return the key as it signs the checkpoints of this agent's log, whose origin is that of the first key."""
        return NoteKey(name=origin_of(self.fingerprints[0]), public=self._key.public_bytes_raw())

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """Return the fingerprints of the keys that the agent had, the first one first, this one last."""
        return (*(fingerprint_of(one.old) for one in self.changes), self.fingerprint)

    def note_key_at(self, size: int) -> NoteKey:
        """Return the key that signs the checkpoint of the log's first so many leaves."""
        public = next((one.old for one in self.changes if size <= one.size), self._key.public_bytes_raw())
        return NoteKey(name=self.note_key.name, public=public)

    def of(self, known: str) -> "Verifier | None":
        """Return the key of a fingerprint among those that the agent had."""
        if known not in self.fingerprints:
            return None
        place = self.fingerprints.index(known)
        if place == len(self.changes):
            return self
        return verifier_of(pem_of(self.changes[place].old), known, self.changes[:place])

    def any_holds(self, text: str, signature: str) -> bool:
        """Return whether a signature in base64 on a text is by a key that the agent had, this one included."""
        try:
            return self.any_holds_bytes(text.encode(), base64.b64decode(signature, validate=True))
        except ValueError:
            return False

    def any_holds_bytes(self, content: bytes, signature: bytes) -> bool:
        """Return whether a signature on some bytes is by a key that the agent had, this one included."""
        return any(key is not None and key.holds_bytes(content, signature) for key in map(self.of, self.fingerprints))

    def holds(self, text: str, signature: str) -> bool:
        """Return whether a signature in base64 is this key's on that text."""
        try:
            return self.holds_bytes(text.encode(), base64.b64decode(signature, validate=True))
        except ValueError:
            return False

    def holds_bytes(self, content: bytes, signature: bytes) -> bool:
        """Return whether a signature is this key's on some bytes."""
        from cryptography.exceptions import InvalidSignature

        try:
            self._key.verify(signature, content)
        except (InvalidSignature, ValueError):
            return False
        return True


def fingerprint(key: "Ed25519PublicKey") -> str:
    """Return `SHA256:` and the unpadded base64 of the SHA-256 of a key's DER (SubjectPublicKeyInfo)."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"SHA256:{sha256_base64(der)}"


def changes_of(content: bytes) -> tuple[KeyChange, ...]:
    """Return the changes of keys in a file's bytes, each held to its signatures. Raises LedgerDamaged."""
    lines = content.decode("ascii", errors="replace").splitlines()
    if len(lines) > MOST_CHANGES:
        raise LedgerDamaged(f"{CHANGES_NAME} holds {len(lines)} changes of keys")
    try:
        return tuple(change_in(json.loads(line)) for line in lines)
    except (ValueError, RecursionError) as error:
        raise LedgerDamaged(f"{CHANGES_NAME} holds a line that is no change of keys") from error


def write_changes(directory: Path, changes: Sequence[KeyChange], mode: int = 0o640) -> None:
    """Replace the changes of keys beside a ledger, whole or not at all. Raises OSError."""
    lines = (json.dumps(one.content(), sort_keys=True) for one in changes)
    write_file(directory / CHANGES_NAME, "".join(f"{line}\n" for line in lines).encode(), mode)


def read_changes(directory: Path) -> tuple[KeyChange, ...]:
    """Return the changes of keys beside a ledger, none where there is no file. Raises LedgerError."""
    path = directory / CHANGES_NAME
    try:
        with path.open("rb") as file:
            return changes_of(file.read(_LARGEST_CHANGES))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise LedgerError(f"cannot read {path}: {error.strerror}") from error


def _changes_to(directory: Path, public: bytes) -> tuple[KeyChange, ...]:
    """Return the changes that led to a key; one that was begun and is not done yet does not count."""
    found = read_changes(directory)
    if found and found[-1].old == public:
        found = found[:-1]
    hold_changes(found, public)
    return found


def has_key(directory: Path) -> bool:
    """Return whether a state directory has, or had, a key."""
    return (directory / PRIVATE_NAME).exists() or (directory / PUBLIC_NAME).exists()


def make_key(directory: Path, private_name: str = PRIVATE_NAME, public_name: str = PUBLIC_NAME) -> None:
    """Make the agent's key, the private half last, so that a key that is there is whole. Raises LedgerFull."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with room(directory / private_name):
        write_file(directory / public_name, public, 0o640)
        write_file(directory / private_name, private, 0o600)


def signer(directory: Path) -> Signer:
    """Return the agent's key. Raises LedgerError where it cannot be had."""
    found = signer_in(directory / PRIVATE_NAME)
    return replace(found, changes=_changes_to(directory, found.note_key.public))


def signer_in(path: Path) -> Signer:
    """Return the key in a file, without what led to it. Raises LedgerError where it cannot be had."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key((path).read_bytes(), password=None)
    except FileNotFoundError as error:
        raise LedgerError(
            f"the signing key {path} is gone", "restore it from a backup: no other key can go on"
        ) from error
    except OSError as error:
        raise LedgerError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, TypeError) as error:
        raise LedgerDamaged(f"{path} is no private key", "restore it from a backup") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise LedgerDamaged(f"{path} is no Ed25519 key", "restore it from a backup")
    return Signer(key)


def verifier(directory: Path) -> Verifier:
    """Return the agent's public key. Raises LedgerError where it cannot be had."""
    path = directory / PUBLIC_NAME
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LedgerError(f"cannot read the public key {path}: {error.strerror}") from error
    found = verifier_of(content, str(path))
    return replace(found, changes=_changes_to(directory, found.note_key.public))


def verifier_of(content: bytes, name: str = PUBLIC_NAME, changes: tuple[KeyChange, ...] = ()) -> Verifier:
    """Return the public key that a PEM text holds. Raises LedgerDamaged where it is none."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise LedgerDamaged(f"{name} is no public key", "restore it from a backup") from error
    if not isinstance(key, Ed25519PublicKey):
        raise LedgerDamaged(f"{name} is no Ed25519 key", "restore it from a backup")
    return Verifier(key, changes)


def write_file(path: Path, content: bytes, mode: int) -> None:
    """Replace a file beside the ledger, whole or not at all. Raises OSError."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, mode)
    try:
        # A file object goes on after a write that a full disk cut short, until one fails.
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, mode)
            file.write(content)
            file.flush()
            os.fsync(handle)
    except OSError:
        draft.unlink()
        raise
    draft.rename(path)
