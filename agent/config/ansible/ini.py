"""An Ansible inventory in its INI form.

    vault ansible_host=192.0.2.9 ansible_port=2222
    [web]
    web[01:10].example
    [web:vars]
    ansible_user=beffroi
    [servers:children]
    web

Source: the documentation of the plugin ansible.builtin.ini.
"""

import ast
import re
import shlex
import warnings
from collections.abc import Iterator

from agent.config.ansible.listing import UNGROUPED, InventoryListing, InventoryVariable
from agent.config.ansible.names import expand
from agent.config.mistakes import shown
from agent.config.positions import Spot

_SECTION = re.compile(r"\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?")
_MEMBER = re.compile(r"([^:\]\s]+)\s*(?:#.*)?")
_SEE = "see Ansible's guide, «How to build your inventory»"


def read_ini(text: str, listing: InventoryListing) -> None:
    """Add what a file says to a listing: hosts, groups, variables, mistakes."""
    section, kind = UNGROUPED, "hosts"
    sections: list[tuple[Spot, str, str]] = []
    for number, raw in enumerate(text.split("\n"), start=1):
        line, spot = raw.strip(), listing.spot(number)
        if not line or line[0] in "#;":
            continue
        if line.startswith("[") and (header := _SECTION.fullmatch(line)):
            section, kind = header[1], header[2] or "hosts"
            sections.append((spot, section, kind))
            if kind in ("hosts", "children"):
                listing.group(section).defined = listing.group(section).defined or spot
            elif kind != "vars":
                listing.refuse(spot, section, f"has a section {shown(kind)}", 'there are "vars" and "children"')
        elif kind == "hosts":
            _hosts(line, section, spot, listing)
        elif kind == "children":
            _child(line, section, spot, listing)
        elif kind == "vars":
            _variable(line, section, spot, listing)
    _hold_to_defined(sections, listing)


def _hosts(line: str, group: str, spot: Spot, listing: InventoryListing) -> None:
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        listing.refuse(spot, "host", "holds a quote that is left open", _SEE)
        return
    if not words or listing.is_overfull:
        return
    settings = dict(_assigned(words[1:], spot, listing))
    try:
        names, port = expand(words[0])
    except ValueError as error:
        listing.refuse(spot, "host", f"{shown(words[0])} {error}", _SEE)
        return
    if port is not None:
        settings["ansible_port"] = InventoryVariable(value=str(port), spot=spot)
    listing.enter(group, names, spot, settings)


def _assigned(words: list[str], spot: Spot, listing: InventoryListing) -> Iterator[tuple[str, InventoryVariable]]:
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            # What it holds could be a password.
            listing.refuse(spot, "host", "is followed by something that is not key=value", _SEE)
        else:
            yield name, InventoryVariable(value=value, spot=spot)


def _child(line: str, group: str, spot: Spot, listing: InventoryListing) -> None:
    child = _MEMBER.fullmatch(line)
    if child is None:
        listing.refuse(spot, group, "has a child that is no group's name", _SEE)
        return
    listing.group(group).children.setdefault(child[1], spot)
    listing.group(child[1])


def _variable(line: str, group: str, spot: Spot, listing: InventoryListing) -> None:
    name, equals, value = line.partition("=")
    if not equals or not name.strip():
        listing.refuse(spot, group, "has a variable that is not key=value", _SEE)
        return
    listing.group(group).settings[name.strip()] = InventoryVariable(value=_literal(value.strip()), spot=spot)


def _literal(value: str) -> str:
    """Return a value of a `vars` section, which Ansible reads as Python where it can: quotes go, and remarks behind."""
    if value[:1] not in "'\"0123456789" or len(value) > 4096:
        return value
    try:
        with warnings.catch_warnings(action="ignore"):
            read = ast.literal_eval(value)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return value
    return str(read) if isinstance(read, str | int) else value


def _hold_to_defined(sections: list[tuple[Spot, str, str]], listing: InventoryListing) -> None:
    known = {name for name, group in listing.groups.items() if group.defined} | {"all", UNGROUPED}
    for spot, name, kind in sections:
        if kind == "vars" and name not in known:
            listing.refuse(spot, name, "has variables, and there is no such group", f"add [{name}], or correct it")
    for name, group in listing.groups.items():
        for child, spot in group.children.items():
            if child not in known:
                listing.refuse(spot, name, f"holds {shown(child)}, which is no group", "add it, or correct it")
