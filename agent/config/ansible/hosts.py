"""What an inventory's variables say of how each host is reached, as keys of `[[host]]`.

Precedence: Ansible's user guide, «Understanding variable precedence»; variables: «Connecting to hosts: behavioral
inventory parameters», and for two names of one thing the order in the plugin ansible.builtin.ssh.
"""

import re
import shlex
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from agent.config.ansible.listing import EVERYTHING, UNGROUPED, InventoryGroup, InventoryListing, InventoryVariable
from agent.config.ansible.read import InventoryFiles
from agent.config.forms import read_id, read_text
from agent.config.mistakes import shown
from agent.hosts.ssh.directives import HARMLESS

_OVER_SSH = frozenset({"ssh", "smart", "paramiko", "paramiko_ssh"})
# Of two names of one thing, the later one counts.
_NAMES = {
    "address": ("ansible_host", "ansible_ssh_host"),
    "port": ("ansible_port", "ansible_ssh_port"),
    "user": ("ansible_user", "ansible_ssh_user"),
    "key_file": ("ansible_private_key_file", "ansible_ssh_private_key_file"),
}
_ARGUMENTS = ("ansible_ssh_args", "ansible_ssh_common_args", "ansible_ssh_extra_args")
_DETOURS = ("ansible_ssh_executable", "ansible_paramiko_proxy_command")
# What loosens these for Ansible loosens nothing here.
_TRUST = frozenset({"userknownhostsfile", "globalknownhostsfile"})
_TEMPLATE = re.compile(r"\{\{\s*inventory_hostname(_short)?\s*\}\}")
_ELSEWHERE = "set {key} for it in [[host]] or in [inventory.host]"
_OWN = "say it in OpenSSH's configuration, under Host, and name the variable in [inventory] ignore"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostOverrides:
    """What is told elsewhere: the keys of `[[host]]` that need no variable, and the variables passed over."""

    keys: Collection[str]
    ignored: Collection[str]


def reached(
    read: InventoryFiles, known_of: Callable[[str], HostOverrides], left_out: Collection[str]
) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield each host that is not left out, with the keys of `[[host]]` that its variables give.

    Mistakes go to the listing.
    """
    listing = read.listing
    depths, above = _depths(listing), _above(listing)
    for name in listing.hosts:
        if name in left_out:
            continue
        try:
            read_id(name)
        except ValueError as error:
            listing.refuse(listing.spots[name], "host", f"{shown(name)} {error}", "leave it out by [inventory] except")
            continue
        settings = _settings(read, name, depths, above)
        yield name, _Host(name=name, settings=settings, known=known_of(name), listing=listing).keys()


def _depths(listing: InventoryListing) -> dict[str, int]:
    depths = dict.fromkeys(listing.groups, 1)
    depths[EVERYTHING] = 0
    for _round in listing.groups:
        before = dict(depths)
        for name, group in listing.groups.items():
            for child in group.children:
                depths[child] = max(depths.get(child, 1), min(depths[name] + 1, len(listing.groups)))
        if depths == before:
            break
    return depths


def _above(listing: InventoryListing) -> dict[str, set[str]]:
    above: dict[str, set[str]] = {}
    for name in listing.groups:
        for host in listing.members(name):
            above.setdefault(host, set()).add(name)
    return above


def _settings(
    read: InventoryFiles, name: str, depths: Mapping[str, int], above: Mapping[str, set[str]]
) -> dict[str, InventoryVariable]:
    of_host = above.get(name, set()) - {EVERYTHING}
    groups = sorted(
        of_host - {UNGROUPED} or of_host,
        key=lambda group: (depths.get(group, 1), _priority(read.listing.groups[group]), group),
    )
    inline = [read.listing.groups.get(group, InventoryGroup()).settings for group in (EVERYTHING, *groups)]
    beside = [read.of_groups.get(group, {}) for group in (EVERYTHING, *groups)]
    layers = chain(inline, beside, [read.listing.hosts[name], read.of_hosts.get(name, {})])
    return {key: setting for layer in layers for key, setting in layer.items()}


def _priority(group: InventoryGroup) -> int:
    told = group.settings.get("ansible_group_priority")
    return int(told.value) if told and told.value and re.fullmatch(r"-?[0-9]{1,6}", told.value) else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Host:
    name: str
    settings: Mapping[str, InventoryVariable]
    known: HostOverrides
    listing: InventoryListing

    def keys(self) -> dict[str, object]:
        """Return what is told of how this host is reached."""
        if "transport" not in self.known.keys and self._is_local():
            return {"transport": "local"}
        found: dict[str, object] = {"transport": "ssh", "address": self.name}
        for key, names in _NAMES.items():
            value = self._value(key, names)
            if value is not None:
                found[key] = int(value) if key == "port" else value
        self._hold_to_plain_ways()
        return found

    def _is_local(self) -> bool:
        connection = self._value("transport", ("ansible_connection",))
        kind = (connection or "ssh").removeprefix("ansible.builtin.").removeprefix("ansible.netcommon.")
        if kind != "local" and kind not in _OVER_SSH:
            self._refuse(
                "ansible_connection",
                f"reaches {self.name} by {shown(connection)}, and hosts are reached locally or by SSH",
                "leave it out by [inventory] except, or say how in [[host]]",
            )
        return kind == "local"

    def _value(self, key: str, names: tuple[str, ...]) -> str | None:
        name = next((name for name in reversed(names) if name in self.settings), None)
        if name is None or key in self.known.keys or name in self.known.ignored:
            return None
        hint, written = _ELSEWHERE.format(key=key), self.settings[name].value
        if written is None:
            self._refuse(name, "is encrypted, or no text", hint)
            return None
        value = _TEMPLATE.sub(lambda found: self.name.partition(".")[0] if found[1] else self.name, written)
        if "{{" in value or "{%" in value:
            self._refuse(name, "holds a template, and only inventory_hostname is filled in here", hint)
        elif key == "port" and not (re.fullmatch(r"[0-9]{1,5}", value) and 1 <= int(value) <= 65535):
            self._refuse(name, f"{shown(value)} is no port", hint)
        elif not _is_text(value):
            self._refuse(name, "is empty, too long, or holds a control character", hint)
        elif key == "key_file" and not value.startswith("/"):
            self._refuse(name, "is no absolute path: ~ would depend on the user", hint)
        else:
            return value
        return None

    def _hold_to_plain_ways(self) -> None:
        for name in (*_ARGUMENTS, *_DETOURS):
            if name not in self.settings or name in self.known.ignored:
                continue
            value = self.settings[name].value
            if name in _DETOURS or value is None or not _is_harmless(value):
                self._refuse(name, f"changes how {self.name} is reached, and is not followed here", _OWN)

    def _refuse(self, name: str, what: str, hint: str) -> None:
        self.listing.refuse(self.settings[name].spot, name, what, hint)


def _is_text(value: str) -> bool:
    try:
        read_text(value)
    except ValueError:
        return False
    return True


def _is_harmless(arguments: str) -> bool:
    """Return whether options of ssh change neither route nor trust, as ssh_config(5) knows them."""
    try:
        words = iter(shlex.split(arguments))
    except ValueError:
        return False
    for word in words:
        if word in ("-C", "-q", "-v", "-vv", "-vvv", "-A", "-a", "-x", "-T"):
            continue
        if not word.startswith("-o"):
            return False
        directive = word[2:] or next(words, "")
        if re.split(r"[\s=]", directive.strip(), maxsplit=1)[0].lower() not in HARMLESS | _TRUST:
            return False
    return True
