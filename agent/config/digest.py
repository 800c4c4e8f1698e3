"""The digest by which a configuration is known in the ledger and in a report's bundle."""

import hashlib


def digest(content: bytes) -> str:
    """Return the SHA-256 of a configuration file's bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
