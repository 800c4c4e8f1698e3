"""The digest by which a configuration is known in the ledger and in a report's bundle."""

import hashlib
from collections.abc import Iterable


def digest(content: bytes, listed: Iterable[tuple[str, bytes]] = ()) -> str:
    """Return the SHA-256 of a configuration file's bytes, in hexadecimal.

    Where it names an inventory, `listed` are the files of that one by name: it is then the SHA-256 of what `sha256sum`
    prints of all of them, the configuration itself being called `-`.
    """
    own, others = _sha256(content), tuple(listed)
    if not others:
        return own
    lines = [f"{own}  -\n", *(f"{_sha256(inner)}  {name}\n" for name, inner in others)]
    return _sha256("".join(lines).encode(errors="surrogateescape"))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
