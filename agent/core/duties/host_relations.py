"""Which hosts an expected item concerns, and how."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from agent.core.convention import CLAUSES
from agent.core.duties.entries import RegisterEntry
from agent.core.inventory import Backup, Copy, DeclaredHost, Flow, Inventory, Item, Log, LogSource, WebFilter
from agent.core.model import Key


class HostRole(Enum):
    """How a host and a verdict concern each other, in the order of the host's page."""

    ITSELF = "itself"
    BACKED_UP = "backed-up"
    KEEPS = "keeps"
    COLLECTS = "collects"
    SENDS = "sends"
    NETWORK = "network"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRelation:
    """One host that a verdict concerns."""

    host: str
    role: HostRole


def relations_of(item: Item | RegisterEntry, inventory: Inventory) -> tuple[HostRelation, ...]:
    """Return the hosts that an item concerns, each once for each role; none for what lies on no host."""
    found = dict.fromkeys(_relations(item, inventory))
    return tuple(HostRelation(host=host, role=role) for host, role in found)


def relation_of_former(key: Key) -> tuple[HostRelation, ...]:
    """Return the host that a verdict of a former configuration concerns, where its key alone shows it."""
    clause = CLAUSES.get(key.target)
    if clause is None or DeclaredHost not in clause.subjects or key.subject == clause.whole:
        return ()
    return (HostRelation(host=key.subject, role=HostRole.ITSELF),)


def _relations(item: Item | RegisterEntry, inventory: Inventory) -> Iterator[tuple[str, HostRole]]:
    match item:
        case DeclaredHost():
            yield item.id, HostRole.ITSELF
        case Backup():
            yield item.host, HostRole.BACKED_UP
        case Copy():
            yield inventory.backup(item.backup).host, HostRole.BACKED_UP
            if keeper := item.kept_at:
                yield keeper, HostRole.KEEPS
        case Log():
            yield item.host, HostRole.COLLECTS
        case LogSource():
            yield item.host, HostRole.COLLECTS
            if any(host.id == item.id for host in inventory.hosts):
                yield item.id, HostRole.SENDS
        case Flow():
            yield item.from_host, HostRole.NETWORK
            to = item.to.rpartition(":")[0].strip("[]")
            for host in inventory.hosts:
                if to and to in (host.id, host.address):
                    yield host.id, HostRole.NETWORK
        case WebFilter():
            yield item.from_host, HostRole.NETWORK
