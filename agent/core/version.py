"""The version of this program; pyproject.toml reads it from here."""

import os
import sys

VERSION = "0.1.0"


def release() -> str:
    """Return the version, with the digest of the installed release where this interpreter is one's."""
    folder, name = os.path.split(os.path.realpath(sys.prefix))
    return name if os.path.basename(folder) == "releases" and name.startswith(f"{VERSION}-") else VERSION
