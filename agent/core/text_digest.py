"""The digest that a written text holds of itself: an edit is seen at the next run, with nothing kept elsewhere."""

import hashlib
import re

# Where the digest goes: it is taken of the text with these zeros in its place.
BLANK = f"sha256:{'0' * 64}"
DIGEST = re.compile(rb"sha256:[0-9a-f]{64}")


def sealed(text: str) -> str:
    """Return a text with its digest in place of `BLANK`."""
    return text.replace(BLANK, _digest(text.encode()), 1)


def is_as_written(content: bytes) -> bool:
    """Return True where the first digest in a text is that of the text itself."""
    found = DIGEST.search(content)
    if found is None:
        return False
    return found[0].decode() == _digest(content[: found.start()] + BLANK.encode() + content[found.end() :])


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
