"""What an Ansible inventory says, whichever form it is written in: groups, hosts, variables, each with its place."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from agent.config.mistakes import Mistake, shown
from agent.config.positions import Spot

EVERYTHING = "all"
UNGROUPED = "ungrouped"
# Ranges multiply, and a typing error must not fill the memory.
MOST_HOSTS = 20_000
# The same hosts in fifty groups each.
MOST_ENTRIES = 50 * MOST_HOSTS


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryVariable:
    """A variable's text and where it was set; None: it is encrypted, or no text."""

    value: str | None
    spot: Spot


@dataclass(slots=True, kw_only=True)
class InventoryGroup:
    """One group; `defined` None: it was only named by another so far."""

    defined: Spot | None = None
    hosts: dict[str, Spot] = field(default_factory=dict)
    children: dict[str, Spot] = field(default_factory=dict)
    settings: dict[str, InventoryVariable] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class InventoryListing:
    """What a file lists, and every mistake found on the way; `hosts` keep the order of the file."""

    file: str
    groups: dict[str, InventoryGroup] = field(default_factory=dict)
    hosts: dict[str, dict[str, InventoryVariable]] = field(default_factory=dict)
    spots: dict[str, Spot] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    is_overfull: bool = False
    _left: int = field(default=MOST_ENTRIES, init=False)

    def spot(self, line: int) -> Spot:
        """Return a place in this file."""
        return Spot(file=self.file, line=line)

    def refuse(self, spot: Spot, key: str, what: str, hint: str) -> None:
        """Note a mistake; `key` is the group, host or variable that it is about."""
        self.mistakes.append(Mistake(path=(key,), what=what, hint=hint, spot=spot))

    def group(self, name: str) -> InventoryGroup:
        """Return a group, as empty as it is new."""
        return self.groups.setdefault(name, InventoryGroup())

    def enter(self, group: str, names: Sequence[str], spot: Spot, settings: Mapping[str, InventoryVariable]) -> None:
        """Put hosts into a group, with their variables; none once the file has listed more than it may."""
        for host in names:
            if self.is_overfull:
                return
            self._left -= 1
            if host not in self.hosts and len(self.hosts) == MOST_HOSTS:
                self._overfill(spot, host, f"is one host more than {MOST_HOSTS}")
            elif self._left < 0:
                self._overfill(spot, host, f"is entered in groups more than {MOST_ENTRIES} times with the others")
            else:
                self.hosts.setdefault(host, {}).update(settings)
                self.spots.setdefault(host, spot)
                self.group(group).hosts.setdefault(host, spot)

    def _overfill(self, spot: Spot, host: str, what: str) -> None:
        self.is_overfull = True
        self.refuse(spot, host, what, "see the ranges")

    def members(self, group: str) -> frozenset[str]:
        """Return the hosts of a group and of the groups within it."""
        if group == EVERYTHING:
            return frozenset(self.hosts)
        within = walk(group, lambda name: self.groups[name].children if name in self.groups else ())
        return frozenset(host for name in within if name in self.groups for host in self.groups[name].hosts)

    def meant_by(self, name: str) -> frozenset[str] | None:
        """Return the hosts of a group, or the one of that name; None where there is neither."""
        if name in self.groups or name == EVERYTHING:
            return self.members(name)
        return frozenset({name}) if name in self.hosts else None


def walk(first: str, next_of: Callable[[str], "dict[str, Spot] | tuple[str, ...]"]) -> Iterator[str]:
    """Yield a name and everything that follows from it, each once, whatever circles there are."""
    seen, waiting = {first}, [first]
    while waiting:
        name = waiting.pop()
        yield name
        new = [one for one in next_of(name) if one not in seen]
        seen.update(new)
        waiting.extend(new)


def circles(listing: InventoryListing) -> None:
    """Note each group that is within itself: Ansible refuses such a file too."""
    for name, group in listing.groups.items():
        for child, spot in group.children.items():
            below = walk(child, lambda one: listing.groups[one].children if one in listing.groups else ())
            if name in below:
                listing.refuse(spot, name, f"holds {shown(child)}, which holds it", "take one of the two out")
                return
