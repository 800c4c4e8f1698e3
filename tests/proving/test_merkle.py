"""Merkle trees: the published vectors, and another implementation's roots and proofs at every size."""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from agent.proving.merkle import EMPTY_ROOT, MerkleTree, continues, includes, leaf_hash, node_hash
from tests.parts.of_each import of_each

# The roots of the trees over the first leaves, from github.com/transparency-dev/merkle, testonly/constants.go.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# Sound and spoilt proofs, as github.com/transparency-dev/merkle (Apache-2.0) publishes them in testdata/, but for
# one that takes two equal texts of another length for roots.
PROBES = [json.loads(line) for line in (Path(__file__).parent / "probes.jsonl").read_text().splitlines()]

SIZES = st.integers(min_value=1, max_value=130)


def tree_of(size: int) -> MerkleTree:
    return MerkleTree.of(leaf_hash(b"leaf %d" % number) for number in range(size))


def other_tree_of(size: int) -> Any:
    tree = InmemoryTree()
    tree.append_entries(b"leaf %d" % number for number in range(size))
    return tree


@pytest.mark.parametrize("size", range(9))
def test_a_root_is_the_published_one(size: int) -> None:
    tree = MerkleTree.of(leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES)
    assert MerkleTree.of(leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES[:size]).root.hex() == ROOTS[size]
    assert tree.root_at(size).hex() == ROOTS[size]


def test_proofs_are_those_of_the_example_in_the_rfc() -> None:
    """RFC 6962, section 2.1.3: the names of the nodes are the RFC's."""
    tree = tree_of(7)
    a, b, c, d, e, f, j = (leaf_hash(b"leaf %d" % number) for number in range(7))
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, last = node_hash(g, h), node_hash(i, j)
    assert tree.root == node_hash(k, last)
    assert [tree.inclusion(index) for index in (0, 3, 4, 6)] == [(b, h, last), (c, g, last), (f, j, k), (i, k)]
    assert [tree.consistency(size) for size in (3, 4, 6)] == [(c, d, g, last), (last,), (i, j, k)]


@of_each(PROBES, lambda probe: f"{probe['kind']}/{probe['from']}")
def test_a_published_proof_is_judged_as_published(probe: dict[str, Any]) -> None:
    proof = [b64decode(hashed) for hashed in probe["proof"] or ()]
    if probe["kind"] == "inclusion":
        root, leaf = b64decode(probe["root"]), b64decode(probe["leafHash"])
        found = includes(root=root, size=probe["treeSize"], index=probe["leafIdx"], leaf=leaf, proof=proof)
    else:
        root, old = b64decode(probe["root2"]), b64decode(probe["root1"])
        found = continues(old_root=old, old_size=probe["size1"], root=root, size=probe["size2"], proof=proof)
    assert found is not probe["wantErr"]


@given(SIZES, st.data())
def test_roots_and_proofs_are_those_of_another_implementation(size: int, data: st.DataObject) -> None:
    tree, other = tree_of(size), other_tree_of(size)
    old = data.draw(st.integers(min_value=1, max_value=size))
    index = data.draw(st.integers(min_value=0, max_value=size - 1))

    assert tree.root == other.get_root()
    assert tree.root_at(old) == other.get_root(old)
    # The other implementation's proof begins with the leaf itself.
    assert [leaf_hash(b"leaf %d" % index), *tree.inclusion(index)] == other.prove_inclusion(index + 1).path


