"""The leaves of an agent's log: for each signed day, one leaf over a tree for each beneficiary.

    a beneficiary's tree    one leaf a row: what the beneficiary may see of it, numbered within the beneficiary
    a day's tree            one leaf a beneficiary: the root of its tree, salted, at the place of its name
    the agent's log         one leaf a signed day: the root of the day's tree, and the chain's head of that day

Every leaf is one line of canonical JSON without its line feed, and is read in that spelling alone. A day's leaf in the
log says of how many `bits` a place is (agent.proving.placed_tree): so a day has one leaf of a beneficiary, and no other
could be shown. A beneficiary that once had a row has a leaf on each later day, on days without a row the root of an
empty tree: what its bundle left out is missed. A log that begins with a ledger which was signed before has one leaf
more, its first: the head that it goes on from.

Until version 5 of the ledger a day's leaf said nothing of bits: the leaves of the day's tree stood in the order of
their hashes, and others that look like them filled it up to 16. Of such a day, a holder of the key could sign two
leaves of one beneficiary.
"""

import hmac
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from agent.proving.merkle import HASH_SIZE, MerkleTree, leaf_hash
from agent.proving.placed_tree import FEWEST_BITS, MOST_BITS, PlacedTree, place_of

SEED_SIZE = 32
# A day's tree without places has no fewer leaves: a proof has one length for all that have fewer beneficiaries.
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

    tree: MerkleTree | PlacedTree
    places: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedDayLeaf:
    """What a day's leaf in the log says; `bits` None: the leaves of the day's tree have no places."""

    number: int
    day: str
    head: str
    root: bytes
    bits: int | None = None


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
    return _own_line(own, _drawn(seed, "beneficiary", own.beneficiary))


def day_tree(seed: bytes, trees: Collection[OwnTree], bits: int | None) -> DayTree:
    """Return the tree of one day; `seed` is 32 random bytes of that day, `bits` None for the form without places."""
    leaves = {one.beneficiary: leaf_hash(own_leaf(seed, one).encode()) for one in trees}
    if bits is None:
        return _ordered(seed, leaves)
    places = {name: place_of(name, bits) for name in leaves}
    hashes = {places[name]: hashed for name, hashed in leaves.items()}

    def filler(height: int, place: int) -> bytes:
        return _drawn(seed, "filler", f"{height} {place}")

    return DayTree(tree=PlacedTree.of(hashes, bits, filler), places=places)


def _ordered(seed: bytes, leaves: Mapping[str, bytes]) -> DayTree:
    wanted = max(FEWEST_LEAVES, 1 << max(len(leaves) - 1, 0).bit_length())
    fillers = [leaf_hash(_drawn(seed, "filler", str(number))) for number in range(wanted - len(leaves))]
    ordered = sorted((*leaves.values(), *fillers))
    places = {hashed: place for place, hashed in enumerate(ordered)}
    return DayTree(tree=MerkleTree.of(ordered), places={name: places[hashed] for name, hashed in leaves.items()})


def day_leaf(*, number: int, day: str, head: str, root: bytes, bits: int | None) -> str:
    """Return the log's leaf of one signed day: the chain's head and its number, and the root of the day's tree."""
    form = {} if bits is None else {"bits": bits}
    return _line({"day": day, "head": head, "number": number, "root": root.hex(), **form})


def day_leaf_in(text: str) -> SignedDayLeaf:
    """Return what a day's leaf in the log says. Raises ValueError for any text that day_leaf does not write."""
    said = _content(text)
    found = SignedDayLeaf(
        number=_whole(said, "number"),
        day=_text(said, "day"),
        head=_text(said, "head"),
        root=_digest(said, "root"),
        bits=_whole(said, "bits") if "bits" in said else None,
    )
    if found.bits is not None and not FEWEST_BITS <= found.bits <= MOST_BITS:
        raise ValueError(f"a place of {found.bits} bits")
    if text != day_leaf(number=found.number, day=found.day, head=found.head, root=found.root, bits=found.bits):
        raise ValueError("a leaf of another spelling")
    return found


def own_leaf_in(text: str) -> OwnTree:
    """Return what a beneficiary's leaf says. Raises ValueError for any text that own_leaf does not write."""
    said = _content(text)
    found = OwnTree(
        beneficiary=_text(said, "beneficiary"),
        first=_whole(said, "first"),
        rows=_whole(said, "rows"),
        root=_digest(said, "root"),
    )
    if text != _own_line(found, _digest(said, "salt")):
        raise ValueError("a leaf of another spelling")
    return found


def earlier_leaf(*, number: int, day: str, head: str) -> str:
    """Return the leaf that commits to the last head of a ledger that was signed before it had a log."""
    return _line({"day": day, "earlier": True, "head": head, "number": number})


def log_tree(leaves: Collection[str]) -> MerkleTree:
    """Return the tree of a log."""
    return MerkleTree.of(leaf_hash(leaf.encode()) for leaf in leaves)


def _own_line(own: OwnTree, salt: bytes) -> str:
    root = own.root.hex()
    return _line(
        {"beneficiary": own.beneficiary, "first": own.first, "root": root, "rows": own.rows, "salt": salt.hex()}
    )


def _drawn(seed: bytes, what: str, name: str) -> bytes:
    return hmac.digest(seed, f"{what}\n{name}".encode(), "sha256")


def _line(value: Mapping[str, object]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _content(text: str) -> Mapping[str, object]:
    try:
        found = json.loads(text)
    except RecursionError as error:
        raise ValueError("a leaf within leaves") from error
    if not isinstance(found, dict):
        raise ValueError("no leaf")
    return found


def _text(leaf: Mapping[str, object], name: str) -> str:
    value = leaf.get(name)
    if not isinstance(value, str):
        raise ValueError(f"a leaf says no {name}")
    return value


def _whole(leaf: Mapping[str, object], name: str) -> int:
    value = leaf.get(name)
    if type(value) is not int or not 0 <= value < 10**15:
        raise ValueError(f"a leaf says no {name}")
    return value


def _digest(leaf: Mapping[str, object], name: str) -> bytes:
    content = bytes.fromhex(_text(leaf, name))
    if len(content) != HASH_SIZE:
        raise ValueError(f"a leaf says no {name}")
    return content
