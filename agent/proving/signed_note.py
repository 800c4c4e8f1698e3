"""Signed notes: a text, a blank line, and signature lines that each name their key (c2sp.org/signed-note).

The text, its last line feed included, is what is signed. A signature of a key that its reader does not know is ignored;
one of a known key that does not hold spoils the note. Everything here is parsed within bounds: a note is hostile until
a known key's signature holds.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from agent.core.errors import BeffroiError
from agent.proving.base64_text import decoded, written

# An Ed25519 signature over the text itself. Other numbers are other ways of signing, such as 0x04 for a witness.
ED25519 = 1
PUBLIC_SIZE = 32

# 16 signatures have to be accepted; a post-quantum one takes 5 kB.
LARGEST_NOTE = 256 * 1024
MOST_SIGNATURES = 100
LONGEST_NAME = 512

_SEPARATOR, _DASH = "\n\n", "\N{EM DASH} "
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_VERIFIER_KEY = re.compile(r"([^+]{1,512})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{1,8192})")


class NotANote(BeffroiError):
    """Raised where some text is no signed note, no verifier key or no checkpoint; says why."""

    exit_code = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSignature:
    """One signature line: whose it says it is, and the bytes after the key's number."""

    name: str
    key_id: int
    content: bytes

    @property
    def line(self) -> str:
        """Return the line, line feed included."""
        return f"{_DASH}{self.name} {written(self.key_id.to_bytes(4, 'big') + self.content)}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedNote:
    """A text that ends with a line feed, and the signatures beside it."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(signature.line for signature in self.signatures)}"

    def signatures_of(self, key: "NoteKey") -> tuple[NoteSignature, ...]:
        """Return the signatures that say they are a key's, whether they hold or not."""
        return tuple(one for one in self.signatures if (one.name, one.key_id) == (key.name, key.key_id))

    def with_signatures(self, added: Iterable[NoteSignature]) -> "SignedNote":
        """Return the note with further signatures; one that it has already is not repeated."""
        return SignedNote(text=self.text, signatures=tuple(dict.fromkeys((*self.signatures, *added))))


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteKey:
    """A public key that signs notes: its name, the number of its way of signing, and its bytes."""

    name: str
    public: bytes
    kind: int = ED25519

    @property
    def key_id(self) -> int:
        """Return the key's number: short, so it names a key and proves nothing."""
        digest = hashlib.sha256(f"{self.name}\n".encode() + bytes([self.kind]) + self.public).digest()
        return int.from_bytes(digest[:4], "big")

    def __str__(self) -> str:
        """Return the verifier key, as `parse_key` reads it."""
        return f"{self.name}+{self.key_id:08x}+{written(bytes([self.kind]) + self.public)}"


def parse_key(text: str) -> NoteKey:
    """Return the key that a verifier key gives: `name+number+base64`. Raises NotANote."""
    found = _VERIFIER_KEY.fullmatch(text)
    if found is None or not is_name(found[1]):
        raise NotANote(f"no verifier key: {text!r:.80}", "a verifier key has the form NAME+NUMBER+BASE64")
    try:
        content = decoded(found[3])
    except ValueError as error:
        raise NotANote(f"the verifier key of {found[1]:.80} is not in base64") from error
    key = NoteKey(name=found[1], public=content[1:], kind=content[0])
    if f"{key.key_id:08x}" != found[2]:
        raise NotANote(f"the verifier key of {found[1]:.80} has another number than its bytes give")
    return key


def is_name(name: str) -> bool:
    """Return whether a key or an origin can have this name: no space, no plus, nothing unseen."""
    fine = 0 < len(name) <= LONGEST_NAME and "+" not in name
    return fine and not any(char.isspace() or unicodedata.category(char)[0] in "ZC" for char in name)


def parse_note(content: bytes) -> SignedNote:
    """Return the note that some bytes are, signatures not yet verified. Raises NotANote."""
    if len(content) > LARGEST_NOTE:
        raise NotANote(f"no signed note: larger than {LARGEST_NOTE} bytes")
    try:
        whole = content.decode()
    except UnicodeDecodeError as error:
        raise NotANote("no signed note: not in UTF-8") from error
    if _CONTROL.search(whole):
        raise NotANote("no signed note: it holds a control character")
    text, separator, signatures = whole.rpartition(_SEPARATOR)
    if not separator or not signatures.endswith("\n"):
        raise NotANote("no signed note: no signature stands below its text")
    lines = signatures[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise NotANote(f"no signed note: more than {MOST_SIGNATURES} signatures")
    return SignedNote(text=f"{text}\n", signatures=tuple(map(parse_signature, lines)))


def parse_signature(line: str) -> NoteSignature:
    """Return the signature that a line gives, without its line feed. Raises NotANote."""
    name, space, signature = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space or not is_name(name):
        raise NotANote(f"no signature line: {line!r:.80}")
    try:
        content = decoded(signature)
    except ValueError as error:
        raise NotANote(f"a signature of {name:.80} is not in base64") from error
    if len(content) <= 4:
        raise NotANote(f"a signature of {name:.80} is cut short")
    return NoteSignature(name=name, key_id=int.from_bytes(content[:4], "big"), content=content[4:])


def sign_note(text: str, key: NoteKey, sign: Callable[[bytes], bytes]) -> SignedNote:
    """Return a text signed with an Ed25519 key; `sign` gives the 64 bytes. Raises ValueError."""
    if not text.endswith("\n") or _CONTROL.search(text) or not is_name(key.name) or key.kind != ED25519:
        raise ValueError("a note is a text of whole lines, and its key has a name and signs with Ed25519")
    signature = NoteSignature(name=key.name, key_id=key.key_id, content=sign(text.encode()))
    return SignedNote(text=text, signatures=(signature,))


def hold_to_key(note: SignedNote, key: NoteKey) -> None:
    """Raise NotANote unless the note bears a signature of an Ed25519 key, and each that says so holds."""
    found = note.signatures_of(key)
    if not found:
        raise NotANote(f"the note bears no signature of {key.name}")
    if not all(is_signed_by(key, note.text.encode(), signature.content) for signature in found):
        raise NotANote(f"the signature of {key.name} does not hold")


def is_signed_by(key: NoteKey, content: bytes, signature: bytes) -> bool:
    """Return whether a signature (64 bytes) over some bytes is an Ed25519 key's."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if key.kind != ED25519 or len(key.public) != PUBLIC_SIZE:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True
