"""Base64 in its one canonical spelling (RFC 4648, section 4): what decodes is what would be written."""

import base64


def written(content: bytes) -> str:
    """Return some bytes in base64."""
    return base64.b64encode(content).decode()


def decoded(text: str) -> bytes:
    """Return the bytes of a base64 text. Raises ValueError where it is none, or not their one spelling."""
    content = base64.b64decode(text.encode("ascii"), validate=True)
    if written(content) != text:
        raise ValueError("not the one spelling of its base64")
    return content
