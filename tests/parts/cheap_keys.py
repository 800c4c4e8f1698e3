"""Makes restic repositories that open at once, without restic.

The derivation of a key costs restic 0.1 s of a processor at every start, and `restic init` 0.5 s: it tries how costly
it may be. A key file says by itself how costly its derivation is, and restic takes its word. A new repository is what
`restic init` made once, with an id and a master key of its own; the format is that of restic's design document
(«Keys, Encryption and MAC»).
"""

import base64
import hashlib
import json
import os
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

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


@dataclass(frozen=True, slots=True)
class Template:
    """What `restic init` writes: the folders, and what `config` and the key file hold."""

    folders: tuple[str, ...]
    config: dict[str, object]
    key: dict[str, object]


def new_repository(folder: Path, password: str, program: str = "restic") -> None:
    """Make a new, empty repository in a folder that is not there yet, as this restic makes it."""
    made = _template(program)
    for name in ("", *made.folders):
        (folder / name).mkdir(mode=0o700, parents=not name)
    master = Derived(os.urandom(32), os.urandom(16), os.urandom(16))
    mac = {"k": _text(master.mac_k), "r": _text(master.mac_r)}
    cheap = {**made.key, "N": 2, "r": 1, "p": 1, "salt": _text(os.urandom(64))}
    opened = json.dumps({"mac": mac, "encrypt": _text(master.encryption)}).encode()
    key = json.dumps({**cheap, "data": _text(_derive(password, cheap).seal(opened))}).encode()
    _write(folder / "keys" / hashlib.sha256(key).hexdigest(), key)
    _write(folder / "config", master.seal(json.dumps({**made.config, "id": os.urandom(32).hex()}).encode()))


def master_of(folder: Path, password: str) -> Derived:
    """Return the master key of a repository that has one key."""
    (file,) = (folder / "keys").iterdir()
    key = json.loads(file.read_text())
    opened = json.loads(_derive(password, key).open(base64.b64decode(key["data"])))
    return Derived(*map(base64.b64decode, (opened["encrypt"], opened["mac"]["k"], opened["mac"]["r"])))


@cache
def _template(program: str) -> Template:
    with TemporaryDirectory() as place:
        folder = Path(place, "repository")
        argv = [program, "--repo", str(folder), "--password-command", "echo once", "--no-cache", "init", "--quiet"]
        subprocess.run(argv, check=True, capture_output=True, timeout=60)
        (file,) = (folder / "keys").iterdir()
        key = json.loads(file.read_text())
        config = json.loads(master_of(folder, "once").open((folder / "config").read_bytes()))
        folders = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_dir())
        return Template(tuple(folders), config, key)


def _text(part: bytes) -> str:
    return base64.b64encode(part).decode()


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o400)


def _derive(password: str, key: dict[str, object]) -> Derived:
    n, r, p = (int(str(key[name])) for name in ("N", "r", "p"))
    salt = base64.b64decode(str(key["salt"]))
    derived = hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, maxmem=2**28, dklen=64)
    return Derived(derived[:32], derived[32:48], derived[48:])
