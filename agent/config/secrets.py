"""Where a secret's file lies: a relative name is looked for among the credentials, then beside the configuration."""

import os
from pathlib import Path


def find_secret(name: Path | str, beside: Path) -> Path:
    """Return the path of a secret's file, be it there or not; nothing is read.

    `beside` is the configuration file. systemd puts what `LoadCredential=` names in `$CREDENTIALS_DIRECTORY`.
    """
    path = Path(name)
    if path.is_absolute():
        return path
    credentials = os.environ.get("CREDENTIALS_DIRECTORY", "")
    if credentials and os.path.lexists(Path(credentials) / path):
        return Path(credentials) / path
    return beside.absolute().parent / path
