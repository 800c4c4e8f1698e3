"""Inventories as tests write them."""

from pathlib import Path

import pytest

from agent.config.load import load
from agent.config.settings import Configuration
from agent.core.errors import ConfigurationError
from agent.core.inventory import DeclaredHost

HEAD = '[[beneficiary]]\nid = "scota"\n[inventory]\nansible = "{name}"\n'


def configured(folder: Path, inventory: str, more: str = "", name: str = "hosts.ini") -> Configuration:
    """Return the configuration that names an inventory; `more` comes after its `[inventory]` table's first key."""
    (folder / name).write_text(inventory)
    file = folder / "beffroi.toml"
    file.write_text(HEAD.format(name=name) + more)
    return load(file, strict=False)


def hosts(folder: Path, inventory: str, more: str = "", name: str = "hosts.ini") -> dict[str, DeclaredHost]:
    """Return the declared hosts by id."""
    return {host.id: host for host in configured(folder, inventory, more, name).inventory.hosts}


def refused(folder: Path, inventory: str, more: str = "", name: str = "hosts.ini") -> list[str]:
    """Return the mistakes, each without the folder before it; fail where there is none."""
    with pytest.raises(ConfigurationError) as caught:
        configured(folder, inventory, more, name)
    assert all(hint and "\n" not in line + hint for line, hint in caught.value.mistakes)
    return [line.removeprefix(f"{folder}/") for line, _hint in caught.value.mistakes]
