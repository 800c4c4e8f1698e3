"""Configurations as tests write them, and their mistakes as tests read them."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from agent.config.load import understand
from agent.config.settings import Configuration
from agent.core.errors import ConfigurationError

PLACE = Path("/etc/beffroi/beffroi.toml")

# Every line counts: tests name lines of it.
SOUND = """\
[agent]
timeout = "60s"
[convention]
starts = 2026-01-01
[[beneficiary]]
id = "scota"
name = "SCOTA"
[[host]]
id = "srv-1"
site = "arras"
[[host]]
id = "vault"
transport = "ssh"
address = "vault.example"
site = "cambrai"
collect = []
[[backup]]
id = "files"
host = "srv-1"
paths = ["/srv/scota"]
[[backup.copy]]
id = "offsite"
repository = "sftp:beffroi@vault:/srv/restic/files"
password_file = "/etc/beffroi/files.password"
site = "cambrai"
"""


class Told(NamedTuple):
    """One mistake as it is printed, taken apart."""

    line: int
    key: str
    what: str
    hint: str


def told(text: str | bytes, strict: bool = False, place: Path = PLACE) -> list[Told]:
    """Return the mistakes of a configuration, in the order in which they are printed; fail where it has none."""
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(ConfigurationError) as caught:
        understand(content, place, strict=strict)
    return [taken_apart(line, hint, place) for line, hint in caught.value.mistakes]


def understood(text: str) -> Configuration:
    """Return what a configuration without a mistake means."""
    return understand(text.encode(), PLACE, strict=False)


def taken_apart(line: str, hint: str, place: Path = PLACE) -> Told:
    """Return a printed mistake in parts, held to the form FILE:LINE: key: what is wrong."""
    matched = re.fullmatch(rf"{re.escape(str(place))}:(\d+): ([^:\n]+): ([^\n]+)", line)
    assert matched is not None, line
    assert hint
    assert "\n" not in hint
    assert not matched[3].endswith(".")
    return Told(int(matched[1]), matched[2], matched[3], hint)


def line_of(text: str, needle: str, nth: int = 1) -> int:
    """Return the line, from 1, of the nth line that contains some words."""
    return [number for number, line in enumerate(text.splitlines(), 1) if needle in line][nth - 1]
