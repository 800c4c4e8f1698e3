"""An Ansible inventory in its YAML form, and the YAML files of variables beside one.

    servers:
      hosts:
        web[01:10].example:
        vault: {ansible_host: 192.0.2.9}
      vars: {ansible_user: beffroi}
      children:
        archives: {hosts: {nas: }}

Source: the documentation of the plugin ansible.builtin.yaml.
"""

from collections.abc import Iterator

import yaml

from agent.config.ansible.listing import InventoryListing, InventoryVariable
from agent.config.ansible.names import expand
from agent.config.mistakes import shown
from agent.config.shallow_yaml import ShallowLoader, TooDeep

DEEPEST = 50
_FLAT = "ansible-inventory -i FILE --list --yaml writes one that holds everything, plainly"
_FORM = "a group holds hosts, vars and children, each of them a table"


def read_yaml(text: str, listing: InventoryListing) -> None:
    """Add what a file says to a listing: hosts, groups, variables, mistakes."""
    for name, key, node in _pairs(_top(text, listing), "file", listing):
        if name == "plugin":
            listing.refuse(listing.spot(_line(key)), name, "asks another program for the hosts", _FLAT)
            return
        _group(name, key, node, listing, 0)


def read_variables(text: str, listing: InventoryListing) -> dict[str, InventoryVariable]:
    """Return the variables of a file of `group_vars` or `host_vars`."""
    return _settings(_top(text, listing), listing)


def _top(text: str, listing: InventoryListing) -> yaml.Node | None:
    try:
        if "&" in text or "*" in text:
            for event in yaml.parse(text, Loader=ShallowLoader):
                if isinstance(event, yaml.AliasEvent):
                    line = event.start_mark.line + 1 if event.start_mark else 1
                    listing.refuse(listing.spot(line), "file", "holds an alias, and none is followed here", _FLAT)
                    return None
        node: yaml.Node | None = yaml.compose(text, Loader=ShallowLoader)
    except TooDeep as error:
        listing.refuse(listing.spot(error.line), "file", "holds tables within each other too deep", _FORM)
        return None
    except yaml.YAMLError as error:
        # The library's own message quotes the line, which may hold a password.
        mark = getattr(error, "problem_mark", None)
        hint = "look for a tab, a colon or a quote"
        listing.refuse(listing.spot(mark.line + 1 if mark else 1), "file", "is not YAML that can be read", hint)
        return None
    return node


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _pairs(node: yaml.Node | None, name: str, listing: InventoryListing) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
    """Yield a table's keys, each with its node and its value; nothing at all is an empty table."""
    if node is None or _empty(node):
        return
    if not isinstance(node, yaml.MappingNode):
        listing.refuse(listing.spot(_line(node)), name, "is not a table", _FORM)
        return
    seen: dict[str, int] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.tag == "tag:yaml.org,2002:merge":
            listing.refuse(listing.spot(_line(key)), name, "has a key that is no plain name", _FLAT)
        elif key.value in seen:
            told = f"holds {shown(key.value)} twice, first on line {seen[key.value]}"
            listing.refuse(listing.spot(_line(key)), name, told, "keep one of the two")
        else:
            seen[key.value] = _line(key)
            yield key.value, key, value


def _empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _group(name: str, at: yaml.Node, node: yaml.Node, listing: InventoryListing, depth: int) -> None:
    spot = listing.spot(_line(at))
    group = listing.group(name)
    group.defined = group.defined or spot
    if depth > DEEPEST:
        listing.refuse(spot, name, f"is more than {DEEPEST} groups deep", "see whether that is meant")
        return
    for key, here, value in _pairs(node, name, listing):
        if key == "hosts":
            _hosts(name, value, listing)
        elif key == "vars":
            group.settings.update(_settings(value, listing))
        elif key == "children":
            for child, place, inner in _pairs(value, name, listing):
                group.children.setdefault(child, listing.spot(_line(place)))
                _group(child, place, inner, listing, depth + 1)
        else:
            listing.refuse(listing.spot(_line(here)), name, f"holds {shown(key)}, which is not read", _FORM)


def _hosts(group: str, node: yaml.Node, listing: InventoryListing) -> None:
    for written, key, value in _pairs(node, group, listing):
        if listing.is_overfull:
            return
        spot = listing.spot(_line(key))
        settings = _settings(value, listing)
        try:
            names, port = expand(written)
        except ValueError as error:
            listing.refuse(spot, "host", f"{shown(written)} {error}", "see Ansible's guide to inventories")
            continue
        if port is not None:
            settings.setdefault("ansible_port", InventoryVariable(value=str(port), spot=spot))
        listing.enter(group, names, spot, settings)


def _settings(node: yaml.Node | None, listing: InventoryListing) -> dict[str, InventoryVariable]:
    found: dict[str, InventoryVariable] = {}
    for name, key, value in _pairs(node, "vars", listing):
        # A tag of its own is a vault's: `!vault |`.
        plain = isinstance(value, yaml.ScalarNode) and not value.tag.startswith("!vault") and not _empty(value)
        found[name] = InventoryVariable(value=value.value if plain else None, spot=listing.spot(_line(key)))
    return found
