"""The leaves of an agent's log: what each says, and what its proofs do not show of others."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.proving.day_log import (
    FEWEST_LEAVES,
    OwnTree,
    day_leaf,
    day_tree,
    earlier_leaf,
    log_tree,
    own_leaf,
    own_tree,
    row_leaf,
)
from agent.proving.merkle import EMPTY_ROOT, includes, leaf_hash

SEED = bytes(range(32))
DIGEST = "5" * 64


def own(name: str, rows: int = 2) -> OwnTree:
    leaves = [
        row_leaf(number=number, instant="2026-11-24T04:12:07.000000Z", kind="day", payload=DIGEST)
        for number in range(1, rows + 1)
    ]
    return own_tree(name, 1, leaves)


def test_a_row_leaf_is_one_line_of_canonical_json() -> None:
    leaf = row_leaf(number=7, instant="2026-11-24T04:12:07.000000Z", kind="day", payload=DIGEST)
    assert leaf == f'{{"instant":"2026-11-24T04:12:07.000000Z","kind":"day","payload":"{DIGEST}","row":7}}'


def test_the_leaves_of_the_log_are_lines_that_differ_in_kind() -> None:
    day = day_leaf(number=3, day="2026-11-24", head=DIGEST, root=EMPTY_ROOT)
    earlier = earlier_leaf(number=2, day="2026-11-23", head=DIGEST)
    assert json.loads(day) == {"day": "2026-11-24", "head": DIGEST, "number": 3, "root": EMPTY_ROOT.hex()}
    assert json.loads(earlier) == {"day": "2026-11-23", "earlier": True, "head": DIGEST, "number": 2}
    assert log_tree([earlier, day]).size == 2


def test_a_day_without_a_row_has_the_root_of_an_empty_tree() -> None:
    assert (own("scota", 0).root, own("scota", 0).next, own("scota", 2).next) == (EMPTY_ROOT, 1, 3)


@given(st.sets(st.text(min_size=1, max_size=8), min_size=1, max_size=40))
def test_each_beneficiary_has_its_leaf_in_the_tree_of_a_day(names: set[str]) -> None:
    trees = [own(name, number % 3) for number, name in enumerate(sorted(names))]
    found = day_tree(SEED, trees)
    for one in trees:
        place = found.places[one.beneficiary]
        leaf, proof = leaf_hash(own_leaf(SEED, one).encode()), found.tree.inclusion(place)
        assert includes(root=found.tree.root, size=found.tree.size, index=place, leaf=leaf, proof=proof)
    assert found.tree.size == max(FEWEST_LEAVES, 1 << (len(names) - 1).bit_length())


@pytest.mark.parametrize("others", [0, 1, 7, 15])
def test_a_proof_has_one_length_however_many_others_there_are(others: int) -> None:
    found = day_tree(SEED, [own("scota"), *(own(f"other-{number}") for number in range(others))])
    assert len(found.tree.inclusion(found.places["scota"])) == 4


def test_a_beneficiary_that_is_named_as_a_filler_has_a_hash_of_its_own() -> None:
    names = [str(number) for number in range(16)]
    found = day_tree(SEED, [own(name) for name in names])
    assert sorted(found.places.values()) == list(range(16))
    alone = day_tree(SEED, [own("3")])
    assert {alone.tree.inclusion(place)[0] for place in range(16)} >= {leaf_hash(own_leaf(SEED, own("3")).encode())}


def test_another_seed_gives_each_leaf_another_salt() -> None:
    one, other = own_leaf(SEED, own("scota")), own_leaf(bytes(32), own("scota"))
    assert json.loads(one)["salt"] != json.loads(other)["salt"]
    assert json.loads(one) | {"salt": ""} == json.loads(other) | {"salt": ""}
    assert json.loads(one)["salt"] != json.loads(own_leaf(SEED, own("diitun")))["salt"]


@pytest.mark.parametrize(
    "changed",
    [
        OwnTree(beneficiary="scota", first=2, rows=2, root=own("scota").root),
        OwnTree(beneficiary="scota", first=1, rows=1, root=own("scota").root),
        OwnTree(beneficiary="scota", first=1, rows=2, root=EMPTY_ROOT),
        OwnTree(beneficiary="SCOTA", first=1, rows=2, root=own("scota").root),
    ],
)
def test_whatever_changes_of_a_tree_changes_the_root_of_its_day(changed: OwnTree) -> None:
    assert day_tree(SEED, [changed]).tree.root != day_tree(SEED, [own("scota")]).tree.root
