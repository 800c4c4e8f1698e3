"""Cosignatures: a witness's statement that, at an instant, a checkpoint was the newest that it had seen of a log.

The form is `cosignature/v1` (c2sp.org/tlog-cosignature): Ed25519 over a header, the time and the checkpoint's text.
"""

from collections.abc import Callable

from agent.proving.signed_note import (
    ED25519,
    PUBLIC_SIZE,
    NotANote,
    NoteKey,
    NoteSignature,
    SignedNote,
    is_signed_by,
    parse_key,
)

COSIGNATURE = 4
TIME_SIZE, SIGNATURE_SIZE = 8, 64
_LATEST = 2**63 - 1


def cosigned_content(text: str, seconds: int) -> bytes:
    """Return the bytes that a witness signs for a checkpoint's text, `seconds` since the Epoch."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def cosign(text: str, key: NoteKey, sign: Callable[[bytes], bytes], seconds: int) -> NoteSignature:
    """Return the cosignature of a checkpoint's text; `sign` gives the 64 bytes of Ed25519."""
    content = seconds.to_bytes(TIME_SIZE, "big") + sign(cosigned_content(text, seconds))
    return NoteSignature(name=key.name, key_id=key.key_id, content=content)


def cosigned_at(note: SignedNote, key: NoteKey) -> int:
    """Return when a witness last cosigned a note, in seconds since the Epoch.

    Raises NotANote where it bears none of that witness, or one that does not hold.
    """
    found = note.signatures_of(key)
    if not found:
        raise NotANote(f"the checkpoint bears no cosignature of {key.name}")
    return max(_held(note.text, key, signature) for signature in found)


def parse_witness_key(text: str) -> NoteKey:
    """Return a witness's verifier key, which signs with cosignatures. Raises NotANote."""
    key = parse_key(text.strip())
    if key.kind != COSIGNATURE or len(key.public) != PUBLIC_SIZE:
        raise NotANote(
            f"the verifier key of {key.name} makes no cosignatures of Ed25519",
            "a witness's key is what beffroi witness --print-key prints: its bytes begin with 04",
        )
    return key


def _held(text: str, key: NoteKey, signature: NoteSignature) -> int:
    content = signature.content
    if len(content) != TIME_SIZE + SIGNATURE_SIZE:
        raise NotANote(f"the cosignature of {key.name} has {len(content)} bytes")
    seconds = int.from_bytes(content[:TIME_SIZE], "big")
    plain = NoteKey(name=key.name, public=key.public, kind=ED25519)
    if key.kind != COSIGNATURE or seconds > _LATEST:
        raise NotANote(f"the cosignature of {key.name} is of no form that is known here")
    if not is_signed_by(plain, cosigned_content(text, seconds), content[TIME_SIZE:]):
        raise NotANote(f"the cosignature of {key.name} does not hold")
    return seconds
