"""The script that a bundle brings along: `verify.sh`, of one page, for a reader who installs nothing."""

from functools import cache
from importlib import resources


@cache
def verify_script() -> bytes:
    """Return its text."""
    return resources.files("agent.report").joinpath("verify.sh").read_bytes()
