"""Merkle trees in which each name has one place, and can have no other: the first bits of the SHA-256 of the name.

A tree of `bits` levels has 2^bits leaves, most of them no one's. A part without a leaf of a name is not built: `filler`
gives the hash of its root, which no reader can tell from that of any other part. So a proof has one length, and shows
neither the other names nor how many there are.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from agent.proving.merkle import node_hash

# With fewer, names would share a place often enough for the number of bits to show how many there are.
FEWEST_BITS = 24
# Places up to here are whole numbers for every reader, awk and JavaScript among them.
MOST_BITS = 52


def place_of(name: str, bits: int) -> int:
    """Return the place of a name in a tree of so many bits."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest(), "big") >> (256 - bits)


def bits_for(names: Collection[str]) -> int:
    """Return how many bits give each name a place of its own: the fewest, from 24 on. Raises ValueError."""
    for bits in range(FEWEST_BITS, MOST_BITS + 1):
        if len({place_of(name, bits) for name in names}) == len(set(names)):
            return bits
    raise ValueError(f"two of {len(names)} names have the same first {MOST_BITS} bits of their SHA-256")


@dataclass(frozen=True, slots=True)
class PlacedTree:
    """A tree; level by level from the leaves up, the hash of each node above a leaf, by its place there."""

    _levels: tuple[Mapping[int, bytes], ...]
    _filler: Callable[[int, int], bytes]

    @classmethod
    def of(cls, leaves: Mapping[int, bytes], bits: int, filler: Callable[[int, int], bytes]) -> "PlacedTree":
        """Return the tree of some leaves' hashes by place; `filler` gives that of a part, by its level and place."""
        levels = [dict(leaves)]
        for height in range(bits):
            level = levels[-1]
            sides = {place | 1: None for place in level}
            levels.append(
                {
                    right >> 1: node_hash(
                        level.get(right - 1) or filler(height, right - 1), level.get(right) or filler(height, right)
                    )
                    for right in sides
                }
            )
        return cls(tuple(levels), filler)

    @property
    def size(self) -> int:
        """Return the number of leaves, the fillers' among them."""
        return 1 << (len(self._levels) - 1)

    @property
    def root(self) -> bytes:
        """Return the root."""
        return self._levels[-1].get(0) or self._filler(len(self._levels) - 1, 0)

    def inclusion(self, place: int) -> tuple[bytes, ...]:
        """Return the proof that the leaf at a place is in this tree. Raises ValueError where it is a filler."""
        if place not in self._levels[0]:
            raise ValueError(f"no leaf at {place}")
        beside = ((height, level, (place >> height) ^ 1) for height, level in enumerate(self._levels[:-1]))
        return tuple(level.get(other) or self._filler(height, other) for height, level, other in beside)
