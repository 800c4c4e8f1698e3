"""The agent's Ed25519 key: created once, readable by its owner only, with its public half beside it.

Reads:  `signing-key.pem` and `signing-key.pub.pem` in the state directory.
Needs:  to sign, the directory's owner; to verify, its group.
Blind:  who else has read the key.
"""

import base64
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from agent.core.errors import LedgerDamaged, LedgerError
from agent.ledger.chain import sha256_base64
from agent.ledger.database import room
from agent.proving.checkpoint import origin_of
from agent.proving.signed_note import NoteKey

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PRIVATE_NAME = "signing-key.pem"
PUBLIC_NAME = "signing-key.pub.pem"


@dataclass(frozen=True, slots=True)
class Signer:
    """Sign with the agent's key."""

    _key: "Ed25519PrivateKey"

    @property
    def fingerprint(self) -> str:
        """Return the public key's fingerprint."""
        return fingerprint(self._key.public_key())

    def sign(self, text: str) -> str:
        """Return the signature of a text, in base64."""
        return base64.b64encode(self.sign_bytes(text.encode())).decode()

    def sign_bytes(self, content: bytes) -> bytes:
        """Return the signature of some bytes."""
        return self._key.sign(content)

    @property
    def note_key(self) -> NoteKey:
        """Return the key as it signs the checkpoints of this agent's log."""
        return _note_key(self._key.public_key())


@dataclass(frozen=True, slots=True)
class Verifier:
    """Check signatures by the agent's public key."""

    _key: "Ed25519PublicKey"

    @property
    def fingerprint(self) -> str:
        """Return the key's fingerprint."""
        return fingerprint(self._key)

    @property
    def note_key(self) -> NoteKey:
        """Return the key as it signs the checkpoints of this agent's log."""
        return _note_key(self._key)

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


def _note_key(key: "Ed25519PublicKey") -> NoteKey:
    return NoteKey(name=origin_of(fingerprint(key)), public=key.public_bytes_raw())


def has_key(directory: Path) -> bool:
    """Return whether a state directory has, or had, a key."""
    return (directory / PRIVATE_NAME).exists() or (directory / PUBLIC_NAME).exists()


def make_key(directory: Path) -> None:
    """Make the agent's key, the private half last, so that a key that is there is whole. Raises LedgerFull."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with room(directory / PRIVATE_NAME):
        write_file(directory / PUBLIC_NAME, public, 0o640)
        write_file(directory / PRIVATE_NAME, private, 0o600)


def signer(directory: Path) -> Signer:
    """Return the agent's key. Raises LedgerError where it cannot be had."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key((directory / PRIVATE_NAME).read_bytes(), password=None)
    except FileNotFoundError as error:
        raise LedgerError(
            f"the signing key {directory / PRIVATE_NAME} is gone", "restore it from a backup: no other key can go on"
        ) from error
    except OSError as error:
        raise LedgerError(f"cannot read {directory / PRIVATE_NAME}: {error.strerror}") from error
    except (ValueError, TypeError) as error:
        raise LedgerDamaged(f"{directory / PRIVATE_NAME} is no private key", "restore it from a backup") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise LedgerDamaged(f"{directory / PRIVATE_NAME} is no Ed25519 key", "restore it from a backup")
    return Signer(key)


def verifier(directory: Path) -> Verifier:
    """Return the agent's public key. Raises LedgerError where it cannot be had."""
    path = directory / PUBLIC_NAME
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LedgerError(f"cannot read the public key {path}: {error.strerror}") from error
    return verifier_of(content, str(path))


def verifier_of(content: bytes, name: str = PUBLIC_NAME) -> Verifier:
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
    return Verifier(key)


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
