"""What `config show` prints is the configuration in force: loading it gives the same values, and no secret is in it."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.config.in_force import in_force, toml
from agent.config.load import understand
from agent.config.settings import Configuration
from agent.core.errors import ConfigurationError
from tests.config.written import PLACE, SOUND

WHOLE = (Path(__file__).parent / "recorded" / "whole.toml").read_text()
WITHOUT = tuple(sorted({line for line in WHOLE.splitlines() if " = " in line and not line.startswith(("id", "#"))}))


def meant(text: str, place: Path = PLACE) -> Configuration:
    """Return what a text means, but for the digest of its bytes."""
    return replace(understand(text.encode(), place, strict=False), digest="")


@settings(max_examples=25)
@given(st.sets(st.sampled_from(WITHOUT)))
def test_what_is_shown_means_what_the_file_means(left_out: set[str]) -> None:
    text = "\n".join(line for line in WHOLE.splitlines() if line not in left_out)
    try:
        before = meant(text)
    except ConfigurationError:
        # What was left out was needed.
        text, before = WHOLE, meant(WHOLE)
    shown = in_force(text.encode())

    assert meant(shown) == before
    # Shown again, nothing is a default any more, and nothing changes.
    assert in_force(shown.encode()) == "\n".join(line.removesuffix("  # default") for line in shown.split("\n"))


def test_each_default_is_marked_and_nothing_else() -> None:
    shown = in_force(SOUND.encode()).splitlines()

    assert 'timeout = "60s"' in shown
    assert 'listen = "127.0.0.1:9588"  # default' in shown
    assert 'backups = "15m"  # default' in shown
    assert 'limit = "24h"  # default' in shown
    assert 'repository = "sftp:beffroi@vault:/srv/restic/files"' in shown


def test_the_address_of_a_webhook_is_not_shown() -> None:
    shown = in_force(f'{SOUND}[alert]\nwebhook = "https://chat.example/hooks/s3cr3t"\n'.encode())

    assert "s3cr3t" not in shown
    assert "# webhook is given, and left out here" in shown
    assert 'password_file = "/etc/beffroi/files.password"' in shown


def test_a_default_never_outdoes_an_inventory(tmp_path: Path) -> None:
    place = tmp_path / "beffroi.toml"
    (tmp_path / "hosts.ini").write_text("srv-2 ansible_host=192.0.2.7 ansible_user=beffroi\n")
    text = '[[beneficiary]]\nid = "scota"\n[inventory]\nansible = "hosts.ini"\n[[host]]\nid = "srv-2"\nsite = "arras"\n'

    before = meant(text, place)
    assert before.inventory.hosts[0].transport == "ssh"
    assert meant(in_force(text.encode()), place) == before


@given(st.text())
def test_any_text_is_written_so_that_toml_reads_it_back(text: str) -> None:
    written = toml(text)

    assert written.isprintable()
    assert tomllib.loads(f"key = {written}")["key"] == text


@pytest.mark.parametrize("value", [True, 7, ["a", {"id": "b", "é.c": []}], {}])
def test_any_value_is_written_so_that_toml_reads_it_back(value: object) -> None:
    assert tomllib.loads(f"key = {toml(value)}")["key"] == value
