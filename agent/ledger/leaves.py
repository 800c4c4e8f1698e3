"""The leaves that rows give the tree of each beneficiary.

This module alone knows which part of a row is whose: a row's beneficiary sees the row, and a row of no one in
particular is no one's leaf. What a leaf looks like is agent.proving.day_log's.
"""

from collections.abc import Iterable, Mapping

from agent.ledger.chain import ChainRow
from agent.proving.day_log import OwnTree, own_tree, row_leaf


def own_leaves(rows: Iterable[ChainRow], numbers: Mapping[str, int]) -> Mapping[str, tuple[str, ...]]:
    """Return the leaves of each beneficiary that some rows of the chain give, in order.

    `numbers` is the number of the next row of each beneficiary that had one before; it has leaves here, maybe none.
    """
    found: dict[str, list[str]] = {beneficiary: [] for beneficiary in numbers}
    for row in rows:
        if row.beneficiary:
            own = found.setdefault(row.beneficiary, [])
            number = numbers.get(row.beneficiary, 1) + len(own)
            own.append(row_leaf(number=number, instant=row.instant, kind=row.kind, payload=row.payload_sha256))
    return {beneficiary: tuple(own) for beneficiary, own in found.items()}


def own_trees(rows: Iterable[ChainRow], numbers: Mapping[str, int]) -> tuple[OwnTree, ...]:
    """Return the tree of each beneficiary over some rows, by name."""
    found = own_leaves(rows, numbers)
    return tuple(own_tree(name, numbers.get(name, 1), found[name]) for name in sorted(found))
