"""The hosts of an inventory, merged into those of `[[host]]`, so that one list is enough.

A host of both is one host: what `[[host]]` says of it counts, then `[inventory.host]`, then Ansible's variables.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from agent.config.keys import nearest
from agent.config.mistakes import Mistake, shown
from agent.config.positions import Path as Place
from agent.config.positions import Positions, Spot
from agent.config.tables import TomlTable
from agent.core.errors import LookError

if TYPE_CHECKING:
    from agent.config.ansible.listing import InventoryListing

_OF_SSH = ("address", "port", "user", "key_file", "known_hosts", "key_password_file", "agent_socket", "keep_connection")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedHosts:
    """A file's values with the listed hosts among them, where those stand, and what was read to find them.

    `lines` are places in the file itself, `spots` in the inventory; `left_out` are the hosts that are not watched.
    """

    values: Mapping[str, object]
    mistakes: tuple[Mistake, ...] = ()
    lines: Mapping[Place, int] = field(default_factory=dict)
    spots: Mapping[Place, Spot] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


def with_listed_hosts(values: Mapping[str, object], positions: Positions, path: Path) -> ListedHosts:
    """Return a file's values with the hosts of the inventory that it names; `path` is where the file lies."""
    table = TomlTable(path=(), values=values).table("inventory")
    name = table.text("ansible") if table is not None else None
    hosts = values.get("host", [])
    if table is None or not name or not isinstance(hosts, list):
        return ListedHosts(values=values)
    # A YAML reader, which only who has an inventory waits for.
    from agent.config.ansible.hosts import HostOverrides, reached
    from agent.config.ansible.read import read_inventory

    try:
        read = read_inventory(path.absolute().parent / name)
    except LookError as error:
        hint = "an inventory states what is expected: without it nothing is watched"
        return ListedHosts(values=values, mistakes=(Mistake(path=table.at("ansible"), what=error.message, hint=hint),))
    merging = _Merging(table=table, positions=positions, hosts=hosts)
    left_out = merging.left_out(read.listing)
    ignored = frozenset(one for _place, one in table.texts("ignore"))
    for id, keys in reached(
        read, lambda id: HostOverrides(keys=merging.told_of(id), ignored=ignored), frozenset(left_out)
    ):
        merging.add(id, keys, read.listing.spots[id])
    return ListedHosts(
        values={**values, "host": merging.hosts},
        mistakes=(*merging.mistakes, *read.listing.mistakes),
        lines=merging.lines,
        spots=merging.spots,
        files=read.files,
        left_out=left_out,
    )


class _Merging:
    def __init__(self, *, table: TomlTable, positions: Positions, hosts: list[object]) -> None:
        each = table.table("host")
        self.hosts = list(hosts)
        self.mistakes: list[Mistake] = []
        self.lines: dict[Place, int] = {}
        self.spots: dict[Place, Spot] = {}
        self._table = table
        self._positions = positions
        self._each = {} if each is None else dict(each.values)
        self._own = {
            host["id"]: place
            for place, host in reversed(list(enumerate(hosts)))
            if isinstance(host, dict) and isinstance(host.get("id"), str)
        }

    def told_of(self, id: str) -> frozenset[str]:
        """Return the keys that need no variable of Ansible's."""
        own = self._of(id)
        return frozenset(own) | frozenset(self._each)

    def _of(self, id: str) -> Mapping[str, object]:
        own = self.hosts[self._own[id]] if id in self._own else {}
        return own if isinstance(own, dict) else {}

    def left_out(self, listing: "InventoryListing") -> tuple[str, ...]:
        """Return the hosts that are not watched; a name of none is a mistake, and so is one of every host."""
        found: dict[str, None] = {}
        for place, name in self._table.texts("except"):
            members = listing.meant_by(name)
            if members is None:
                near = nearest(name, {**listing.groups, **listing.hosts})
                hint = f"did you mean {shown(near)}?" if near else "name a group or a host as the inventory writes it"
                what = f"{shown(name)} is no group and no host of the inventory"
                self.mistakes.append(Mistake(path=place, what=what, hint=hint))
            elif len(members) == len(listing.hosts):
                what = f"{shown(name)} is every host, so nothing of the inventory is expected"
                self.mistakes.append(Mistake(path=place, what=what, hint="leave ansible out instead"))
            found.update(dict.fromkeys(sorted(members or ())))
        for id in found:
            if id in self._own:
                what = f"{shown(id)} is left out of the inventory, and declared here"
                place = ("host", self._own[id], "id")
                self.mistakes.append(Mistake(path=place, what=what, hint="keep one of the two"))
        return tuple(found)

    def add(self, id: str, keys: Mapping[str, object], spot: Spot) -> None:
        """Put a host of the inventory among the others, or complete the one that is declared."""
        own, place = self._of(id), self._own.get(id, len(self.hosts))
        merged = {"id": id, **keys, **self._each, **own}
        if merged.get("transport") == "local":
            # What an inventory tells of SSH is not for the machine itself; what the file says there is a mistake.
            merged = {key: value for key, value in merged.items() if key not in _OF_SSH or key in own}
        for key in self._each:
            if key not in own:
                self.lines[("host", place, key)] = self._positions.line(self._table.at("host", key))
        if place == len(self.hosts):
            self.hosts.append(merged)
            self.spots[("host", place)] = spot
        else:
            self.hosts[place] = merged
