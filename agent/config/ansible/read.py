"""An inventory's file and the variables beside it: which form each has, and every byte that was read of them."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from agent.config.ansible.ini import read_ini
from agent.config.ansible.listing import EVERYTHING, InventoryListing, InventoryVariable, circles
from agent.config.ansible.yaml_form import read_variables, read_yaml
from agent.core.errors import LookError
from agent.core.files import read_file

LARGEST = 4 * 1024 * 1024
# Ansible's own (`YAML_FILENAME_EXTENSIONS`), and none at all, in its order.
_ENDINGS = ("", ".yml", ".yaml", ".json")
_VAULT = "$ANSIBLE_VAULT"
_FLAT = "name a file that ansible-inventory -i … --list --yaml wrote"


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryFiles:
    """An inventory's listing, the variables of `group_vars` and `host_vars` by name, and the bytes by file."""

    listing: InventoryListing
    of_groups: Mapping[str, Mapping[str, InventoryVariable]] = field(default_factory=dict)
    of_hosts: Mapping[str, Mapping[str, InventoryVariable]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)


def read_inventory(path: Path) -> InventoryFiles:
    """Return what an inventory says; its mistakes stand in the listing. Raises LookError where it cannot be read."""
    listing = InventoryListing(file=str(path))
    content = read_file(path, limit=LARGEST)
    files = {str(path): content}
    text = _text(content, listing)
    if text is not None and _is_for_us(path, text, listing):
        (read_yaml if path.suffix in _ENDINGS[1:] else read_ini)(text, listing)
    if not listing.hosts and not listing.mistakes:
        listing.refuse(listing.spot(1), "file", "lists no host", "an inventory states what is expected")
    circles(listing)
    return InventoryFiles(
        listing=listing,
        of_groups=dict(_beside(path.parent / "group_vars", [EVERYTHING, *listing.groups], listing, files)),
        of_hosts=dict(_beside(path.parent / "host_vars", list(listing.hosts), listing, files)),
        files=files,
    )


def _text(content: bytes, listing: InventoryListing) -> str | None:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        listing.refuse(listing.spot(line), "file", "holds bytes that are not UTF-8", "save it as UTF-8")
        return None


def _is_for_us(path: Path, text: str, listing: InventoryListing) -> bool:
    if text.startswith("#!"):
        listing.refuse(listing.spot(1), "file", "is a program, and none is run for its hosts", _FLAT)
    elif text.startswith(_VAULT):
        listing.refuse(listing.spot(1), "file", "is encrypted", _FLAT)
    elif path.suffix == ".toml":
        listing.refuse(listing.spot(1), "file", "is TOML, and inventories are read as INI or YAML", _FLAT)
    else:
        return True
    return False


def _beside(
    folder: Path, names: list[str], listing: InventoryListing, files: dict[str, bytes]
) -> Iterator[tuple[str, Mapping[str, InventoryVariable]]]:
    """Yield the variables of each group or host that has a file of them."""
    if not folder.is_dir():
        return
    for name in dict.fromkeys(names):
        settings: dict[str, InventoryVariable] = {}
        for file in _files(folder, name):
            one = InventoryListing(file=str(file))
            try:
                content = read_file(file, limit=LARGEST)
            except LookError as error:
                one.refuse(one.spot(1), "file", f"cannot be read: {error.message}", error.hint or "let it be read")
            else:
                files[str(file)] = content
                text = _text(content, one)
                # What a vault hides is secrets, and none is needed here.
                if text is not None and not text.startswith(_VAULT):
                    settings.update(read_variables(text, one))
            listing.mistakes += one.mistakes
        if settings:
            yield name, settings


def _files(folder: Path, name: str) -> Iterator[Path]:
    for ending in _ENDINGS:
        path = folder / f"{name}{ending}"
        if path.is_dir():
            for place, folders, found in os.walk(path):
                folders[:] = sorted(one for one in folders if not one.startswith("."))
                yield from (Path(place) / one for one in sorted(found) if _holds_variables(one))
            return
        if os.path.lexists(path):
            yield path
            return


def _holds_variables(name: str) -> bool:
    return not name.startswith(".") and not name.endswith("~") and Path(name).suffix in _ENDINGS
