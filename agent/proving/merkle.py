"""Merkle trees as RFC 6962 hashes them (section 2.1), with inclusion and consistency proofs.

A tree is built from the hashes of its leaves and keeps every level, so that each proof costs its own length. A node
without a sibling stands on the next level as it is: this gives the trees of the RFC, which splits at the largest power
of two below the size. Proofs are checked as RFC 9162 says (sections 2.1.3.2 and 2.1.4.2), from sizes and hashes alone.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HASH_SIZE = 32
# No tree of 2**63 leaves: a proof holds at most this many hashes (C2SP tlog-witness).
LONGEST_PROOF = 63
EMPTY_ROOT = hashlib.sha256().digest()

_LEAF, _NODE = b"\0", b"\1"


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(_LEAF + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(_NODE + left + right).digest()


@dataclass(frozen=True, slots=True)
class MerkleTree:
    """A tree; its first level holds the hashes of the leaves, its last the root."""

    _levels: tuple[tuple[bytes, ...], ...]

    @classmethod
    def of(cls, hashes: Iterable[bytes]) -> "MerkleTree":
        """Return the tree over the hashes of some leaves."""
        level = tuple(hashes)
        levels = [level]
        while len(level) > 1:
            level = _above(level)
            levels.append(level)
        return cls(tuple(levels))

    @property
    def size(self) -> int:
        """Return the number of leaves."""
        return len(self._levels[0])

    @property
    def root(self) -> bytes:
        """Return the root; that of an empty tree is the hash of nothing."""
        return self._levels[-1][0] if self.size else EMPTY_ROOT

    def root_at(self, size: int) -> bytes:
        """Return the root that the tree had with its first `size` leaves. Raises ValueError where it never had."""
        if not 0 <= size <= self.size:
            raise ValueError(f"no tree of {self.size} leaves ever had {size}")
        root, left = b"", size
        for height, level in enumerate(self._levels):
            if left >> height & 1:
                whole = level[(left >> height) - 1]
                root = node_hash(whole, root) if root else whole
        return root or EMPTY_ROOT

    def inclusion(self, index: int) -> tuple[bytes, ...]:
        """Return the proof that the leaf at an index (from 0) is in this tree. Raises ValueError where it is not."""
        if not 0 <= index < self.size:
            raise ValueError(f"no leaf {index} in a tree of {self.size}")
        beside = ((level, (index >> height) ^ 1) for height, level in enumerate(self._levels[:-1]))
        return tuple(level[place] for level, place in beside if place < len(level))

    def consistency(self, size: int) -> tuple[bytes, ...]:
        """Return the proof that this tree continues the one of its first `size` leaves. Raises ValueError.

        The proof from nothing and that from a tree to itself hold no hash.
        """
        if not 0 <= size <= self.size:
            raise ValueError(f"no tree of {self.size} leaves ever had {size}")
        proof: list[bytes] = []
        first, old, width = 0, size, self.size
        whole = True  # what is left of the older tree is the older tree, whose root the reader has
        while 0 < old < width:
            split = _split(width)
            if old <= split:
                proof.append(self._node(first + split, width - split))
                width = split
            else:
                proof.append(self._node(first, split))
                first, old, width, whole = first + split, old - split, width - split, False
        if size and not whole:
            proof.append(self._node(first, width))
        return tuple(reversed(proof))

    def _node(self, first: int, width: int) -> bytes:
        """Return the root of the subtree of `width` leaves from `first` on."""
        height = (width - 1).bit_length()
        return self._levels[height][first >> height]


def _above(level: tuple[bytes, ...]) -> tuple[bytes, ...]:
    pairs = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
    return (*pairs, level[-1]) if len(level) % 2 else tuple(pairs)


def _split(width: int) -> int:
    """Return the largest power of two below a width of two or more."""
    return 1 << ((width - 1).bit_length() - 1)


def includes(*, root: bytes, size: int, index: int, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Return whether a proof shows that the leaf with a hash stands at an index of the tree with a root and size."""
    if not 0 <= index < size or not _are_hashes(root, leaf, *proof) or len(proof) > LONGEST_PROOF:
        return False
    place, last, found = index, size - 1, leaf
    for hashed in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(hashed, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, hashed)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def continues(*, old_root: bytes, old_size: int, root: bytes, size: int, proof: Sequence[bytes]) -> bool:
    """Return whether a proof shows that a tree begins with the leaves of an older one, none changed."""
    if not 0 <= old_size <= size or not _are_hashes(old_root, root, *proof) or len(proof) > LONGEST_PROOF:
        return False
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT and (size > 0 or root == EMPTY_ROOT)
    if old_size == size:
        return not proof and old_root == root
    hashes = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    return bool(hashes) and _roots(hashes, old_size, size) == (old_root, root)


def _roots(hashes: Sequence[bytes], old_size: int, size: int) -> tuple[bytes, bytes] | None:
    """Return the roots of both trees that a consistency proof gives; None where it is not of their length."""
    place, last = old_size - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    older = newer = hashes[0]
    for hashed in hashes[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            older, newer = node_hash(hashed, older), node_hash(hashed, newer)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            newer = node_hash(newer, hashed)
        place, last = place >> 1, last >> 1
    return (older, newer) if last == 0 else None


def _are_hashes(*hashes: bytes) -> bool:
    return all(len(hashed) == HASH_SIZE for hashed in hashes)