def subproof(size: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    """Return SUBPROOF(m, D[n], b), word for word from RFC 6962, section 2.1.2."""
    if size == len(leaves):
        return [] if whole else [MerkleTree.of(leaves).root]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = leaves[:split], leaves[split:]
    if size <= split:
        return [*subproof(size, left, whole), MerkleTree.of(right).root]
    return [*subproof(size - split, right, False), MerkleTree.of(left).root]


@given(SIZES, st.data())
def test_a_consistency_proof_is_the_one_that_the_rfc_defines(size: int, data: st.DataObject) -> None:
    """The other implementation's proofs of consistency have a form of its own."""
    old = data.draw(st.integers(min_value=1, max_value=size))
    leaves = [leaf_hash(b"leaf %d" % number) for number in range(size)]
    assert list(MerkleTree.of(leaves).consistency(old)) == subproof(old, leaves, True)


@given(SIZES, st.data())
def test_a_proof_holds_for_its_own_leaf_index_size_and_root_alone(size: int, data: st.DataObject) -> None:
    tree = tree_of(size)
    index = data.draw(st.integers(min_value=0, max_value=size - 1))
    other = data.draw(st.integers(min_value=0, max_value=size + 1).filter(lambda number: number != index))
    leaf, proof = leaf_hash(b"leaf %d" % index), tree.inclusion(index)

    assert includes(root=tree.root, size=size, index=index, leaf=leaf, proof=proof)
    assert not includes(root=tree.root, size=size, index=other, leaf=leaf, proof=proof)
    assert not includes(root=tree.root, size=size, index=index, leaf=leaf_hash(b"other"), proof=proof)
    assert not includes(root=leaf_hash(b"other"), size=size, index=index, leaf=leaf, proof=proof)
    assert not includes(root=tree.root, size=size, index=index, leaf=leaf, proof=(*proof, leaf))
    assert not proof or not includes(root=tree.root, size=size, index=index, leaf=leaf, proof=proof[:-1])


@given(SIZES, st.data())
def test_a_longer_tree_is_shown_to_continue_a_shorter_one(size: int, data: st.DataObject) -> None:
    tree = tree_of(size)
    old = data.draw(st.integers(min_value=1, max_value=size))
    proof, older = tree.consistency(old), tree.root_at(old)

    assert continues(old_root=older, old_size=old, root=tree.root, size=size, proof=proof)
    assert not continues(old_root=leaf_hash(b"other"), old_size=old, root=tree.root, size=size, proof=proof)
    assert not continues(old_root=older, old_size=old, root=leaf_hash(b"other"), size=size, proof=proof)
    assert not continues(old_root=older, old_size=old, root=tree.root, size=size, proof=(*proof, older))
    assert not proof or not continues(old_root=older, old_size=old, root=tree.root, size=size, proof=proof[1:])


@given(SIZES, st.data())
def test_no_proof_shows_a_rewritten_leaf_as_continued(size: int, data: st.DataObject) -> None:
    changed = data.draw(st.integers(min_value=0, max_value=size - 1))
    old = data.draw(st.integers(min_value=changed + 1, max_value=size))
    leaves = [leaf_hash(b"leaf %d" % number) for number in range(size)]
    before = MerkleTree.of(leaves).root_at(old)
    leaves[changed] = leaf_hash(b"rewritten")
    rewritten = MerkleTree.of(leaves)
    proof = rewritten.consistency(old)
    assert not continues(old_root=before, old_size=old, root=rewritten.root, size=size, proof=proof)


def test_every_tree_continues_the_empty_one_without_a_proof() -> None:
    tree = tree_of(3)
    assert (MerkleTree.of([]).root, tree.consistency(0)) == (EMPTY_ROOT, ())
    assert continues(old_root=EMPTY_ROOT, old_size=0, root=tree.root, size=3, proof=())
    assert continues(old_root=EMPTY_ROOT, old_size=0, root=EMPTY_ROOT, size=0, proof=())
    assert not continues(old_root=EMPTY_ROOT, old_size=0, root=tree.root, size=0, proof=())
    assert not continues(old_root=tree.root, old_size=0, root=tree.root, size=3, proof=())
    assert not continues(old_root=EMPTY_ROOT, old_size=0, root=tree.root, size=3, proof=(tree.root,))


def test_a_shrunken_tree_is_never_a_continuation() -> None:
    tree = tree_of(8)
    for proof in [(), tree.consistency(5), tree.consistency(8)]:
        assert not continues(old_root=tree.root, old_size=8, root=tree.root_at(5), size=5, proof=proof)


def test_a_proof_of_hashes_of_another_length_never_holds() -> None:
    tree = tree_of(2)
    cut = [tree.inclusion(0)[0][:-1]]
    assert not includes(
        root=node_hash(leaf_hash(b"leaf 0"), cut[0]), size=2, index=0, leaf=tree._levels[0][0], proof=cut
    )
    assert not continues(old_root=tree.root_at(1), old_size=1, root=tree.root, size=2, proof=[tree.root] * 64)


@pytest.mark.parametrize("size", [-1, 4])
def test_a_size_that_a_tree_never_had_is_refused(size: int) -> None:
    tree = tree_of(3)
    for asked in (tree.root_at, tree.consistency, lambda index: tree.inclusion(index if index < 0 else 3)):
        with pytest.raises(ValueError, match="no "):
            asked(size)
