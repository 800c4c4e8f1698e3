"""The leaves of an agent's log: for each signed day, one leaf over a tree for each beneficiary.

    a beneficiary's tree    one leaf a row: what the beneficiary may see of it, numbered within the beneficiary
    a day's tree            one leaf a beneficiary: the root of its tree, salted; other leaves fill it up to 16
    the agent's log         one leaf a signed day: the root of the day's tree, and the chain's head of that day

Every leaf is one line of canonical JSON without its line feed. Leaves of a day's tree stand in the order of their
hashes, and fillers look like them: so its proof shows a beneficiary neither the others, nor how many there are. A
beneficiary that once had a row has a leaf on each later day, on days without a row the root of an empty tree: what its
bundle left out is missed. A log that begins with a ledger which was signed before has one leaf more, its first: the
head that it goes on from.
"""

import hashlib
import hmac
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from agent.proving.merkle import MerkleTree, leaf_hash

SEED_SIZE = 32
# A day's tree has no fewer leaves: a proof has the same length for all that have fewer beneficiaries.
FEWEST_LEAVES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTree:
    """A beneficiary's tree of one day: the number of its first row, how many rows it has, and its root."""

    beneficiary: str
    first: int
    rows: int
    root: bytes

    @property
    def next(self) -> int:
        """Return the number that the beneficiary's next row has."""
        return self.first + self.rows


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTree:
    """The tree of one day, and where each beneficiary's leaf stands in it."""

    tree: MerkleTree
    places: Mapping[str, int]


def row_leaf(*, number: int, instant: str, kind: str, payload: str) -> str:
    """Return the leaf of one row; `payload` is the SHA-256, in hexadecimal, of the text that the beneficiary may see.

    That text is a row's whole payload, or a part of it that was written apart: a leaf does not tell.
    """
    return _line({"instant": instant, "kind": kind, "payload": payload, "row": number})


def own_tree(beneficiary: str, first: int, leaves: Collection[str]) -> OwnTree:
    """Return a beneficiary's tree over its leaves of one day."""
    root = MerkleTree.of(leaf_hash(leaf.encode()) for leaf in leaves).root
    return OwnTree(beneficiary=beneficiary, first=first, rows=len(leaves), root=root)


def own_leaf(seed: bytes, own: OwnTree) -> str:
    """Return a beneficiary's leaf in the day's tree; its salt alone is the beneficiary's to see, not the seed."""
    salt = _drawn(seed, "beneficiary", own.beneficiary).hex()
    return _line(
        {"beneficiary": own.beneficiary, "first": own.first, "root": own.root.hex(), "rows": own.rows, "salt": salt}
    )


def day_tree(seed: bytes, trees: Collection[OwnTree]) -> DayTree:
    """Return the tree of one day; `seed` is 32 random bytes of that day."""
    leaves = {one.beneficiary: leaf_hash(own_leaf(seed, one).encode()) for one in trees}
    wanted = max(FEWEST_LEAVES, 1 << max(len(leaves) - 1, 0).bit_length())
    fillers = [leaf_hash(_drawn(seed, "filler", str(number))) for number in range(wanted - len(leaves))]
    ordered = sorted((*leaves.values(), *fillers))
    places = {hashed: place for place, hashed in enumerate(ordered)}
    return DayTree(tree=MerkleTree.of(ordered), places={name: places[hashed] for name, hashed in leaves.items()})


def day_leaf(*, number: int, day: str, head: str, root: bytes) -> str:
    """Return the log's leaf of one signed day: the chain's head and its number, and the root of the day's tree."""
    return _line({"day": day, "head": head, "number": number, "root": root.hex()})


def earlier_leaf(*, number: int, day: str, head: str) -> str:
    """Return the leaf that commits to the last head of a ledger that was signed before it had a log."""
    return _line({"day": day, "earlier": True, "head": head, "number": number})


def log_tree(leaves: Collection[str]) -> MerkleTree:
    """Return the tree of a log."""
    return MerkleTree.of(leaf_hash(leaf.encode()) for leaf in leaves)


def _drawn(seed: bytes, what: str, name: str) -> bytes:
    return hmac.new(seed, f"{what}\n{name}".encode(), hashlib.sha256).digest()


def _line(value: Mapping[str, object]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
