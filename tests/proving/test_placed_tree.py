"""Trees in which each name has one place."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.proving.merkle import MerkleTree
from agent.proving.placed_tree import FEWEST_BITS, MOST_BITS, PlacedTree, bits_for, place_of


def hashed(*parts: int) -> bytes:
    return hashlib.sha256(repr(parts).encode()).digest()


@given(st.integers(1, 6).flatmap(lambda bits: st.tuples(st.just(bits), st.sets(st.integers(0, 2**bits - 1)))))
def test_it_is_the_tree_of_rfc_6962_over_all_its_leaves(drawn: tuple[int, set[int]]) -> None:
    """Where each part without a leaf is the tree over leaves that are fillers, both trees are the same."""
    bits, taken = drawn
    leaves = {place: hashed(place) for place in taken}

    def filler(height: int, place: int) -> bytes:
        first = place << height
        return MerkleTree.of(hashed(0, one) for one in range(first, first + (1 << height))).root

    whole = MerkleTree.of(leaves.get(place, hashed(0, place)) for place in range(1 << bits))
    found = PlacedTree.of(leaves, bits, filler)
    assert (found.root, found.size) == (whole.root, whole.size)
    for place in taken:
        assert found.inclusion(place) == whole.inclusion(place)


def test_a_filler_has_no_proof() -> None:
    found = PlacedTree.of({3: hashed(3)}, 4, hashed)
    with pytest.raises(ValueError):
        found.inclusion(2)


def test_a_place_is_the_first_bits_of_the_digest_of_a_name() -> None:
    digest = hashlib.sha256("crèche".encode()).hexdigest()
    assert place_of("crèche", 24) == int(digest[:6], 16)
    assert place_of("crèche", 25) == int(digest[:7], 16) >> 3
    assert place_of("crèche", MOST_BITS) == int(digest[:13], 16)


def test_names_of_one_place_get_more_bits() -> None:
    few = [f"beneficiary-{number}" for number in range(30)]
    assert bits_for(few) == bits_for(()) == FEWEST_BITS
    many = [f"beneficiary-{number}" for number in range(9000)]
    bits = bits_for(many)
    assert bits > FEWEST_BITS
    assert len({place_of(name, bits) for name in many}) == len(many) > len({place_of(name, bits - 1) for name in many})


def test_names_that_share_every_place_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.proving.placed_tree.place_of", lambda name, bits: 0)
    with pytest.raises(ValueError, match="52 bits"):
        bits_for(["scota", "diitun"])
