"""What is still watched of an inventory once some of its items are retired."""

from collections.abc import Set
from dataclasses import replace

from agent.core.duties.expected import beneficiaries_of, subject_of
from agent.core.inventory import (
    Backup,
    Copy,
    DeclaredHost,
    Flow,
    Inventory,
    Item,
    LogSource,
    Perimeter,
    WebFilter,
)

# What can be retired, by the word for its kind (`beffroi retire KIND ID`).
KINDS: dict[str, type] = {
    "host": DeclaredHost,
    "backup": Backup,
    "copy": Copy,
    "source": LogSource,
    "flow": Flow,
    "filter": WebFilter,
    "perimeter": Perimeter,
}
# A kind, an id such as `files/offsite`, and a beneficiary.
Name = tuple[str, str, str]


def items_of(kind: str, inventory: Inventory) -> dict[str, Item]:
    """Return the items of one kind by the name under which each is judged."""
    return {subject_of(item): item for item in inventory.items() if isinstance(item, KINDS[kind])}


def watched(inventory: Inventory, retired: Set[Name]) -> Inventory:
    """Return the inventory without what is retired for all its beneficiaries.

    A retired host stays as one that only answers for what lies on it.
    """
    if not retired:
        return inventory

    def gone(kind: str, item: Item) -> bool:
        subject = subject_of(item)
        return all((kind, subject, one) in retired for one in beneficiaries_of(item, inventory))

    return replace(
        inventory,
        hosts=tuple(replace(one, collect=()) if gone("host", one) else one for one in inventory.hosts),
        backups=tuple(
            replace(one, copies=tuple(copy for copy in one.copies if not gone("copy", copy)))
            for one in inventory.backups
            if not gone("backup", one)
        ),
        log_sources=tuple(one for one in inventory.log_sources if not gone("source", one)),
        perimeters=tuple(one for one in inventory.perimeters if not gone("perimeter", one)),
        flows=tuple(one for one in inventory.flows if not gone("flow", one)),
        web_filters=tuple(one for one in inventory.web_filters if not gone("filter", one)),
    )
