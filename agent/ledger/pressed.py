"""What many things that are kept together are written as: base64 of zlib of canonical JSON. Pure."""

import base64
import binascii
import zlib

from agent.core.errors import LedgerDamaged
from agent.ledger import encode
from agent.ledger.fields import parse, refuse


def press(value: object) -> str:
    """Return the text of a value. Raises LedgerError where it has no JSON."""
    return base64.b64encode(zlib.compress(encode.canonical(value).encode(), 9)).decode()


def unpressed(pressed: str, what: str, largest: int) -> str:
    """Return the JSON of a text, `largest` characters at most. Raises LedgerDamaged."""
    try:
        unpacker = zlib.decompressobj()
        found = unpacker.decompress(base64.b64decode(pressed, validate=True), largest)
        if not unpacker.eof or unpacker.unused_data:
            refuse(what, pressed)
        return found.decode()
    except (binascii.Error, zlib.error, UnicodeDecodeError, ValueError) as error:
        raise LedgerDamaged(f"a kept {what} cannot be unpacked: {error}") from error


def unpress(pressed: str, what: str, largest: int) -> object:
    """Return the value that a text holds. Raises LedgerDamaged."""
    return parse(unpressed(pressed, what, largest))
