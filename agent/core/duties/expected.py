"""Everything that must have a verdict: the declared inventory, crossed with the convention's targets.

Never "the things that answered": a host that vanished is still on this list, as is a target that nothing looks at yet.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from agent.core.convention import CLAUSES, EntryDuty
from agent.core.duties.entries import RegisterEntry, closed_on, duties_of, first_opened, leaves_on
from agent.core.inventory import (
    Backup,
    Beneficiary,
    Copy,
    DeclaredHost,
    Flow,
    Inventory,
    Item,
    Log,
    LogSource,
    Perimeter,
    WebFilter,
)
from agent.core.model import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One thing that must have a verdict, the item or entry that it is about, and on which days it is expected.

    `starts` None: the day on which the subject was first loaded.
    """

    key: Key
    item: Item | RegisterEntry
    starts: date | None
    ends: date | None = None


def expected(inventory: Inventory, convention_starts: date | None) -> tuple[Expected, ...]:
    """Return everything that must have a verdict, in a fixed order, each once."""
    return tuple(
        Expected(key=Key(target=target, subject=subject, beneficiary=beneficiary), item=item, starts=starts, ends=ends)
        for item in inventory.items()
        for target, subject in _targets_of(item)
        for beneficiary in beneficiaries_of(item, inventory)
        for starts, ends in [_days_of(item, inventory, convention_starts)]
    )


def expected_entries(entries: Iterable[RegisterEntry], inventory: Inventory, today: date) -> tuple[Expected, ...]:
    """Return the entries that have a verdict of their own, for each target that asks something of them.

    A closed one is expected until it leaves the scorecard; one whose beneficiary is no longer declared is not.
    """
    declared = frozenset(beneficiary.id for beneficiary in inventory.beneficiaries)
    return tuple(
        one
        for entry in entries
        if entry.signs is None and entry.beneficiary in declared
        for duty in duties_of(entry.register)
        for one in [_expected_entry(entry, duty)]
        if one.ends is None or today < leaves_on(one.ends)
    )


def _expected_entry(entry: RegisterEntry, duty: EntryDuty) -> Expected:
    key = Key(target=duty.target, subject=entry.id, beneficiary=entry.beneficiary)
    return Expected(key=key, item=entry, starts=first_opened(duty, entry), ends=closed_on(duty, entry))


def _targets_of(item: Item) -> Iterator[tuple[str, str]]:
    for clause in CLAUSES.values():
        if not isinstance(item, clause.subjects):
            continue
        if isinstance(item, Beneficiary) and clause.whole is not None:
            yield clause.id, clause.whole
        elif clause.exposed_only and isinstance(item, Perimeter) and not item.exposed:
            continue
        elif isinstance(item, DeclaredHost):
            if clause.collect_word is not None and item.collects(clause.collect_word):
                yield clause.id, item.id
        else:
            yield clause.id, subject_of(item)
    # Some have subjects of their own and the whole beside them, such as the path by which alerts leave.
    if isinstance(item, Beneficiary):
        for clause in CLAUSES.values():
            if clause.whole is not None and Beneficiary not in clause.subjects:
                yield clause.id, clause.whole


def subject_of(item: Item) -> str:
    """Return the name under which an item is judged."""
    return item.subject if isinstance(item, Copy | LogSource) else item.id


def beneficiaries_of(item: Item, inventory: Inventory) -> tuple[str, ...]:
    """Return the beneficiaries that a verdict on this item is given for."""
    match item:
        case Beneficiary():
            return (item.id,)
        case Backup() | Perimeter():
            return (item.beneficiary,)
        case Copy():
            return (inventory.backup(item.backup).beneficiary,)
        case DeclaredHost() | LogSource() | Flow() | WebFilter():
            return item.beneficiaries
        case Log():
            return tuple(dict.fromkeys(one for source in item.sources for one in source.beneficiaries))


def _days_of(item: Item, inventory: Inventory, convention_starts: date | None) -> tuple[date | None, date | None]:
    match item:
        case Copy():
            return _days_of(inventory.backup(item.backup), inventory, convention_starts)
        case Backup():
            host = inventory.host(item.host)
            return item.starts or host.starts, item.ends or host.ends
        case DeclaredHost() | LogSource():
            return item.starts, item.ends
        case Beneficiary() | Log() | Perimeter() | Flow() | WebFilter():
            return convention_starts, None
