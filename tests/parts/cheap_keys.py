"""Makes a restic repository open at once: its key's derivation costs restic 0.1 s of a processor at every start.

A key file says by itself how costly its derivation is, and restic takes its word. The master key stays the same, and
so does everything else; the format is that of restic's design document («Keys, Encryption and MAC»).
"""

import base64
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.poly1305 import Poly1305

NONCE = MAC = 16


@dataclass(frozen=True, slots=True)
class Derived:
    """The three keys that a password comes to: one to encrypt, two to sign."""

    encryption: bytes
    mac_k: bytes
    mac_r: bytes

    def seal(self, plain: bytes) -> bytes:
        """Return a text encrypted and signed."""
        nonce = os.urandom(NONCE)
        hidden = self._crypt(nonce, plain)
        return nonce + hidden + self._sign(nonce, hidden)

    def open(self, sealed: bytes) -> bytes:
        """Return what was sealed."""
        nonce, hidden, mac = sealed[:NONCE], sealed[NONCE:-MAC], sealed[-MAC:]
        assert self._sign(nonce, hidden) == mac
        return self._crypt(nonce, hidden)

    def _crypt(self, nonce: bytes, text: bytes) -> bytes:
        cipher = Cipher(algorithms.AES(self.encryption), modes.CTR(nonce)).encryptor()
        return cipher.update(text) + cipher.finalize()

    def _sign(self, nonce: bytes, text: bytes) -> bytes:
        # Poly1305-AES: one block, so that no mode shows anything.
        block = Cipher(algorithms.AES(self.mac_k), modes.ECB()).encryptor()
        return Poly1305.generate_tag(self.mac_r + block.update(nonce), text)


def cheapen(repository: Path, password: str) -> None:
    """Put a key file in place of a repository's only one that opens for the same password, at no cost."""
    (old,) = (repository / "keys").iterdir()
    key = json.loads(old.read_text())
    plain = _derive(password, key).open(base64.b64decode(key["data"]))
    key |= {"N": 2, "r": 1, "p": 1, "salt": base64.b64encode(os.urandom(64)).decode()}
    key["data"] = base64.b64encode(_derive(password, key).seal(plain)).decode()
    text = json.dumps(key).encode()
    (repository / "keys" / hashlib.sha256(text).hexdigest()).write_bytes(text)
    old.unlink()


def _derive(password: str, key: dict[str, object]) -> Derived:
    n, r, p = (int(str(key[name])) for name in ("N", "r", "p"))
    salt = base64.b64decode(str(key["salt"]))
    derived = hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, maxmem=2**28, dklen=64)
    return Derived(derived[:32], derived[32:48], derived[48:])
