"""What a look is taken at, as the configuration declares it: a look at one thing shows nothing of another. Pure.

An id stays where an address, a path or a destination changes. So each look keeps what it was taken at, and one that was
taken at something else counts as none: what is declared now was not looked at yet.
"""

import hashlib
from dataclasses import dataclass

from agent.core.inventory import Copy, DeclaredHost, Export, Flow, Inventory, Item, Log, WebFilter
from agent.core.judging.carried_over import repository_in
from agent.core.model import Observation

# Value: a LookTarget's digest.
FACT = "look.at"
# Of a SHA-256.
_DIGITS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class LookTarget:
    """What one collector looks at; `repository` is the id of the one that is named for a copy, in small letters."""

    digest: str
    repository: str | None = None

    def shown_by(self, look: Observation) -> bool:
        """Return whether a look was taken at this; one that says nothing was kept by an earlier version."""
        fact = look.one(FACT)
        return (fact is None or fact.value == self.digest) and self.repository in (
            None,
            repository_in(look) or self.repository,
        )


def target_of(item: Item, inventory: Inventory) -> LookTarget | None:
    """Return what a look at a declared thing is taken at; None for what no collector looks at."""
    match item:
        case DeclaredHost():
            parts = ("host", *_machine(item.id, inventory), *_told_of(item))
        case Copy():
            store = () if item.store is None else (*_machine(item.store.host, inventory), item.store.path)
            asked = _machine(item.asked_at, inventory) if item.cluster else ()
            parts = ("copy", item.repository, *store, *asked)
        case Log():
            parts = ("log", item.kind, item.path, *_machine(item.host, inventory))
        case Flow():
            parts = ("flow", item.protocol, item.to, *_machine(item.from_host, inventory))
        case WebFilter():
            asked = (item.url, item.control_url, item.proxy or "", *item.refused_as)
            parts = ("web", *asked, *_machine(item.from_host, inventory))
        case _:
            return None
    named = item.repository_id if isinstance(item, Copy) else None
    digest = hashlib.sha256("\0".join(parts).encode(errors="surrogateescape")).hexdigest()[:_DIGITS]
    return LookTarget(digest=digest, repository=None if named is None else named.lower())


def _machine(id: str, inventory: Inventory) -> tuple[str, ...]:
    """Return where a machine is reached; by whom, and with which key, is no matter of which machine it is."""
    host = next((one for one in inventory.hosts if one.id == id), DeclaredHost(id=id))
    return ("local",) if host.transport == "local" else (host.transport, host.address or id, str(host.port or ""))


def _told_of(host: DeclaredHost) -> tuple[str, ...]:
    """Return the files in which consoles tell of a machine, and under which names."""
    told = (host.antivirus, host.updates)
    names = (f"{one.name or ''}@{_file(one.export)}" for one in told if one.export is not None)
    return (*names, *(f"{door.id}@{_file(door.export)}" for door in host.doors), host.antivirus.socket or "")


def _file(export: Export | None) -> str:
    return "" if export is None else export.path
