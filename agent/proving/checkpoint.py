"""Checkpoints: the signed head of a log, that is its origin, its size and its root (c2sp.org/tlog-checkpoint)."""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass

from agent.proving.base64_text import decoded, written
from agent.proving.merkle import HASH_SIZE
from agent.proving.signed_note import NotANote, NoteKey, SignedNote, hold_to_key, parse_note, sign_note

MOST_EXTENSIONS = 100

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_LARGEST_SIZE = 2**63 - 1
_FINGERPRINT = re.compile(r"SHA256:([A-Za-z0-9+/]{43})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The head of one log; `extensions` are further lines, opaque, that some logs write."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return the text that is signed, line feed included."""
        lines = (self.origin, str(self.size), written(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def origin_of(fingerprint: str) -> str:
    """Return the origin of an agent's log: `beffroi/` and its key's fingerprint in base64url. Raises ValueError."""
    found = _FINGERPRINT.fullmatch(fingerprint)
    if found is None:
        raise ValueError(f"no fingerprint of a key: {fingerprint!r:.80}")
    digest = base64.b64decode(f"{found[1]}=", validate=True)
    return f"beffroi/{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def parse_text(text: str) -> Checkpoint:
    """Return the checkpoint that a note's text is. Raises NotANote."""
    if not text.endswith("\n"):
        raise NotANote("no checkpoint: its last line does not end")
    lines = text[:-1].split("\n")
    if not 3 <= len(lines) <= 3 + MOST_EXTENSIONS or not all(lines):
        raise NotANote("no checkpoint: its lines are not origin, size and root")
    origin, size, root, *extensions = lines
    if not _SIZE.fullmatch(size) or int(size) > _LARGEST_SIZE:
        raise NotANote(f"no checkpoint: {size!r:.40} is no size")
    try:
        digest = decoded(root)
    except ValueError as error:
        raise NotANote(f"no checkpoint: its root {root!r:.80} is not in base64") from error
    if len(digest) != HASH_SIZE:
        raise NotANote(f"no checkpoint: its root has {len(digest)} bytes")
    return Checkpoint(origin=origin, size=int(size), root=digest, extensions=tuple(extensions))


def sign_checkpoint(checkpoint: Checkpoint, key: NoteKey, sign: Callable[[bytes], bytes]) -> SignedNote:
    """Return a checkpoint signed with the log's Ed25519 key, whose name is the log's origin."""
    if key.name != checkpoint.origin:
        raise ValueError(f"the key of {key.name} signs no checkpoint of {checkpoint.origin}")
    return sign_note(checkpoint.text, key, sign)


def parse_checkpoint(content: bytes, key: NoteKey) -> tuple[Checkpoint, SignedNote]:
    """Return the checkpoint that some bytes are, its log's signature verified, and the note. Raises NotANote.

    What others signed beside it, witnesses for instance, is in the note and not verified here.
    """
    note = parse_note(content)
    hold_to_key(note, key)
    checkpoint = parse_text(note.text)
    if checkpoint.origin != key.name:
        raise NotANote(f"the checkpoint is of {checkpoint.origin!r:.80}, not of {key.name}")
    return checkpoint, note
