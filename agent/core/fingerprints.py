"""The fingerprint of a key: the SHA-256 of its bytes, in ssh-keygen's form."""

import re

_FORM = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")


def is_fingerprint(text: str) -> bool:
    """Return whether a text is a fingerprint."""
    return _FORM.fullmatch(text) is not None
